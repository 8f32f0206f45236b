"""One mail as it lies in one mailbox."""

import email
import email.message
import html
import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from server.sandbox.headers import Headers

_TAG = re.compile(r"<(style|script|head)\b.*?</\1>|<[^>]*>", re.IGNORECASE | re.DOTALL)
_RE_PREFIX = re.compile(r"^(?:\s*(?:re|fwd?|aw|wg|tr|sv|回复|回覆|转发|轉寄)\s*(?:\[\d+\])?\s*[::])+", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<[^<>\s]+>")


@dataclass(eq=False)
class Message:
    """`id` and `thread_id` are Gmail's hex ids (of this mailbox only); `message_id` is the header, the same for everybody."""

    id: str
    thread_id: str
    raw: bytes
    internal_date: datetime
    labels: set[str] = field(default_factory=set)
    history_id: int = 0

    @cached_property
    def headers(self) -> Headers:
        return Headers(self.raw)

    @cached_property
    def parsed(self) -> email.message.Message:
        return email.message_from_bytes(self.raw)

    @cached_property
    def message_id(self) -> str:
        return (self.headers.get("Message-ID") or "").strip()

    @cached_property
    def references(self) -> list[str]:
        """Message-IDs this mail answers, the nearest first."""
        nearest = _MESSAGE_ID.findall(self.headers.get("In-Reply-To") or "")
        return nearest + _MESSAGE_ID.findall(self.headers.get("References") or "")[::-1]

    @cached_property
    def subject(self) -> str:
        return self.headers.get("Subject") or ""

    @cached_property
    def sender(self) -> tuple[str, str]:
        """(name, address)."""
        return next(iter(self.headers.addresses("From")), ("", ""))

    @property
    def recipients(self) -> list[tuple[str, str]]:
        return self.headers.addresses("To", "Cc", "Bcc")

    @property
    def text(self) -> str:
        return _body(self.parsed, "text/plain")

    @property
    def html(self) -> str:
        return _body(self.parsed, "text/html")

    @cached_property
    def snippet(self) -> str:
        text = self.text or html.unescape(_TAG.sub(" ", self.html))
        return html.escape(" ".join(text.split())[:200], quote=True)


def plain_subject(subject: str) -> str:
    """What two mails of one thread share: the subject without Re: and Fwd:."""
    return " ".join(_RE_PREFIX.sub("", subject).split()).lower()


def _body(mail: email.message.Message, kind: str) -> str:
    for part in mail.walk():
        if part.get_content_type() == kind and part.get_content_disposition() != "attachment":
            content = part.get_payload(decode=True)
            return _decoded(content, part.get_content_charset()) if isinstance(content, bytes) else ""
    return ""


def _decoded(content: bytes, charset: str | None) -> str:
    try:
        return content.decode(charset or "utf-8", "replace")
    except LookupError:
        return content.decode("latin-1")
