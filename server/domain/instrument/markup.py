"""HTML read where it stands: tags as offsets into the source, by the rules of the WHATWG tokenizer.

Nothing is built and nothing is re-written, so that every byte a caller does not touch stays as it was. Work is linear in the
size of the source, whatever it holds; no string raises.

What differs from a browser, on purpose: the inside of a conditional comment (`<!--[if mso]>…<![endif]-->`) is read as
HTML, since Outlook does; tags that a browser's tree drops (a link inside `select`) are listed all the same.
"""

import re
from collections.abc import Callable, Iterator
from enum import Enum
from typing import NamedTuple

from server.domain.instrument.attributes import SPACE, VALUE
from server.domain.instrument.elements import FOREIGN, RAW, after_raw_text, step_foreign

_ATTRIBUTE = rf"[{SPACE}/]*[^{SPACE}/>][^{SPACE}/>=]*(?:[{SPACE}]*=[{SPACE}]*{VALUE}?)?"
_NAME, _REST = rf"[a-z][^{SPACE}/>]*", rf"(?:{_ATTRIBUTE})*+[{SPACE}/]*"
_CONSTRUCT = rf"(?:()<(?:/?({_NAME}){_REST}(?:>|())|(!--)|(!\[cdata\[)|[!?/]))?"
_TELLING_NAME = (
    "a(?:|rea)|b(?:ase|ody)|html|i(?:mg|frame|mage)|math|s(?:tyle|cript|vg)|t(?:itle|extarea)|no(?:embed|frames)|xmp|plaintext"
)
# Each matches to its end whatever follows: a repetition is of one kind of character or begins with one that ended the last, and
# the groups of `_TELLING` are never entered again. Counted, so that no match grows large.
_EVERY = re.compile(rf"(?:[^<]+|<(?![a-z/!?])){{0,400}}{_CONSTRUCT}")
_TELLING = re.compile(
    rf"(?:[^<]+|<(?!/?(?:{_TELLING_NAME})[{SPACE}/>])(?>/?{_NAME}{_REST})>|<(?![a-z/!?])){{0,400}}{_CONSTRUCT}"
)
# Where no quoted value holds an angle bracket, every tag ends at the next `>`, and what is of interest can be looked for. What
# is passed over must not hold a `<` before its `>`: that one begins no tag. Possessive, so that nothing is looked at twice.
_ANGLE_IN_VALUE = re.compile(rf"""=[{SPACE}]*+(?:"[^"<>]*+[<>]|'[^'<>]*+[<>])""")
_OTHER = r"(!--)|(!\[cdata\[)|[!?]|/(?![a-z])"
_NEXT_OF_EVERY = re.compile(rf"()<(?:/?({_NAME})[^>]*+(?:>|())|{_OTHER})")
_NEXT_TELLING, _NEXT_QUOTING = (
    re.compile(rf"()<(?:/?({names})(?=[{SPACE}/>])[^>]*+(?:>|())|{_OTHER}|([a-z/][^<>]*+<))")
    for names in (rf"{_TELLING_NAME}|v:[^{SPACE}/>]*", rf"{_TELLING_NAME}|v:[^{SPACE}/>]*|div|blockquote")
)
# The last group of a match tells what was found. `_CLOUDED`: a tag of no interest that must be read by the slow pattern.
_TAG, _UNCLOSED, _COMMENT, _SECTION, _CLOUDED = 2, 3, 4, 5, 6
_OPEN = re.compile(r"</?[a-z][^>]*+\Z")
_COMMENT_END = re.compile(r"--!?>")
_CONDITIONAL = re.compile(r"\s*\[if\b[^\]>]*\]>", re.ASCII)
_TURNING = RAW | FOREIGN
_CAPITALS = re.compile("[A-Z]+")
_Following = Callable[[str, int, int], re.Match[str] | None]


class Kind(Enum):
    """Which tags to list: those of links, images and what decides how text is read; also Outlook's drawing elements; also `div`
    and `blockquote`; every tag; also, by the name `!`, comments and whatever else is neither tag nor text."""

    TELLING = _TELLING.match, _NEXT_TELLING.search
    DRAWING = _EVERY.match, _NEXT_TELLING.search
    QUOTING = _EVERY.match, _NEXT_QUOTING.search
    EVERY = _EVERY.match, _NEXT_OF_EVERY.search
    WHOLE = _EVERY.match, _NEXT_OF_EVERY.search, "!"


class Source(NamedTuple):
    """`lower` has every letter at the place it has in `html`."""

    html: str
    lower: str


Tag = tuple[str, bool, int, int, int, bool]
"""Name in lower case, whether it is an end tag, its start and end, where its name ends, whether it stands in a conditional
comment. No named tuple: one is made, and taken apart, for every tag of a mail."""


def source(html: str) -> Source:
    lower = html.lower()
    # The sign of Kelvin would become a `k` of ours, and the Turkish capital I with its dot two letters.
    if not html.isascii() and (len(lower) != len(html) or "\N{KELVIN SIGN}" in html):
        lower = _CAPITALS.sub(lambda found: found[0].lower(), html)
    return Source(html, lower)


def tags(source: Source, kind: Kind = Kind.TELLING) -> Iterator[Tag]:
    """Complete tags in the order of the source; of other kinds, some may come along.

    A construct that never closes comes last, as a tag without a name: text put after its start would not be content.
    """
    return _scan(source, 0, len(source.html), kind, False, _ANGLE_IN_VALUE.search(source.lower) is None)


def _scan(source: Source, at: int, stop: int, kind: Kind, conditional: bool, plain: bool) -> Iterator[Tag]:
    lower, foreign, following = source.lower, list[str](), kind.value[plain]
    raw_from = raw_to = -1
    while found := following(lower, at, stop):
        group = found.lastindex
        if group == _CLOUDED:
            found = kind.value[False](lower, found.start(), stop) or found
            group = found.lastindex
        last, at = at, found.end()
        if group == _TAG:
            named, inside = found.span(_TAG)
            name, closing = lower[named:inside], lower[named - 1] == "/"
            start = named - 2 if closing else named - 1
            yield name, closing, start, at, inside, conditional
            if foreign or name in _TURNING:
                in_foreign = (foreign or name in FOREIGN) and step_foreign(foreign, name, closing, lower[at - 2] == "/")
                if not closing and not in_foreign and name in RAW:
                    raw_from, raw_to = start, after_raw_text(lower, name, at, stop)
                    at = raw_to
                # What breaks out of SVG is decided by any tag.
                following = (Kind.EVERY if foreign else kind).value[plain]
        elif group is None:
            if at == last:
                return
        elif group == _UNCLOSED:
            start, at = found.start(1), -1
            start = raw_from if start == raw_to else start
        else:
            start, comment = found.start(1), at
            at = _after_other(source, found, stop, bool(foreign))
            if kind is Kind.WHOLE and at >= 0:
                yield "!", False, start, at, at, conditional
            if group == _COMMENT and not conditional and (opening := _CONDITIONAL.match(lower, comment, stop)):
                begin = opening.end()
                yield from _scan(source, begin, _comment_text_end(lower, begin, at), Kind.DRAWING, True, plain)
        if at < 0:
            yield "", False, start, stop, stop, conditional
            return
    if (start := lower.rfind("<", at, stop)) >= 0 and _OPEN.match(lower, start, stop):
        yield "", False, start, stop, stop, conditional


def _after_other(source: Source, found: re.Match[str], stop: int, foreign: bool) -> int:
    """Where a comment, a declaration or a section ends; -1 when it never does."""
    lower, at = source.lower, found.end()
    if found.lastindex == _COMMENT:
        if lower.startswith((">", "->"), at, stop):
            return lower.index(">", at) + 1
        end = _COMMENT_END.search(lower, at, stop)
        return end.end() if end else -1
    section = foreign and source.html.startswith("<![CDATA[", found.start(1))
    closing = "]]>" if section else ">"
    position = lower.find(closing, at, stop)
    return position + len(closing) if position >= 0 else -1


def _comment_text_end(lower: str, start: int, after: int) -> int:
    if after < 0:
        return len(lower)
    return max(start, after - (4 if lower.endswith("--!>", 0, after) else 3))
