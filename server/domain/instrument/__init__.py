"""A mail's HTML made tracked: links lead through the tracking host, a pixel stands above quoted text, nothing else changes.

Every byte outside the values of `href`, the inserted pixel and the notice above it stays as it was: new text is spliced into
the source. Left alone: addresses other than http(s), anchors, links that lead out of a mailing (unsubscribe.py), our own.
Where `<base href>` makes a relative link an http(s) one, its full address is tracked. In quoted text, pixels of earlier mails
are taken out and tracked links of earlier mails get their targets back, to be tracked as this mail's like any other link; a
`tracked` that answers None for `link.quoted` leaves them plain. Doing it twice changes nothing more. Text parts are never
touched.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from html import escape
from operator import itemgetter
from typing import NamedTuple

from server.domain.instrument.outline import Image, Link, http_url, outline
from server.domain.instrument.unsubscribe import leads_out

__all__ = [
    "Instrumented",
    "Link",
    "Notice",
    "OwnAddresses",
    "Splice",
    "find_links",
    "http_url",
    "instrument",
    "pixel_tag",
    "spliced",
]


class Splice(NamedTuple):
    """`text` in place of the characters from `start` to `end`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class OwnAddresses:
    """How this installation's own addresses are told. `target` gives what a tracked link of ours leads to, None for any other;
    `is_pixel` knows our pixels, of any message; `is_ours` anything else that must never be tracked (opt-out page, web app)."""

    target: Callable[[str], str | None] = lambda url: None
    is_pixel: Callable[[str], bool] = lambda url: False
    is_ours: Callable[[str], bool] = lambda url: False


_NOTHING_OURS = OwnAddresses()
_PLACE = itemgetter(0, 1)


@dataclass(frozen=True, slots=True)
class Notice:
    """A line for the reader, and the address it leads to, by which it is known again."""

    html: str
    url: str


@dataclass(frozen=True, slots=True)
class Instrumented:
    """`links` are those that were made tracked, with what they led to; `splices` what was done to the source, in order."""

    html: str
    links: tuple[Link, ...]
    splices: tuple[Splice, ...]


def find_links(html: str) -> list[Link]:
    """Every http(s) link a browser or Outlook would follow, in order, whether it may be tracked or not."""
    return outline(html).links


def instrument(
    html: str,
    *,
    tracked: Callable[[Link], str | None],
    pixel_url: str | None,
    own: OwnAddresses | None = None,
    leave: Collection[str] = (),
    notice: Notice | None = None,
) -> Instrumented:
    """`tracked` gives the tracked address of a link (the same one each time), None to leave it alone. Without `pixel_url` no
    pixel is added. `leave` holds addresses not to track, as in List-Unsubscribe. `notice` is put above the pixel, once. Never
    raises, whatever `html` holds."""
    own = own or _NOTHING_OURS
    read = outline(html)
    splices: list[Splice] = []
    links: list[Link] = []
    for link in read.links:
        url = _new_address(link, tracked, own, leave, links)
        if url is not None and url != link.url:
            splices.append(tuple.__new__(Splice, (link.start, link.end, _for_attribute(url, link.quote))))
    if notice and not any(link.url == notice.url and not link.quoted for link in read.links):
        splices.append(Splice(read.pixel_at, read.pixel_at, notice.html))
    splices += _pixel_splices(read.images, read.pixel_at, pixel_url, own)
    splices.sort(key=_PLACE)
    return Instrumented(spliced(html, splices), tuple(links), tuple(splices))


def spliced(text: str, splices: Sequence[Splice]) -> str:
    """`splices` in order and apart from each other."""
    pieces: list[str] = []
    at = 0
    for start, end, new in splices:
        pieces += (text[at:start], new)
        at = end
    return "".join((*pieces, text[at:]))


def pixel_tag(url: str) -> str:
    return f'<img src="{escape(url)}" width="1" height="1" alt="" style="border:0;width:1px;height:1px">'


def _new_address(
    link: Link, tracked: Callable[[Link], str | None], own: OwnAddresses, leave: Collection[str], links: list[Link]
) -> str | None:
    """The address to write, None to leave the link as it is; a link made tracked is added to `links`."""
    address = link.url
    target = own.target(address)
    if target is not None:
        if not link.quoted:
            return None
        link, address = link._replace(url=target), target
    elif own.is_ours(address):
        return None
    url = None if address in leave or leads_out(address, link.text) else tracked(link)
    if url is not None:
        links.append(link)
    return url or target


def _pixel_splices(images: list[Image], at: int, pixel_url: str | None, own: OwnAddresses) -> list[Splice]:
    present = False
    splices = []
    is_pixel = own.is_pixel
    for url, start, end, quoted in images:
        if url == pixel_url and not quoted and not present:
            present = True
        elif url == pixel_url or is_pixel(url):
            splices.append(Splice(start, end, ""))
    if pixel_url and not present:
        splices.append(Splice(at, at, pixel_tag(pixel_url)))
    return splices


def _for_attribute(url: str, quote: str) -> str:
    text = escape(url, quote=False)
    if quote:
        return text.replace(quote, "&#34;" if quote == '"' else "&#39;")
    return "".join(f"&#{ord(letter)};" if letter in "\t\n\f\r \"'=`" else letter for letter in text)
