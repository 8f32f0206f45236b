"""A message is one tracked mail of one rep: drafted → sent → (archived), or expired when never sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

DRAFT_LIFE = timedelta(days=90)
"""How long a drafted token waits for its mail: a scheduled send may lie for weeks."""


class State(StrEnum):
    DRAFTED = "drafted"
    SENT = "sent"
    ARCHIVED = "archived"
    EXPIRED = "expired"


class Field(StrEnum):
    """The header a recipient stands in."""

    TO = "to"
    CC = "cc"
    BCC = "bcc"


@dataclass(frozen=True, slots=True)
class Recipient:
    """`ordinal` is the 1-based place in the message; `personal` when this one got a copy of their own."""

    ordinal: int
    field: Field
    name: str
    address: str
    personal: bool = False
    person_id: str | None = None
    bounced: dict[str, str] | None = None
    replied_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """`ordinal` is the 1-based place in the body."""

    ordinal: int
    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Message:
    id: str
    workspace_id: str
    user_id: str
    subject: str
    state: State
    tracked: bool
    created_at: datetime
    sent_at: datetime | None = None
    thread_id: str | None = None
    recipients: tuple[Recipient, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Copy:
    """One mail in the rep's Sent folder that belongs to a message. `recipient` is 0 for the shared body."""

    message_id: str
    recipient: int
    mailbox_id: str
    gmail_id: str
    thread_id: str
    rfc_message_id: str
    sent_at: datetime
