"""HTML read where it stands: tags and their attributes as offsets into the source, by the rules of the WHATWG tokenizer.

Nothing is built and nothing is re-written, so that every byte a caller does not touch stays as it was. Work is linear in the
size of the source, whatever it holds; no string raises.

What differs from a browser, on purpose: the inside of a conditional comment (`<!--[if mso]>…<![endif]-->`) is read as
HTML, since Outlook does; tags that a browser's tree drops (a link inside `select`) are listed all the same.
"""

import re
from collections.abc import Callable, Iterator
from enum import Enum
from functools import cache
from html.entities import html5
from typing import NamedTuple


def _either_case(name: str) -> str:
    """A pattern with both cases spelled out: a match that ignores case is much slower."""
    return "".join(f"[{letter}{letter.upper()}]" for letter in name)


_SPACE = r"\t\n\f\r "
_VALUE = rf"""(?:"[^"]*(?:"|\Z)|'[^']*(?:'|\Z)|[^{_SPACE}>"'][^{_SPACE}>]*)"""
_ATTRIBUTE = rf"[{_SPACE}/]*[^{_SPACE}/>][^{_SPACE}/>=]*(?:[{_SPACE}]*=[{_SPACE}]*{_VALUE}?)?"
_NAME, _REST = rf"[a-zA-Z][^{_SPACE}/>]*", rf"(?:{_ATTRIBUTE})*[{_SPACE}/]*"
_CONSTRUCT = rf"(?:()<(?:(/?)({_NAME}){_REST}(>?)|(!--)|(!\[CDATA\[)|[!?/]))?"
_TELLING_NAMES = {
    "a": "|rea",
    "b": "ase|ody",
    "h": "tml",
    "i": "mg|frame|mage",
    "m": "ath",
    "s": "tyle|cript|vg",
    "t": "itle|extarea",
    "n": "oembed|oframes",
    "x": "mp",
    "p": "laintext",
}
_TELLING_NAME = "|".join(
    f"{_either_case(first)}(?:{'|'.join(map(_either_case, rest.split('|')))})" for first, rest in _TELLING_NAMES.items()
)
# Each matches to its end whatever follows: a repetition is of one kind of character or begins with one that ended the last, and
# the groups of `_TELLING` are never entered again. Counted, so that no match grows large.
_EVERY = re.compile(rf"(?:[^<]+|<(?![a-zA-Z/!?])){{0,400}}{_CONSTRUCT}", re.ASCII)
_TELLING = re.compile(
    rf"(?:[^<]+|<(?!/?(?:{_TELLING_NAME})[{_SPACE}/>])(?>/?{_NAME}{_REST})>|<(?![a-zA-Z/!?])){{0,400}}{_CONSTRUCT}", re.ASCII
)
# Where no quoted value holds an angle bracket, every tag ends at the next `>`, and what is of interest can be looked for. What
# is passed over must not hold a `<` before its `>`: that one begins no tag. Possessive, so that nothing is looked at twice.
_ANGLE_IN_VALUE = re.compile(rf"""=[{_SPACE}]*+(?:"[^"<>]*+[<>]|'[^'<>]*+[<>])""")
_OTHER = r"(!--)|(!\[CDATA\[)|[!?]|/(?![a-zA-Z])"
_NEXT_OF_EVERY = re.compile(rf"()<(?:(/?)({_NAME})[^>]*+(>?)|{_OTHER})")
_NEXT_TELLING, _NEXT_QUOTING = (
    re.compile(rf"()<(?:(/?)({names})(?=[{_SPACE}/>])[^>]*+(>?)|{_OTHER}|[a-zA-Z/][^<>]*+<)")
    for names in (
        rf"{_TELLING_NAME}|[vV]:[^{_SPACE}/>]*",
        rf"{_TELLING_NAME}|[vV]:[^{_SPACE}/>]*|{_either_case('div')}|{_either_case('blockquote')}",
    )
)
_TAG, _COMMENT, _SECTION = 4, 5, 6
_OPEN = re.compile(r"</?[a-zA-Z][^>]*+\Z")
_Following = Callable[[str, int, int], re.Match[str] | None]


class Kind(Enum):
    """Which tags to list: those of links, images and what decides how text is read; also Outlook's drawing elements; also `div`
    and `blockquote`; every tag."""

    TELLING = _TELLING.match, _NEXT_TELLING.search
    DRAWING = _EVERY.match, _NEXT_TELLING.search
    QUOTING = _EVERY.match, _NEXT_QUOTING.search
    EVERY = _EVERY.match, _NEXT_OF_EVERY.search


_NAMED_VALUE = re.compile(
    rf"""[{_SPACE}/]*([^{_SPACE}/>][^{_SPACE}/>=]*)(?:[{_SPACE}]*=[{_SPACE}]*(?:"([^"]*)"|'([^']*)'|([^{_SPACE}>"'][^{_SPACE}>]*))?)?"""
)
_COMMENT_END = re.compile(r"--!?>")
_CONDITIONAL = re.compile(r"\s*\[if\b[^\]>]*\]>", re.ASCII | re.IGNORECASE)
_SCRIPT_MARK = re.compile(rf"<!--|-->|<(/?)script(?=[{_SPACE}/>])", re.ASCII | re.IGNORECASE)
_RAW_TEXT = {
    name: re.compile(rf"</{_either_case(name)}(?=[{_SPACE}/>])")
    for name in ("title", "textarea", "style", "xmp", "iframe", "noembed", "noframes")
}
_RAW = frozenset({*_RAW_TEXT, "script", "plaintext"})
_FOREIGN = frozenset({"svg", "math"})
_HTML_INSIDE_FOREIGN = frozenset({"foreignobject", "desc", "title", "mi", "mo", "mn", "ms", "mtext"})
_ENDS_FOREIGN = re.compile(
    r"b|big|blockquote|body|br|center|code|dd|div|d[lt]|em|embed|h[1-6r]|head|i|img|li|listing|menu|meta|nobr|ol|p|pre|ruby"
    r"|s|small|span|strong|strike|su[bp]|table|tt|ul?|var"
)
_DEEPEST_FOREIGN = 64
_QUOTES = ('"', "'", "")
_REFERENCE = re.compile(r"&(?:#[xX]([0-9a-fA-F]+);?|#([0-9]+);?|([a-zA-Z][a-zA-Z0-9]*)(;?)(=?))")


# Without the call of a Python function in between: these are made for every tag of a mail.
tuple_of = tuple.__new__


class Tag(NamedTuple):
    """`name` is lower-case. `attributes` to `attributes_end` spans what stands between the name and the final `>`."""

    name: str
    closing: bool
    start: int
    end: int
    attributes: int
    attributes_end: int
    conditional: bool


class Attribute(NamedTuple):
    """`start` to `end` spans the value without its quotes; `quote` is `"`, `'` or nothing."""

    name: str
    start: int
    end: int
    quote: str


def tags(html: str, kind: Kind = Kind.TELLING) -> Iterator[Tag]:
    """Complete tags in the order of the source; of other kinds, some may come along.

    A construct that never closes comes last, as a tag without a name: text put after its start would not be content.
    """
    return _scan(html, 0, len(html), kind, False, _ANGLE_IN_VALUE.search(html) is None)


def attributes(html: str, tag: Tag) -> Iterator[Attribute]:
    """Every attribute as written, a repeated name too; one without a value has an empty span."""
    for found in _NAMED_VALUE.finditer(html, tag.attributes, tag.attributes_end):
        group = found.lastindex or 1
        start, end = found.span(group) if group > 1 else (found.end(), found.end())
        yield Attribute(found[1].lower(), start, end, ("", "", '"', "'", "")[group])


def attribute(html: str, tag: Tag, name: str) -> Attribute | None:
    """The first attribute of that name: the only one that counts."""
    start, end = tag.attributes, tag.attributes_end
    if start == end:
        return None
    if found := _first_of(name)(html, start, end):
        group = found.lastindex or 1
        start, end = found.span(group)
        return tuple_of(Attribute, (name, start, end, _QUOTES[group - 1]))
    if name in html[start:end].lower():
        for each in attributes(html, tag):
            if each.name == name:
                return each
    return None


@cache
def _first_of(name: str) -> Callable[[str, int, int], re.Match[str] | None]:
    """Finds the attribute where it has a value and few stand before it, as nearly always."""
    named = _either_case(name)
    other = rf"""[{_SPACE}/]*+(?!{named}[{_SPACE}/=])[^{_SPACE}/>][^{_SPACE}/>=]*+(?:[{_SPACE}]*=[{_SPACE}]*{_VALUE}?)?"""
    value = rf"""(?:"([^"]*)"|'([^']*)'|([^{_SPACE}>"'][^{_SPACE}>]*))"""
    return re.compile(rf"(?>{other}){{0,20}}[{_SPACE}/]*+{named}[{_SPACE}]*+=[{_SPACE}]*+{value}").match


def decoded(value: str) -> str:
    """An attribute's value with its character references read the way attributes are: `&copy=1` stays as it is."""
    if "&" not in value:
        return value
    if value.count("&") == value.count("&amp;"):
        return value.replace("&amp;", "&")
    return _REFERENCE.sub(_character, value)


def _character(found: re.Match[str]) -> str:
    hexadecimal, decimal, name, semicolon, equals = found.groups()
    if name is None:
        digits, base = (hexadecimal, 16) if hexadecimal else (decimal, 10)
        return _by_number(int(digits[-9:], base), len(digits.lstrip("0")))
    if not semicolon and equals:
        return found[0]
    known = html5.get(name + semicolon)
    return found[0] if known is None else known + equals


def _by_number(number: int, digits: int) -> str:
    if number == 0 or number > 0x10FFFF or 0xD800 <= number <= 0xDFFF or digits > 8:
        return "\ufffd"
    if 0x80 <= number <= 0x9F:
        return bytes([number]).decode("cp1252", "ignore") or chr(number)
    return chr(number)


def _scan(html: str, at: int, stop: int, kind: Kind, conditional: bool, plain: bool) -> Iterator[Tag]:
    foreign: list[str] = []
    following = kind.value[plain]
    raw_from = raw_to = -1
    while found := following(html, at, stop):
        if plain and html[found.end() - 1] == "<":
            found = kind.value[False](html, found.start(), stop) or found
        group = found.lastindex
        if group is None:
            if at == found.end():
                return
            at = found.end()
            continue
        start, at = found.start(1), found.end()
        if group != _TAG:
            comment = at if group == _COMMENT else None
            at = _after_other(html, at, stop, group == _COMMENT, group == _SECTION and bool(foreign))
            if comment and not conditional and (inside := _CONDITIONAL.match(html, comment, stop)):
                yield from _scan(html, inside.end(), _comment_text_end(html, inside.end(), at), Kind.DRAWING, True, plain)
        elif found[4]:
            name = found[3].lower()
            slash = found[2] != ""
            tag = tuple_of(Tag, (name, slash, start, at, found.end(3), at - 1, conditional))
            yield tag
            if name in _RAW or foreign or name in _FOREIGN:
                in_foreign = (foreign or name in _FOREIGN) and _step_foreign(foreign, tag, html[at - 2] == "/")
                if not slash and not in_foreign and name in _RAW:
                    at = raw_to = _after_raw_text(html, name, at, stop)
                    raw_from = start
                # What breaks out of SVG is decided by any tag.
                following = (Kind.EVERY if foreign else kind).value[plain]
        else:
            at = -1
            start = raw_from if start == raw_to else start
        if at < 0:
            yield Tag("", False, start, stop, stop, stop, conditional)
            return
    if (start := html.rfind("<", at, stop)) >= 0 and _OPEN.match(html, start, stop):
        yield Tag("", False, start, stop, stop, stop, conditional)


def _after_other(html: str, at: int, stop: int, comment: bool, section: bool) -> int:
    """Where a comment, a declaration or a section ends; -1 when it never does."""
    if comment:
        if html.startswith((">", "->"), at, stop):
            return html.index(">", at) + 1
        end = _COMMENT_END.search(html, at, stop)
        return end.end() if end else -1
    closing = "]]>" if section else ">"
    position = html.find(closing, at, stop)
    return position + len(closing) if position >= 0 else -1


def _comment_text_end(html: str, start: int, after: int) -> int:
    if after < 0:
        return len(html)
    return max(start, after - (4 if html.endswith("--!>", 0, after) else 3))


def _after_raw_text(html: str, name: str, at: int, stop: int) -> int:
    """Where the end tag of raw text begins; -1 when there is none."""
    if name == "script":
        return _after_script(html, at, stop)
    end = _RAW_TEXT[name].search(html, at, stop) if name in _RAW_TEXT else None
    return end.start() if end else -1


def _after_script(html: str, at: int, stop: int) -> int:
    """`<!--` inside a script hides, until `-->`, the end tag of a `<script>` opened after it."""
    escaped = doubly = False
    while found := _SCRIPT_MARK.search(html, at, stop):
        at = found.end()
        if found[0] == "<!--":
            at -= 0 if escaped else 2
            escaped = True
        elif found[0] == "-->":
            escaped = doubly = False
        elif found[1] and not doubly:
            return found.start()
        elif escaped:
            doubly = not found[1]
    return -1


def _step_foreign(foreign: list[str], tag: Tag, closed: bool) -> bool:
    """Keep account of SVG and MathML around a tag; whether the tag itself is one of theirs, where `<style>` is plain markup."""
    name = tag.name
    outside = not foreign or foreign[-1] in _HTML_INSIDE_FOREIGN
    if tag.closing:
        if name in foreign:
            del foreign[len(foreign) - 1 - foreign[::-1].index(name) :]
        return not outside
    if not outside and _ENDS_FOREIGN.fullmatch(name):
        while foreign and foreign[-1] not in _HTML_INSIDE_FOREIGN:
            foreign.pop()
        return False
    entered = name in _FOREIGN or (not outside and name in _HTML_INSIDE_FOREIGN)
    if entered and not closed and len(foreign) < _DEEPEST_FOREIGN:
        foreign.append(name)
    return entered or not outside
