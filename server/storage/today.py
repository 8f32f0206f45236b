"""What happened to a rep's mail and people, counted by day."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, bindparam, case, func, select

from server.domain.engagement import Class, Kind
from server.domain.today import DAYS, Happening
from server.storage.database import Transaction
from server.storage.tables import engagements, feed_items, people

_BEGIN: BindParameter[Any] = bindparam("begin_0")
_SHOWN = (
    feed_items.c.user_id == bindparam("viewer"),
    feed_items.c.at >= _BEGIN,
    feed_items.c.live,
    ~feed_items.c.hidden,
    ~feed_items.c.removed,
)


def _day(at: ColumnElement[datetime]) -> ColumnElement[int]:
    """The place of its day, by when the next one begins."""
    return case(*((at < bindparam(f"begin_{next_day}"), next_day - 1) for next_day in range(1, DAYS)), else_=DAYS - 1)


# Made once: each has a bound for every day. A line is as young as its youngest hit, so that younger lines name all messages;
# these apart, or PostgreSQL may walk through everybody's engagements.
_NAMED = (
    select(feed_items.c.message_id)
    .where(*_SHOWN, feed_items.c.message_id.is_not(None))
    .distinct()
    .cte("named")
    .prefix_with("MATERIALIZED")
)
_MAIL_DAY = _day(engagements.c.at).label("day")
_MAIL = (
    select(engagements.c.kind, _MAIL_DAY, func.count())
    .join(_NAMED, _NAMED.c.message_id == engagements.c.message_id)
    .where(
        engagements.c.at >= _BEGIN,
        engagements.c["class"].in_([Class.HUMAN, Class.PROXY_HUMAN]),
        engagements.c.kind.in_([Kind.VIEW, Kind.CLICK, Kind.REPLY]),
    )
    .group_by(engagements.c.kind, _MAIL_DAY)
)
_MOMENT_DAY = _day(feed_items.c.at).label("day")
_MOMENTS = (
    select(feed_items.c.kind, _MOMENT_DAY, func.count())
    .where(*_SHOWN, feed_items.c.kind == Kind.MOMENT)
    .group_by(feed_items.c.kind, _MOMENT_DAY)
)
_HAPPENED = (
    select(feed_items.c.kind, feed_items.c.at, feed_items.c.message_id, feed_items.c.facts)
    .where(*_SHOWN)
    .order_by(feed_items.c.at.desc(), feed_items.c.id.desc())
    .limit(bindparam("most"))
)


def counts(tx: Transaction, user_id: str, begins: Sequence[datetime]) -> dict[tuple[Kind, int], int]:
    """Views and clicks by people, replies, moments. `begins` of each day, the first first; index ix_feed_items_shown."""
    values: dict[str, Any] = {f"begin_{place}": begin for place, begin in enumerate(begins)}
    rows = [row for query in (_MAIL, _MOMENTS) for row in tx.execute(query, {"viewer": user_id, **values})]
    return {(Kind(kind), day): count for kind, day, count in rows}


def happened(tx: Transaction, user_id: str, since: datetime, most: int) -> list[Happening]:
    """What the feed shows since then, newest first."""
    rows = tx.execute(_HAPPENED, {"viewer": user_id, "begin_0": since, "most": most})
    return [Happening(Kind(row.kind), row.at, row.message_id, row.facts) for row in rows]


def rises(tx: Transaction, workspace_id: str, user_id: str, since: datetime) -> int:
    """How many of this user's people have a higher score since then. Index ix_people_targets."""
    asked = select(func.count()).where(
        people.c.workspace_id == workspace_id, people.c.owner_id == user_id, people.c.rose_at >= since
    )
    return int(tx.execute(asked).scalar_one())
