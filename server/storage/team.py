"""Who shares their feed with the team, and what of it a colleague may see: engagement with mail that people caused."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, literal, or_, select, tuple_, union_all, update

from server.domain.engagement import Kind
from server.storage.feed import LINES, Placed, placed
from server.storage.tables import Utc, feed_heads, feed_items, users


@dataclass(frozen=True, slots=True)
class Sharer:
    """`position`: of the newest line of their feed."""

    id: str
    name: str
    position: int


def sharers(tx: Connection, workspace_id: str) -> list[Sharer]:
    """By id. Whoever is no longer let in shares nothing."""
    shares = (users.c.workspace_id == workspace_id, users.c.shares_feed, users.c.deactivated_at.is_(None))
    asked = (
        select(users.c.id, users.c.name, users.c.address, feed_heads.c.position)
        .outerjoin(feed_heads, feed_heads.c.user_id == users.c.id)
        .where(*shares)
        .order_by(users.c.id)
    )
    return [Sharer(row.id, row.name or row.address, row.position or 0) for row in tx.execute(asked)]


def share(tx: Connection, user_id: str, on: bool) -> None:
    tx.execute(update(users).where(users.c.id == user_id).values(shares_feed=on))


def latest(
    tx: Connection, user_ids: Sequence[str], before: tuple[datetime, str] | None, kind: Kind | None, limit: int
) -> list[Placed]:
    """Newest first over all these feeds. Index ix_feed_items_shown, read from its end once a feed."""
    if not user_ids:
        return []
    conditions = [*_VISIBLE, ~feed_items.c.removed]
    if kind is not None:
        conditions.append(feed_items.c.kind == kind.value)
    if before is not None:
        at, line_id = before
        conditions.append(tuple_(feed_items.c.at, feed_items.c.id) < tuple_(literal(at, Utc), literal(line_id)))
    newest = [_newest(user_id, conditions, limit) for user_id in user_ids]
    query = LINES.where(feed_items.c.id.in_(union_all(*newest)))
    rows = tx.execute(query.order_by(feed_items.c.at.desc(), feed_items.c.id.desc()).limit(limit))
    return [placed(row) for row in rows.all()]


def since(tx: Connection, after: Mapping[str, int], limit: int) -> list[Placed]:
    """What changed behind these positions, feed by feed in the order of user ids. Index ix_feed_items_since."""
    if not after:
        return []
    behind = [and_(feed_items.c.user_id == user_id, feed_items.c.position > position) for user_id, position in after.items()]
    query = LINES.where(or_(*behind)).order_by(feed_items.c.user_id, feed_items.c.position).limit(limit)
    return [placed(row) for row in tx.execute(query).all()]


def is_visible(found: Placed) -> bool:
    return not found.line.hidden and found.line.live and found.line.kind is not Kind.MOMENT


_VISIBLE: Collection[ColumnElement[bool]] = (
    ~feed_items.c.hidden,
    feed_items.c.live,
    feed_items.c.kind != Kind.MOMENT.value,
)


def _newest(user_id: str, conditions: Collection[ColumnElement[bool]], limit: int):  # type: ignore[no-untyped-def]
    own = select(feed_items.c.id).where(feed_items.c.user_id == user_id, *conditions)
    newest = own.order_by(feed_items.c.at.desc(), feed_items.c.id.desc()).limit(limit).subquery()
    return select(newest.c.id)
