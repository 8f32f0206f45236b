"""Salesforce's opportunities and who is in them: one in three accounts by formula, and those that were opened since."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from server.errors import NotFound
from server.sandbox.crm.people import People

OPEN, WON, LOST = "Negotiation", "Closed Won", "Closed Lost"
_EVERY = 3


@dataclass(frozen=True, slots=True)
class Opportunity:
    """`account` is an account's number; `contact` the number of the person who decides."""

    number: int
    account: int
    contact: int
    name: str
    owner: str
    amount: int
    closes: date
    created: datetime
    changed: datetime
    stage: str = OPEN

    @property
    def closed(self) -> bool:
        return self.stage != OPEN


class Opportunities:
    """By formula an opportunity has its account's number. The caller holds the company's lock."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._kept: dict[int, Opportunity] = {}

    def __iter__(self) -> Iterator[Opportunity]:
        first = range(_EVERY, self._people.accounts_by_formula + 1, _EVERY)
        for number in (*first, *(kept for kept in self._kept if kept not in first)):
            found = self.get(number)
            if found is not None:
                yield found

    def get(self, number: int) -> Opportunity | None:
        if number in self._kept:
            return self._kept[number]
        if number % _EVERY or not 0 < number <= self._people.accounts_by_formula:
            return None
        contact = self._people.first_contact(number)
        return None if contact is None else self._made(number, contact)

    def open(self, account: int, contact: int, name: str, at: datetime) -> Opportunity:
        owner = self._people.account(account).owner
        number = self._people.accounts_by_formula + len(self._kept) + 1
        closes = (at + timedelta(days=60)).date()
        return self._keep(Opportunity(number, account, contact, name, owner, 24_000, closes, at, at))

    def stage(self, number: int, stage: str, at: datetime) -> Opportunity:
        found = self.get(number)
        if found is None:
            raise NotFound("no such opportunity")
        return self._keep(replace(found, stage=stage, changed=at))

    def _keep(self, opportunity: Opportunity) -> Opportunity:
        self._kept[opportunity.number] = opportunity
        return opportunity

    def _made(self, number: int, contact: int) -> Opportunity:
        account = self._people.account(number)
        stage = WON if number % (2 * _EVERY) == 0 else OPEN
        closes = (account.created + timedelta(days=400)).date()
        at = account.created
        return Opportunity(number, number, contact, f"{account.name}: pilot", account.owner, 12_000, closes, at, at, stage)
