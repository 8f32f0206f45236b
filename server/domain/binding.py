"""Which message a mail in the Sent folder is: decided by the tokens its body carries."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from server.domain.instrument.outline import outline
from server.domain.messages import Recipient, State
from server.domain.people import domain_of

_PIXEL_PATH = re.compile(r"/o/[^/]+/([\w.\-]+)\.gif")
_CLICK_PATH = re.compile(r"/c/([\w.\-]+)")
_REPLY_PREFIX = re.compile(r"^(?:\s*(?:re|fwd?|aw|wg|tr|rv|sv|vs|回复|回覆|转发|轉寄)\s*(?:\[\d+\])?\s*[::])+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mark:
    """What one token of ours in a body says. `recipient` is 0 for a shared body; `link` None for a pixel."""

    message_id: str
    recipient: int
    link: int | None = None


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail in a rep's Sent folder. `marks` are the tokens outside quoted text; `at` is Google's own time of sending."""

    gmail_id: str
    thread_id: str
    rfc_message_id: str
    at: datetime
    subject: str
    recipients: tuple[Recipient, ...]
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """A message that a token names. `copies` are the recipient ordinals whose mail was seen already."""

    message_id: str
    user_id: str
    state: State
    copies: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Owned:
    """This mail is the message, or the copy of one of its recipients."""

    message_id: str
    recipient: int


@dataclass(frozen=True, slots=True)
class Reused:
    """A token that an earlier mail owns: copied text, or one draft sent several times. It counts for the whole message."""

    message_id: str
    recipient: int


@dataclass(frozen=True, slots=True)
class Untracked:
    """No token of this rep: its replies and bounces count all the same."""


@dataclass(frozen=True, slots=True)
class Internal:
    """To colleagues only, without a token: nothing to know about."""


Decision = Owned | Reused | Untracked | Internal


def marks_in(html: str, read_pixel: Callable[[str], Mark | None], read_click: Callable[[str], Mark | None]) -> tuple[Mark, ...]:
    """Tokens the writer put there, pixels first; those inside quoted text are of former mails and stay out."""
    read = outline(html)
    pixels = [_mark(image.url, _PIXEL_PATH, read_pixel) for image in read.images if not image.quoted]
    clicks = [_mark(link.url, _CLICK_PATH, read_click) for link in read.links if not link.quoted]
    return tuple(dict.fromkeys(mark for mark in (*pixels, *clicks) if mark is not None))


def decide(marks: Sequence[Mark], known: Mapping[str, Known], owner: str, *, internal: bool) -> Decision:
    """`owner` is the user whose Sent folder it is: a token of somebody else never binds."""
    own = [
        (mark, known[mark.message_id]) for mark in marks if mark.message_id in known and known[mark.message_id].user_id == owner
    ]
    for mark, message in own:
        if mark.recipient not in message.copies and (message.copies or message.state in (State.DRAFTED, State.EXPIRED)):
            return Owned(mark.message_id, mark.recipient)
    if own:
        return Reused(own[0][0].message_id, own[0][0].recipient)
    return Internal() if internal else Untracked()


def links_carried(marks: Iterable[Mark], message_id: str) -> frozenset[int]:
    return frozenset(mark.link for mark in marks if mark.message_id == message_id and mark.link is not None)


def is_internal(addresses: Iterable[str], domains: frozenset[str], colleagues: frozenset[str]) -> bool:
    """Whether every address is of the workspace itself: one of its domains, or a user of it."""
    return all(address in colleagues or domain_of(address) in domains for address in addresses)


def base_subject(subject: str) -> str:
    """What the mails of one thread share: the subject without Re: and Fwd:, in lower case."""
    return " ".join(_REPLY_PREFIX.sub("", subject).split()).lower()


def _mark(url: str, path: re.Pattern[str], read: Callable[[str], Mark | None]) -> Mark | None:
    # By the path alone: the tracking host may have been another one when the mail was written.
    try:
        found = path.search(urlsplit(url).path)
    except ValueError:
        return None
    return read(found[1]) if found else None
