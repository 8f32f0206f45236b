"""Pixel and tracked links for a mail that the product sends itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.domain.binding import Mark
from server.domain.consent import Moment, Standing, country_of
from server.domain.drafts import DraftLink, number_links
from server.domain.instrument import Link as Found
from server.domain.instrument import Notice, OwnAddresses, Splice, instrument
from server.domain.instrument.notice import notice_html, notice_locale
from server.domain.messages import Message, Recipient
from server.domain.users import User
from server.gmail.mime import instrument_message, links_in
from server.logs import logger
from server.services.addresses import Addresses
from server.storage import messages as stored
from server.storage.database import Transaction

_log = logger(__name__)

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


class Notices:
    """The line that the policy may ask for."""

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses

    def of(self, user: User, message_id: str, recipient: int, standing: Standing) -> Notice:
        readers = [standing.recipients[recipient]] if recipient else list(standing.recipients.values())
        locale = notice_locale([one.country or country_of(one.address) for one in readers], user.locale)
        url = self._addresses.opt_out(message_id, recipient)
        return Notice(notice_html(locale, user.name, url), url)


class Instrumenting:
    def __init__(self, addresses: Addresses, notices: Notices) -> None:
        self._addresses = addresses
        self._notices = notices

    def number(self, tx: Transaction, message: Message, raw: bytes) -> Numbers:
        """Every link of the body gets its ordinal; those that were registered keep theirs."""
        found = links_in(raw)
        numbered = number_links(message.links, [DraftLink(link.url, link.text) for link in found])
        stored.add_links(tx, message.id, message.workspace_id, numbered)
        return {link.ordinal: number.ordinal for link, number in zip(found, numbered, strict=True)}

    def tracked(
        self, user: User, message: Message, numbers: Numbers, raw: bytes, recipient: int, standing: Standing
    ) -> tuple[bytes, tuple[Mark, ...]]:
        """The mail with links and pixel of this recipient's copy; as it was, without marks, when it may not be tracked or can't
        be (signed, say, or without HTML)."""
        decision = standing.decide(recipient, Moment.SEND)
        if not decision.allowed:
            return raw, ()
        notice = self._notices.of(user, message.id, recipient, standing) if decision.notice else None
        marks: list[Mark] = []

        def address(link: Found) -> str:
            return self._addresses.click(message.id, recipient, numbers[link.ordinal], link.url)

        def rewrite(html: str) -> Sequence[Splice]:
            own = OwnAddresses(self._addresses.target, self._addresses.is_pixel, self._addresses.is_ours)
            pixel_url = self._addresses.pixel(user.tag, message.id, recipient)
            done = instrument(html, tracked=address, pixel_url=pixel_url, own=own, notice=notice)
            marks.append(Mark(message.id, recipient))
            marks.extend(Mark(message.id, recipient, numbers[link.ordinal]) for link in done.links)
            return done.splices

        result = instrument_message(raw, rewrite)
        if result.reason is not None:
            _log.info("message.untracked", message=message.id, reason=result.reason)
        return result.raw, tuple(marks) if result.tracked else ()
