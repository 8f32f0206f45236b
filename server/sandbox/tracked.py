"""What an extension does to a mail's body at Send: links get their tracked addresses, a pixel stands above quoted text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from html5lib.serializer import HTMLSerializer

_QUOTE = "gmail_quote"


@dataclass(frozen=True)
class FoundLink:
    ordinal: int
    url: str
    text: str


class Body:
    """`tracking_url`: where the product's own pixels and links live; those in quoted text are not tracked again."""

    def __init__(self, html: str, tracking_url: str = "") -> None:
        self._tree: Any = html5lib.parseFragment(html, namespaceHTMLElements=False)
        self._own = tracking_url.rstrip("/")
        self._drop_old_pixels()
        self._anchors = [node for node in self._tree.iter("a") if self._is_tracked(node.get("href", ""))]

    @property
    def links(self) -> list[FoundLink]:
        """The http(s) links in document order, counted from 1."""
        texts = [" ".join("".join(node.itertext()).split()) for node in self._anchors]
        return [
            FoundLink(position, node.get("href").strip(), text)
            for position, (node, text) in enumerate(zip(self._anchors, texts, strict=True), start=1)
        ]

    def tracked(self, addresses: Mapping[int, str], pixel_url: str, notice: str = "") -> str:
        """The body with each link's address by its ordinal, the notice (HTML), and the pixel below it."""
        for position, node in enumerate(self._anchors, start=1):
            if addresses.get(position):
                node.set("href", addresses[position])
        self._add(pixel_url, notice)
        serializer = HTMLSerializer(quote_attr_values="always", omit_optional_tags=False, alphabetical_attributes=False)
        return str(serializer.render(html5lib.getTreeWalker("etree")(self._tree)))

    def _is_tracked(self, href: str) -> bool:
        href = href.strip()
        return href.lower().startswith(("http://", "https://")) and not self._is_own(href)

    def _is_own(self, address: str) -> bool:
        return bool(self._own) and address.startswith((f"{self._own}/o/", f"{self._own}/c/", f"{self._own}/opt-out/"))

    def _drop_old_pixels(self) -> None:
        for parent in self._tree.iter():
            for image in [child for child in parent if child.tag == "img" and self._is_own(child.get("src", ""))]:
                take_out(parent, image)

    def _add(self, pixel_url: str, notice: str) -> None:
        picture = Element("img", {"src": pixel_url, "width": "1", "height": "1", "alt": ""})
        added = [*html5lib.parseFragment(notice, namespaceHTMLElements=False), picture]
        parent, place = self._above_quote()
        parent[place:place] = added

    def _above_quote(self) -> tuple[Any, int]:
        for parent in self._tree.iter():
            for position, child in enumerate(parent):
                if _QUOTE in (child.get("class") or "").split():
                    return parent, position
        return self._tree, len(self._tree)


def take_out(parent: Any, child: Any) -> None:
    """Removes an element but not the text after it, which ElementTree keeps with the element."""
    position = list(parent).index(child)
    if child.tail and position:
        before = parent[position - 1]
        before.tail = (before.tail or "") + child.tail
    elif child.tail:
        parent.text = (parent.text or "") + child.tail
    parent.remove(child)
