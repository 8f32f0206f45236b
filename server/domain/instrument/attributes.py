"""Attributes of a tag where they stand, by the rules of the WHATWG tokenizer, and what their values mean."""

import re
from collections.abc import Callable, Iterator
from html.entities import html5

SPACE = r"\t\n\f\r "
VALUE = rf"""(?:"[^"]*(?:"|\Z)|'[^']*(?:'|\Z)|[^{SPACE}>"'][^{SPACE}>]*)"""
_GIVEN = rf"""(?:"([^"]*)"|'([^']*)'|([^{SPACE}>"'][^{SPACE}>]*))"""
_NAMED_VALUE = re.compile(rf"[{SPACE}/]*([^{SPACE}/>][^{SPACE}/>=]*)(?:[{SPACE}]*=[{SPACE}]*{_GIVEN}?)?")
_QUOTES = ('"', "'", "")
_REFERENCE = re.compile(r"&(?:#[xX]([0-9a-fA-F]+);?|#([0-9]+);?|([a-zA-Z][a-zA-Z0-9]*)(;?)(=?))")


Attribute = tuple[int, int, str]
"""Start and end of the value without its quotes, and the quote: `"`, `'` or nothing."""


def attribute(lower: str, name: str, start: int, end: int) -> Attribute | None:
    """The first attribute of that name between two places of a lowered source: the only one that counts."""
    if start >= end:
        return None
    if found := _FIRST[name](lower, start, end):
        group = found.lastindex or 1
        start, end = found.span(group)
        return start, end, _QUOTES[group - 1]
    if name not in lower[start:end]:
        return None
    return next((each for known, each in _every(lower, start, end) if known == name), None)


def _first_of(name: str) -> Callable[[str, int, int], re.Match[str] | None]:
    """Finds the attribute where it has a value and few stand before it, as nearly always."""
    other = rf"""[{SPACE}/]*+(?!{name}[{SPACE}/=])[^{SPACE}/>][^{SPACE}/>=]*+(?:[{SPACE}]*=[{SPACE}]*{VALUE}?)?"""
    return re.compile(rf"(?>{other}){{0,20}}[{SPACE}/]*+{name}[{SPACE}]*+=[{SPACE}]*+{_GIVEN}").match


_FIRST = {name: _first_of(name) for name in ("href", "src", "alt", "id", "class", "style", "type")}


def _every(lower: str, start: int, end: int) -> Iterator[tuple[str, Attribute]]:
    """Every attribute as written, a repeated name too; one without a value has an empty span."""
    for found in _NAMED_VALUE.finditer(lower, start, end):
        group = found.lastindex or 1
        span = found.span(group) if group > 1 else (found.end(), found.end())
        yield found[1], (*span, ("", *_QUOTES)[group - 1])


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
