"""Links made tracked: how fast beside pytracking, whether anything else changes, whether work grows with the size alone.

The goal of speed is for real mails. Those written here hold many more links for their length, and answers, where quoted text
has to be told from new; pytracking does not tell them apart.
"""

import time
from collections.abc import Iterator, Sequence
from statistics import median

import html5lib

from server.bench.mails import real_mails, written_mails
from server.bench.pytracking import pytracking
from server.bench.results import Row, at_least, at_most, left_out, told
from server.domain.instrument import Instrumented, find_links, http_url, instrument

_PIXEL = "https://t.example/o/x.gif"
_FASTER = 3.0
_MOST_GROWTH = 8.0
_LINE = '<p>Hello <a href="https://a.example/path?x=1&amp;y=2" style="color:red">a link</a></p>\n'
_HEAVY = {
    "links": ("", _LINE, ""),
    "deep": ("", "<div><table><tr><td>", ""),
    "open tags": ("", "<a ", ""),
    "open quotes": ("", "<td title='", ""),
    "open comments": ("", "<!--[if mso]>", ""),
    "sections": ("<svg>", "<![CDATA[", ""),
    "angles in tags": ("", "<td <", ""),
    "angles in values": ("", '<td title=">">', ""),
    "attributes": ("<a ", "x=1 ", "href=http://a.example>"),
    "foreign": ("", "<svg><title>", ""),
    "scripts": ("", "<script><!--<script>", ""),
    "references": ("<a href='http://a.example/", "&a", "'>"),
}


def rewriting_rows(quick: bool) -> Iterator[Row]:
    written, real = written_mails(), real_mails(120 if quick else 1_000)
    for name, mails in (("mails as programs write them", written), ("real mails", real)):
        if not mails:
            yield left_out(f"rewriting {name}", "no corpus: run npm ci in tests/")
            continue
        yield from _speed(name, mails, 5 if quick else 15, mails is real)
        yield from care(name, mails[:40] if quick else mails)
    yield _growth(20_000 if quick else 200_000)


def _speed(name: str, mails: Sequence[str], rounds: int, goal: bool) -> Iterator[Row]:
    label = f"rewriting ÷ pytracking, {name}"
    with pytracking(mails) as peer:
        if peer is None:
            yield left_out(label, "pytracking and lxml in no Python that LIVEFEED_BENCH_PEERS names")
            return
        places = [place for place, html in enumerate(peer.rewritten) if html is not None]
        ratios = [peer.seconds(places) / _seconds(mails[place] for place in places) for _ in range(rounds)]
    yield at_least(label, median(ratios), _FASTER) if goal else told(label, median(ratios), "×")
    yield told(f"mails pytracking fails on, {name}", 100 * (1 - len(places) / len(mails)), "%")


def care(name: str, mails: Sequence[str]) -> Iterator[Row]:
    """What the goals call bytes preserved, links found and exceptions."""
    kept = found = links = failed = 0
    for html in mails:
        try:
            kept += _all_else_stays(html, _tracked(html))
            listed = _listed_by_a_browser(html)
            links += len(listed)
            found += len(listed & {link.url for link in find_links(html)})
        except Exception:  # is what is counted
            failed += 1
    yield at_least(f"mails with every other byte as it was, {name}", 100 * kept / len(mails), 100, "%")
    yield at_least(f"links found of those a WHATWG parser lists, {name}", 100 * found / max(links, 1), 100, "%")
    yield at_most(f"exceptions, {name}", failed, 0, "")


def _tracked(html: str) -> Instrumented:
    return instrument(html, tracked=lambda link: f"https://t.example/c/{link.ordinal}", pixel_url=_PIXEL)


def _seconds(mails: Iterator[str]) -> float:
    chosen = list(mails)
    start = time.process_time()
    for html in chosen:
        _tracked(html)
    return time.process_time() - start


def _all_else_stays(html: str, done: Instrumented) -> bool:
    """Whether the result, without the pixel and with the old addresses, is the source; and only addresses were replaced."""
    hrefs = {(link.start, link.end) for link in find_links(html)}
    old = done.html
    for start, end, text in reversed(done.splices):
        at = start + sum(
            len(before.text) - before.end + before.start
            for before in done.splices
            if before.end <= start and before.start < start
        )
        if start != end and (start, end) not in hrefs:
            return False
        old = old[:at] + html[start:end] + old[at + len(text) :]
    return old == html


def _listed_by_a_browser(html: str) -> set[str]:
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    values = [element.attrib["href"] for element in tree.iter() if element.tag in ("a", "area") and "href" in element.attrib]
    return {url for value in values if (url := http_url(value.replace("&", "&amp;")))}


def _growth(size: int) -> Row:
    """The worst of several shapes: how many times the work is that of a quarter of the size. 4 is linear, 16 the square."""
    worst = 0.0
    for before, unit, after in _HEAVY.values():
        count = size // len(unit)
        small, large = (min(_seconds(iter([before + unit * many + after])) for _ in range(3)) for many in (count, 4 * count))
        worst = max(worst, large / small)
    note = f"{4 * size:,} letters and {size:,}"
    return at_most("rewriting work, 4 times the letters ÷ once, the worst shape", worst, _MOST_GROWTH, "×", note)
