"""Pixel and tracked links for a mail that the product sends itself."""

from collections.abc import Mapping
from dataclasses import dataclass

from server.domain.binding import Mark
from server.domain.drafts import DraftLink, number_links
from server.domain.instrument import Link as Found
from server.domain.instrument import OwnAddresses, find_links, instrument
from server.domain.messages import Message, Recipient
from server.domain.users import User
from server.services.addresses import Addresses
from server.storage import messages as stored
from server.storage.database import Transaction

Numbers = Mapping[int, int]
"""Place of a link in the body → its ordinal in the message."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One mail ready to go. `ordinal` is 0 for the shared body; `marks` are the tokens it carries."""

    message_id: str
    ordinal: int
    recipients: tuple[Recipient, ...]
    raw: bytes
    subject: str
    marks: tuple[Mark, ...]


class Instrumenting:
    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses

    def number(self, tx: Transaction, message: Message, html: str) -> Numbers:
        """Every link of the body gets its ordinal; those that were registered keep theirs."""
        found = find_links(html)
        numbered = number_links(message.links, [DraftLink(link.url, link.text) for link in found])
        stored.add_links(tx, message.id, message.workspace_id, numbered)
        return {link.ordinal: number.ordinal for link, number in zip(found, numbered, strict=True)}

    def tracked(
        self, user: User, message: Message, numbers: Numbers, html: str, recipient: int
    ) -> tuple[str, tuple[Mark, ...]]:
        """The body with links and pixel of this recipient's copy."""

        def address(link: Found) -> str:
            return self._addresses.click(message.id, recipient, numbers[link.ordinal], link.url)

        pixel_url = self._addresses.pixel(user.tag, message.id, recipient)
        own = OwnAddresses(self._addresses.target, self._addresses.is_pixel, self._addresses.is_ours)
        done = instrument(html, tracked=address, pixel_url=pixel_url, own=own)
        clicks = tuple(Mark(message.id, recipient, numbers[link.ordinal]) for link in done.links)
        return done.html, (Mark(message.id, recipient), *clicks)
