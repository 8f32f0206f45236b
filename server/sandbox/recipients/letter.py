"""A delivered mail as its reader has it: what the HTML really shows, found as a browser finds it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import html5lib


@dataclass(frozen=True)
class Link:
    """`ordinal` is the 1-based position among the letter's http(s) links."""

    ordinal: int
    url: str
    text: str


@dataclass(frozen=True)
class Letter:
    id: str
    owner: str
    raw: bytes
    sender: str
    delivered_at: datetime
    message: EmailMessage
    images: tuple[str, ...]
    links: tuple[Link, ...]
    html: str
    text: str

    @property
    def subject(self) -> str:
        return header(self.message, "Subject")

    @property
    def message_id(self) -> str:
        return header(self.message, "Message-ID").strip()


def read_letter(id: str, owner: str, raw: bytes, sender: str, at: datetime) -> Letter:
    """Never fails on odd mail: what can't be read is empty."""
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    html, text = _body(message, "html"), _body(message, "plain")
    images, links = parts_of(html)
    return Letter(id, owner, raw, sender, at, message, images, links, html, text)


def header(message: EmailMessage, name: str) -> str:
    try:
        return str(message.get(name, ""))
    except Exception:  # malformed headers of real mail make the parser raise many things
        return ""


def parts_of(html: str) -> tuple[tuple[str, ...], tuple[Link, ...]]:
    """The http(s) pictures and links of a body, in document order."""
    if not html:
        return (), ()
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    images = tuple(src for src in (_http(node.get("src")) for node in tree.iter("img")) if src)
    found = ((href, " ".join("".join(node.itertext()).split())) for node, href in _anchors(tree))
    return images, tuple(Link(position, href, text) for position, (href, text) in enumerate(found, start=1))


def _anchors(tree: Any) -> Iterator[tuple[Any, str]]:
    for node in tree.iter():
        if node.tag in ("a", "area") and (href := _http(node.get("href"))):
            yield node, href


def _http(url: str | None) -> str:
    cleaned = (url or "").strip()
    try:
        return cleaned if urlsplit(cleaned).scheme.lower() in ("http", "https") else ""
    except ValueError:
        return ""


def _body(message: EmailMessage, kind: str) -> str:
    for part in message.walk():
        if part.get_content_type() != f"text/{kind}" or part.get_filename():
            continue
        payload = part.get_payload(decode=True)
        data = payload if isinstance(payload, bytes) else b""
        try:
            return data.decode(part.get_content_charset() or "utf-8", "replace")
        except LookupError:
            return data.decode("utf-8", "replace")
    return ""
