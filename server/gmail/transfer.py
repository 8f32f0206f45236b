"""Charsets and transfer encodings, both ways, so that what is not touched keeps its bytes."""

import base64
import binascii
import codecs
import re
from bisect import bisect_right
from collections.abc import Sequence

from server.domain.instrument import Splice

ByteSplice = tuple[int, int, bytes]

_ASCII_LIKE = re.compile(
    r"utf-?8|us-ascii|ascii|iso-?8859|windows-?\d+|cp125|latin|koi8|gb|big5|euc|shift|ks_c|tis|mac", re.IGNORECASE
)
_WIDE = re.compile(r"utf[-_]?(16|32)[-_]?(le|be)?\Z", re.ASCII)
_ORDER_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_SWITCHED = ("iso2022", "utf-7", "hz")
_NOT_CHARSETS = frozenset({"punycode", "idna", "unicode-escape", "unicode_escape", "raw-unicode-escape", "raw_unicode_escape"})
_ALIASES = {
    "unicode-1-1-utf-8": "utf-8",
    "utf8mb4": "utf-8",
    "x-user-defined": "latin-1",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "windows-874": "cp874",
    "iso-8859-8-i": "iso-8859-8",
    "big5": "big5hkscs",
    "x-mac-roman": "mac-roman",
}
_ESCAPED = re.compile(rb"=([0-9A-Fa-f]{2})")
_BARE_EQUALS = re.compile(rb"=([0-9A-Fa-f]?)\Z")
_QP_UNIT = re.compile(rb"=[0-9A-Fa-f]{2}|.", re.DOTALL)
_QP_WIDTH = 76


class Unreadable(Exception):
    """The part can't be decoded and encoded again without changing it. The text is the reason's code."""


def decode_text(data: bytes, charset: str | None) -> tuple[str, str]:
    """Text and the codec that gives exactly `data` back from it. Raises Unreadable."""
    for codec in _candidates(data, charset):
        try:
            text = data.decode(codec, "surrogateescape")
            if text.encode(codec, "surrogateescape") == data:
                return text, codec
        except (UnicodeError, LookupError, ValueError):
            continue
    raise Unreadable("charset")


def read_text(data: bytes, charset: str | None) -> str:
    """Text for reading, never for writing back: what can't be decoded is marked."""
    try:
        return decode_text(data, charset)[0].encode("utf-8", "replace").decode()
    except Unreadable:
        return data.decode("latin-1")


def _candidates(data: bytes, charset: str | None) -> list[str]:
    """A mark of byte order outdoes the label, as in browsers."""
    name = (charset or "us-ascii").strip().strip("\"'>").lower()
    wide = _WIDE.match(name)
    if wide or b"\0" in data:
        for mark, codec in _ORDER_MARKS.items():
            if data.startswith(mark):
                return [codec]
    if wide:
        return [f"utf-{wide[1]}-{wide[2] or _byte_order(data)}"]
    try:
        known = codecs.lookup(_ALIASES.get(name, name))
    except (LookupError, ValueError):
        return []
    if known.name in _NOT_CHARSETS or (b"\x1b$" in data and not known.name.startswith(_SWITCHED)):
        return []
    if known.name in ("ascii", "utf-8", "utf-8-sig"):
        return ["utf-8"]
    if known.name in ("iso8859-1", "latin-1"):
        return ["cp1252", "latin-1"]
    return [known.name, "latin-1"] if _ASCII_LIKE.match(name) else [known.name]


def _byte_order(data: bytes) -> str:
    """Without a mark, the order in which `<` makes sense."""
    return "le" if data.count(b"<\0") > data.count(b"\0<") else "be"


def byte_splices(text: str, codec: str, splices: Sequence[Splice]) -> list[ByteSplice]:
    """The same splices as offsets into the encoded text. Raises Unreadable where the charset switches between alphabets so that
    a piece has other bytes by itself than within the whole."""
    found: list[ByteSplice] = []
    pieces: list[bytes] = []
    at = offset = 0
    for start, end, new in splices:
        before, old = (text[one:other].encode(codec, "surrogateescape") for one, other in ((at, start), (start, end)))
        pieces += (before, old)
        begin = offset + len(before)
        offset = begin + len(old)
        found.append((begin, offset, new.encode(codec, "surrogateescape")))
        at = end
    pieces.append(text[at:].encode(codec, "surrogateescape"))
    if b"".join(pieces) != text.encode(codec, "surrogateescape"):
        raise Unreadable("charset")
    return found


def spliced(data: bytes, splices: Sequence[ByteSplice]) -> bytes:
    pieces: list[bytes] = []
    at = 0
    for start, end, new in splices:
        pieces += (data[at:start], new)
        at = end
    return b"".join((*pieces, data[at:]))


def decode_transfer(body: bytes, encoding: str) -> bytes:
    """The content of a body. Raises Unreadable for an unknown or broken encoding."""
    if encoding in ("", "7bit", "8bit", "binary"):
        return body
    if encoding == "quoted-printable":
        return b"".join(content for _, content in _qp_lines(body))
    if encoding == "base64":
        return _from_base64(body)
    raise Unreadable("encoding")


def splice_transfer(body: bytes, encoding: str, splices: Sequence[ByteSplice], newline: bytes = b"\r\n") -> bytes:
    """`body` with its content changed; lines of quoted-printable that are not concerned stay as they are. `newline` is used
    where `body` shows no line end of its own."""
    if not splices:
        return body
    newline = _newline(body, newline)
    if encoding == "quoted-printable":
        return _splice_quoted(body, splices, newline)
    if encoding == "base64":
        kept, size = _lines_before(body, splices[0][0])
        changed = spliced(_from_base64(body), splices)[size:]
        return body[:kept] + _to_base64(changed, body[kept:], newline) if changed else body[:kept]
    return spliced(body, splices)


def _from_base64(body: bytes) -> bytes:
    packed = b"".join(body.split())
    try:
        data = base64.b64decode(packed, validate=True)
    except binascii.Error:
        raise Unreadable("encoding") from None
    if base64.b64encode(data) != packed:
        raise Unreadable("encoding")
    return data


def _lines_before(body: bytes, offset: int) -> tuple[int, int]:
    """How far whole lines of base64 go without reaching `offset` of the content, and how much content they hold."""
    at = packed = 0
    kept = (0, 0)
    for line in body.splitlines(keepends=True):
        at += len(line)
        packed += len(b"".join(line.split()))
        if packed // 4 * 3 > offset:
            break
        if packed % 4 == 0:
            kept = (at, packed // 4 * 3)
    return kept


def _to_base64(data: bytes, like: bytes, newline: bytes) -> bytes:
    """With the line length and the last line end of `like`."""
    packed = base64.b64encode(data)
    width = len(like.split(None, 1)[0]) if like.split(None, 1) else _QP_WIDTH
    if b"\n" not in like.strip():
        width = max(width, len(packed)) if width > 998 else _QP_WIDTH
    lead = like[: len(like) - len(like.lstrip())]
    tail = like[len(like.rstrip()) :]
    return lead + newline.join(packed[at : at + width] for at in range(0, len(packed), width)) + tail


def _qp_lines(body: bytes) -> list[tuple[int, bytes]]:
    """For each line where it starts in `body`, and its content with the line end it stands for."""
    lines: list[tuple[int, bytes]] = []
    at = 0
    while at < len(body):
        visible, blank, after = _line(body, at)
        newline = body[visible + blank : after]
        content = body[at : visible - 1] if body[visible - 1 : visible] == b"=" and visible > at else body[at:visible] + newline
        lines.append((at, _ESCAPED.sub(_byte, content) if b"=" in content else content))
        at = after
    return lines


def _line(body: bytes, at: int) -> tuple[int, int, int]:
    """Where a line's visible text ends, how many blanks follow (padding, no content), and where the next line begins."""
    newline = body.find(b"\n", at)
    after = newline + 1 if newline >= 0 else len(body)
    line = body[at:after]
    text = line.removesuffix(b"\n").removesuffix(b"\r") if newline >= 0 else line
    visible = text.rstrip(b" \t")
    return at + len(visible), len(text) - len(visible), after


def _byte(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 16)])


def _splice_quoted(body: bytes, splices: Sequence[ByteSplice], newline: bytes) -> bytes:
    lines = _qp_lines(body)
    starts = [0]
    for _, content in lines:
        starts.append(starts[-1] + len(content))
    out: list[bytes] = []
    raw, written = _Raw(body, lines, starts), 0
    pending: list[bytes] = []
    for begin, end, new in splices:
        left, right = raw.at(begin), raw.at(end)
        line_start = body.rfind(b"\n", written, left) + 1 or (0 if not pending and not out else written)
        if pending and line_start <= written:
            pending.append(_cut_off(body[written:left]))
        else:
            if pending:
                written = _close(body, out, pending, written, newline)
            out.append(body[written:line_start])
            pending = [_cut_off(body[line_start:left])]
        pending.append(quoted(new))
        written = right
    if pending:
        written = _close(body, out, pending, written, newline)
    return b"".join((*out, body[written:]))


def _close(body: bytes, out: list[bytes], pending: list[bytes], at: int, newline: bytes) -> int:
    """Write a changed line to its end, folded anew; the offset after it."""
    visible, _, after = _line(body, at)
    line = b"".join(pending) + body[at:visible]
    if visible == at and line.endswith((b" ", b"\t")):
        line = line[:-1] + (b"=20" if line.endswith(b" ") else b"=09")
    out.append(_folded(line, newline) + body[visible:after])
    return after


def _cut_off(raw: bytes) -> bytes:
    """A bare `=` (an error that stands for itself) must not find a new partner in what comes next."""
    bare = _BARE_EQUALS.search(raw)
    return raw[: bare.start()] + b"=3D" + raw[bare.end() - len(bare[1]) :] if bare else raw


class _Raw:
    """Where a byte of the content stands in the body; asked in order, it goes on in a line where it was."""

    def __init__(self, body: bytes, lines: list[tuple[int, bytes]], starts: list[int]) -> None:
        self._body = body
        self._lines = lines
        self._starts = starts
        self._offset, self._at = -1, 0

    def at(self, offset: int) -> int:
        if offset == self._starts[-1] and (not self._lines or self._body.endswith(b"\n")):
            return len(self._body)
        index = min(bisect_right(self._starts, offset) - 1, len(self._lines) - 1)
        start = self._starts[index]
        if not start <= self._offset <= offset:
            self._offset, self._at = start, self._lines[index][0]
        for _ in range(offset - self._offset):
            self._at += 3 if _ESCAPED.match(self._body, self._at) else 1
        self._offset = offset
        return self._at


def quoted(data: bytes) -> bytes:
    """Quoted-printable without line breaks of its own; CR and LF are escaped too."""
    return b"".join(bytes([code]) if 32 <= code <= 126 and code != 61 else b"=%02X" % code for code in data)


def _folded(line: bytes, newline: bytes) -> bytes:
    """`line` with soft breaks where it is too long; an `=XX` is never cut, a soft break at its end is kept."""
    soft = line.endswith(b"=")
    if len(line) <= _QP_WIDTH:
        return line
    rows: list[bytes] = []
    row = bytearray()
    for unit in _QP_UNIT.findall(line[:-1] if soft else line):
        if len(row) + len(unit) > _QP_WIDTH - 1:
            rows.append(bytes(row) + b"=")
            row.clear()
        row += unit
    return newline.join((*rows, bytes(row) + (b"=" if soft else b"")))


def to_quoted_printable(data: bytes, newline: bytes = b"\r\n") -> bytes:
    """Text as quoted-printable, its line ends kept."""
    newline = _newline(data, newline)
    rows = []
    for line in data.split(newline):
        text = quoted(line)
        if text.endswith(b" "):
            text = text[:-1] + b"=20"
        rows.append(_folded(text, newline))
    return newline.join(rows)


def _newline(data: bytes, default: bytes) -> bytes:
    if b"\n" not in data:
        return default
    return b"\r\n" if b"\r\n" in data else b"\n"
