"""What is known about one thread, or about some addresses, for one rep: what a card beside that mail can tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.domain.consent import State
from server.domain.feed import Line
from server.domain.mailboxes import Connection
from server.domain.tasks import Task

MOST_PEOPLE = 20
"""In one card: a thread with more is a mailing list."""

MOST_LINES = 6
MOST_TASKS = 3


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody the card can be about. `name` is empty when only the address is known."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """What the thread's messages brought; views, clicks and replies are those of people. Machine and own hits are told apart
    from what was counted."""

    views: int = 0
    clicks: int = 0
    replies: int = 0
    bounces: int = 0
    machine: int = 0
    unknown: int = 0
    own: int = 0
    last_view: datetime | None = None
    last_click: datetime | None = None
    last_reply: datetime | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """The rep's own messages in a thread. `archived`: every one of them is."""

    message_ids: tuple[str, ...]
    subject: str
    tracked: bool
    archived: bool
    counted: Counted


@dataclass(frozen=True, slots=True)
class Somebody:
    """The person a card is about. `id` is None, and `known` False, for an address nobody has met.

    What marketing knows (score, rise, stars, flames) is there only for who owns or watches them. `watched` is None for who owns
    them.
    """

    address: str
    name: str = ""
    id: str | None = None
    known: bool = False
    title: str | None = None
    account: str | None = None
    phone: str | None = None
    linkedin: str | None = None
    score: int | None = None
    rise: int | None = None
    consent: State = State.UNKNOWN
    do_not_call: bool = False
    unsubscribed: bool = False
    bounced: bool = False
    muted: bool = False
    stars: int | None = None
    flames: int | None = None
    watched: bool | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """`thread` is None when no message of the rep's stands in it, or none was named (then `in_thread` is False); `somebody`
    when nobody is left to be told about. `lines` and `tasks` are those with that person."""

    choices: tuple[Choice, ...] = ()
    thread: Thread | None = None
    somebody: Somebody | None = None
    lines: tuple[Line, ...] = ()
    tasks: tuple[Task, ...] = ()
    in_thread: bool = False
    connection: Connection = Connection.OK


def choose(
    senders: Sequence[Choice], given: Sequence[str], recipients: Sequence[Choice], own: frozenset[str], asked: str | None
) -> tuple[tuple[Choice, ...], str | None]:
    """Everybody but the rep, and the address of whom the card is about: the one asked for, else the newest sender.

    `senders` newest first; all addresses lower-case.
    """
    found: dict[str, Choice] = {}
    for one in (*senders, *(Choice(address) for address in given), *recipients):
        former = found.get(one.address)
        if one.address not in own and (former is None or not former.name):
            found[one.address] = one
    choices = tuple(found.values())[:MOST_PEOPLE]
    if asked in {one.address for one in choices}:
        return choices, asked
    return choices, choices[0].address if choices else None


def lines_with(lines: Sequence[Line], address: str, person_id: str | None) -> tuple[Line, ...]:
    """Of what happened with mails to somebody: not what is known to have been somebody else."""
    return tuple(line for line in lines if _may_be(line.facts["who"], address, person_id))[:MOST_LINES]


def _may_be(who: Mapping[str, object], address: str, person_id: str | None) -> bool:
    person = who["person"]
    if not isinstance(person, Mapping):
        return True
    return person["address"] == address or (person_id is not None and person["id"] == person_id)
