"""What is known about a thread or some addresses, for one rep: one unit of work, few queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from server.domain.context import MOST_LINES, MOST_TASKS, Choice, Context, Counted, Somebody, Thread, choose, lines_with
from server.domain.engagement import Class, Kind
from server.domain.feed import Line
from server.domain.messages import State
from server.domain.tasks import Task
from server.domain.users import User
from server.errors import NotFound
from server.storage import context as stored
from server.storage import feed, people, tracking
from server.storage.context import Count, Sent
from server.storage.database import Database, Transaction

_MOST_READ = 60
"""Lines, before those about somebody else are taken away."""

_OF_MACHINES = frozenset({Class.MACHINE.value, Class.UNKNOWN.value})
_BY_PEOPLE = frozenset({Class.HUMAN.value, Class.PROXY_HUMAN.value})


@dataclass(frozen=True, slots=True)
class Asked:
    """`thread` is Gmail's hex id in the rep's own mailbox, empty for none; addresses in any case. `chosen`: whom of them to
    tell about; `person`: about nobody but them, by id. `just_done`: a task to show though it is done; `linkedin`: the profile
    of whom it is about."""

    thread: str = ""
    addresses: tuple[str, ...] = ()
    chosen: str | None = None
    just_done: str | None = None
    person: str = ""
    linkedin: str | None = None


class Contexts:
    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, user: User, asked: Asked) -> Context:
        """Only the rep's own messages, engagement and tasks; people as the whole workspace knows them, but for what marketing
        knows. NotFound when `person` is nobody of it."""
        return self._database.read(_context, user, asked)


def _context(tx: Transaction, user: User, asked: Asked) -> Context:
    if asked.person:
        return _about(tx, user, asked)
    mailbox = stored.mailbox(tx, user.id)
    sent = stored.in_thread(tx, user.id, mailbox.id, asked.thread) if asked.thread and mailbox.id else []
    ids = [one.id for one in sent]
    senders, recipients = (stored.writers(tx, ids), stored.recipients_of(tx, ids)) if ids else ([], [])
    profiled = people.address_by_profile(tx, user.workspace_id, asked.linkedin) if asked.linkedin else None
    named = (profiled, *asked.addresses) if profiled else asked.addresses
    given = list(dict.fromkeys(address.strip().lower() for address in named))
    choices, address = choose(senders, given, recipients, mailbox.addresses | {user.address.lower()}, asked.chosen)
    thread = _thread(sent, _counts(tx, user, ids)) if ids else None
    found = Context(choices, thread, in_thread=bool(asked.thread), connection=mailbox.connection)
    if address is None:
        return found
    somebody = stored.somebody(tx, user.workspace_id, user.id, address, _name_of(choices, address))
    return _with(tx, user, found, somebody, ids, asked.just_done)


def _about(tx: Transaction, user: User, asked: Asked) -> Context:
    somebody = stored.person(tx, user.workspace_id, user.id, asked.person)
    if somebody is None:
        raise NotFound("no such person")
    return _with(tx, user, Context(), somebody, [], asked.just_done)


def _with(
    tx: Transaction, user: User, found: Context, somebody: Somebody, thread: Sequence[str], just_done: str | None
) -> Context:
    lines, tasks = _lines(tx, user, somebody, thread), _tasks(tx, user, somebody, just_done)
    return replace(found, somebody=somebody, lines=lines, tasks=tasks)


def _lines(tx: Transaction, user: User, somebody: Somebody, thread: Sequence[str]) -> tuple[Line, ...]:
    with_them = stored.messages_with(tx, user.id, somebody.id) if somebody.id else []
    about = list(dict.fromkeys([*thread, *with_them]))
    read = feed.shown_of(tx, user.id, about, _MOST_READ) if about else []
    moments = feed.moments_of(tx, user.id, somebody.id, MOST_LINES) if somebody.id else []
    newest_first = sorted([*read, *moments], key=lambda line: (line.at, line.id), reverse=True)
    return lines_with(newest_first, somebody.address, somebody.id)


def _tasks(tx: Transaction, user: User, somebody: Somebody, just_done: str | None) -> tuple[Task, ...]:
    if somebody.id is None:
        return ()
    return tuple(stored.tasks_with(tx, (user.workspace_id, user.id), somebody.id, just_done, MOST_TASKS))


def _counts(tx: Transaction, user: User, message_ids: Sequence[str]) -> list[Count]:
    found = stored.counts(tx, message_ids)
    hidden = _OF_MACHINES if tracking.hides_machines(tx, user.workspace_id) else frozenset()
    return [one for one in found if one.klass not in hidden]


def _thread(sent: Sequence[Sent], counts: Sequence[Count]) -> Thread:
    return Thread(
        message_ids=tuple(one.id for one in sent),
        subject=sent[0].subject,
        tracked=any(one.tracked for one in sent),
        archived=all(one.state is State.ARCHIVED for one in sent),
        counted=_counted(counts),
    )


def _counted(counts: Sequence[Count]) -> Counted:
    views = [one for one in counts if one.kind == Kind.VIEW and one.klass in _BY_PEOPLE]
    clicks = [one for one in counts if one.kind == Kind.CLICK and one.klass in _BY_PEOPLE]
    replies = [one for one in counts if one.kind == Kind.REPLY]
    hits = [one for one in counts if one.kind in (Kind.VIEW, Kind.CLICK)]
    return Counted(
        views=_sum(views),
        clicks=_sum(clicks),
        replies=_sum(replies),
        bounces=_sum(one for one in counts if one.kind == Kind.BOUNCE and one.klass == Class.HUMAN),
        machine=_sum(one for one in hits if one.klass == Class.MACHINE),
        unknown=_sum(one for one in hits if one.klass == Class.UNKNOWN),
        own=_sum(one for one in hits if one.klass == Class.OWN),
        last_view=_last(views),
        last_click=_last(clicks),
        last_reply=_last(replies),
    )


def _sum(counts: Iterable[Count]) -> int:
    return sum(one.count for one in counts)


def _last(counts: Iterable[Count]) -> datetime | None:
    return max((one.last for one in counts), default=None)


def _name_of(choices: Iterable[Choice], address: str) -> str:
    return next(one.name for one in choices if one.address == address)
