"""One reading of a mail's HTML: its links, its images, its quoted text and where its body ends."""

import re
from dataclasses import dataclass
from html import unescape
from typing import NamedTuple
from urllib.parse import urljoin

from server.domain.instrument.markup import Attribute, Tag, attribute, decoded, tags
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
    reader = _Reader(html)
    for tag in tags(html, reader.quotes.kind):
        reader.read(tag)
    reader.end_label()
    return Outline(reader.links(), reader.images, reader.pixel_at())


def http_url(value: str) -> str | None:
    """The http(s) address an attribute's value holds, freed of blanks and line breaks as the URL standard has it; else None."""
    plain = decoded(value)
    if _PLAIN_HTTP.fullmatch(plain):
        return plain
    url = clean(value)
    found = _HTTP.match(url)
    return f"{found[1].lower()}://{url[found.end() :]}" if found else None


def clean(value: str) -> str:
    return decoded(value.replace("\0", "\ufffd")).strip(_BLANK).replace("\t", "").replace("\n", "").replace("\r", "")


class _Reader:
    """Collects while tags pass by, in order."""

    def __init__(self, html: str) -> None:
        self.images: list[Image] = []
        self._html = html
        self._end = len(html)
        self.quotes = Quotes(html)
        self._may_be_quoted = self.quotes.possible
        self._anchors: list[_Anchor] = []
        self._base: str | None = None
        self._body_end: int | None = None
        self._html_end: int | None = None
        self._open: _Anchor | None = None
        self._pieces: list[str] = []
        self._text_from = self._text_size = 0

    def read(self, tag: Tag) -> None:
        name = tag.name
        quoted = self._may_be_quoted and self.quotes.step(tag)
        if self._open:
            self._read_text(tag)
        if tag.closing:
            self._read_closing(tag)
        elif name == "a" or name == "area":
            self._read_link(tag, quoted)
        elif name == "img" or name == "image":
            self._read_image(tag, quoted)
        elif name == "base":
            self._read_base(tag)
        elif tag.conditional and name.startswith("v:"):
            self._read_link(tag, quoted)
        elif not name and not tag.conditional:
            self._end = tag.start

    def _read_text(self, tag: Tag) -> None:
        if self._text_size < _LONGEST_TEXT and tag.start > self._text_from:
            self._add_text(self._html[self._text_from : min(tag.start, self._text_from + 5 * _LONGEST_TEXT)])
        self._text_from = tag.start if tag.name in _WITHOUT_TEXT and tag.closing else tag.end

    def _read_closing(self, tag: Tag) -> None:
        if tag.name == "a":
            self.end_label()
        elif tag.name == "body" and not tag.conditional:
            self._body_end = tag.start
        elif tag.name == "html" and not tag.conditional:
            self._html_end = tag.start

    def _read_link(self, tag: Tag, quoted: bool) -> None:
        """Outlook follows the `href` of its drawing elements (`v:roundrect`, a button) as it follows that of `a`."""
        if self._open and tag.name == "a":
            self.end_label()
        href = attribute(self._html, tag, "href")
        if href is None:
            return
        anchor = _Anchor(href, quoted)
        self._anchors.append(anchor)
        if tag.name == "a":
            self._open, self._text_from = anchor, tag.end
        elif tag.name == "area":
            anchor.text = _collapsed(self._value(tag, "alt"))

    def _read_image(self, tag: Tag, quoted: bool) -> None:
        if self._open:
            self._add_text(self._value(tag, "alt"))
        source = attribute(self._html, tag, "src")
        url = source and http_url(self._html[source.start : source.end])
        if url:
            self.images.append(Image(url, tag.start, tag.end, quoted))

    def _read_base(self, tag: Tag) -> None:
        if self._base is None and not tag.conditional and attribute(self._html, tag, "href"):
            self._base = http_url(self._value(tag, "href")) or ""

    def _value(self, tag: Tag, name: str) -> str:
        found = attribute(self._html, tag, name)
        return self._html[found.start : found.end] if found else ""

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
            href = anchor.href
            url = self._address(self._html[href.start : href.end])
            if url:
                found.append(Link(len(found) + 1, url, anchor.text, href.start, href.end, href.quote, anchor.quoted))
        return found

    def _address(self, value: str) -> str | None:
        url = http_url(value)
        if url or not self._base:
            return url
        relative = clean(value)
        if not relative or relative.startswith("#") or _SCHEME.match(relative):
            return None
        try:
            return http_url(urljoin(self._base, relative))
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
