"""Interesting moments, and who is to see those of a person."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, func, select

from server.domain.moments import Audience, Moment, Type
from server.storage.database import Transaction
from server.storage.tables import feed_items, moments, people, watch_list
from server.storage.upsert import insert

_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_OWNERS = select(people.c.id, people.c.owner_id).where(people.c.id.in_(_IDS))
_WATCHERS = select(watch_list.c.person_id, watch_list.c.user_id).where(watch_list.c.person_id.in_(_IDS))
_HOLDERS = select(feed_items.c.user_id).where(feed_items.c.person_id.in_(_IDS)).distinct()
_PLACED = (
    select(
        moments.c.id,
        func.row_number()
        .over(partition_by=moments.c.person_id, order_by=(moments.c.at.desc(), moments.c.id.desc()))
        .label("place"),
    )
    .where(moments.c.person_id.in_(_IDS), moments.c.at >= bindparam("since"))
    .subquery()
)
_NEWEST = select(moments).join(_PLACED, _PLACED.c.id == moments.c.id).where(_PLACED.c.place <= bindparam("most"))
_LAST = (
    select(moments.c.id)
    .where(moments.c.person_id == people.c.id)
    .order_by(moments.c.at.desc(), moments.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_LAST_OF = select(moments).where(moments.c.id.in_(select(_LAST).select_from(people).where(people.c.id.in_(_IDS))))
_OF_PERSON = (
    select(moments)
    .where(moments.c.workspace_id == bindparam("workspace"), moments.c.person_id == bindparam("person"))
    .order_by(moments.c.at.desc(), moments.c.id.desc())
    .limit(bindparam("most"))
)


def add(tx: Transaction, new: Sequence[Moment], now: datetime) -> list[Moment]:
    """Those that were not here yet, by Marketo's name of them."""
    made = [_row(one, now) for one in new]
    statement = insert(tx, moments).on_conflict_do_nothing(index_elements=["workspace_id", "guid"]).returning(moments.c.id)
    stored = set(tx.execute(statement, made).scalars()) if made else set()
    return [one for one in new if one.id in stored]


def audiences(tx: Transaction, person_ids: Collection[str]) -> dict[str, Audience]:
    """By person id. The people must be locked."""
    ids = {"ids": list(person_ids)}
    watchers: dict[str, set[str]] = defaultdict(set)
    for person_id, user_id in tx.execute(_WATCHERS, ids):
        watchers[person_id].add(user_id)
    return {row.id: Audience(row.owner_id, frozenset(watchers[row.id])) for row in tx.execute(_OWNERS, ids)}


def holders(tx: Transaction, person_ids: Collection[str]) -> set[str]:
    """In whose feeds moments of these people stand or stood."""
    return set(tx.execute(_HOLDERS, {"ids": list(person_ids)}).scalars())


def newest(tx: Transaction, person_ids: Collection[str], since: datetime, most: int) -> list[Moment]:
    """Of each of these people so many, and none from before `since`. Index ix_moments_of_person."""
    return [moment_of(row) for row in tx.execute(_NEWEST, {"ids": list(person_ids), "since": since, "most": most})]


def last_of(tx: Transaction, person_ids: Collection[str]) -> dict[str, Moment]:
    """The last moment of each, by person id."""
    found = [moment_of(row) for row in tx.execute(_LAST_OF, {"ids": list(person_ids)})] if person_ids else []
    return {one.person_id: one for one in found}


def of_person(tx: Transaction, workspace_id: str, person_id: str, most: int) -> list[Moment]:
    """Newest first."""
    values = {"workspace": workspace_id, "person": person_id, "most": most}
    return [moment_of(row) for row in tx.execute(_OF_PERSON, values)]


def _row(moment: Moment, now: datetime) -> dict[str, Any]:
    return {
        "id": moment.id,
        "workspace_id": moment.workspace_id,
        "person_id": moment.person_id,
        "guid": moment.guid,
        "type": moment.type.value,
        "description": moment.description,
        "source": moment.source,
        "at": moment.at,
        "recorded_at": now,
    }


def moment_of(row: Any) -> Moment:
    return Moment(row.id, row.workspace_id, row.person_id, row.guid, Type(row.type), row.description, row.source, row.at)
