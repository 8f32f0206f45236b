"""HTML that people write or paste: what of it may stand in a mail, and the same as plain words."""

import re
from collections import Counter
from html import unescape
from html.parser import HTMLParser

import nh3

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
    """The words: lines stay lines, an item of a list begins with a dash, a link is followed by its address."""
    reader = _Plain()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Plain(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = [""]
        self._links: list[tuple[str, int, int]] = []
        self._lists: list[int | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._lines.append("")
        elif tag == "a":
            self._links.append((dict(attrs).get("href") or "", len(self._lines), len(self._lines[-1])))
        if tag in _BLOCKS:
            self._break(apart=tag in _APART and not self._lists)
        if tag in ("ul", "ol"):
            self._lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            self._lines[-1] += self._sign()

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._links:
            self._tell_address(*self._links.pop())
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        if tag in _BLOCKS:
            self._break(apart=tag in _APART and not self._lists)

    def handle_data(self, data: str) -> None:
        words = _BLANKS.sub(" ", data)
        self._lines[-1] += words.lstrip(" ") if not self._lines[-1] or self._lines[-1].endswith(" ") else words

    def text(self) -> str:
        whole = "\n".join(line.rstrip().replace("\N{NO-BREAK SPACE}", " ") for line in self._lines)
        return re.sub(r"\n{3,}", "\n\n", whole).strip("\n")

    def _sign(self) -> str:
        inside = "  " * max(len(self._lists) - 1, 0)
        count = self._lists[-1] if self._lists else None
        if count is None:
            return f"{inside}- "
        self._lists[-1] = count + 1
        return f"{inside}{count + 1}. "

    def _break(self, *, apart: bool) -> None:
        if self._lines[-1]:
            self._lines.append("")
        if apart and len(self._lines) > 1 and self._lines[-2]:
            self._lines.append("")

    def _tell_address(self, href: str, line: int, at: int) -> None:
        words = self._lines[-1][at:] if len(self._lines) == line else ""
        address = href.removeprefix("mailto:").removeprefix("tel:")
        if address and words.strip() != address:
            self._lines[-1] += f" <{address}>"
