"""The stored feed: lines with positions. A position is taken under the lock of the viewer's head, so that the order
in which positions are given is the order in which they become visible, and no reader is ever overtaken."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, func, insert, select, text, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from server.domain.engagement import Class, Kind
from server.domain.feed import Line
from server.domain.searches import line_text
from server.storage.database import Transaction
from server.storage.tables import feed_heads, feed_items, messages

LINES: Select[Any] = select(
    feed_items.c.id,
    feed_items.c.workspace_id,
    feed_items.c.user_id,
    feed_items.c.group_key,
    feed_items.c.message_id,
    feed_items.c.kind,
    feed_items.c["class"],
    feed_items.c.hidden,
    feed_items.c.removed,
    feed_items.c.count,
    feed_items.c.first_at,
    feed_items.c.at,
    feed_items.c.facts,
    feed_items.c.moment_id,
    feed_items.c.person_id,
    feed_items.c.live,
    feed_items.c.lead,
    feed_items.c.position,
)
# Made once: building and hashing a statement costs more than many a query.
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_LINES_BY_KEY = LINES.where(feed_items.c.message_id.in_(_IDS), feed_items.c.group_key.in_(bindparam("keys", expanding=True)))
_ABOUT = LINES.where(feed_items.c.person_id.in_(_IDS))
_BY_IDS = LINES.where(feed_items.c.id.in_(_IDS), feed_items.c.user_id == bindparam("viewer"))
_SHOWN_OF = (
    LINES.where(
        feed_items.c.message_id.in_(_IDS),
        feed_items.c.user_id == bindparam("viewer"),
        ~feed_items.c.hidden,
        ~feed_items.c.removed,
    )
    .order_by(feed_items.c.at.desc(), feed_items.c.id.desc())
    .limit(bindparam("most"))
)
_MOMENTS_OF = (
    LINES.where(
        feed_items.c.person_id == bindparam("person"), feed_items.c.user_id == bindparam("viewer"), ~feed_items.c.removed
    )
    .order_by(feed_items.c.at.desc(), feed_items.c.id.desc())
    .limit(bindparam("most"))
)
_SINCE = (
    LINES.where(feed_items.c.user_id == bindparam("viewer"), feed_items.c.position > bindparam("after"))
    .order_by(feed_items.c.position)
    .limit(bindparam("most"))
)
_POSITIONS = select(feed_heads.c.user_id, feed_heads.c.position).where(feed_heads.c.user_id.in_(_IDS))
_KINDS_SINCE = select(feed_items.c.kind).where(
    feed_items.c.user_id == bindparam("viewer"),
    feed_items.c.position > bindparam("after"),
    feed_items.c.live,
    ~feed_items.c.hidden,
    ~feed_items.c.removed,
)
_HEADS = select(feed_heads.c.user_id, feed_heads.c.position).order_by(feed_heads.c.user_id).with_for_update(of=feed_heads)
_LOCK_OWNERS = _HEADS.where(feed_heads.c.user_id.in_(select(messages.c.user_id).where(messages.c.id.in_(_IDS))))
_LOCK = _HEADS.where(feed_heads.c.user_id.in_(_IDS))
_CHANGING = (
    "position",
    "class",
    "removed",
    "count",
    "first_at",
    "at",
    "facts",
    "found_by",
    "moment_id",
    "person_id",
    "live",
    "lead",
)
_CHANGE = (
    update(feed_items)
    .where(feed_items.c.id == bindparam("line_id"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGING})
)
_ADVANCE = (
    update(feed_heads)
    .where(feed_heads.c.user_id == bindparam("viewer"))
    .values(position=feed_heads.c.position + bindparam("by"))
)


# In the very words of the partial indexes: SQLite takes `hidden = 0` for something else than `NOT hidden`.
_NOT_HIDDEN, _NOT_REMOVED, _IN_LEAD = text("NOT feed_items.hidden"), text("NOT feed_items.removed"), text("feed_items.lead")


@dataclass(frozen=True, slots=True)
class Placed:
    line: Line
    position: int


@dataclass(frozen=True, slots=True)
class Head:
    position: int
    seen_position: int | None
    seen_at: datetime | None


def lock_owners(tx: Transaction, message_ids: Collection[str]) -> dict[str, int]:
    """The heads of these messages' owners, {user id: position}, locked until the end of the transaction.

    Read what decides a line only afterwards: the lock is what makes writers of one viewer take turns. All writers
    lock in the order of user ids, so that no two wait for each other.
    """
    found = tx.execute(_LOCK_OWNERS, {"ids": list(message_ids)}).all()
    return {user_id: position for user_id, position in found}


def lock(tx: Transaction, viewers: Mapping[str, str]) -> dict[str, int]:
    """The heads of these users ({user id: workspace id}) as by `lock_owners`, made where there were none."""
    if not viewers:
        return {}
    found = {user_id: position for user_id, position in tx.execute(_LOCK, {"ids": list(viewers)}).all()}
    missing = viewers.keys() - found.keys()
    if not missing:
        return found
    open_heads(tx, {user_id: viewers[user_id] for user_id in missing})
    return {user_id: position for user_id, position in tx.execute(_LOCK, {"ids": list(viewers)}).all()}


def open_heads(tx: Transaction, viewers: dict[str, str]) -> None:
    """Give each of these users ({user id: workspace id}) a head where there is none yet."""
    dialect = postgresql if tx.dialect.name == "postgresql" else sqlite
    begun = {"position": 0, "notified_position": 0}
    rows = [{"user_id": one, "workspace_id": viewers[one], **begun} for one in sorted(viewers)]
    tx.execute(dialect.insert(feed_heads).on_conflict_do_nothing(), rows)


def lines_by_key(tx: Transaction, message_ids: Collection[str], keys: Collection[str]) -> dict[str, Line]:
    """Of these messages, by the index on them."""
    found = tx.execute(_LINES_BY_KEY, {"ids": list(message_ids), "keys": list(keys)}).all()
    return {line.key: line for line in (placed(row).line for row in found)}


def lines_of(tx: Transaction, message_ids: Collection[str]) -> dict[str, Line]:
    query = LINES.where(feed_items.c.message_id.in_(message_ids))
    return {line.key: line for line in (placed(row).line for row in tx.execute(query))}


def owners(tx: Transaction, message_ids: Collection[str]) -> set[str]:
    """Whose messages these are."""
    return set(tx.execute(select(messages.c.user_id).where(messages.c.id.in_(list(message_ids)))).scalars())


def lines_about(tx: Transaction, person_ids: Collection[str]) -> list[Line]:
    """All lines of these people's moments, gone ones too. Index ix_feed_items_of_person."""
    return [placed(row).line for row in tx.execute(_ABOUT, {"ids": list(person_ids)}).all()]


def shown_of(tx: Transaction, user_id: str, message_ids: Collection[str], limit: int) -> list[Line]:
    """What this viewer's screen shows of these messages, newest first. Index ix_feed_items_message_id."""
    rows = tx.execute(_SHOWN_OF, {"viewer": user_id, "ids": list(message_ids), "most": limit})
    return [placed(row).line for row in rows]


def put(tx: Transaction, heads: dict[str, int], new: Sequence[Line], changed: Sequence[Line]) -> None:
    """Give each line the next position of its viewer. `heads` must be locked by `lock_owners`."""
    taken: Counter[str] = Counter()
    positions: dict[str, int] = {}
    for line in sorted((*new, *changed), key=lambda line: (line.at, line.id)):
        taken[line.user_id] += 1
        positions[line.id] = heads[line.user_id] + taken[line.user_id]
    if new:
        tx.execute(insert(feed_items), [_row(line, positions[line.id]) for line in new])
    if changed:
        tx.execute(_CHANGE, [_change(line, positions[line.id]) for line in changed])
    if taken:
        tx.execute(_ADVANCE, [{"viewer": user_id, "by": taken[user_id]} for user_id in sorted(taken)])


def head(tx: Transaction, user_id: str) -> Head:
    row = tx.execute(
        select(feed_heads.c.position, feed_heads.c.seen_position, feed_heads.c.seen_at).where(feed_heads.c.user_id == user_id)
    ).first()
    return Head(*row) if row else Head(0, None, None)


def positions(tx: Transaction, user_ids: Collection[str]) -> dict[str, int]:
    return {user_id: position for user_id, position in tx.execute(_POSITIONS, {"ids": list(user_ids)})}


def since(tx: Transaction, user_id: str, position: int, limit: int) -> list[Placed]:
    """Index ix_feed_items_since."""
    rows = tx.execute(_SINCE, {"viewer": user_id, "after": position, "most": limit})
    return [placed(row) for row in rows.all()]


def moments_of(tx: Transaction, user_id: str, person_id: str, limit: int) -> list[Line]:
    """What this viewer's screen shows of somebody's marketing, newest first. Index ix_feed_items_of_person."""
    rows = tx.execute(_MOMENTS_OF, {"viewer": user_id, "person": person_id, "most": limit})
    return [placed(row).line for row in rows.all()]


def kinds_since(tx: Transaction, user_id: str, position: int, most: int) -> Counter[Kind]:
    """How many lines of each kind came or grew after it. Index ix_feed_items_since."""
    rows = tx.execute(_KINDS_SINCE.limit(most), {"viewer": user_id, "after": position}).scalars()
    return Counter(Kind(kind) for kind in rows)


def count_since(tx: Transaction, user_id: str, position: int, most: int) -> int:
    found = (
        select(feed_items.c.position)
        .where(feed_items.c.user_id == user_id, feed_items.c.position > position)
        .limit(most)
        .subquery()
    )
    return int(tx.execute(select(func.count()).select_from(found)).scalar_one())


def latest(
    tx: Transaction,
    user_id: str,
    before: tuple[datetime, str] | None,
    kind: str | None,
    hidden: bool,
    message_id: str | None,
    limit: int,
    *,
    lead: bool = False,
    narrowed: Sequence[ColumnElement[bool]] = (),
) -> list[Placed]:
    """Index ix_feed_items_shown, or ix_feed_items_latest with machine traffic; ix_feed_items_lead of the Lead Feed."""
    stands = _IN_LEAD if lead else feed_items.c.live
    query = LINES.where(feed_items.c.user_id == user_id, stands, _NOT_REMOVED)
    if not hidden and not lead:
        query = query.where(_NOT_HIDDEN)
    if before is not None:
        query = query.where(tuple_(feed_items.c.at, feed_items.c.id) < tuple_(*before))
    query = query.where(*narrowed)
    if kind is not None:
        query = query.where(feed_items.c.kind == kind)
    if message_id is not None:
        query = query.where(feed_items.c.message_id == message_id)
    query = query.order_by(feed_items.c.at.desc(), feed_items.c.id.desc()).limit(limit)
    return [placed(row) for row in tx.execute(query).all()]


def count_hidden(tx: Transaction, user_id: str, begin: datetime, most: int) -> int:
    found = (
        select(feed_items.c.id)
        .where(feed_items.c.user_id == user_id, feed_items.c.at >= begin, feed_items.c.hidden, ~feed_items.c.removed)
        .limit(most)
        .subquery()
    )
    return int(tx.execute(select(func.count()).select_from(found)).scalar_one())


def line(tx: Transaction, user_id: str, line_id: str) -> Line | None:
    row = tx.execute(LINES.where(feed_items.c.user_id == user_id, feed_items.c.id == line_id)).first()
    return placed(row).line if row else None


def by_ids(tx: Transaction, user_id: str, line_ids: Collection[str]) -> list[Placed]:
    """Lines of this viewer's, gone ones too."""
    return [placed(row) for row in tx.execute(_BY_IDS, {"viewer": user_id, "ids": list(line_ids)}).all()] if line_ids else []


def remember_seen(tx: Transaction, user_id: str, position: int, now: datetime) -> None:
    tx.execute(update(feed_heads).where(feed_heads.c.user_id == user_id).values(seen_position=position, seen_at=now))


def _row(line: Line, position: int) -> dict[str, Any]:
    return {
        "id": line.id,
        "workspace_id": line.workspace_id,
        "user_id": line.user_id,
        "position": position,
        "group_key": line.key,
        "message_id": line.message_id,
        "kind": line.kind,
        "class": line.klass,
        "hidden": line.hidden,
        "removed": line.removed,
        "count": line.count,
        "first_at": line.first_at,
        "at": line.at,
        "facts": line.facts,
        "found_by": line_text(line.facts),
        "moment_id": line.moment_id,
        "person_id": line.person_id,
        "live": line.live,
        "lead": line.lead,
    }


def _change(line: Line, position: int) -> dict[str, Any]:
    row = _row(line, position)
    return {"line_id": line.id, **{f"new_{name}": row[name] for name in _CHANGING}}


def placed(row: Any) -> Placed:
    made = Line(*[*row[:5], Kind(row.kind), Class(row[6]), *row[7:17]])
    return Placed(made, row.position)
