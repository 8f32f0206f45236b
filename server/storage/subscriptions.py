"""Subscriptions, and the alerts that came of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, bindparam, delete, func, select, update
from sqlalchemy import insert as plain_insert

from server.domain.subscriptions import Kind, Occasion, Receiver, Subscription
from server.storage.tables import alerts, moments, people, subscriptions, users, watch_list
from server.storage.upsert import insert
from server.tokens import new_id

_BATCH = 500

# Subscriptions ---------------------------------------------------------------------

_OF_USERS = (
    select(subscriptions)
    .where(
        subscriptions.c.workspace_id == bindparam("workspace"),
        subscriptions.c.user_id.in_(bindparam("users", expanding=True)),
    )
    .order_by(subscriptions.c.id)
)


def of_users(tx: Connection, workspace_id: str, user_ids: Collection[str]) -> list[Subscription]:
    """The eldest first."""
    rows = tx.execute(_OF_USERS, {"workspace": workspace_id, "users": list(user_ids)})
    return [_subscription(row) for row in rows]


def by_id(tx: Connection, workspace_id: str, subscription_id: str) -> Subscription | None:
    mine = (subscriptions.c.workspace_id == workspace_id, subscriptions.c.id == subscription_id)
    row = tx.execute(select(subscriptions).where(*mine).with_for_update()).one_or_none()
    return _subscription(row) if row else None


def of_workspace(tx: Connection, workspace_id: str) -> list[Subscription]:
    rows = tx.execute(select(subscriptions).where(subscriptions.c.workspace_id == workspace_id).order_by(subscriptions.c.id))
    return [_subscription(row) for row in rows]


def add(tx: Connection, made: Subscription) -> None:
    tx.execute(
        plain_insert(subscriptions).values(
            id=made.id,
            workspace_id=made.workspace_id,
            user_id=made.user_id,
            kind=made.kind.value,
            person_id=made.value if made.kind is Kind.PERSON else None,
            value=made.value,
            shown=made.shown,
            receivers=_told(made.receivers),
            created_at=made.created_at,
        )
    )


def address(tx: Connection, changed: Subscription) -> None:
    """Keep its receivers."""
    tx.execute(update(subscriptions).where(*_is(changed)).values(receivers=_told(changed.receivers)))


def remove(tx: Connection, gone: Subscription) -> None:
    tx.execute(delete(subscriptions).where(*_is(gone)))


def _is(one: Subscription) -> tuple[Any, ...]:
    return subscriptions.c.workspace_id == one.workspace_id, subscriptions.c.id == one.id


def _told(receivers: Iterable[Receiver]) -> list[dict[str, Any]]:
    return [{"id": one.user_id, "refused": one.refused} for one in receivers]


def _subscription(row: Row[Any]) -> Subscription:
    receivers = tuple(Receiver(one["id"], one["refused"]) for one in row.receivers)
    return Subscription(row.id, row.workspace_id, row.user_id, Kind(row.kind), row.value, row.shown, receivers, row.created_at)


# What they are held against ----------------------------------------------------------

_OCCASIONS = (
    select(
        moments.c.id,
        moments.c.person_id,
        people.c.account,
        people.c.owner_id,
        moments.c.type,
        moments.c.description,
        moments.c.at,
    )
    .join(people, people.c.id == moments.c.person_id)
    .where(
        moments.c.workspace_id == bindparam("workspace"),
        moments.c.id.in_(bindparam("moments", expanding=True)),
    )
    .order_by(moments.c.at, moments.c.id)
)
_WATCHERS = select(watch_list.c.person_id, watch_list.c.user_id).where(
    watch_list.c.workspace_id == bindparam("workspace"), watch_list.c.person_id.in_(bindparam("people", expanding=True))
)


def occasions(tx: Connection, workspace_id: str, moment_ids: Sequence[str]) -> list[Occasion]:
    """By time."""
    rows = tx.execute(_OCCASIONS, {"workspace": workspace_id, "moments": list(moment_ids)}).all()
    watching = _watchers(tx, workspace_id, {row.person_id for row in rows})
    return [_occasion(row, watching.get(row.person_id, frozenset())) for row in rows]


def _watchers(tx: Connection, workspace_id: str, person_ids: Collection[str]) -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for person_id, user_id in tx.execute(_WATCHERS, {"workspace": workspace_id, "people": list(person_ids)}).all():
        found[person_id] = found.get(person_id, frozenset()) | {user_id}
    return found


def _occasion(row: Any, watchers: frozenset[str]) -> Occasion:
    return Occasion(row.id, row.person_id, row.account, row.owner_id, watchers, row.type, row.description, row.at)


# Alerts ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Alert:
    """One that is still to be sent. `subscriber` is their name, None once they are no longer let in."""

    id: str
    subscription: Subscription
    occasion: Occasion
    person_name: str
    subscriber: str | None


def raise_alerts(tx: Connection, workspace_id: str, raised: Sequence[tuple[str, str, str]], now: datetime) -> set[str]:
    """Of (user, moment, subscription); whom that brought something new. Nobody gets an alert of a moment twice."""
    rows = [
        {
            "id": new_id(),
            "workspace_id": workspace_id,
            "user_id": user_id,
            "moment_id": moment_id,
            "subscription_id": subscription_id,
            "created_at": now,
        }
        for user_id, moment_id, subscription_id in raised
    ]
    found: set[str] = set()
    for start in range(0, len(rows), _BATCH):
        part = insert(tx, alerts).values(rows[start : start + _BATCH])
        made = part.on_conflict_do_nothing(index_elements=["user_id", "moment_id"]).returning(alerts.c.user_id)
        found |= set(tx.execute(made).scalars())
    return found


def mailed_at(tx: Connection, user_id: str) -> datetime | None:
    """When the last mail went to this user."""
    found: datetime | None = tx.execute(select(func.max(alerts.c.sent_at)).where(alerts.c.user_id == user_id)).scalar()
    return found


def unsent(tx: Connection, workspace_id: str, user_id: str, most: int) -> list[Alert]:
    """What is to be told to this user, the latest moment last."""
    asked = select(alerts.c.id, alerts.c.moment_id, alerts.c.subscription_id).where(
        alerts.c.workspace_id == workspace_id, alerts.c.user_id == user_id, alerts.c.sent_at.is_(None)
    )
    rows = tx.execute(asked.order_by(alerts.c.created_at, alerts.c.id).limit(most)).all()
    happened = {one.moment_id: one for one in occasions(tx, workspace_id, [row.moment_id for row in rows])}
    meant = _by_ids(tx, workspace_id, {row.subscription_id for row in rows})
    names = _names(tx, people, {one.person_id for one in happened.values()})
    inside = _names(tx, users, {one.user_id for one in meant.values()}, users.c.deactivated_at.is_(None))
    made = [
        Alert(
            row.id,
            meant[row.subscription_id],
            happened[row.moment_id],
            names[happened[row.moment_id].person_id],
            inside.get(meant[row.subscription_id].user_id),
        )
        for row in rows
    ]
    return sorted(made, key=lambda one: (one.occasion.at, one.occasion.moment_id))


def take(tx: Connection, alert_ids: Collection[str], now: datetime) -> set[str]:
    """Those that were not sent until now, and are now: of two who send, only one takes them."""
    free = (alerts.c.id.in_(list(alert_ids)), alerts.c.sent_at.is_(None))
    return set(tx.execute(update(alerts).where(*free).values(sent_at=now).returning(alerts.c.id)).scalars())


def give_back(tx: Connection, alert_ids: Collection[str]) -> None:
    """The mail did not go out."""
    tx.execute(update(alerts).where(alerts.c.id.in_(list(alert_ids))).values(sent_at=None))


def drop(tx: Connection, alert_ids: Collection[str]) -> None:
    tx.execute(delete(alerts).where(alerts.c.id.in_(list(alert_ids))))


def _by_ids(tx: Connection, workspace_id: str, ids: Collection[str]) -> dict[str, Subscription]:
    asked = select(subscriptions).where(subscriptions.c.workspace_id == workspace_id, subscriptions.c.id.in_(list(ids)))
    return {row.id: _subscription(row) for row in tx.execute(asked)}


def _names(tx: Connection, table: Table, ids: Collection[str], *only: ColumnElement[bool]) -> dict[str, str]:
    rows = tx.execute(select(table.c.id, table.c.name).where(table.c.id.in_(list(ids)), *only))
    return {row.id: row.name for row in rows}
