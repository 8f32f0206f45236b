"""What a rep is about to send, and how its links keep their numbers while it is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.domain.consent import Decision
from server.domain.messages import Field, Link, Recipient, State


@dataclass(frozen=True, slots=True)
class Addressee:
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class DraftLink:
    url: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    subject: str = ""
    to: tuple[Addressee, ...] = ()
    cc: tuple[Addressee, ...] = ()
    bcc: tuple[Addressee, ...] = ()
    links: tuple[DraftLink, ...] = ()


@dataclass(frozen=True, slots=True)
class TrackedLink:
    ordinal: int
    url: str
    tracked_url: str | None


@dataclass(frozen=True, slots=True)
class Tracking:
    """Of the one body that all recipients share, and of each of them: what a copy of their own would be."""

    together: Decision
    recipients: tuple[tuple[str, Decision], ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What whoever writes the mail puts into it. `links` stand in the order of the draft's. Where a recipient may not be
    tracked nothing is: no token, no addresses. `notice_html` belongs above the pixel, where the policy asks for it."""

    id: str
    token: str | None
    pixel_url: str | None
    links: tuple[TrackedLink, ...]
    state: State
    expires_at: datetime
    tracking: Tracking
    opt_out_url: str | None = None
    notice_html: str | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail to send through Gmail: either `raw` (RFC 822) or `html` and `text`.

    `sender` is one of the rep's own addresses. `separate`: each recipient gets a copy of their own. `thread_id` and
    `in_reply_to` (a Message-ID) make it an answer. `tracked` False: sent as it is, whatever the policy would allow.
    """

    html: str = ""
    text: str = ""
    raw: bytes | None = None
    sender: str | None = None
    separate: bool = False
    thread_id: str | None = None
    in_reply_to: str | None = None
    tracked: bool = True


def recipients_of(draft: Draft) -> tuple[Recipient, ...]:
    """Numbered from 1 over To, Cc and Bcc; an address that stands twice counts once."""
    fields = ((Field.TO, draft.to), (Field.CC, draft.cc), (Field.BCC, draft.bcc))
    once: dict[str, tuple[Field, Addressee]] = {}
    for field, addressees in fields:
        for addressee in addressees:
            once.setdefault(addressee.address.strip().lower(), (field, addressee))
    return tuple(
        Recipient(place, field, addressee.name.strip(), address)
        for place, (address, (field, addressee)) in enumerate(once.items(), start=1)
    )


def number_links(former: Sequence[Link], wanted: Sequence[DraftLink]) -> tuple[Link, ...]:
    """One Link for each of `wanted`, in that order. A link keeps the number its address had; a new address gets a number never
    given before in this message, so that a link in a mail that is already out can't change its meaning."""
    free: dict[str, list[int]] = {}
    for link in sorted(former, key=lambda link: link.ordinal):
        free.setdefault(link.url, []).append(link.ordinal)
    last = max((link.ordinal for link in former), default=0)
    numbered = []
    for draft in wanted:
        ordinals = free.get(draft.url)
        if ordinals:
            ordinal = ordinals.pop(0)
        else:
            last = ordinal = last + 1
        numbered.append(Link(ordinal, draft.url, draft.text))
    return tuple(numbered)
