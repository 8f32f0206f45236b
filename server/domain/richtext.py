"""HTML that people write or paste: what of it may stand in a mail, and the same as plain words."""

import re
from collections import Counter
from html import unescape
from typing import NamedTuple

import nh3

from server.domain.instrument.attributes import attribute, decoded
from server.domain.instrument.elements import RAW
from server.domain.instrument.markup import Kind, source, tags

_SCHEMES = {"http", "https", "mailto", "tel"}
_WRITTEN = nh3.Cleaner(
    tags={"a", "b", "blockquote", "br", "code", "div", "em", "i", "li", "ol", "p", "pre", "s", "strong", "u", "ul"},
    attributes={"a": {"href"}},
    url_schemes=_SCHEMES,
    link_rel=None,
)
_LOOKS = {"style", "class", "dir", "align", "width", "height", "color", "face", "size", "bgcolor", "valign", "border", "title"}
_SIGNATURE = nh3.Cleaner(
    tags={"a", "b", "br", "center", "div", "em", "font", "h1", "h2", "h3", "hr", "i", "img", "li", "ol", "p", "s", "small"}
    | {"span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul", "blockquote"},
    attributes={
        "*": _LOOKS,
        "a": {"href"},
        "img": {"src", "alt"},
        "table": {"cellpadding", "cellspacing"},
        "td": {"colspan", "rowspan"},
        "th": {"colspan", "rowspan"},
    },
    url_schemes=_SCHEMES,
    link_rel=None,
)

_BLOCKS = frozenset({"blockquote", "div", "h1", "h2", "h3", "li", "ol", "p", "pre", "table", "tr", "ul"})
_APART = frozenset({"p", "ul", "ol", "blockquote", "pre", "h1", "h2", "h3"})
_DEEPEST = 250
"""Elements inside each other. Nobody writes so, and cleaning takes the square of it."""
_DEEPEST_LIST = 20
"""Lists inside each other that still step to the right."""
_MOST_BLANKS = 100
_ELEMENT = re.compile(r"<(/?)([a-z][a-z0-9]*)")
_NEVER_CLOSED = frozenset({"br", "col", "dd", "dt", "hr", "img", "input", "li", "link", "meta", "p", "td", "th", "tr", "wbr"})
_MARKUP = re.compile(r"<[^<>]*>?")
_BLANKS = re.compile(r"[ \t\r\n\f]+")


def written(html: str) -> str:
    """What an editor may hold: words, emphasis, links, lists."""
    return _WRITTEN.clean(_shallow(html))


def signature(html: str) -> str:
    """With its looks and pictures; nothing that runs."""
    return _SIGNATURE.clean(_shallow(html))


def is_blank(html: str) -> bool:
    return not unescape(nh3.clean(_shallow(html), tags=set())).strip()


def _shallow(html: str) -> str:
    """Of what is nested beyond anybody's writing, the words alone."""
    open_now: Counter[str] = Counter()
    depth = 0
    for closes, name in _ELEMENT.findall(html.lower()):
        if name in _NEVER_CLOSED or (closes and not open_now[name]):
            continue
        step = -1 if closes else 1
        open_now[name] += step
        depth += step
        if depth > _DEEPEST:
            return _MARKUP.sub(" ", html)
    return html


def plain(html: str) -> str:
    """The words: lines stay lines, an item of a list begins with a dash, a link is followed by its address. Work is linear in
    the size of any source, cleaned or not."""
    read, reader = source(html), _Plain()
    after = 0
    for name, closing, start, end, inside, conditional in tags(read, Kind.WHOLE):
        if conditional:
            continue
        reader.add(unescape(html[after:start]))
        if closing:
            reader.end(name)
        else:
            href = attribute(read.lower, "href", inside, end - 1) if name == "a" else None
            reader.begin(name, decoded(html[href[0] : href[1]]) if href else "")
        after = end
    reader.add(unescape(html[after:]))
    return reader.text()


class _Link(NamedTuple):
    """Where its words begin: the line, the piece of it, the letters before them."""

    href: str
    line: int
    piece: int
    size: int


class _Plain:
    """What is on the line being written stands in pieces: lines grow long where nothing breaks them."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._size = 0
        self._links: list[_Link] = []
        self._lists: list[int | None] = []
        self._silent = False

    def begin(self, name: str, href: str) -> None:
        self._silent = name in RAW
        if name == "br":
            self._end_line()
        elif name == "a":
            self._links.append(_Link(href, len(self._lines), len(self._line), self._size))
        if name in _BLOCKS:
            self._break(apart=name in _APART and not self._lists)
        if name in ("ul", "ol"):
            self._lists.append(0 if name == "ol" else None)
        elif name == "li":
            self._write(self._sign())

    def end(self, name: str) -> None:
        self._silent = False
        if name == "a" and self._links:
            self._tell_address(self._links.pop())
        if name in ("ul", "ol") and self._lists:
            self._lists.pop()
        if name in _BLOCKS:
            self._break(apart=name in _APART and not self._lists)

    def add(self, text: str) -> None:
        words = _BLANKS.sub(" ", text)
        if not self._line or self._line[-1].endswith(" "):
            words = words.lstrip(" ")
        if words and not self._silent:
            self._write(words)

    def text(self) -> str:
        self._end_line()
        whole = "\n".join(line.rstrip().replace("\N{NO-BREAK SPACE}", " ") for line in self._lines)
        return re.sub(r"\n{3,}", "\n\n", whole).strip("\n")

    def _sign(self) -> str:
        inside = "  " * min(max(len(self._lists) - 1, 0), _DEEPEST_LIST)
        count = self._lists[-1] if self._lists else None
        if count is None:
            return f"{inside}- "
        self._lists[-1] = count + 1
        return f"{inside}{count + 1}. "

    def _break(self, *, apart: bool) -> None:
        if self._line:
            self._end_line()
        if apart and self._lines and self._lines[-1]:
            self._lines.append("")

    def _write(self, piece: str) -> None:
        self._line.append(piece)
        self._size += len(piece)

    def _end_line(self) -> None:
        self._lines.append("".join(self._line))
        self._line.clear()
        self._size = 0

    def _tell_address(self, link: _Link) -> None:
        address = link.href.removeprefix("mailto:").removeprefix("tel:")
        if address and not self._shows(address, link):
            self._write(f" <{address}>")

    def _shows(self, address: str, link: _Link) -> bool:
        """Whether these are the words of the link; told by their number where links stand inside each other without end."""
        if link.line != len(self._lines) or self._size - link.size > len(address) + _MOST_BLANKS:
            return False
        return "".join(self._line[link.piece :]).strip() == address
