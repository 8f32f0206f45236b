"""Everybody: the first `size` by formula, the others as they were added, and what changed about any of them."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache

from server.errors import NotFound
from server.sandbox.crm.chance import pick
from server.sandbox.crm.identifiers import number_in
from server.sandbox.crm.person import CONTACT, PEOPLE_IN_AN_ACCOUNT, Account, Person, kind_of, made, made_account
from server.sandbox.crm.reps import QUEUE, Rep

_FIRST_ID = 1000  # Marketo's ids are not the numbers, so that nobody can mix them up
_YEARS = timedelta(days=700)
_LOCAL_NUMBER = re.compile(r"\.(\d+)@")
_IN_QUEUE = 23


class People:
    """Memory grows with what was changed or added, never with `size`. The caller holds the company's lock."""

    def __init__(self, seed: int, size: int, reps: Sequence[Rep], born: datetime) -> None:
        self.seed, self.size, self.born = seed, size, born
        self.reps = list(reps)
        self._first_owners = [rep.id for rep in reps]
        self._kept: dict[int, Person] = {}
        self._addresses: dict[str, int] = {}
        self._accounts: dict[int, Account] = {}
        self._last = size
        self._made = lru_cache(4096)(self._make)
        self._made_account = lru_cache(1024)(self._make_account)

    @property
    def last(self) -> int:
        """The highest number."""
        return self._last

    @property
    def kept(self) -> dict[int, Person]:
        """Those who were added or changed."""
        return self._kept

    def get(self, number: int) -> Person | None:
        """Also who was merged away or deleted."""
        kept = self._kept.get(number)
        return kept or (self._made(number) if 0 < number <= self.size else None)

    def known(self, number: int) -> Person:
        found = self.get(number)
        if found is None:
            raise NotFound("no such person")
        return found

    def numbers(self) -> Iterator[int]:
        return iter(range(1, self._last + 1))

    def changed_since(self, moment: datetime) -> Iterator[int]:
        """A few too many perhaps, never too few: those born as late as that, and all who were ever changed."""
        first = 1 + max(0, self._born_before(moment))
        late = range(first, self.size + 1)
        return iter(sorted({number for number in self._kept if number not in late} | set(late)))

    def by_email(self, address: str) -> list[int]:
        wanted = address.strip().lower()
        told = _LOCAL_NUMBER.search(wanted)
        numbers = {self._addresses[wanted]} if wanted in self._addresses else set()
        if told and 0 < int(told[1]) <= self.size:
            numbers.add(int(told[1]))
        return sorted(number for number in numbers if self.known(number).email.lower() == wanted)

    def find(self, who: str) -> Person:
        """By address, Marketo id or Salesforce id. NotFound for a stranger."""
        if "@" in who:
            numbers = self.by_email(who)
            return self.known(numbers[0] if numbers else 0)
        if who.isdigit():
            return self.known(number_of(int(who)))
        return self.known(number_in(who, "Lead") or number_in(who, "Contact") or 0)

    def add(self, make: Callable[[int], Person]) -> Person:
        self._last += 1
        return self.keep(make(self._last))

    def keep(self, person: Person) -> Person:
        former = self._kept.get(person.number)
        if former is not None:
            self._addresses.pop(former.email.lower(), None)
        self._kept[person.number] = person
        self._addresses[person.email.lower()] = person.number
        return person

    def change(self, number: int, at: datetime, **values: object) -> Person:
        return self.keep(replace(self.known(number), changed=at, **values))  # type: ignore[arg-type]

    def account(self, number: int) -> Account:
        """NotFound unless somebody is in it."""
        if number in self._accounts:
            return self._accounts[number]
        if not 0 < number <= self.accounts_by_formula:
            raise NotFound("no such account")
        return self._made_account(number)

    @property
    def accounts_by_formula(self) -> int:
        return -(-self.size // PEOPLE_IN_AN_ACCOUNT)

    def account_numbers(self) -> Iterator[int]:
        yield from range(1, self.accounts_by_formula + 1)
        yield from self._accounts

    def account_called(self, name: str, owner: str, at: datetime) -> Account:
        """The account of that name among those added, or a new one."""
        found = next((account for account in self._accounts.values() if account.name == name), None)
        if found is None:
            number = self.accounts_by_formula + len(self._accounts) + 1
            found = self._accounts[number] = replace(made_account(self.seed, number, owner, at), name=name)
        return found

    def rep(self, email: str) -> Rep:
        found = next((rep for rep in self.reps if rep.email == email.lower()), None)
        if found is None:
            raise NotFound("no such rep")
        return found

    def first_contact(self, account: int) -> int | None:
        """By formula."""
        first = (account - 1) * PEOPLE_IN_AN_ACCOUNT + 1
        usual = range(first, min(first + PEOPLE_IN_AN_ACCOUNT, self.size + 1))
        return next((number for number in usual if kind_of(number) == CONTACT), None)

    def members(self, account: int) -> Iterator[Person]:
        """The contacts of an account, also those who were deleted."""
        first = (account - 1) * PEOPLE_IN_AN_ACCOUNT + 1
        usual = range(first, min(first + PEOPLE_IN_AN_ACCOUNT, self.size + 1)) if account <= self.accounts_by_formula else ()
        for number in sorted({*usual, *(number for number, one in self._kept.items() if one.account == account)}):
            person = self.known(number)
            if person.account == account:
                yield person

    def _make(self, number: int) -> Person:
        account = self._made_account((number - 1) // PEOPLE_IN_AN_ACCOUNT + 1)
        return made(self.seed, number, self._owner(number), account, self._born(number))

    def _make_account(self, number: int) -> Account:
        at = self._born((number - 1) * PEOPLE_IN_AN_ACCOUNT + 1)
        return made_account(self.seed, number, self._owner_of_account(number), at)

    def _owner(self, number: int) -> str:
        if number % _IN_QUEUE == 11 or not self._first_owners:
            return QUEUE
        return pick(self._first_owners, self.seed, number, 21)

    def _owner_of_account(self, number: int) -> str:
        return pick(self._first_owners, self.seed, number, 22) if self._first_owners else QUEUE

    def _born(self, number: int) -> datetime:
        """One after another over two years, in whole seconds as Salesforce keeps them."""
        at = self.born - _YEARS * (self.size - number + 1) / (self.size + 1)
        return at.replace(microsecond=0)

    def _born_before(self, moment: datetime) -> int:
        """How many were certainly born before that second."""
        ago = (self.born - moment) / _YEARS
        return int(self.size + 1 - ago * (self.size + 1)) - 2


def marketo_id(number: int) -> int:
    return _FIRST_ID + number


def number_of(marketo_id: int) -> int:
    return marketo_id - _FIRST_ID
