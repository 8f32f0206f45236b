"""Bringing in what changed in a mailbox: fetched outside any transaction, stored together with how far that reaches."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from server.domain.binding import SentMail
from server.domain.mailboxes import Mailbox
from server.errors import Conflict
from server.gmail.client import Gmail, Ref
from server.gmail.errors import GmailError, HistoryExpired, Missing
from server.gmail.history import (
    RESYNC_DAYS,
    Changes,
    changes,
    chunks,
    is_inbound,
    is_sent,
    may_answer_elsewhere,
    resync,
)
from server.gmail.reading import Answer, answer, is_notice, sender, sent_mail
from server.logs import logger
from server.queue import Queue
from server.services import engagement
from server.services.answers import record
from server.services.binding import Marks, bind
from server.services.connections import Connections
from server.storage import copies
from server.storage import mailboxes as stored
from server.storage import messages as stored_messages
from server.storage.database import Transaction
from server.tokens import new_id

LEASE = timedelta(minutes=2)
"""Longer than what is stored at once takes to fetch; storing it begins the lease anew."""

AT_ONCE = 10
"""Mails fetched before they are stored: what a crash in between costs, and has to be fetched again."""

LOOK_AGAIN = "look-again"
"""Kind of the jobs that look for a mail which was not there, keyed by mailbox and mail."""

LOOK_AGAIN_AFTER = timedelta(seconds=4)
"""A mail that history names may not be there yet: one more try after this, then it is given up."""

WHILE_DEAD = timedelta(minutes=15)
"""How often work that waits for a connection asks whether there is one again."""

RECENT = timedelta(days=60)
ADDRESSES_ASKED_FOR = 25

_PLAIN = re.compile(r"[\w.+\-@]+")
"""Addresses that mean nothing else in Gmail's search language."""

Wake = Callable[[Iterable[str]], None]
T = TypeVar("T")
_log = logger(__name__)


@dataclass(slots=True)
class Brought:
    """What some mails were found to be; `absent` are those that Google named but did not give, and what may answer such."""

    sent: list[SentMail] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    absent: list[Ref] = field(default_factory=list)
    read: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Look:
    """One look into a mailbox. `reached` is the history id stored so far; `late` are threads whose sent mail is still absent,
    `searched` what was searched for and found."""

    gmail: Gmail
    mailbox: Mailbox
    reached: int
    late: set[str] = field(default_factory=set)
    searched: dict[str, set[str]] = field(default_factory=dict)


class Sync:
    def __init__(self, connections: Connections, queue: Queue, wake: Wake) -> None:
        self._connections = connections
        self._database = connections.database
        self._clock = connections.clock
        self._queue = queue
        self._wake = wake
        self._marks = Marks(connections.tokens)
        # By mailbox, what an interrupted look read before: of mail that is nobody's business nothing else would tell.
        self._read: dict[str, set[str]] = {}

    def run(self, mailbox_id: str) -> bool:
        """False when another worker has it. A connection that is dead brings nothing. Errors of Gmail's client pass through."""
        claim = new_id()
        mailbox = self._claim(mailbox_id, claim)
        if mailbox is None:
            known = self._database.read(stored.get, mailbox_id)
            return known is None or not known.connection.state.tried
        looked_at = None
        try:
            if mailbox.history_id is not None:
                with self._connections.using(mailbox, looking=True) as gmail:
                    self._bring_in(Look(gmail, mailbox, mailbox.history_id))
                looked_at = self._clock()
                self._read.pop(mailbox_id, None)
        finally:
            self._database.write(stored.release, mailbox_id, claim, looked_at)
        return True

    def look_again(self, mailbox_id: str, ref: Ref) -> timedelta | None:
        """A mail that was not there a moment ago. Still absent, it is given up. When to ask again, if it can't be told yet."""
        mailbox = self._database.read(stored.get, mailbox_id)
        if mailbox is None or mailbox.credentials is None:
            return None
        if not mailbox.connection.state.alive:
            return WHILE_DEAD
        seen, late = self._database.read(self._known, mailbox, [ref])
        if late and not is_sent(ref):
            return LOOK_AGAIN_AFTER
        with self._connections.using(mailbox) as gmail:
            brought, failure = self._fetched(Look(gmail, mailbox, mailbox.history_id or 0), [] if ref.id in seen else [ref])
            if failure is not None:
                raise failure
        if brought.absent:
            _log.info("gmail.message_gone", mailbox=mailbox_id, gmail_id=ref.id)
        self._wake(self._database.write(self._store_late, mailbox, brought))
        return None

    def _claim(self, mailbox_id: str, claim: str) -> Mailbox | None:
        now = self._clock()
        return self._database.write(stored.claim, mailbox_id, claim, now, now + LEASE)

    def _bring_in(self, look: Look) -> None:
        found = self._changes(look)
        for part, reached in chunks(list(found.added), look.reached, found.history_id):
            new = self._new(look, part)
            sent = [ref for ref in new if is_sent(ref)]
            inbound = [ref for ref in new if is_inbound(ref)]
            # What was sent comes first: answers are known by it.
            if sent:
                self._bring(look, sent, look.reached if inbound else reached)
            if inbound or not sent:
                self._bring(look, self._answers(look, inbound), reached)

    def _changes(self, look: Look) -> Changes:
        try:
            return changes(look.gmail, look.reached)
        except HistoryExpired:
            _log.warning("gmail.resync", mailbox=look.mailbox.id)
            return resync(look.gmail, self._days_missed(look.mailbox))

    def _days_missed(self, mailbox: Mailbox) -> int:
        """Since the last look, by our own clock at both ends; a week when that is not known."""
        if mailbox.looked_at is None:
            return RESYNC_DAYS
        return max((self._clock() - mailbox.looked_at).days + 2, RESYNC_DAYS)

    def _new(self, look: Look, refs: Sequence[Ref]) -> list[Ref]:
        """Those not stored yet; notes the threads whose sent mail is awaited."""
        seen, awaited = self._database.read(self._known, look.mailbox, refs)
        look.late |= awaited
        seen |= self._read.get(look.mailbox.id, set())
        return [ref for ref in refs if ref.id not in seen]

    def _known(self, tx: Transaction, mailbox: Mailbox, refs: Sequence[Ref]) -> tuple[set[str], set[str]]:
        awaited = self._queue.waiting(tx, LOOK_AGAIN, f"{mailbox.id}:")
        return copies.seen(tx, mailbox.id, [ref.id for ref in refs]), {one["thread"] for one in awaited if one.get("sent")}

    def _answers(self, look: Look, new: Sequence[Ref]) -> list[Ref]:
        """Inbound mail of threads with sent mail, and what may answer elsewhere. Everything else is never fetched."""
        inbound = [ref for ref in new if is_inbound(ref)]
        asked = [ref.thread_id for ref in inbound]
        threads = self._database.read(copies.tracked_threads, look.mailbox.id, asked) | look.late
        strays = self._strays(look, [ref for ref in inbound if ref.thread_id not in threads])
        return [ref for ref in inbound if ref.thread_id in threads or ref.id in strays]

    def _strays(self, look: Look, inbound_elsewhere: list[Ref]) -> set[str]:
        """Of mails that begin a thread, those from somebody this rep wrote to lately, or from a mail server: a changed subject
        parts an answer from its thread. One search (5 units) tells, instead of 20 units for each."""
        candidates = {ref.id for ref in inbound_elsewhere if may_answer_elsewhere(ref)}
        if not candidates:
            return set()
        since = self._clock() - RECENT
        recent = self._database.read(stored_messages.recent_addresses, look.mailbox.user_id, since, ADDRESSES_ASKED_FOR)
        addresses = [address for address in recent if _PLAIN.fullmatch(address)]
        if not addresses:
            return set()
        senders = " ".join(f"from:{address}" for address in (*addresses, "mailer-daemon", "postmaster"))
        days = self._days_missed(look.mailbox)
        query = f"-in:sent newer_than:{days}d {{{senders}}}"
        if query not in look.searched:
            look.searched[query] = {ref.id for ref in look.gmail.search(query)}
        return candidates & look.searched[query]

    def _bring(self, look: Look, refs: Sequence[Ref], reached: int) -> None:
        """Fetched and stored a few at a time. What was fetched before Google failed is kept: nothing is paid for twice."""
        for at in range(0, max(len(refs), 1), AT_ONCE):
            brought, failure = self._fetched(look, refs[at : at + AT_ONCE])
            if failure is not None and not (brought.read or brought.absent):
                raise failure
            if failure is None and at + AT_ONCE >= len(refs):
                look.reached = reached
            woken = self._database.write(self._store, look.mailbox, brought, look.reached)
            self._read.setdefault(look.mailbox.id, set()).update(brought.read)
            self._wake(woken)
            if failure is not None:
                raise failure

    def _fetched(self, look: Look, refs: Iterable[Ref]) -> tuple[Brought, GmailError | None]:
        """What there is until Google fails, and how it failed."""
        brought = Brought()
        for ref in refs:
            try:
                self._fetch(look, ref, brought)
            except GmailError as failure:
                return brought, failure
        return brought, None

    def _fetch(self, look: Look, ref: Ref, brought: Brought) -> None:
        if look.late and not is_sent(ref):
            brought.absent.append(ref)
            return
        try:
            if is_sent(ref):
                message = look.gmail.message(ref.id)
                brought.sent += _read(look, ref, lambda: sent_mail(message, self._marks.pixel, self._marks.click))
            else:
                brought.answers += self._understood(look, ref)
            brought.read.add(ref.id)
        except Missing:
            brought.absent.append(ref)
            look.late |= {ref.thread_id} if is_sent(ref) else set()

    def _understood(self, look: Look, ref: Ref) -> list[Answer]:
        """Nothing for the rep's own mails."""
        message = look.gmail.headers(ref.id)
        if sender(message) in look.mailbox.addresses:
            return []
        # Only a mail server's notice is read beyond its headers: who failed stands in its body.
        raw = look.gmail.raw(ref.id) if is_notice(message) else None
        return _read(look, ref, lambda: answer(message, raw))

    def _store(self, tx: Transaction, mailbox: Mailbox, brought: Brought, reached: int) -> set[str]:
        now = self._clock()
        if not stored.advance(tx, mailbox.id, mailbox.claim or "", reached, now + LEASE):
            raise Conflict("another worker took this mailbox over")
        for ref in brought.absent:
            self._look_again_for(tx, mailbox, ref, now)
        return self._apply(tx, mailbox, brought, now)

    def _look_again_for(self, tx: Transaction, mailbox: Mailbox, ref: Ref, now: datetime) -> None:
        payload = {"mailbox": mailbox.id, "gmail_id": ref.id, "thread": ref.thread_id, "sent": is_sent(ref)}
        key = f"{mailbox.id}:{ref.id}"
        self._queue.ask_once(tx, LOOK_AGAIN, key, payload, now + LOOK_AGAIN_AFTER, mailbox.workspace_id)

    def _store_late(self, tx: Transaction, mailbox: Mailbox, brought: Brought) -> set[str]:
        stored.lock(tx, mailbox.id)
        return self._apply(tx, mailbox, brought, self._clock())

    def _apply(self, tx: Transaction, mailbox: Mailbox, brought: Brought, now: datetime) -> set[str]:
        # What we hold in hands is not of the future, whatever Google's clock and ours say.
        sent = [replace(mail, at=min(mail.at, now)) for mail in sorted(brought.sent, key=lambda mail: mail.at)]
        bound = [bind(tx, mailbox, mail, now) for mail in sent]
        woken = engagement.rejudge(tx, {message_id for message_id in bound if message_id}, now) if any(bound) else set()
        for one in sorted(brought.answers, key=lambda one: one.at):
            woken |= record(tx, mailbox, replace(one, at=min(one.at, now)), now)
        return woken


def _read(look: Look, ref: Ref, reader: Callable[[], T]) -> list[T]:
    """A mail that breaks its reader is passed over: it must not hold up the mailbox for ever."""
    try:
        return [reader()]
    except Exception:
        _log.exception("gmail.unreadable_mail", mailbox=look.mailbox.id, gmail_id=ref.id)
        return []
