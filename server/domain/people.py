"""Somebody outside: who they are, what their address says about their company, how they are found."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from server.domain.phones import Phone
from server.domain.ranks import UNRANKED, Rank
from server.domain.scores import UNSCORED, Standing

CONSUMER_DOMAINS = frozenset(
    """
    gmail.com googlemail.com outlook.com hotmail.com hotmail.fr hotmail.co.uk live.com live.fr msn.com yahoo.com
    yahoo.fr yahoo.co.uk yahoo.de yahoo.com.tw yahoo.co.jp ymail.com aol.com icloud.com me.com mac.com proton.me
    protonmail.com pm.me gmx.com gmx.de gmx.net gmx.fr web.de t-online.de freenet.de mail.com mail.ru yandex.ru
    yandex.com zoho.com fastmail.com hey.com orange.fr wanadoo.fr free.fr sfr.fr laposte.net neuf.fr bbox.fr
    libero.it virgilio.it seznam.cz wp.pl o2.pl qq.com 163.com 126.com sina.com foxmail.com naver.com hanmail.net
    daum.net hinet.net pchome.com.tw seed.net.tw comcast.net verizon.net att.net sbcglobal.net cox.net shaw.ca
    rogers.com bigpond.com btinternet.com sky.com uol.com.br bol.com.br terra.com.br rediffmail.com
    """.split()  # noqa: SIM905  a list of words is read like this
)
"""Mail providers for everybody: their domain is nobody's company."""


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower() if "@" in address else ""


def account_of(address: str) -> str | None:
    """The company an address belongs to, named by its domain; None at a mail provider for everybody."""
    domain = domain_of(address)
    return None if not domain or domain in CONSUMER_DOMAINS else domain


def display_name(name: str, address: str) -> str:
    """The name as somebody wrote it, without the quotes mail programs leave; empty when it only repeats the address."""
    plain = " ".join(name.strip().strip("'\"").split())
    return "" if plain.lower() == address.lower() else plain


class Source(StrEnum):
    """How we came to know of somebody. Those met only in a `reply` count as known once somebody adds or owns them; those only
    Marketo tells of, once somebody adds them or writes to them."""

    MAIL = "mail"
    REPLY = "reply"
    HAND = "hand"
    IMPORT = "import"
    MARKETO = "marketo"
    SALESFORCE = "salesforce"


@dataclass(frozen=True, slots=True)
class PersonAddress:
    """`bounce` tells of the last delivery that failed, until the address answers."""

    address: str
    bounce: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """`addresses`: the first is the one to write to; only people Marketo tells of may have none. `version` grows with each
    change somebody makes.

    `postal`: the company's address in one line. `salesforce_type`: lead or contact. `account_owner_id`: whose the account is in
    Salesforce. `opportunities`: how many open ones.
    """

    id: str
    workspace_id: str
    name: str
    addresses: tuple[PersonAddress, ...]
    title: str | None = None
    account: str | None = None
    country: str | None = None
    phones: tuple[Phone, ...] = ()
    linkedin: str | None = None
    owner_id: str | None = None
    standing: Standing = UNSCORED
    do_not_call: bool = False
    unsubscribed: bool = False
    source: Source = Source.MAIL
    version: int = 1
    created_at: datetime | None = None
    website: str | None = None
    postal: str | None = None
    marketo_id: int | None = None
    salesforce_id: str | None = None
    salesforce_type: str | None = None
    salesforce_account: str | None = None
    account_owner_id: str | None = None
    opportunities: int = 0
    rank: Rank = UNRANKED

    @property
    def known(self) -> bool:
        return is_known(self.source, self.owner_id)

    @property
    def address(self) -> str | None:
        return self.addresses[0].address if self.addresses else None

    @property
    def phone(self) -> Phone | None:
        """The one to call: a mobile is nearer to somebody than a desk; a fax is none."""
        return next((one for kind in ("mobile", "phone") for one in self.phones if one.kind == kind), None)


def is_known(source: str, owner_id: str | None) -> bool:
    return source != Source.MARKETO and (source != Source.REPLY or owner_id is not None)


def shows_otherwise(before: Person, after: Person) -> bool:
    """Whether lines of the feed that show this person have to be told anew."""

    def shown(one: Person) -> tuple[object, ...]:
        return one.id, one.name, one.account, one.phone, one.linkedin, one.do_not_call, one.unsubscribed, one.known

    return shown(before) != shown(after)


def joined(kept: Person, other: Person) -> Person:
    """One person of two: what the kept one lacks comes from the other, and a no said by either counts.

    Scores are not mixed, since two histories in one would show rises that never were: the one told last counts.
    """
    numbers = {phone.number for phone in kept.phones}
    of_sales = kept if kept.salesforce_id else other
    return Person(
        id=kept.id,
        workspace_id=kept.workspace_id,
        name=kept.name or other.name,
        addresses=in_order(kept.addresses + other.addresses),
        title=kept.title or other.title,
        account=kept.account or other.account,
        country=kept.country or other.country,
        phones=kept.phones + tuple(phone for phone in other.phones if phone.number not in numbers),
        linkedin=kept.linkedin or other.linkedin,
        owner_id=kept.owner_id or other.owner_id,
        standing=max(kept.standing, other.standing, key=_told_at),
        do_not_call=kept.do_not_call or other.do_not_call,
        unsubscribed=kept.unsubscribed or other.unsubscribed,
        source=kept.source if kept.known else other.source,
        version=kept.version,
        created_at=kept.created_at,
        website=kept.website or other.website,
        postal=kept.postal or other.postal,
        marketo_id=kept.marketo_id or other.marketo_id,
        salesforce_id=of_sales.salesforce_id,
        salesforce_type=of_sales.salesforce_type,
        salesforce_account=of_sales.salesforce_account,
        account_owner_id=of_sales.account_owner_id,
        opportunities=of_sales.opportunities,
        rank=kept.rank,
    )


def in_order(addresses: tuple[PersonAddress, ...]) -> tuple[PersonAddress, ...]:
    """The first stays the first; of the others none is before another."""
    return addresses[:1] + tuple(sorted(addresses[1:], key=lambda one: one.address))


def _told_at(standing: Standing) -> datetime:
    return standing.scored_at or datetime.min.replace(tzinfo=UTC)


# Finding them ------------------------------------------------------------------

_LONGEST_SORT_NAME = 100
_LONGEST_FOUND_BY = 500


def folded(text: str) -> str:
    """As one compares names: without case, accents and widths of letters."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split())


def sort_name(name: str, addresses: Iterable[str]) -> str:
    return folded(name or next(iter(addresses), ""))[:_LONGEST_SORT_NAME]


def found_by(name: str, account: str | None, addresses: Iterable[str]) -> str:
    """What a search looks through: each part on a line of its own, so that no term matches across two."""
    return "\n".join(folded(part) for part in (name, account or "", *addresses) if part)[:_LONGEST_FOUND_BY]


def terms(query: str) -> tuple[str, ...]:
    """The words of a search; somebody found has all of them."""
    return tuple(folded(query).split()[:8])


# Where they are on LinkedIn ------------------------------------------------------

_HOST = re.compile(r"(?:[a-z]{2,3}\.)?linkedin\.com")
_SLUG = re.compile(r"[\w-]{2,100}")


def linkedin_profile(text: str) -> str | None:
    """The one spelling of a profile's address, https://www.linkedin.com/in/…; None when it is none."""
    bare = text.strip()
    whole = bare if "://" in bare else f"https://{bare}"
    try:
        parts = urlsplit(whole)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("https", "http") or port or parts.username is not None:
        return None
    host = (parts.hostname or "").removeprefix("www.")
    folder, _, rest = parts.path.lstrip("/").partition("/")
    slug = unicodedata.normalize("NFC", unquote(rest.split("/")[0]))
    if not _HOST.fullmatch(host) or folder.lower() != "in" or not _SLUG.fullmatch(slug):
        return None
    return f"https://www.linkedin.com/in/{quote(slug)}"
