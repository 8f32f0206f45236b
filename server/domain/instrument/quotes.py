"""Where quoted text begins and ends: the marks that mail programs put around the mail somebody answers or forwards."""

import re

from server.domain.instrument.markup import Tag, attribute

_HINTS = (
    *("gmail_quote", "gmail_attr", "yahoo_quoted", "moz-cite", "moz-forward", "protonmail_quote", "mail-editor-ref"),
    *("rplyfwdmsg", "appendonsend"),
)
# Apart, so that each begins with letters to look for: that is many times faster.
_CITED, _LINED = re.compile(r"""type\s*=["'\s]*cite"""), re.compile(r"border-top:\s*solid\s+#")
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

    def __init__(self, html: str, lower: str) -> None:
        self.first: int | None = None
        self._html = html
        self.possible = any(hint in lower for hint in _HINTS) or bool(_CITED.search(lower) or _LINED.search(lower))
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
