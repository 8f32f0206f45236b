"""What an operator set in the console, and every secret that is stored encrypted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, delete, select, update

from server.storage.database import Transaction
from server.storage.tables import configuration, feed_addresses, mailboxes, push_subscriptions, users
from server.storage.upsert import insert


@dataclass(frozen=True, slots=True)
class Kept:
    """`value` is encrypted where it is secret. `changed_by`: a user's name; None for nobody, or nobody any more."""

    name: str
    value: str
    secret: bool
    changed_at: datetime
    changed_by: str | None


_EVERYTHING = (
    select(configuration.c.name, configuration.c.value, configuration.c.secret, configuration.c.changed_at, users.c.name)
    .outerjoin(users, users.c.id == configuration.c.changed_by)
    .order_by(configuration.c.name)
)


def everything(tx: Transaction) -> list[Kept]:
    return [Kept(*row) for row in tx.execute(_EVERYTHING)]


def keep(tx: Transaction, name: str, value: str, secret: bool, now: datetime, user_id: str | None) -> None:
    values = {"value": value, "secret": secret, "changed_at": now, "changed_by": user_id}
    statement = insert(tx, configuration).values({"name": name, **values})
    tx.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))


def forget(tx: Transaction, names: Collection[str]) -> None:
    tx.execute(delete(configuration).where(configuration.c.name.in_(names)))


# Secrets -----------------------------------------------------------------------------

_SEALED = (
    (configuration.c.name, configuration.c.value, configuration.c.secret.is_(True)),
    (mailboxes.c.id, mailboxes.c.credentials, mailboxes.c.credentials.is_not(None)),
    (feed_addresses.c.id, feed_addresses.c.secret, feed_addresses.c.revoked_at.is_(None)),
    (push_subscriptions.c.id, push_subscriptions.c.auth, push_subscriptions.c.auth.is_not(None)),
)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A secret and where it is kept."""

    key: Column[str]
    column: Column[str]
    row: str
    text: str


def sealed(tx: Transaction) -> list[Sealed]:
    """Everything stored encrypted."""
    return [
        Sealed(key, column, row, text)
        for key, column, held in _SEALED
        for row, text in tx.execute(select(key, column).where(held))
    ]


def reseal(tx: Transaction, one: Sealed, text: str) -> None:
    """Nothing happens when it has been changed meanwhile."""
    changed = update(one.column.table).where(one.key == one.row, one.column == one.text)
    tx.execute(changed.values({one.column.name: text}))
