"""People outside, one for each address of a workspace until somebody joins them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from server.domain.people import account_of
from server.storage.tables import people, person_addresses
from server.storage.upsert import insert
from server.tokens import new_id


def ensure(tx: Connection, workspace_id: str, names: Mapping[str, str], now: datetime) -> dict[str, str]:
    """The person of each address, made where there was none. `names` maps lower-case addresses to names, empty when unknown."""
    known = _persons(tx, workspace_id, names)
    # In one order everywhere, so that two workers who meet the same people cannot block each other.
    for address in sorted(names.keys() - known.keys()):
        known[address] = _make(tx, workspace_id, address, names[address], now)
    _name_nameless(tx, workspace_id, {known[address]: name for address, name in names.items() if name})
    return known


def mark_replied(tx: Connection, workspace_id: str, address: str, at: datetime) -> None:
    """A reply also says that the address works."""
    tx.execute(update(person_addresses).where(*_is(workspace_id, address)).values(replied_at=at, bounced_at=None, bounce=None))


def mark_bounced(tx: Connection, workspace_id: str, address: str, at: datetime, bounce: Mapping[str, Any]) -> None:
    tx.execute(update(person_addresses).where(*_is(workspace_id, address)).values(bounced_at=at, bounce=dict(bounce)))


def _persons(tx: Connection, workspace_id: str, addresses: Mapping[str, str]) -> dict[str, str]:
    found = tx.execute(
        select(person_addresses.c.address, person_addresses.c.person_id).where(
            person_addresses.c.workspace_id == workspace_id, person_addresses.c.address.in_(list(addresses))
        )
    )
    return {row.address: row.person_id for row in found}


def _make(tx: Connection, workspace_id: str, address: str, name: str, now: datetime) -> str:
    person_id = new_id()
    tx.execute(
        insert(tx, people).values(
            id=person_id, workspace_id=workspace_id, name=name, account=account_of(address), created_at=now
        )
    )
    made = tx.execute(
        insert(tx, person_addresses)
        .values(workspace_id=workspace_id, address=address, person_id=person_id)
        .on_conflict_do_nothing(index_elements=["workspace_id", "address"])
        .returning(person_addresses.c.person_id)
    )
    if made.first() is not None:
        return person_id
    # Another transaction was first with this address.
    tx.execute(delete(people).where(people.c.id == person_id))
    return _persons(tx, workspace_id, {address: ""})[address]


def _name_nameless(tx: Connection, workspace_id: str, names: Mapping[str, str]) -> None:
    for person_id, name in sorted(names.items()):
        tx.execute(
            update(people)
            .where(people.c.id == person_id, people.c.workspace_id == workspace_id, people.c.name == "")
            .values(name=name)
        )


def _is(workspace_id: str, address: str) -> tuple[Any, ...]:
    return person_addresses.c.workspace_id == workspace_id, person_addresses.c.address == address
