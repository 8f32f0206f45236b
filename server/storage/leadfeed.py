"""The Lead Feed narrowed down, as feed readers get it, and the watch list."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, exists, func, or_, select, tuple_

from server.domain.leadfeed import Narrowed
from server.storage.feed import LINES, Placed, placed
from server.storage.tables import feed_items, moments, people, watch_list
from server.storage.upsert import insert


def _followed(user_id: Any) -> ColumnElement[bool]:
    """The people a user owns or watches."""
    watched = exists().where(watch_list.c.person_id == people.c.id, watch_list.c.user_id == user_id)
    return or_(people.c.owner_id == user_id, watched)


_MAY_FOLLOW = select(people.c.id).where(
    people.c.workspace_id == bindparam("workspace"), people.c.id == bindparam("person"), _followed(bindparam("user"))
)
_STANDS = and_(feed_items.c.user_id == bindparam("user"), feed_items.c.lead, ~feed_items.c.removed)
_ENTRIES = (
    select(moments, people.c.updated_at)
    .join(feed_items, feed_items.c.moment_id == moments.c.id)
    .join(people, people.c.id == moments.c.person_id)
    # Whose the person is now decides here too: nothing leaves by this way that a line forgot to take back.
    .where(_STANDS, _followed(bindparam("user")))
    .order_by(feed_items.c.at.desc(), feed_items.c.id.desc())
    .limit(bindparam("most"))
)


def may_follow(tx: Connection, workspace_id: str, user_id: str, person_id: str) -> bool:
    """Whether the person is the user's own or on their watch list."""
    asked = {"workspace": workspace_id, "person": person_id, "user": user_id}
    return tx.execute(_MAY_FOLLOW, asked).first() is not None


def lines(tx: Connection, user_id: str, before: tuple[datetime, str] | None, narrowed: Narrowed, limit: int) -> list[Placed]:
    """Newest first. Index ix_feed_items_lead."""
    query = LINES.where(feed_items.c.user_id == user_id, feed_items.c.lead, ~feed_items.c.removed)
    if before is not None:
        query = query.where(tuple_(feed_items.c.at, feed_items.c.id) < tuple_(*before))
    if narrowed.person_id is not None:
        query = query.where(feed_items.c.person_id == narrowed.person_id)
    if narrowed.own is not None:
        query = query.where(feed_items.c.live == narrowed.own)
    if narrowed.type is not None:
        query = query.join(moments, moments.c.id == feed_items.c.moment_id).where(moments.c.type == narrowed.type)
    if narrowed.account is not None:
        query = query.join(people, people.c.id == feed_items.c.person_id).where(people.c.account == narrowed.account)
    rows = tx.execute(query.order_by(feed_items.c.at.desc(), feed_items.c.id.desc()).limit(limit))
    return [placed(row) for row in rows.all()]


def line(tx: Connection, user_id: str, line_id: str) -> Placed | None:
    standing = (feed_items.c.user_id == user_id, feed_items.c.id == line_id, feed_items.c.lead, ~feed_items.c.removed)
    row = tx.execute(LINES.where(*standing)).one_or_none()
    return placed(row) if row else None


def entries(tx: Connection, user_id: str, most: int) -> Sequence[Any]:
    """Rows of the newest moments, each with when its person last changed."""
    return tx.execute(_ENTRIES, {"user": user_id, "most": most}).all()


# The watch list ----------------------------------------------------------------------


def watched(
    tx: Connection, workspace_id: str, user_id: str, before: tuple[datetime, str] | None, limit: int
) -> list[tuple[str, datetime]]:
    """(person, since when), the latest first."""
    query = select(watch_list.c.person_id, watch_list.c.created_at).where(
        watch_list.c.workspace_id == workspace_id, watch_list.c.user_id == user_id
    )
    if before is not None:
        query = query.where(tuple_(watch_list.c.created_at, watch_list.c.person_id) < tuple_(*before))
    rows = tx.execute(query.order_by(watch_list.c.created_at.desc(), watch_list.c.person_id.desc()).limit(limit))
    return [(row.person_id, row.created_at) for row in rows]


def count_watched(tx: Connection, user_id: str) -> int:
    return int(tx.execute(select(func.count()).where(watch_list.c.user_id == user_id)).scalar_one())


def watch(tx: Connection, workspace_id: str, user_id: str, person_id: str, now: datetime) -> None:
    row = {"workspace_id": workspace_id, "user_id": user_id, "person_id": person_id, "created_at": now}
    tx.execute(insert(tx, watch_list).values(row).on_conflict_do_nothing(index_elements=["user_id", "person_id"]))


def unwatch(tx: Connection, workspace_id: str, user_id: str, person_id: str) -> None:
    mine = (watch_list.c.workspace_id == workspace_id, watch_list.c.user_id == user_id)
    tx.execute(delete(watch_list).where(*mine, watch_list.c.person_id == person_id))
