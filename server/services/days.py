"""A rep's day, told once in the morning: a notification of what is due, and a mail with the digest for who wants it."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import make_msgid, parseaddr

from babel.dates import format_skeleton

from server.connectors.errors import Away, Refused, Rejected
from server.domain.days import Day, day_of, wants_a_day
from server.domain.engagement import Kind
from server.domain.feed import Line
from server.domain.notifications import may_be_told
from server.domain.tasks import Span, Task, zone_of
from server.domain.users import User
from server.i18n import babel_locale, text
from server.logs import logger
from server.mails.digest import Entry, Section, digest
from server.mails.envelope import Envelope
from server.queue import Queue
from server.services.alerts import MailServer
from server.services.headlines import DAY, counted, happened, joined, line_text
from server.services.notices import SCREENS_FIRST, TELL, Wake, bell
from server.storage import notices, worklist
from server.storage import users as stored_users
from server.storage.database import Database, Transaction
from server.storage.notices import Notice
from server.tokens import Tokens, new_id

TELL_DAY = "tell-day"

_STOP = "stop-digest"
_STOPS_FOR = 400 * 86400
_MOST_TASKS = 1000
_MOST_LISTED = 12
_ADMIN_ACTS = timedelta(hours=1)

_log = logger(__name__)


class Days:
    """`server` is asked each time; None: no mail goes out."""

    def __init__(
        self,
        database: Database,
        tokens: Tokens,
        queue: Queue,
        wake: Wake,
        server: Callable[[], MailServer | None],
        public_url: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._tokens = tokens
        self._queue = queue
        self._wake = wake
        self._server = server
        self._public_url = public_url
        self._clock = clock

    @property
    def sends(self) -> bool:
        """Whether there is a mail server."""
        return self._server() is not None

    def open(self) -> None:
        """A job for everybody who wants to be told and has none yet."""
        self._database.write(self._open)

    def plan(self, user: User) -> None:
        """After a change of hour, zone or wish. What is over today is not told in hindsight."""
        self._database.write(self._plan, user)

    def tell(self, user_id: str) -> timedelta | None:
        """Tells the day when its hour has come; how long to wait for the next, or None when this user wants none. Away when the
        mail server is, for now."""
        user = self._database.read(stored_users.by_id, user_id)
        if user is None or not wants_a_day(user.preferences):
            return None
        now = self._clock()
        day = _day(user, now)
        if day.is_to_be_told(now):
            is_noted, is_mailed = self._database.write(self._take, user, day, now)
            if is_noted:
                self._wake([bell(user.id)])
            if is_mailed and not self._mail(user, day, now):
                return _ADMIN_ACTS
        return day.following - now

    def stop(self, token: str, stops: bool | None) -> tuple[User, bool] | None:
        """(whose digest it is, whether it comes), after a choice if there is one; None for a bad token."""
        user_id = self._tokens.unsign(_STOP, token, _STOPS_FOR)
        return self._database.write(_stop, user_id, stops) if isinstance(user_id, str) else None

    # Units of work -------------------------------------------------------------

    def _open(self, tx: Transaction) -> None:
        for user in stored_users.everybody(tx):
            if wants_a_day(user.preferences):
                self._ask(tx, user, self._queue.ask_once)

    def _plan(self, tx: Transaction, user: User) -> None:
        if wants_a_day(user.preferences):
            self._ask(tx, user, self._queue.ask)

    def _ask(self, tx: Transaction, user: User, ask: Callable[..., None]) -> None:
        due_at = _day(user, self._clock()).following
        ask(tx, TELL_DAY, user.id, due_at=due_at, workspace_id=user.workspace_id)

    def _take(self, tx: Transaction, user: User, day: Day, now: datetime) -> tuple[bool, bool]:
        """(whether the notification, whether the mail is ours to give): each once a day, whatever fails afterwards."""
        wants_mail = user.preferences.digest and self._server() is not None
        due_at = may_be_told(user.notifications.quiet, now, zone_of(user.time_zone))
        note = _notice(user, f"day:{day.on}", day, now, due_at, None)
        mail = _notice(user, f"digest:{day.on}", day, now, now, now)
        added = notices.add(tx, [note, *([mail] if wants_mail else [])])
        if note.id in added:
            at = due_at if due_at > now else now + SCREENS_FIRST
            self._queue.ask(tx, TELL, user.id, due_at=at, workspace_id=user.workspace_id)
        return note.id in added and due_at <= now, mail.id in added

    # The mail ------------------------------------------------------------------

    def _mail(self, user: User, day: Day, now: datetime) -> bool:
        """False when an admin must act before it can go."""
        tasks, lines = self._database.read(self._found, user, day, now)
        if not tasks and not lines:
            return True
        server = self._server()
        if server is None:
            self._give_back(user, day)
            return False
        try:
            server.send(self._letter(server.sender, user, day, tasks, lines, now))
        except Rejected as error:
            _log.warning("digest.rejected", user=user.id, code=error.code, number=error.number)
        except Refused:
            self._give_back(user, day)
            return False
        except Away as error:
            # Where the server may have taken it already, trying again could bring the same mail twice.
            if not error.maybe_done:
                self._give_back(user, day)
                raise
            _log.warning("digest.uncertain", user=user.id, detail=error.detail)
        return True

    def _give_back(self, user: User, day: Day) -> None:
        self._database.write(notices.drop, user.id, f"digest:{day.on}")

    def _found(self, tx: Transaction, user: User, day: Day, now: datetime) -> tuple[list[Task], list[Line]]:
        tasks = worklist.to_do(tx, user.id, Span(None, day.on), None, _MOST_TASKS)
        return tasks, happened(tx, user.id, now)

    def _letter(
        self, sender: str, user: User, day: Day, tasks: Sequence[Task], lines: Sequence[Line], now: datetime
    ) -> EmailMessage:
        locale = user.locale or "en"
        domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
        envelope = Envelope(
            sender=sender,
            address=user.address,
            name=user.name,
            locale=locale,
            zone=zone_of(user.time_zone),
            date=now,
            message_id=make_msgid(new_id(), domain),
            feed_url=f"{self._public_url}/",
            stop_url=f"{self._public_url}/digest/stop/{self._tokens.sign(_STOP, user.id)}",
        )
        due = text(locale, "notice.tasks", count=len(tasks)) if tasks else ""
        summary = joined(locale, [due, counted(locale, Counter(line.kind for line in lines))])
        return digest(envelope, summary, [self._to_do(locale, day, tasks), self._engagement(locale, lines)])

    def _to_do(self, locale: str, day: Day, tasks: Sequence[Task]) -> Section:
        entries = [self._task(locale, day, task) for task in tasks[:_MOST_LISTED]]
        return Section(text(locale, "digest.tasks"), entries, len(tasks) - len(entries))

    def _task(self, locale: str, day: Day, task: Task) -> Entry:
        is_late = task.due_on < day.on
        since = format_skeleton("MMMd", task.due_on, locale=babel_locale(locale))
        return Entry(task.name, f"{self._public_url}/tasks", text(locale, "digest.late", day=since) if is_late else "", is_late)

    def _engagement(self, locale: str, lines: Sequence[Line]) -> Section:
        entries = [self._happening(locale, line) for line in lines[:_MOST_LISTED]]
        return Section(text(locale, "digest.engagement"), entries, len(lines) - len(entries))

    def _happening(self, locale: str, line: Line) -> Entry:
        kind = "first-view" if line.kind is Kind.VIEW else line.kind.value
        page = f"messages/{line.message_id}" if line.message_id else f"people/{line.person_id}"
        return Entry(line_text(locale, kind, line), f"{self._public_url}/{page}")


def _day(user: User, now: datetime) -> Day:
    return day_of(user.preferences.digest_at, now, zone_of(user.time_zone))


def _notice(user: User, key: str, day: Day, now: datetime, due_at: datetime, claimed_at: datetime | None) -> Notice:
    facts = {DAY: day.on.isoformat(), "digest": user.preferences.digest}
    return Notice(new_id(), user.workspace_id, user.id, key, DAY, facts, None, now, due_at, claimed_at)


def _stop(tx: Transaction, user_id: str, stops: bool | None) -> tuple[User, bool] | None:
    user = stored_users.by_id(tx, user_id)
    if user is None:
        return None
    chosen = user.preferences if stops is None else stored_users.prefer(tx, user.id, {"digest": not stops})
    return user, chosen.digest
