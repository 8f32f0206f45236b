"""Where quoted text begins and ends: the marks that mail programs put around the mail somebody answers or forwards."""

import re

from server.domain.instrument.markup import Kind, Tag, attribute

# What to look for first, and what that may be a piece of: most mail has none of it, and few looks show that.
_HINTS: dict[str, tuple[str, ...]] = {
    "quote": ("gmail_quote", "yahoo_quoted", "protonmail_quote", "blockquote"),
    "gmail_attr": ("gmail_attr",),
    "moz-": ("moz-cite", "moz-forward"),
    "mail-editor-ref": ("mail-editor-ref",),
    "rplyfwdmsg": ("rplyfwdmsg",),
    "appendonsend": ("appendonsend",),
    "border-top:": ("border-top:",),
}
_NOT_ALONE = {
    "blockquote": re.compile(r"""type\s*=["'\s]*cite"""),
    "border-top:": re.compile(r"border-top:\s*solid\s+#"),
}
_CLASSES = frozenset(
    {
        "gmail_quote",
        "gmail_quote_container",
        "gmail_attr",
        "yahoo_quoted",
        "moz-cite-prefix",
        "moz-forward-container",
        "protonmail_quote",
    }
)
_IDS_OF_ELEMENTS = frozenset({"mail-editor-reference-message-container"})
_IDS_BEFORE_THE_REST = frozenset({"divrplyfwdmsg", "appendonsend"})
# Outlook's own line above "From: … Sent: …"; it has no other mark.
_OUTLOOK_LINE = re.compile(r"border-top:\s*solid\s+#[0-9a-f]{6}\s+1(?:\.0)?pt\s*;\s*padding:\s*3(?:\.0)?pt\s+0", re.IGNORECASE)
_USUAL = re.compile(r"<(?:div|blockquote)[\s/>]", re.ASCII)
_VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "area", "base", "col", "wbr", "embed"})


class Quotes:
    """Fed tags of a `kind` in order, unless no quotation is `possible`. `first` is where the first quotation's first tag
    begins."""

    def __init__(self, html: str) -> None:
        self.first: int | None = None
        self._html = html
        lower = html.lower()
        self._marks = _marks_in(lower)
        self.possible = bool(self._marks)
        self.kind = _kind_of(lower, self._marks) if self.possible else Kind.TELLING
        self._rest = False
        self._element = ""
        self._depth = 0

    def step(self, tag: Tag) -> bool:
        """Whether the tag belongs to quoted text."""
        if self._rest or (tag.conditional and not self._element):
            return self._rest
        if self._element:
            self._count(tag)
            return True
        return not tag.closing and tag.attributes != tag.attributes_end and self._begins(tag)

    def _count(self, tag: Tag) -> None:
        if tag.name == self._element and not tag.conditional:
            self._depth += -1 if tag.closing else 1
            if not self._depth:
                self._element = ""

    def _begins(self, tag: Tag) -> bool:
        if tag.name in _VOID or not self._marked(tag):
            return False
        self._rest = self._starts_the_rest(tag)
        if not self._rest and not self._is_quotation(tag):
            return False
        self._element, self._depth = tag.name, 1
        if self.first is None:
            self.first = tag.start
        return True

    def _marked(self, tag: Tag) -> bool:
        """A quick look that spares most tags the slow one."""
        inside = self._html[tag.attributes : tag.attributes_end].lower()
        return any([mark in inside for mark in self._marks])

    def _starts_the_rest(self, tag: Tag) -> bool:
        if self._value(tag, "id").lower() in _IDS_BEFORE_THE_REST:
            return True
        return tag.name == "div" and _OUTLOOK_LINE.search(self._value(tag, "style")) is not None

    def _is_quotation(self, tag: Tag) -> bool:
        if tag.name == "blockquote" and self._value(tag, "type").lower() == "cite":
            return True
        return not _CLASSES.isdisjoint(self._value(tag, "class").split()) or self._value(tag, "id") in _IDS_OF_ELEMENTS

    def _value(self, tag: Tag, name: str) -> str:
        found = attribute(self._html, tag, name)
        return self._html[found.start : found.end].strip() if found else ""


def _marks_in(lower: str) -> list[str]:
    """What the attributes of a quotation's first tag have some of."""
    found: list[str] = []
    for hint, marks in _HINTS.items():
        if hint in lower:
            found += [mark for mark in marks if mark in lower and (mark not in _NOT_ALONE or _NOT_ALONE[mark].search(lower))]
    return ["cite" if mark == "blockquote" else mark for mark in found]


def _kind_of(lower: str, marks: list[str]) -> Kind:
    """Mail programs mark `div` and `blockquote`; where anything else may have a mark, every tag has to be read."""
    for mark in marks:
        before = 0
        for found in re.finditer(_NOT_ALONE.get("blockquote" if mark == "cite" else mark, mark), lower):
            start = lower.rfind("<", before, found.start())
            if start >= 0 and not _USUAL.match(lower, start):
                return Kind.EVERY
            before = found.start()
    return Kind.QUOTING
