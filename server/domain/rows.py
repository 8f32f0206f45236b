"""One row of a table becomes what it says of a person, or the reasons why it cannot."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from server.domain.countries import country_code
from server.domain.people import Person, PersonAddress, Source, account_of, in_order, linkedin_profile
from server.domain.phones import KINDS, Phone, phone
from server.domain.scores import HIGHEST, LOWEST
from server.domain.sheets import LONGEST_CELL, full_name

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wrong:
    """`code` names what is wrong with the field; `value` is what stood there, shortened."""

    line: int
    field: str
    code: str
    value: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a row says; None and empty where it says nothing. `owner` is as written: an address or a name."""

    line: int
    addresses: tuple[str, ...]
    name: str
    title: str | None
    account: str | None
    country: str | None
    phones: tuple[Phone, ...]
    linkedin: str | None
    owner: str | None
    score: int | None


def understood(line: int, cells: Mapping[str, str], normal_address: Callable[[str], str]) -> Told | list[Wrong]:
    reading = _Reading(line, cells)
    addresses = reading.addresses(normal_address)
    country = reading.one("country", "bad-country", country_code)
    told = Told(
        line=line,
        addresses=addresses,
        name=full_name(cells),
        title=cells.get("title") or None,
        account=cells.get("account") or None,
        country=country,
        phones=reading.phones(country),
        linkedin=reading.one("linkedin", "bad-linkedin", linkedin_profile),
        owner=cells.get("owner") or None,
        score=reading.one("score", "bad-score", score),
    )
    reading.check_texts()
    return reading.wrong or told


class _Reading:
    def __init__(self, line: int, cells: Mapping[str, str]) -> None:
        self._line = line
        self._cells = cells
        self.wrong: list[Wrong] = []

    def one(self, field: str, code: str, read: Callable[[str], T | None]) -> T | None:
        text = self._cells.get(field, "")
        value = read(text) if text else None
        if text and value is None:
            self._complain(field, code, text)
        return value

    def addresses(self, normal: Callable[[str], str]) -> tuple[str, ...]:
        written = [part for part in re.split(r"[;,\s]+", self._cells.get("address", "")) if part]
        if not written:
            self._complain("address", "no-address", "")
        for one in written:
            if not normal(one):
                self._complain("address", "bad-address", one)
        return tuple(dict.fromkeys(normal(one) for one in written))

    def phones(self, country: str | None) -> tuple[Phone, ...]:
        found = (self.one(kind, "bad-phone", partial(phone, country=country, kind=kind)) for kind in KINDS)
        return tuple(one for one in found if one is not None)

    def check_texts(self) -> None:
        for field, text in self._cells.items():
            if len(text) > LONGEST_CELL:
                self._complain(field, "too-long", text)
            if not text.isprintable() and any(ord(letter) < 32 and letter not in "\t\r\n" for letter in text):
                self._complain(field, "unreadable", "")

    def _complain(self, field: str, code: str, value: str) -> None:
        self.wrong.append(Wrong(self._line, field, code, value[:80]))


def score(text: str) -> int | None:
    """Whole numbers; spreadsheets write some of them as 87.0 or 87,0."""
    found = re.fullmatch(r"([+-]?[0-9]{1,7})(?:[.,]0+)?", text.strip())
    value = int(found.group(1)) if found else None
    return value if value is not None and LOWEST <= value <= HIGHEST else None


def newcomer(person_id: str, workspace_id: str, told: Told, owner_id: str | None) -> Person:
    addresses = in_order(tuple(PersonAddress(address) for address in told.addresses))
    account = account_of(told.addresses[0])
    blank = Person(person_id, workspace_id, "", addresses, account=account, source=Source.IMPORT)
    return amended(blank, told, owner_id)


def amended(person: Person, told: Told, owner_id: str | None) -> Person:
    """The person with what the row says. What it leaves empty stays; numbers and addresses are added, the new numbers first."""
    known = {one.address for one in person.addresses}
    return replace(
        person,
        name=told.name or person.name,
        addresses=in_order(person.addresses + tuple(PersonAddress(one) for one in told.addresses if one not in known)),
        title=told.title or person.title,
        account=told.account or person.account,
        country=told.country or person.country,
        phones=_added(person.phones, told.phones),
        linkedin=told.linkedin or person.linkedin,
        owner_id=person.owner_id if person.salesforce_id else owner_id or person.owner_id,
        source=Source.IMPORT if person.source is Source.REPLY else person.source,
    )


def _added(held: tuple[Phone, ...], new: tuple[Phone, ...]) -> tuple[Phone, ...]:
    numbers = {(one.kind, one.number) for one in new}
    if numbers <= {(one.kind, one.number) for one in held}:
        return held
    return new + tuple(one for one in held if (one.kind, one.number) not in numbers)
