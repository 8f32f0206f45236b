"""Mails the product sends by itself: built fresh, or copied for one recipient."""

import re
from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256

from server.errors import BadInput
from server.gmail.parts import read_parts
from server.gmail.transfer import spliced, to_quoted_printable

Person = tuple[str, str]

_LINE_END = re.compile(r"\r\n|\r|\n")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


def compose(
    *,
    sender: Person,
    to: Sequence[Person],
    cc: Sequence[Person] = (),
    bcc: Sequence[Person] = (),
    subject: str,
    html: str | None,
    text: str | None,
    in_reply_to: str | None = None,
    references: Sequence[str] = (),
) -> bytes:
    """A mail as Gmail's send wants it; people are (name, address). Date and Message-ID are Gmail's to give. What is not a
    mail address raises BadInput."""
    message = EmailMessage(policy=SMTP)
    message["From"] = _addressed([sender], "from")
    for name, people in (("To", to), ("Cc", cc), ("Bcc", bcc)):
        if people:
            message[name] = _addressed(people, name.lower())
    message["Subject"] = _CONTROL.sub(" ", subject)
    if in_reply_to:
        message["In-Reply-To"] = _message_ids([in_reply_to])
        message["References"] = _message_ids([*(known for known in references if known != in_reply_to), in_reply_to])
    message["MIME-Version"] = "1.0"
    return message.as_bytes().rstrip(b"\r\n") + b"\r\n" + _content(html, text)


def separate_copy(raw: bytes, recipient: Person) -> bytes:
    """The same mail as if written to one person alone: To names only them, Cc and Bcc are gone, every other byte stays."""
    message = EmailMessage(policy=SMTP)
    message["To"] = _addressed([recipient], "to")
    new = message.as_bytes().rstrip(b"\r\n") + b"\r\n"
    fields = [field for field in read_parts(raw).fields if field.name in ("to", "cc", "bcc")]
    at = next((field.start for field in fields if field.name == "to"), fields[0].start if fields else 0)
    splices = [(field.start, field.end, new if field.start == at else b"") for field in fields]
    return spliced(raw, splices or [(0, 0, new)])


def answering(raw: bytes, in_reply_to: str, references: Sequence[str]) -> bytes:
    """The same mail as an answer: In-Reply-To and References where it has none of its own, every other byte stays."""
    message = EmailMessage(policy=SMTP)
    present = {field.name for field in read_parts(raw).fields}
    if "in-reply-to" not in present:
        message["In-Reply-To"] = _message_ids([in_reply_to])
    if "references" not in present:
        message["References"] = _message_ids([*(known for known in references if known != in_reply_to), in_reply_to])
    new = message.as_bytes().rstrip(b"\r\n") + b"\r\n"
    return (new if b"\r\n" in raw else new.replace(b"\r\n", b"\n")) + raw if len(message) else raw


def _addressed(people: Sequence[Person], field: str) -> list[Address]:
    try:
        return [Address(display_name=_CONTROL.sub(" ", name), addr_spec=address) for name, address in people]
    except (ValueError, IndexError) as refused:
        raise BadInput("not a mail address", {field: "name@example.com"}) from refused


def _message_ids(ids: Sequence[str]) -> str:
    return " ".join(re.sub(r"[^\x21-\x7e]", "", known) for known in ids if known.strip())


def _content(html: str | None, text: str | None) -> bytes:
    """Header lines of the content, an empty line, the content."""
    kinds = [("plain", text), ("html", html)]
    parts = [_text_part(kind, body) for kind, body in kinds if body is not None] or [_text_part("plain", "")]
    if len(parts) == 1:
        return parts[0]
    boundary = b"=_" + sha256(b"".join(parts)).hexdigest()[:32].encode()
    lines = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    return b'Content-Type: multipart/alternative; boundary="' + boundary + b'"\r\n\r\n' + lines + b"--" + boundary + b"--\r\n"


def _text_part(kind: str, body: str) -> bytes:
    data = _LINE_END.sub("\r\n", body).encode("utf-8", "replace")
    head = f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    return head.encode() + to_quoted_printable(data)
