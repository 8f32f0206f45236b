"""A whole message (RFC 822 bytes) made tracked in its HTML body and nowhere else.

Every byte outside the body part stays; inside it, the charset and the transfer encoding stay, and so does every line of
quoted-printable that no link stands on. Attachments, calendar parts, AMP parts, plain text and messages within the message are
never touched; a signed or encrypted mail is left alone as a whole, since a change would break the seal.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from server.domain.instrument import Link, Splice, find_links, instrument
from server.gmail.parts import DEEPEST, MOST, Part, read_parts, walk
from server.gmail.transfer import (
    ByteSplice,
    Unreadable,
    byte_splices,
    decode_text,
    decode_transfer,
    splice_transfer,
    spliced,
    to_quoted_printable,
)

__all__ = ["Result", "html_of", "instrument", "instrument_message", "links_in"]

_SEALED = {
    "multipart/signed": "signed",
    "multipart/encrypted": "encrypted",
    "application/pkcs7-mime": "encrypted",
    "application/x-pkcs7-mime": "encrypted",
}
_PGP = re.compile(r"-----BEGIN PGP (SIGNED MESSAGE|MESSAGE)-----")
_NOT_A_BODY = frozenset({"multipart/report", "multipart/digest", "multipart/form-data", "multipart/appledouble"})
_LONGEST_LINE = 998


@dataclass(frozen=True)
class Result:
    """`reason` says why a message was left as it is: no-html, signed, encrypted, charset (unknown, or the bytes are not of it),
    encoding (transfer encoding unknown or broken), parts (more or deeper than anybody writes). None when it was tracked."""

    raw: bytes
    tracked: bool
    reason: str | None = None


@dataclass(frozen=True)
class _Body:
    part: Part
    encoding: str
    text: str
    codec: str


def instrument_message(raw: bytes, rewrite: Callable[[str], Sequence[Splice]]) -> Result:
    """`rewrite` gets the HTML and answers with what to splice in, as `instrument(…).splices` does. Never raises."""
    try:
        body = _html_body(raw)
        splices = rewrite(body.text)
        changes = byte_splices(body.text, body.codec, splices)
    except Unreadable as unreadable:
        return Result(raw, False, str(unreadable))
    return Result(spliced(raw, _in_message(raw, body, changes)), True)


def html_of(raw: bytes) -> str | None:
    """The HTML that `instrument_message` would rewrite."""
    try:
        return _html_body(raw).text
    except Unreadable:
        return None


def links_in(raw: bytes) -> list[Link]:
    return find_links(html_of(raw) or "")


def _html_body(raw: bytes) -> _Body:
    part = _html_part(read_parts(raw))
    encoding = (part.get("content-transfer-encoding") or "").strip().lower()
    data = decode_transfer(raw[part.body : part.end], encoding)
    text, codec = decode_text(data, part.parameter("charset"))
    wide = codec.startswith(("utf-16", "utf-32"))
    # Under the wrong label, wide or not, whatever is put in would be read as something else.
    if "<" not in text if wide else b"<\0" in data or b"\0<" in data:
        raise Unreadable("charset")
    if sealed := _PGP.search(text):
        raise Unreadable("encrypted" if sealed[1] == "MESSAGE" else "signed")
    return _Body(part, encoding, text, codec)


def _html_part(root: Part) -> Part:
    """The first HTML that is shown; of several alternatives the last, which is the richest."""
    parts = list(walk(root))
    if len(parts) > MOST:
        raise Unreadable("parts")
    for part in parts:
        if len(part.within) >= DEEPEST and part.type.startswith("multipart/"):
            raise Unreadable("parts")
        if part.type in _SEALED:
            raise Unreadable("signed" if part.parameter("smime-type") == "signed-data" else _SEALED[part.type])
    shown = [part for part in parts if part.type == "text/html" and _is_body(part)]
    if not shown:
        raise Unreadable("no-html")
    parent = next((part for part in parts if any(child is shown[0] for child in part.children)), root)
    if parent.type != "multipart/alternative":
        return shown[0]
    return [child for child in parent.children if any(child is part for part in shown)][-1]


def _is_body(part: Part) -> bool:
    return _NOT_A_BODY.isdisjoint(part.within) and not part.attached and part.body < part.end


def _in_message(raw: bytes, body: _Body, changes: list[ByteSplice]) -> list[ByteSplice]:
    part = body.part
    content = raw[part.body : part.end]
    newline = b"\r\n" if b"\r\n" in raw[: part.body] else b"\n"
    new = splice_transfer(content, body.encoding, changes, newline)
    if body.encoding in ("", "7bit", "8bit") and _longest(new) > _LONGEST_LINE >= _longest(content):
        return [_encoding_field(part, newline), (part.body, part.end, to_quoted_printable(new, newline))]
    return [(part.body, part.end, new)]


def _longest(content: bytes) -> int:
    return max(map(len, content.split(b"\n")))


def _encoding_field(part: Part, newline: bytes) -> ByteSplice:
    """A link's new address made a line longer than mail allows: the part becomes quoted-printable, and says so."""
    value = b"Content-Transfer-Encoding: quoted-printable" + newline
    for field in part.fields:
        if field.name == "content-transfer-encoding":
            return field.start, field.end, value
    at = part.fields[-1].end if part.fields else part.start
    return at, at, value
