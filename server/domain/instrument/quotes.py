"""Where quoted text begins and ends: the marks that mail programs put around the mail somebody answers or forwards."""

import re

from server.domain.instrument.attributes import attribute
from server.domain.instrument.markup import Kind, Source, Tag

# Most mail has none of these, and few looks show that: a search is fast for a long word or one that begins with a rare sign.
_WITH_A_LINE = re.compile("_(?:quote|attr)")
_WITH_A_DASH = re.compile("-(?:cite-prefix|forward-container|editor-ref|top:)")
_WORDS = ("blockquote", "rplyfwdmsg", "appendonsend")
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

    def __init__(self, source: Source) -> None:
        self.first: int | None = None
        self._source = source
        self._marks = _marks_in(source.lower)
        self.possible = bool(self._marks)
        self.kind = _kind_of(source.lower, self._marks) if self.possible else Kind.TELLING
        self._rest = False
        self._element = ""
        self._depth = 0

    def step(self, tag: Tag) -> bool:
        """Whether the tag belongs to quoted text."""
        name, closing, _, end, inside, conditional = tag
        if self._rest or (conditional and not self._element):
            return self._rest
        if self._element:
            if name == self._element and not conditional:
                self._count(closing)
            return True
        return not closing and inside != end - 1 and self._begins(tag)

    def _count(self, closing: bool) -> None:
        self._depth += -1 if closing else 1
        if not self._depth:
            self._element = ""

    def _begins(self, tag: Tag) -> bool:
        name, _, start, end, inside, _ = tag
        if name in _VOID or not self._marked(inside, end):
            return False
        self._rest = self._starts_the_rest(name, inside, end)
        if not self._rest and not self._is_quotation(name, inside, end):
            return False
        self._element, self._depth = name, 1
        if self.first is None:
            self.first = start
        return True

    def _marked(self, inside: int, end: int) -> bool:
        """A quick look that spares most tags the slow one."""
        attributes = self._source.lower[inside:end]
        return any([mark in attributes for mark in self._marks])

    def _starts_the_rest(self, name: str, inside: int, end: int) -> bool:
        if self._value("id", inside, end).lower() in _IDS_BEFORE_THE_REST:
            return True
        return name == "div" and _OUTLOOK_LINE.search(self._value("style", inside, end)) is not None

    def _is_quotation(self, name: str, inside: int, end: int) -> bool:
        if name == "blockquote" and self._value("type", inside, end).lower() == "cite":
            return True
        if not _CLASSES.isdisjoint(self._value("class", inside, end).split()):
            return True
        return self._value("id", inside, end) in _IDS_OF_ELEMENTS

    def _value(self, name: str, inside: int, end: int) -> str:
        found = attribute(self._source.lower, name, inside, end - 1)
        return self._source.html[found[0] : found[1]].strip() if found else ""


def _marks_in(lower: str) -> list[str]:
    """What the attributes of a quotation's first tag have some of."""
    found = [word for word in _WORDS if word in lower]
    if _WITH_A_LINE.search(lower):
        found += [mark for mark in ("gmail_quote", "yahoo_quoted", "protonmail_quote", "gmail_attr") if mark in lower]
    if _WITH_A_DASH.search(lower):
        found += [mark for mark in ("moz-cite", "moz-forward", "mail-editor-ref", "border-top:") if mark in lower]
    alone = [mark for mark in found if mark not in _NOT_ALONE or _NOT_ALONE[mark].search(lower)]
    return ["cite" if mark == "blockquote" else mark for mark in alone]


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
