"""The Lead Feed as feed readers get it: what an item tells, in whichever form."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.domain.marketing import ContactField
from server.domain.phones import Phone

FORMS = ("rss", "atom", "json")

SETTLED = timedelta(seconds=10)
"""So much later nothing is stored any more under an earlier time."""

_UNFIT = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]")
"""What XML cannot hold, and what would turn the direction of whatever stands behind it."""

_WEB = re.compile(r"https?://[\w.-]+\.\w{2,}(?::\d{1,5})?(?:[/?#][^\s<>\"'\\]*)?", re.IGNORECASE)
_PROGRAM = re.compile(r"[A-Za-z][A-Za-z0-9 ._-]{0,39}")
_READERS = (
    "Feedly", "Inoreader", "NewsBlur", "NetNewsWire", "Newsboat", "rss2email", "Feedbin", "The Old Reader", "Thunderbird",
    "FreshRSS", "Miniflux", "Tiny Tiny RSS", "Reeder", "Slackbot", "Outlook", "Akregator", "Liferea", "sfeed", "Firefox",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Contact:
    """`text` is for people; `href` what a reader can follow, where there is such a thing."""

    field: ContactField
    text: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One moment. `star`: its person is a best bet. `changed_at`: when anything of it was last told or changed."""

    id: str
    person_id: str
    person: str
    account: str | None
    type: str
    description: str
    at: datetime
    star: bool
    do_not_call: bool
    contacts: tuple[Contact, ...]
    changed_at: datetime


def contacts(
    address: str | None,
    phones: Collection[Phone],
    postal: str | None,
    website: str | None,
    allowed: Collection[ContactField],
) -> tuple[Contact, ...]:
    """Each field that is there and that the admin lets out."""
    numbers = [(ContactField(one.kind), one) for one in phones]
    found = [
        Contact(ContactField.EMAIL, address, f"mailto:{address}") if address else None,
        *(Contact(field, one.shown, None if field is ContactField.FAX else f"tel:{one.number}") for field, one in numbers),
        Contact(ContactField.COMPANY_ADDRESS, postal) if postal else None,
        Contact(ContactField.COMPANY_URL, website, web_address(website)) if website else None,
    ]
    order = list(ContactField)
    told = [one for one in found if one is not None and one.field in allowed]
    return tuple(sorted(told, key=lambda one: order.index(one.field)))


def web_address(written: str) -> str | None:
    """As a link, when it can be one: nothing but the web."""
    whole = written.strip() if "://" in written else f"https://{written.strip()}"
    return whole if _WEB.fullmatch(whole) else None


def fit(text: str) -> str:
    """What every reader can take."""
    return _UNFIT.sub("", text)


def one_line(text: str) -> str:
    return " ".join(fit(text).split())


def modified(items: Collection[Item], since: datetime, now: datetime) -> datetime:
    """When anything in it last changed; `since` when it may be read at all."""
    return min(max([since, *(one.changed_at for one in items)]), now)


def reader_of(user_agent: str) -> str:
    """The program's name, where one can be told; else how it begins."""
    for name in _READERS:
        if name.casefold() in user_agent.casefold():
            return name
    first = _PROGRAM.match(user_agent.split("/")[0].strip())
    return first[0].strip() if first else "?"
