"""A rep's mailbox: connecting it, keeping it watched, and letting go of it."""

import random
from collections.abc import Callable, Collection, Iterable
from datetime import timedelta

from server.domain.mailboxes import HOT, WATCHED, Connection, ConnectionState, Mailbox
from server.domain.users import User
from server.errors import Conflict
from server.gmail.client import Gmail, Ref, accepted_addresses
from server.gmail.credentials import Grant, may_read
from server.gmail.errors import GmailError, Transient
from server.gmail.history import INBOX, SENT
from server.logs import logger
from server.queue import Queue
from server.services.connections import Connections
from server.services.sync import Sync
from server.storage import mailboxes as stored
from server.storage.database import Transaction
from server.tokens import new_id

SYNC, TEND = "sync", "tend"
"""Kinds of jobs, keyed by mailbox."""

COALESCE = timedelta(seconds=2)
"""Pushes come in bursts: one look for all of them."""

TEND_EVERY = timedelta(hours=20)
TEND_SPREAD = timedelta(hours=2)
"""So that not every rep's watch is renewed in the same minute."""

_INDEX_LAG = (3, 10, 30)
"""Seconds after which a push whose change is not listed yet is looked for again."""

Wake = Callable[[Iterable[str]], None]
_log = logger(__name__)


class Mailboxes:
    """`topic` is the Pub/Sub topic of Gmail's push, asked each time; empty: polling alone."""

    def __init__(self, connections: Connections, queue: Queue, wake: Wake, topic: Callable[[], str] = str) -> None:
        self._connections = connections
        self._database = connections.database
        self._clock = connections.clock
        self._queue = queue
        self._topic = topic
        self.syncing = Sync(connections, queue, wake)

    def connect(self, user: User, credentials: Grant, scopes: Iterable[str]) -> ConnectionState:
        """Store what Google granted (encrypted) and begin to look. Without a scope to read: state not-granted, nothing of it
        stored. Conflict when another user has this mailbox. GmailError when Google does not answer."""
        granted = tuple(sorted(set(scopes)))
        if not may_read(granted):
            return self._database.write(self._not_granted, user, granted)
        gmail = self._connections.open(credentials)
        profile = gmail.profile()
        aliases = accepted_addresses(gmail.send_as(), profile.address)
        grant = gmail.renewed or credentials
        mailbox = Mailbox(
            id=new_id(),
            workspace_id=user.workspace_id,
            user_id=user.id,
            address=profile.address,
            aliases=aliases,
            credentials=self._connections.sealed(grant),
            scopes=granted,
            connection=ConnectionState(Connection.OK, self._clock()),
            history_id=profile.history_id,
        )
        state = self._database.write(self._connect, mailbox)
        self._queue.wake()
        return state

    def disconnect(self, user: User) -> bool | None:
        """Stop the watch, give the grant back, forget the credentials; messages and what came of them stay. Google's silence
        does not keep anything here: False tells of it, None that there was no grant."""
        mailbox = self._database.read(stored.of_user, user.id)
        if mailbox is None:
            return None
        heard = self._let_go(mailbox) if mailbox.credentials is not None else None
        self._database.write(stored.forget, mailbox.id, self._clock())
        return heard

    def state(self, user: User) -> ConnectionState:
        mailbox = self._database.read(stored.of_user, user.id)
        return mailbox.connection if mailbox else ConnectionState(Connection.NONE)

    def sync(self, mailbox_id: str) -> bool:
        """Bring in what changed since the last time. False: another worker is at it, so look again a bit later."""
        return self.syncing.run(mailbox_id)

    def look_again(self, mailbox_id: str, gmail_id: str, thread_id: str, *, sent: bool) -> timedelta | None:
        """When to ask once more, if at all."""
        return self.syncing.look_again(mailbox_id, Ref(gmail_id, thread_id, frozenset({SENT if sent else INBOX})))

    def wake(self, address: str, history_id: int | None = None) -> None:
        """A push arrived; `history_id` is what it named. An unknown address is nothing to us."""
        if self._database.write(self._ask, address.lower(), history_id):
            self._queue.wake()

    def still_behind(self, mailbox_id: str, pushed: int, tries: int) -> None:
        """After a look: a push may come before the list knows what it is about."""
        self._database.write(self._ask_again, mailbox_id, pushed, tries)

    def heat(self, user: User) -> None:
        """A mail is being written: look every few seconds for two minutes."""
        self._database.write(stored.heat, user.id, self._clock() + HOT)

    def watching(self, user_ids: Collection[str]) -> None:
        """These owners are looking at their feeds: look more often for a few minutes. Said again while a window is open."""
        self._database.write(stored.watch_for_owners, user_ids, self._clock() + WATCHED)

    def ask_for_looks(self) -> bool:
        """Jobs for the mailboxes whose time has come. Derived from when each was last looked at, so it never piles up."""
        due = self._database.read(stored.due_for_a_look, self._clock())
        if due:
            self._database.write(self._ask_each, SYNC, due)
        return bool(due)

    def ask_for_tending(self) -> None:
        due = self._database.read(stored.due_for_tending, self._clock(), TEND_EVERY)
        if due:
            self._database.write(self._ask_each, TEND, due, TEND_SPREAD)

    def tend(self, mailbox_id: str) -> None:
        """Once a day: which addresses the rep may send from, and a new watch before the old one ends."""
        mailbox = self._database.read(stored.get, mailbox_id)
        if mailbox is None or not mailbox.connection.state.alive:
            return
        with self._connections.using(mailbox) as gmail:
            aliases = accepted_addresses(gmail.send_as(), mailbox.address)
            topic = self._topic()
            expires_at = gmail.watch(topic).expires_at if topic else None
        self._database.write(stored.tended, mailbox_id, aliases, expires_at, self._clock())

    def try_out(self, user: User, *, watch: bool = False) -> bool:
        """A real call for this user's mailbox; with `watch` the watch is made anew, whose first push comes at once. False when
        they have none that is connected. Raises what Gmail's client raises."""
        mailbox = self._database.read(stored.of_user, user.id)
        if mailbox is None or mailbox.credentials is None:
            return False
        with self._connections.using(mailbox) as gmail:
            gmail.profile()
            expires_at = gmail.watch(self._topic()).expires_at if watch else None
        if expires_at is not None:
            self._database.write(stored.tended, mailbox.id, mailbox.aliases, expires_at, self._clock())
        return True

    def watch_all(self) -> None:
        """The topic is another one: every mailbox is to be watched for it."""
        due = self._database.read(stored.due_for_tending, self._clock(), timedelta())
        self._database.write(self._ask_each, TEND, due, TEND_SPREAD / 60)

    def _connect(self, tx: Transaction, mailbox: Mailbox) -> ConnectionState:
        holder = stored.by_address(tx, mailbox.address)
        if holder is not None and holder.user_id != mailbox.user_id:
            raise Conflict("another user has connected this mailbox")
        mailbox_id = stored.connect(tx, mailbox, self._clock())
        for kind in (SYNC, TEND):
            self._queue.ask(tx, kind, mailbox_id, {}, None, mailbox.workspace_id)
        return mailbox.connection

    def _not_granted(self, tx: Transaction, user: User, scopes: tuple[str, ...]) -> ConnectionState:
        """What works already goes on working."""
        state = ConnectionState(Connection.NOT_GRANTED, self._clock())
        known = stored.of_user(tx, user.id)
        if known is not None and known.connection.state.alive:
            return known.connection
        if known is not None:
            stored.set_state(tx, known.id, state.state, "", self._clock(), known.credentials)
        elif stored.by_address(tx, user.address) is None:
            mailbox = Mailbox(new_id(), user.workspace_id, user.id, user.address, (), None, scopes, state)
            stored.connect(tx, mailbox, self._clock())
        return state

    def _let_go(self, mailbox: Mailbox) -> bool:
        try:
            with self._connections.using(mailbox) as gmail:
                _stop(gmail, watched=mailbox.watch_expires_at is not None)
        except GmailError as error:
            _log.info("gmail.revocation_unheard", mailbox=mailbox.id, detail=error.detail)
            return False
        return True

    def _ask(self, tx: Transaction, address: str, pushed: int | None) -> bool:
        mailbox = stored.by_address(tx, address)
        if mailbox is None or not mailbox.connection.state.alive or _is_old_news(mailbox, pushed):
            return False
        return self._ask_for(tx, mailbox, pushed, 0, COALESCE)

    def _ask_again(self, tx: Transaction, mailbox_id: str, pushed: int, tries: int) -> None:
        mailbox = stored.get(tx, mailbox_id)
        if mailbox is not None and not _is_old_news(mailbox, pushed) and tries < len(_INDEX_LAG):
            self._ask_for(tx, mailbox, pushed, tries + 1, timedelta(seconds=_INDEX_LAG[tries]))

    def _ask_for(self, tx: Transaction, mailbox: Mailbox, pushed: int | None, tries: int, after: timedelta) -> bool:
        """Pushes come in any order and twice: the newest that waits says what is to be seen. False: nothing was asked for."""
        stored.lock(tx, mailbox.id)
        newest = max((one.get("pushed") or 0 for one in self._queue.waiting(tx, SYNC, mailbox.id)), default=0)
        if pushed is not None and (newest > pushed or (newest == pushed and tries == 0)):
            return False
        payload = {"pushed": pushed, "tries": tries} if pushed else {}
        self._queue.ask(tx, SYNC, mailbox.id, payload, self._clock() + after, mailbox.workspace_id)
        return True

    def _ask_each(self, tx: Transaction, kind: str, due: Iterable[tuple[str, str]], spread: timedelta = timedelta(0)) -> None:
        for mailbox_id, workspace_id in due:
            due_at = self._clock() + spread * random.random()  # noqa: S311  spreads load, keeps no secret
            self._queue.ask_once(tx, kind, mailbox_id, {}, due_at, workspace_id)


def _is_old_news(mailbox: Mailbox, pushed: int | None) -> bool:
    """A push that comes late, twice or from a former watch."""
    return pushed is not None and pushed <= (mailbox.history_id or 0)


def _stop(gmail: Gmail, *, watched: bool) -> None:
    try:
        if watched:
            gmail.stop()
    except Transient as error:
        _log.info("gmail.stop_unheard", detail=error.detail)
    gmail.revoke()
