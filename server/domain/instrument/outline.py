"""One reading of a mail's HTML: its links, its images, its quoted text and where its body ends."""

import re
from dataclasses import dataclass
from html import unescape
from typing import NamedTuple
from urllib.parse import urljoin

from server.domain.instrument.attributes import Attribute, attribute, decoded
from server.domain.instrument.markup import Source, Tag, source, tags
from server.domain.instrument.quotes import Quotes

_BLANK = "".join(map(chr, range(0x21)))
_HTTP = re.compile(r"(https?):[/\\]*(?=[^/\\])", re.ASCII | re.IGNORECASE)
_PLAIN_HTTP = re.compile(r"https?://[!-.0-\[\]-~][!-~]*")
_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]*:", re.IGNORECASE)
_MARKUP = re.compile(r"<!--.*?(?:-->|\Z)|</?[a-zA-Z!?](?:[^\"'>]|\"[^\"]*\"|'[^']*')*(?:>|\Z)", re.DOTALL)
_WITHOUT_TEXT = frozenset({"style", "script", "title", "textarea", "xmp", "iframe", "noembed", "noframes"})
_LONGEST_TEXT = 200


class Link(NamedTuple):
    """`ordinal` is the 1-based place among all http(s) links of the body; `url` what a browser would follow; `text` the words
    shown (at most 200 characters, blanks collapsed). `start` to `end` spans the value of `href`, without its quotes."""

    ordinal: int
    url: str
    text: str
    start: int
    end: int
    quote: str
    quoted: bool


class Image(NamedTuple):
    url: str
    start: int
    end: int
    quoted: bool


@dataclass(frozen=True, slots=True)
class Outline:
    """`pixel_at` is the offset above quoted text, else at the end of the body."""

    links: list[Link]
    images: list[Image]
    pixel_at: int


@dataclass(slots=True)
class _Anchor:
    href: Attribute
    quoted: bool
    text: str = ""


def outline(html: str) -> Outline:
    read = source(html)
    reader = _Reader(read)
    for tag in tags(read, reader.quotes.kind):
        reader.read(tag)
    reader.end_label()
    return Outline(reader.links(), reader.images, reader.pixel_at())


def http_url(value: str) -> str | None:
    """The http(s) address an attribute's value holds, freed of blanks and line breaks as the URL standard has it; else None."""
    plain = decoded(value) if "&" in value else value
    if _PLAIN_HTTP.fullmatch(plain):
        return plain
    url = clean(value)
    found = _HTTP.match(url)
    return f"{found[1].lower()}://{url[found.end() :]}" if found else None


def clean(value: str) -> str:
    return decoded(value.replace("\0", "\ufffd")).strip(_BLANK).replace("\t", "").replace("\n", "").replace("\r", "")


class _Reader:
    """Collects while tags pass by, in order."""

    def __init__(self, read: Source) -> None:
        self.images: list[Image] = []
        self._html, self._lower = read
        self._end = len(self._html)
        self.quotes = Quotes(read)
        self._may_be_quoted = self.quotes.possible
        self._anchors: list[_Anchor] = []
        self._base: str | None = None
        self._body_end: int | None = None
        self._html_end: int | None = None
        self._open: _Anchor | None = None
        self._pieces: list[str] = []
        self._text_from = self._text_size = 0

    def read(self, tag: Tag) -> None:
        name, closing, start, end, inside, conditional = tag
        quoted = self._may_be_quoted and self.quotes.step(tag)
        if self._open:
            self._read_text(start, start if closing and name in _WITHOUT_TEXT else end)
        if closing:
            self._read_closing(name, start, conditional)
        elif name == "a" or name == "area" or (conditional and name.startswith("v:")):
            self._read_link(name, inside, end, quoted)
        elif name == "img" or name == "image":
            self._read_image(start, inside, end, quoted)
        elif not conditional:
            if name == "base":
                self._read_base(inside, end)
            elif not name:
                self._end = start

    def _read_text(self, start: int, after: int) -> None:
        """The label goes on until `start` and, behind the tag, from `after`."""
        text_from = self._text_from
        if start > text_from and self._text_size < _LONGEST_TEXT:
            self._add_text(self._html[text_from : min(start, text_from + 5 * _LONGEST_TEXT)])
        self._text_from = after

    def _read_closing(self, name: str, start: int, conditional: bool) -> None:
        if name == "a":
            self.end_label()
        elif name == "body" and not conditional:
            self._body_end = start
        elif name == "html" and not conditional:
            self._html_end = start

    def _read_link(self, name: str, inside: int, end: int, quoted: bool) -> None:
        """Outlook follows the `href` of its drawing elements (`v:roundrect`, a button) as it follows that of `a`."""
        if self._open and name == "a":
            self.end_label()
        href = attribute(self._lower, "href", inside, end - 1)
        if href is None:
            return
        anchor = _Anchor(href, quoted)
        self._anchors.append(anchor)
        if name == "a":
            self._open, self._text_from = anchor, end
        elif name == "area":
            anchor.text = _collapsed(self._value("alt", inside, end))

    def _read_image(self, start: int, inside: int, end: int, quoted: bool) -> None:
        if self._open:
            self._add_text(self._value("alt", inside, end))
        found = attribute(self._lower, "src", inside, end - 1)
        url = found and http_url(self._html[found[0] : found[1]])
        if url:
            self.images.append(tuple.__new__(Image, (url, start, end, quoted)))

    def _read_base(self, inside: int, end: int) -> None:
        if self._base is None and attribute(self._lower, "href", inside, end - 1):
            self._base = http_url(self._value("href", inside, end)) or ""

    def _value(self, name: str, inside: int, end: int) -> str:
        found = attribute(self._lower, name, inside, end - 1)
        return self._html[found[0] : found[1]] if found else ""

    def _add_text(self, piece: str) -> None:
        if piece:
            shown = _MARKUP.sub("", piece) if "<" in piece else piece
            self._pieces.append(shown)
            self._text_size += len(shown)

    def end_label(self) -> None:
        if self._open:
            self._open.text = _collapsed("".join(self._pieces))
            self._open, self._text_size = None, 0
            self._pieces.clear()

    def links(self) -> list[Link]:
        found: list[Link] = []
        for anchor in self._anchors:
            start, end, quote = anchor.href
            value = self._html[start:end]
            url = http_url(value) or (self._base and self._resolved(value, self._base))
            if url:
                found.append(tuple.__new__(Link, (len(found) + 1, url, anchor.text, start, end, quote, anchor.quoted)))
        return found

    def _resolved(self, value: str, base: str) -> str | None:
        relative = clean(value)
        if not relative or relative.startswith("#") or _SCHEME.match(relative):
            return None
        try:
            return http_url(urljoin(base, relative))
        except ValueError:
            return None

    def pixel_at(self) -> int:
        for place in (self.quotes.first, self._body_end, self._html_end):
            if place is not None:
                return place
        return self._end


def _collapsed(text: str) -> str:
    text = text[: 4 * _LONGEST_TEXT]
    return " ".join((unescape(text) if "&" in text else text).split())[:_LONGEST_TEXT]
