"""Plain words as the HTML of a mail: lines stay lines, addresses of pages become links, everything else stays text."""

import re
from html import escape

_PAGE = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_ENDS_SENTENCE = ".,;:!?)]}'"


def html_of(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return f"<div>{'<br>'.join(_line(line) for line in lines)}</div>"


def _line(line: str) -> str:
    pieces, at = [], 0
    for found in _PAGE.finditer(line):
        url = found[0].rstrip(_ENDS_SENTENCE)
        pieces += [escape(line[at : found.start()]), f'<a href="{escape(url)}">{escape(url)}</a>']
        at = found.start() + len(url)
    return "".join([*pieces, escape(line[at:])])
