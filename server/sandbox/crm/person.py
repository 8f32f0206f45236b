"""One person of the market, and the formula that makes the n-th of them."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from server.sandbox.crm import words
from server.sandbox.crm.chance import draw, pick
from server.sandbox.crm.identifiers import record_id

PEOPLE_IN_AN_ACCOUNT = 8
LEAD, CONTACT = "Lead", "Contact"
_PLAIN = str.maketrans({"ø": "o", "æ": "ae", "ł": "l", "ı": "i", "ß": "ss"})


@dataclass(frozen=True, slots=True)
class Person:
    """`kind` is empty for somebody Salesforce does not know. `owner`: a Salesforce id, of a user or a queue.

    `account` is an account's number (contacts only). `gone_at`: deleted or merged away in Marketo; `deleted_at`: in Salesforce.
    `merged_into`: the number of the one who stayed. `score` is the base that changes are added to.
    """

    number: int
    first_name: str
    last_name: str
    email: str
    company: str
    kind: str
    owner: str
    created: datetime
    changed: datetime
    account: int | None = None
    in_marketo: bool = True
    salutation: str = ""
    title: str = ""
    department: str = ""
    phone: str = ""
    mobile: str = ""
    fax: str = ""
    website: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    industry: str = ""
    lead_source: str = ""
    lead_status: str = ""
    rating: str = ""
    score: int = 0
    urgency: int = 0
    unsubscribed: bool = False
    do_not_call: bool = False
    email_invalid: bool = False
    converted_at: datetime | None = None
    deleted_at: datetime | None = None
    gone_at: datetime | None = None
    merged_into: int | None = None

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def was_lead(self) -> bool:
        return self.kind == LEAD or self.converted_at is not None

    @property
    def lead_id(self) -> str | None:
        return record_id(LEAD, self.number) if self.was_lead else None

    @property
    def contact_id(self) -> str | None:
        return record_id(CONTACT, self.number) if self.kind == CONTACT else None

    @property
    def salesforce_ids(self) -> list[str]:
        """The lead's first; empty for somebody Salesforce does not know."""
        return [id for id in (self.lead_id, self.contact_id) if id]


@dataclass(frozen=True, slots=True)
class Account:
    number: int
    name: str
    website: str
    owner: str
    street: str
    city: str
    state: str
    postal_code: str
    country: str
    phone: str
    industry: str
    created: datetime


def made(seed: int, number: int, owner: str, account: Account, at: datetime) -> Person:
    """The n-th person: in an account of eight, always known to Marketo."""
    first, last = pick(words.FIRST, seed, number, 1), pick(words.LAST, seed, number, 2)
    kind = kind_of(number)
    local = plain(f"{first}.{last}.{number}")
    has = draw(seed, number, 3)
    return Person(
        number,
        first,
        last,
        f"{local}@{account.website.removeprefix('https://www.')}",
        account.name,
        kind,
        owner if kind else "",
        at,
        at,
        account=account.number if kind == CONTACT else None,
        title=pick(words.TITLES, seed, number, 4),
        phone=f"+47 5555 {number % 10000:04}" if has % 3 else "",
        mobile=f"+47 9555 {number % 10000:04}" if has % 4 == 0 else "",
        website=account.website,
        street=account.street,
        city=account.city,
        state=account.state,
        postal_code=account.postal_code,
        country=account.country,
        industry=account.industry,
        lead_source=pick(words.SOURCES, seed, number, 5),
        lead_status=pick(words.STATUSES, seed, number, 6),
        rating=pick(words.RATINGS, seed, number, 7),
        unsubscribed=has % 41 == 0,
        do_not_call=has % 31 == 0,
    )


def made_account(seed: int, number: int, owner: str, at: datetime) -> Account:
    word, trade = pick(words.COMPANIES, seed, number, 11), pick(words.TRADES, seed, number, 12)
    city, state, postal_code, country = pick(words.TOWNS, seed, number, 13)
    street = f"{draw(seed, number, 14) % 90 + 1} {pick(words.STREETS, seed, number, 15)}"
    return Account(
        number,
        f"{word} {trade} {number}",
        f"https://www.{word}-{trade}-{number}.example".lower(),
        owner,
        street,
        city,
        state,
        postal_code,
        country,
        f"+47 5550 {number % 10000:04}",
        pick(words.INDUSTRIES, seed, number, 16),
        at,
    )


def plain(text: str) -> str:
    """Lower case without accents, as in an address."""
    folded = unicodedata.normalize("NFKD", text.lower().translate(_PLAIN))
    return "".join(letter for letter in folded if letter.isascii())


def kind_of(number: int) -> str:
    """Of a person by formula: one in ten is in Marketo only; of the others three in five are leads."""
    return "" if number % 10 == 9 else LEAD if number % 5 < 3 else CONTACT
