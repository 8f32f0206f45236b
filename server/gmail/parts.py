"""A message's MIME parts as offsets into its bytes. Nothing is parsed into objects that would have to be written again."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import MessageError
from email.message import Message
from itertools import islice

_HEADERS_END = re.compile(rb"\r?\n\r?\n")
_FIRST_BLANK = re.compile(rb"\r?\n")
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:((?:[^\r\n]|\r(?!\n)|\r?\n[ \t])*)(?:\r?\n|\Z)")
DEEPEST = 40
MOST = 2000


@dataclass(frozen=True)
class Field:
    """`value` is unfolded, as text; `start` to `end` spans the whole field with its line end."""

    name: str
    value: str
    start: int
    end: int


@dataclass(frozen=True)
class Part:
    """`start` to `body` is the header block, `body` to `end` the content as transferred. `within` are the types of the
    multiparts around it, outermost first; `children` those directly inside."""

    start: int
    body: int
    end: int
    fields: tuple[Field, ...]
    type: str
    within: tuple[str, ...]
    children: list["Part"] = field(default_factory=list)

    def get(self, name: str) -> str | None:
        return next((found.value for found in self.fields if found.name == name), None)

    def parameter(self, name: str, header: str = "content-type") -> str | None:
        """A parameter of Content-Type or Content-Disposition, decoded; None when absent or beyond reading."""
        return _parameter(self.get(header), name)

    @property
    def attached(self) -> bool:
        disposition = (self.get("content-disposition") or "").partition(";")[0].strip().lower()
        return disposition == "attachment" or bool(self.parameter("filename", "content-disposition") or self.parameter("name"))


def read_parts(raw: bytes) -> Part:
    """The message as a tree. Never raises; what cannot be divided is one part, as is what lies deeper than DEEPEST multiparts
    or comes after MOST parts."""
    root = read_part(raw, 0, len(raw), (), "text/plain")
    waiting = [root]
    count = 0
    while waiting and count < MOST:
        part = waiting.pop()
        boundary = part.parameter("boundary")
        if not part.type.startswith("multipart/") or not boundary or len(part.within) >= DEEPEST:
            continue
        default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
        for start, end in islice(_divided(raw, part.body, part.end, boundary), MOST):
            part.children.append(read_part(raw, start, end, (*part.within, part.type), default))
            count += 1
        waiting += part.children
    return root


def walk(part: Part) -> Iterator[Part]:
    """Every part, in the order of the message."""
    waiting = [part]
    while waiting:
        current = waiting.pop()
        yield current
        waiting += reversed(current.children)


def read_part(raw: bytes, start: int, end: int, within: tuple[str, ...], default: str) -> Part:
    first = _FIRST_BLANK.match(raw, start, end)
    blank = first or _HEADERS_END.search(raw, start, end)
    body = blank.end() if blank else end
    fields = () if first else tuple(read_fields(raw, start, body))
    declared = next((found.value for found in fields if found.name == "content-type"), "")
    kind = declared.partition(";")[0].strip().lower()
    return Part(start, body, end, fields, kind if kind.count("/") == 1 else default, within)


def read_fields(raw: bytes, start: int, end: int) -> Iterator[Field]:
    """Header fields, names lower-case; a line that is none is passed over."""
    at = start
    while at < end:
        found = _FIELD.match(raw, at, end)
        if found:
            value = re.sub(r"\r?\n(?=[ \t])", "", _text(found[2])).strip()
            yield Field(_text(found[1]).lower(), value, at, found.end())
        line_end = raw.find(b"\n", at, end) + 1
        at = found.end() if found else (line_end or end)


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _parameter(value: str | None, name: str) -> str | None:
    if not value or name not in value.lower():
        return None
    holder: Message[str, str] = Message()
    try:
        holder["content-type"] = value.replace("\r", " ").replace("\n", " ")
        found = holder.get_param(name)
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, IndexError):
        return None
    if isinstance(found, tuple):
        found = found[2]
    return found.strip() if isinstance(found, str) else None


def _divided(raw: bytes, start: int, end: int, boundary: str) -> Iterator[tuple[int, int]]:
    """The spans between boundary lines; the last one runs to the end when no closing line comes."""
    mark = re.escape(
        boundary.encode("utf-8", "surrogateescape") if boundary.isascii() else boundary.encode("latin-1", "replace")
    )
    line = re.compile(rb"(?<![^\n])--" + mark + rb"(--)?[ \t]*(?:\r?\n|\Z)")
    at: int | None = None
    for found in line.finditer(raw, start, end):
        if at is not None:
            yield at, max(at, _before_line_end(raw, found.start()))
        if found[1]:
            return
        at = found.end()
    if at is not None:
        yield at, end


def _before_line_end(raw: bytes, at: int) -> int:
    """The line end before a boundary line belongs to the boundary."""
    if raw[at - 1 : at] != b"\n":
        return at
    return at - 2 if raw[at - 2 : at - 1] == b"\r" else at - 1
