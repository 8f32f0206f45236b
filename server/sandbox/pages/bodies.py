"""Mail bodies that strangers wrote, made fit to be shown."""

from collections.abc import Callable
from html import escape
from typing import Any

import html5lib
from flask import Response
from html5lib.serializer import HTMLSerializer

from server.sandbox.tracked import take_out

_DROPPED = frozenset({"script", "iframe", "object", "embed", "link", "meta", "base", "noscript", "template", "title"})
_HEAD = (
    '<!doctype html><html lang="und"><head><meta charset="utf-8"><title>Mail</title><style>'
    "body{font:15px/1.5 system-ui,sans-serif;margin:12px;color:#1f2328;background:#fff;overflow-wrap:anywhere}"
    "</style></head>"
)
_FRAME = (
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation; "
    "default-src 'none'; style-src 'unsafe-inline'; "
)


def clean(html: str, change: Callable[[Any], None] | None = None, *, styles: bool = True) -> str:
    """The body without anything that acts; `change` sees each remaining element."""
    tree: Any = html5lib.parseFragment(html, namespaceHTMLElements=False)
    _prune(tree, _DROPPED if styles else _DROPPED | {"style"})
    for node in tree.iter():
        if isinstance(node.tag, str) and node is not tree:
            _calm(node)
            if change is not None:
                change(node)
    serializer = HTMLSerializer(quote_attr_values="always", omit_optional_tags=False, alphabetical_attributes=False)
    return str(serializer.render(html5lib.getTreeWalker("etree")(tree)))


def plain(html: str) -> str:
    """The words of a body, for its text part."""
    tree: Any = html5lib.parseFragment(html.replace("<br>", "\n").replace("</div>", "</div>\n"), namespaceHTMLElements=False)
    return "".join(tree.itertext()).strip()


def document(html: str, text: str = "", *, pictures: str = "'self' data:") -> Response:
    """A body for an iframe: no script runs, and pictures come only from where `pictures` (a CSP source list) says."""
    shown = html or f'<pre style="white-space:pre-wrap;font:inherit">{escape(text)}</pre>'
    answer = Response(f"{_HEAD}<body>{shown}</body></html>", content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = f"{_FRAME}img-src {pictures}"
    return answer


def _prune(parent: Any, dropped: frozenset[str]) -> None:
    for child in list(parent):
        if not isinstance(child.tag, str) or child.tag.lower() in dropped:
            take_out(parent, child)
        else:
            _prune(child, dropped)


def _calm(node: Any) -> None:
    if node.tag == "form":
        node.tag = "div"
    for name in list(node.attrib):
        value = "".join(str(node.get(name)).split()).lower()
        if name.lower().startswith("on") or value.startswith(("javascript:", "vbscript:", "data:text/html")):
            del node.attrib[name]
