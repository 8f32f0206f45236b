"""What Salesforce's records are here: our users, people by record and by account."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, bindparam, select, update

from server.storage.database import Transaction
from server.storage.tables import people, users

_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_BY_RECORD = select(people.c.salesforce_id, people.c.id).where(
    people.c.workspace_id == bindparam("workspace"), people.c.salesforce_id.in_(_IDS)
)


@dataclass(frozen=True, slots=True)
class Rep:
    """A user and who they are in Salesforce. `by_hand`: an admin said so, also that they are nobody there."""

    id: str
    address: str
    name: str
    salesforce_id: str | None
    by_hand: bool


def reps(tx: Transaction, workspace_id: str) -> list[Rep]:
    """Those who are let in, by name."""
    asked = (
        select(users.c.id, users.c.address, users.c.name, users.c.salesforce_id, users.c.salesforce_by_hand)
        .where(users.c.workspace_id == workspace_id, users.c.deactivated_at.is_(None))
        .order_by(users.c.name, users.c.id)
    )
    return [Rep(*row) for row in tx.execute(asked)]


def owners(tx: Transaction, workspace_id: str) -> dict[str, str]:
    """Our users by their Salesforce ids; also those who left, whose people are theirs until Salesforce says otherwise."""
    asked = select(users.c.salesforce_id, users.c.id).where(
        users.c.workspace_id == workspace_id, users.c.salesforce_id.is_not(None)
    )
    return {row.salesforce_id: row.id for row in tx.execute(asked)}


def map_user(tx: Transaction, workspace_id: str, user_id: str, salesforce_id: str | None, by_hand: bool) -> bool:
    """False when there is no such user."""
    own = (users.c.workspace_id == workspace_id, users.c.id == user_id)
    changed = tx.execute(update(users).where(*own).values(salesforce_id=salesforce_id, salesforce_by_hand=by_hand))
    return bool(changed.rowcount)


def people_of(tx: Transaction, workspace_id: str, record_ids: Collection[str]) -> dict[str, str]:
    """Ids of people by their records' ids."""
    found = tx.execute(_BY_RECORD, {"workspace": workspace_id, "ids": list(record_ids)})
    return {row.salesforce_id: row.id for row in found}


def owned_by(tx: Transaction, workspace_id: str, user_id: str, limit: int) -> list[str]:
    """People whom Salesforce knows, and who are this user's by themselves or by their account."""
    asked = select(people.c.id).where(
        people.c.workspace_id == workspace_id,
        people.c.salesforce_id.is_not(None),
        (people.c.owner_id == user_id) | (people.c.account_owner_id == user_id),
    )
    return list(tx.execute(asked.order_by(people.c.id).limit(limit)).scalars())


def of_accounts(tx: Transaction, workspace_id: str, account_ids: Collection[str]) -> list[str]:
    asked = select(people.c.id).where(people.c.workspace_id == workspace_id, people.c.salesforce_account.in_(list(account_ids)))
    return list(tx.execute(asked).scalars())


def count_opportunities(tx: Transaction, workspace_id: str, counts: Mapping[str, int]) -> None:
    """How many open ones each contact has a part in."""
    contact: BindParameter[Any] = bindparam("contact")
    statement = (
        update(people)
        .where(people.c.workspace_id == bindparam("workspace"), people.c.salesforce_id == contact)
        .values(opportunities=bindparam("count"))
    )
    rows = [{"workspace": workspace_id, "contact": one, "count": count} for one, count in counts.items()]
    if rows:
        tx.execute(statement, rows)
