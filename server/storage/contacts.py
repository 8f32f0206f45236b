"""How to reach people, as lines of lists show it: many at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Row, bindparam, select

from server.storage.database import Transaction
from server.storage.tables import people, person_addresses

# Made once: every page of a feed asks for contacts, and building a statement costs more than asking.
_WORKSPACE: BindParameter[Any] = bindparam("workspace")
_BY_ID = (
    select(people, person_addresses.c.address)
    .outerjoin(person_addresses, person_addresses.c.person_id == people.c.id)
    .where(people.c.workspace_id == _WORKSPACE, people.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(people.c.id, person_addresses.c.primary.desc(), person_addresses.c.address)
)
_OWNERS = select(person_addresses.c.address, person_addresses.c.person_id).where(
    person_addresses.c.workspace_id == _WORKSPACE, person_addresses.c.address.in_(bindparam("addresses", expanding=True))
)


@dataclass(frozen=True, slots=True)
class Contact:
    """`address` and `phone` are the ones to use first. `known`: not merely met in a reply."""

    id: str
    name: str
    title: str | None
    account: str | None
    address: str | None
    phone: str | None
    linkedin: str | None
    do_not_call: bool
    unsubscribed: bool
    known: bool


def by_id(tx: Transaction, workspace_id: str, person_ids: Collection[str]) -> dict[str, Contact]:
    """The address of first choice is the primary one, else the first by name."""
    found: dict[str, Contact] = {}
    for row in tx.execute(_BY_ID, {"workspace": workspace_id, "ids": list(person_ids)}) if person_ids else ():
        if row.id not in found:
            found[row.id] = _contact(row)
    return found


def by_address(tx: Transaction, workspace_id: str, addresses: Collection[str]) -> dict[str, Contact]:
    """Keys are lower-case addresses."""
    if not addresses:
        return {}
    wanted = [address.lower() for address in addresses]
    owners = {row.address: row.person_id for row in tx.execute(_OWNERS, {"workspace": workspace_id, "addresses": wanted})}
    contacts = by_id(tx, workspace_id, set(owners.values()))
    return {address: contacts[person_id] for address, person_id in owners.items() if person_id in contacts}


def _contact(row: Row[Any]) -> Contact:
    return Contact(
        id=row.id,
        name=row.name,
        title=row.title,
        account=row.account,
        address=row.address,
        phone=_phone(row.phones),
        linkedin=row.linkedin,
        do_not_call=row.do_not_call,
        unsubscribed=row.unsubscribed,
        known=row.source != "reply" or row.owner_id is not None,
    )


def _phone(phones: Collection[Mapping[str, str]]) -> str | None:
    """A fax is not for talking."""
    return next((phone["number"] for phone in phones if phone["kind"] != "fax"), None)
