"""Salesforce's leads and contacts become our people: whose they are, what is known of them, who became whom."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from server.domain.people import Person, shows_otherwise
from server.domain.salesforce import (
    CONTACT,
    LEAD,
    Record,
    amended,
    contact_of,
    lead_of,
    left,
    newcomer,
    takes_over,
)
from server.errors import Conflict
from server.gmail.addresses import normal_address
from server.services import moments
from server.services.people import merge
from server.services.salesforce_scan import Row
from server.storage import people as stored
from server.storage import salesforce as storage
from server.storage.database import Transaction
from server.tokens import new_id

_CONTACT_ID = "003"


def leads(rows: Iterable[Row]) -> list[Record]:
    return [lead_of(row, normal_address(str(row.get("Email") or ""))) for row in rows]


def contacts(rows: Iterable[Row]) -> list[Record]:
    return [contact_of(row, normal_address(str(row.get("Email") or ""))) for row in rows]


def settle(tx: Transaction, workspace_id: str, records: Collection[Record], now: datetime) -> set[str]:
    """Living records, in the order of their changes. Somebody nobody here owns is not made, but kept up to date."""
    plan = _opened(tx, workspace_id, records)
    owners = storage.owners(tx, workspace_id)
    for record in records:
        _place(plan, workspace_id, record, owners)
    if not stored.add(tx, plan.new, now):
        raise Conflict("somebody added one of these people a moment ago")
    return keep(tx, plan.before, plan.changed, now)


def keep(tx: Transaction, before: Mapping[str, Person], changed: Collection[Person], now: datetime) -> set[str]:
    """People as they are now; `before` as they were, locked."""
    stored.change(tx, [replace(one, version=one.version + 1) for one in changed], now)
    for one in changed:
        if one.addresses != before[one.id].addresses and not stored.readdress(tx, one):
            raise Conflict("somebody took one of these addresses a moment ago")
        if one.name != before[one.id].name:
            stored.rename_recipients(tx, one)
    seen = [one.id for one in changed if _tells_otherwise(before[one.id], one)]
    if not seen:
        return set()
    workspace_id = before[seen[0]].workspace_id
    return moments.show(tx, workspace_id, seen, stored.messages_showing(tx, workspace_id, seen), now)


def let_go(tx: Transaction, workspace_id: str, records: Iterable[Record], now: datetime) -> set[str]:
    """Records that were deleted, merged into another or converted. The person stays the same one."""
    woken: set[str] = set()
    for record in records:
        person_id = storage.people_of(tx, workspace_id, [record.id]).get(record.id)
        if person_id is not None:
            woken |= _follow(tx, workspace_id, person_id, record, now)
    return woken


def _follow(tx: Transaction, workspace_id: str, person_id: str, record: Record, now: datetime) -> set[str]:
    heir_id = storage.people_of(tx, workspace_id, [record.became]).get(record.became) if record.became else None
    people = stored.locked(tx, workspace_id, {person_id, heir_id} - {None})  # type: ignore[arg-type]
    person = people[person_id]
    if record.became is None:
        return keep(tx, people, [left(person)], now)
    if heir_id is None:
        type_ = CONTACT if record.became.startswith(_CONTACT_ID) else LEAD
        return keep(tx, people, [replace(person, salesforce_id=record.became, salesforce_type=type_)], now)
    heir = people[heir_id]
    released = replace(left(person), version=person.version + 1)
    stored.change(tx, [released], now)
    elder, younger = sorted([released, heir], key=lambda one: (one.created_at or now, one.id))
    return merge(tx, elder, younger, now)[1]


@dataclass(slots=True)
class _Plan:
    """People by id as they will be, and as they were. `holder`: whose each address is; `speaks_for`: by record."""

    before: dict[str, Person]
    after: dict[str, Person]
    holder: dict[str, str] = field(default_factory=dict)
    speaks_for: dict[str, str] = field(default_factory=dict)

    @property
    def new(self) -> list[Person]:
        return [person for person_id, person in self.after.items() if person_id not in self.before]

    @property
    def changed(self) -> list[Person]:
        return [self.after[one] for one, former in self.before.items() if self.after[one] != former]


def _opened(tx: Transaction, workspace_id: str, records: Collection[Record]) -> _Plan:
    addresses = {record.address for record in records if record.address}
    speaks_for = storage.people_of(tx, workspace_id, {record.id for record in records})
    stored.lock_holders(tx, workspace_id, addresses)
    stored.lock(tx, workspace_id, list(speaks_for.values()))
    held = stored.by_addresses(tx, workspace_id, addresses)
    before = stored.by_ids(tx, workspace_id, {*speaks_for.values(), *(person.id for person in held.values())})
    return _Plan(before, dict(before), {address: person.id for address, person in held.items()}, speaks_for)


def _place(plan: _Plan, workspace_id: str, record: Record, owners: Mapping[str, str]) -> None:
    holder_id = plan.holder.get(record.address)
    person_id = plan.speaks_for.get(record.id)
    if person_id is None and holder_id is not None:
        holder = plan.after[holder_id]
        if not takes_over(record, holder.salesforce_id, holder.salesforce_type):
            return
        plan.speaks_for.pop(holder.salesforce_id or "", None)
        person_id = holder_id
    if person_id is None and not _is_somebodys(record, owners):
        return
    person = plan.after[person_id] if person_id else newcomer(new_id(), workspace_id, record)
    is_free = holder_id in (None, person.id)
    plan.after[person.id] = amended(person, record, owners, is_free)
    plan.speaks_for[record.id] = person.id
    if is_free and record.address:
        plan.holder[record.address] = person.id


def _is_somebodys(record: Record, owners: Mapping[str, str]) -> bool:
    return record.owner in owners or (record.account is not None and record.account.owner in owners)


def _tells_otherwise(before: Person, after: Person) -> bool:
    return shows_otherwise(before, after) or before.addresses != after.addresses or before.owner_id != after.owner_id
