"""People from a table: first looked at without writing anything, then stored as a whole or not at all."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from server.domain import scores
from server.domain.people import Person, folded, shows_otherwise
from server.domain.rows import Told, Wrong, amended, newcomer, understood
from server.domain.sheets import Sheet, read
from server.domain.users import User
from server.errors import Conflict
from server.gmail.addresses import normal_address
from server.queue import Queue
from server.services import moments, ranks
from server.services.people import refreshed
from server.services.person import may_decide
from server.storage import people as stored
from server.storage import scores as stored_scores
from server.storage import users as stored_users
from server.storage.database import Database, Transaction
from server.tokens import new_id

SHOW = "show-people"
_PEOPLE_A_JOB = 100
_ROWS_AT_A_TIME = 25
_PEOPLE_AT_A_TIME = 500

Clock = Callable[[], datetime]
Wake = Callable[[Iterable[str]], None]


@dataclass(frozen=True, slots=True)
class Report:
    """`rows`: what was left out, and why. `created`, `updated` and `unchanged` count people, not rows."""

    created: int
    updated: int
    unchanged: int
    rows: tuple[Wrong, ...]
    columns: Mapping[str, str]
    ignored: tuple[str, ...]
    examples: tuple[Person, ...]


@dataclass(slots=True)
class _Plan:
    """People by id as they will be, and as they were. `holder`: whose each address will be."""

    before: dict[str, Person] = field(default_factory=dict)
    after: dict[str, Person] = field(default_factory=dict)
    holder: dict[str, str] = field(default_factory=dict)
    changes: dict[str, scores.Change] = field(default_factory=dict)
    wrong: list[Wrong] = field(default_factory=list)

    @property
    def new(self) -> list[Person]:
        return [person for person_id, person in self.after.items() if person_id not in self.before]

    @property
    def changed(self) -> list[Person]:
        """Otherwise than by their score alone."""
        return [after for former, after in self._pairs() if replace(after, standing=former.standing) != former]

    @property
    def updated(self) -> list[Person]:
        scored = {one.id for former, one in self._pairs() if one.standing.score != former.standing.score}
        return [*self.changed, *(self.after[one] for one in scored - {person.id for person in self.changed})]

    def _pairs(self) -> Iterable[tuple[Person, Person]]:
        return ((former, self.after[person_id]) for person_id, former in self.before.items())


class Imports:
    def __init__(self, database: Database, queue: Queue, wake: Wake, clock: Clock) -> None:
        self._database = database
        self._queue = queue
        self._wake = wake
        self._clock = clock

    def preview(self, user: User, raw: bytes) -> Report:
        """What `store` would do. BadInput when the file is no table of people."""
        sheet, rows, wrong = _read(raw)
        plan = self._database.read(self._plan, user, rows)
        return _report(sheet, plan, wrong)

    def store(self, user: User, raw: bytes) -> Report:
        """All rows that are right, in one transaction."""
        sheet, rows, wrong = _read(raw)
        plan, users = self._database.write(self._store, user, rows)
        self._queue.wake()
        self._wake(users)
        return _report(sheet, plan, wrong)

    def show(self, workspace_id: str, person_ids: list[str]) -> None:
        """Lines of the feed that show these people are told anew."""
        self._wake(self._database.write(refreshed, workspace_id, person_ids, self._clock()))

    def _plan(self, tx: Transaction, user: User, rows: list[Told]) -> _Plan:
        addresses = {address for told in rows for address in told.addresses}
        held = stored.by_addresses(tx, user.workspace_id, addresses)
        plan = _Plan(holder={address: person.id for address, person in held.items()})
        plan.before = {person.id: person for person in held.values()}
        plan.after = dict(plan.before)
        owners = _owners(stored_users.active(tx, user.workspace_id))
        now = self._clock()
        for told in rows:
            _place(plan, user, told, owners, now)
        return plan

    def _store(self, tx: Transaction, user: User, rows: list[Told]) -> tuple[_Plan, set[str]]:
        # Locked before they are read: an edit at the same time is kept, not overwritten.
        addresses = {address for told in rows for address in told.addresses}
        stored.lock_holders(tx, user.workspace_id, addresses)
        plan, now = self._plan(tx, user, rows), self._clock()
        changed = [replace(person, version=person.version + 1) for person in plan.changed]
        if not stored.add(tx, plan.new, now):
            raise Conflict("somebody added one of these people a moment ago; import again")
        stored.change(tx, changed, now)
        for person in changed:
            if person.addresses != plan.before[person.id].addresses and not stored.readdress(tx, person):
                raise Conflict("somebody added one of these people a moment ago; import again")
            if person.name != plan.before[person.id].name:
                stored.rename_recipients(tx, person)
        stored_scores.record(tx, user.workspace_id, list(plan.changes.items()))
        told = {one.id: one.standing for one in plan.after.values() if one.standing != _standing_before(plan, one.id)}
        stored_scores.stand(tx, user.workspace_id, told)
        for start in range(0, len(told), _PEOPLE_AT_A_TIME):
            ranks.renew(tx, user.workspace_id, list(told)[start : start + _PEOPLE_AT_A_TIME], now)
        self._ask_to_show(tx, user, [one.id for one in changed if shows_otherwise(plan.before[one.id], one)])
        # Not left to the worker: nobody sees moments of somebody who is not theirs any more.
        handed_over = [one.id for one in changed if one.owner_id != plan.before[one.id].owner_id]
        return plan, moments.rehome(tx, user.workspace_id, handed_over, now)

    def _ask_to_show(self, tx: Transaction, user: User, person_ids: list[str]) -> None:
        """Lines of thousands of people would hold the database for long: workers do it in parts."""
        for start in range(0, len(person_ids), _PEOPLE_A_JOB):
            part = person_ids[start : start + _PEOPLE_A_JOB]
            self._queue.ask(tx, SHOW, new_id(), {"people": part}, workspace_id=user.workspace_id)


def _read(raw: bytes) -> tuple[Sheet, list[Told], list[Wrong]]:
    sheet = read(raw)
    rows: list[Told] = []
    wrong: list[Wrong] = []
    for number, (line, cells) in enumerate(sheet.rows):
        if number % _ROWS_AT_A_TIME == 0:
            time.sleep(0)  # other requests and open sockets of this process go on meanwhile
        found = understood(line, cells, normal_address)
        if isinstance(found, Told):
            rows.append(found)
        else:
            wrong += found
    return sheet, rows, wrong


def _place(plan: _Plan, user: User, told: Told, owners: Mapping[str, str | None], now: datetime) -> None:
    """One more row. A later row about the same person goes on where the earlier one ended."""
    holders = {plan.holder[address] for address in told.addresses if address in plan.holder}
    owner_id = owners.get(folded(told.owner)) if told.owner else None
    person = plan.after[next(iter(holders))] if len(holders) == 1 else None
    wrong = _misplaced(user, told, len(holders), owner_id, person)
    if wrong is not None:
        plan.wrong.append(wrong)
        return
    after = amended(person, told, owner_id) if person else newcomer(new_id(), user.workspace_id, told, owner_id)
    plan.after[after.id] = _scored(plan, after, told.score, now)
    plan.holder |= {address: after.id for address in told.addresses}


def _misplaced(user: User, told: Told, holders: int, owner_id: str | None, person: Person | None) -> Wrong | None:
    if holders > 1:
        return Wrong(told.line, "address", "two-people", ", ".join(told.addresses)[:80])
    if told.owner and owner_id is None:
        return Wrong(told.line, "owner", "unknown-owner", told.owner[:80])
    if person is not None and owner_id not in (None, person.owner_id) and not may_decide(user, person):
        return Wrong(told.line, "owner", "not-yours", told.addresses[0])
    return None


def _scored(plan: _Plan, person: Person, score: int | None, now: datetime) -> Person:
    """Of several scores in one table the last counts: they are all of this moment."""
    if score is None:
        return person
    standing, change = scores.after(_standing_before(plan, person.id), scores.Telling(now, score, "import"))
    plan.changes.pop(person.id, None)
    if change is not None:
        plan.changes[person.id] = change
    return replace(person, standing=standing)


def _standing_before(plan: _Plan, person_id: str) -> scores.Standing:
    return plan.before[person_id].standing if person_id in plan.before else scores.UNSCORED


def _owners(active: Iterable[User]) -> dict[str, str | None]:
    """Users by address and by name; None where two have the same name."""
    found: dict[str, str | None] = {}
    for one in active:
        name = folded(one.name)
        found[name] = None if name in found else one.id
    return found | {folded(one.address): one.id for one in active}


def _report(sheet: Sheet, plan: _Plan, wrong: list[Wrong]) -> Report:
    updated = plan.updated
    return Report(
        created=len(plan.new),
        updated=len(updated),
        unchanged=len(plan.before) - len(updated),
        rows=tuple(sorted(wrong + plan.wrong, key=lambda one: one.line)),
        columns=sheet.columns,
        ignored=sheet.ignored,
        examples=tuple([*plan.new, *updated][:5]),
    )
