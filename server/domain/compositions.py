"""A mail written here: kept while it is written, sent now or at a time, as one mail or as one for each recipient."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

from server.domain.drafts import Addressee

LONGEST_SUBJECT = 2000
LONGEST_BODY = 500_000

TIME_TO_UNDO = timedelta(seconds=8)
"""So long a mail that was sent lies here and can be taken back."""

FARTHEST = timedelta(days=365)
KEPT_WHEN_SENT = timedelta(days=30)

_MINUTE = timedelta(minutes=1)


class State(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"  # not all of its mails went out


class MailState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    STOPPED = "stopped"


class Choice(StrEnum):
    """What becomes of recipients something speaks against."""

    ASK = "ask"
    SKIP = "skip"
    ANYWAY = "anyway"


@dataclass(frozen=True, slots=True)
class Recipients:
    to: tuple[Addressee, ...] = ()
    cc: tuple[Addressee, ...] = ()
    bcc: tuple[Addressee, ...] = ()

    def __iter__(self) -> Iterator[Addressee]:
        yield from (*self.to, *self.cc, *self.bcc)

    def without(self, addresses: frozenset[str]) -> "Recipients":
        to, cc, bcc = (
            tuple(one for one in part if one.address.lower() not in addresses) for part in (self.to, self.cc, self.bcc)
        )
        return Recipients(to, cc, bcc)


@dataclass(frozen=True, slots=True)
class Written:
    """`body` is HTML as `domain.richtext` leaves it. `sender` None: the mailbox's own address. `signed`: with the signature
    Gmail keeps for that address."""

    recipients: Recipients = Recipients()
    subject: str = ""
    body: str = ""
    sender: str | None = None
    tracked: bool = True
    separate: bool = False
    signed: bool = True
    thread_id: str | None = None


@dataclass(frozen=True, slots=True)
class Composition:
    """`version` grows with every change. `error`: why it waits or failed, a code."""

    id: str
    workspace_id: str
    user_id: str
    written: Written
    state: State
    send_at: datetime | None
    error: str
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Mail:
    """`filled`: what stands for each placeholder. `anyway`: also to somebody who unsubscribed."""

    composition_id: str
    ordinal: int
    recipients: Recipients
    filled: Mapping[str, str] = field(hash=False)
    anyway: bool
    message_id: str
    state: MailState = MailState.WAITING
    tried_at: datetime | None = None
    error: str = ""


def split(written: Written) -> list[Recipients]:
    """To whom each of its mails goes; nobody gets two."""
    once: dict[str, Addressee] = {}
    kept = Recipients()
    for name in ("to", "cc", "bcc"):
        fresh = []
        for one in getattr(written.recipients, name):
            if once.setdefault(one.address.lower(), one) is one:
                fresh.append(one)
        kept = replace(kept, **{name: tuple(fresh)})
    if written.separate:
        return [Recipients(to=(one,)) for one in kept]
    return [kept] if once else []


def moment(local: datetime, zone: tzinfo) -> datetime:
    """When a clock there shows this, in UTC. Shown twice, the first time; never shown, as much later as the clock leaps."""
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def pause(tried: Sequence[datetime], a_minute: int, now: datetime) -> timedelta:
    """How long the next mail waits, so that no minute sees more than `a_minute`."""
    lately = sorted(at for at in tried if at > now - _MINUTE)
    if len(lately) < a_minute:
        return timedelta()
    return lately[-a_minute] + _MINUTE - now


def ended(states: Sequence[MailState]) -> State | None:
    """None while a mail waits."""
    if MailState.WAITING in states:
        return None
    return State.SENT if all(state is MailState.SENT for state in states) else State.FAILED
