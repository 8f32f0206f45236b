"""The little HTML that Google's cards know: bold, colour, links and line breaks. Everything else is text."""

import re
from html import escape

_QUIET = "#626a77"
# What would turn the order of other words around, or break a line that must stay one.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]")
_MOST = 200


def plain(text: str, most: int = _MOST) -> str:
    """One line of somebody else's words for a place that takes no markup."""
    line = " ".join(_UNSEEN.sub(" ", text).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def safe(text: str, most: int = _MOST) -> str:
    """The same, for a place that does."""
    return escape(plain(text, most))


def bold(text: str) -> str:
    """Of words that are `safe` already, as are all below."""
    return f"<b>{text}</b>"


def quiet(text: str) -> str:
    return f'<font color="{_QUIET}">{text}</font>'


def lines(*texts: str) -> str:
    return "<br>".join(text for text in texts if text)
