"""Elements whose content is read by other rules: raw text, SVG and MathML. All sources are lowered ones."""

import re

from server.domain.instrument.attributes import SPACE

_SCRIPT_MARK = re.compile(rf"<!--|-->|<(/?)script(?=[{SPACE}/>])")
_RAW_TEXT = {
    name: re.compile(rf"</{name}(?=[{SPACE}/>])")
    for name in ("title", "textarea", "style", "xmp", "iframe", "noembed", "noframes")
}
RAW = frozenset({*_RAW_TEXT, "script", "plaintext"})
FOREIGN = frozenset({"svg", "math"})
_HTML_INSIDE_FOREIGN = frozenset({"foreignobject", "desc", "title", "mi", "mo", "mn", "ms", "mtext"})
_ENDS_FOREIGN = re.compile(
    r"b|big|blockquote|body|br|center|code|dd|div|d[lt]|em|embed|h[1-6r]|head|i|img|li|listing|menu|meta|nobr|ol|p|pre|ruby"
    r"|s|small|span|strong|strike|su[bp]|table|tt|ul?|var"
)
_DEEPEST_FOREIGN = 64


def after_raw_text(lower: str, name: str, at: int, stop: int) -> int:
    """Where the end tag of raw text begins; -1 when there is none."""
    if name == "script":
        return _after_script(lower, at, stop)
    end = _RAW_TEXT[name].search(lower, at, stop) if name in _RAW_TEXT else None
    return end.start() if end else -1


def _after_script(lower: str, at: int, stop: int) -> int:
    """`<!--` inside a script hides, until `-->`, the end tag of a `<script>` opened after it."""
    escaped = doubly = False
    while found := _SCRIPT_MARK.search(lower, at, stop):
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


def step_foreign(foreign: list[str], name: str, closing: bool, closed: bool) -> bool:
    """Keep account of SVG and MathML around a tag; whether the tag itself is one of theirs, where `<style>` is plain markup.
    `closed`: it ends in `/>`."""
    outside = not foreign or foreign[-1] in _HTML_INSIDE_FOREIGN
    if closing:
        if name in foreign:
            del foreign[len(foreign) - 1 - foreign[::-1].index(name) :]
        return not outside
    if not outside and _ENDS_FOREIGN.fullmatch(name):
        while foreign and foreign[-1] not in _HTML_INSIDE_FOREIGN:
            foreign.pop()
        return False
    entered = name in FOREIGN or (not outside and name in _HTML_INSIDE_FOREIGN)
    if entered and not closed and len(foreign) < _DEEPEST_FOREIGN:
        foreign.append(name)
    return entered or not outside
