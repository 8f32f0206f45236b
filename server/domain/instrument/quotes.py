"""Where quoted text begins and ends: the marks that mail programs put around the mail somebody answers or forwards."""

import re

from server.domain.instrument.markup import Tag, attribute

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
_VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "area", "base", "col", "wbr", "embed"})


class Quotes:
    """Fed every tag in order, unless no quotation is `possible`. `first` is where the first quotation's first tag begins."""

    def __init__(self, html: str) -> None:
        self.first: int | None = None
        self._html = html
        self.possible = _may_quote(html.lower())
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
        if tag.name in _VOID:
            return False
        self._rest = self._starts_the_rest(tag)
        if not self._rest and not self._is_quotation(tag):
            return False
        self._element, self._depth = tag.name, 1
        if self.first is None:
            self.first = tag.start
        return True

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


def _may_quote(lower: str) -> bool:
    for hint, marks in _HINTS.items():
        if hint in lower:
            for mark in marks:
                if mark in lower and (mark not in _NOT_ALONE or _NOT_ALONE[mark].search(lower)):
                    return True
    return False
