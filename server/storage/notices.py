"""What users are to hear of: decided once, claimed once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Row, bindparam, delete, func, select, update

from server.domain.engagement import Kind
from server.domain.occasions import BY_PEOPLE
from server.storage import upsert
from server.storage.database import Transaction
from server.storage.tables import engagements, feed_heads, notices, users

_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
# Asked each second: made once.
_BEHIND = (
    select(
        feed_heads.c.user_id,
        feed_heads.c.workspace_id,
        feed_heads.c.position,
        feed_heads.c.notified_position,
        feed_heads.c.seen_position,
        users.c.created_at,
    )
    .join(users, users.c.id == feed_heads.c.user_id)
    .where(feed_heads.c.position != func.coalesce(feed_heads.c.notified_position, -1))
    .limit(bindparam("most"))
)
_ADVANCE = (
    update(feed_heads)
    .where(
        feed_heads.c.user_id == bindparam("viewer"),
        feed_heads.c.notified_position.is_not_distinct_from(bindparam("from")),
    )
    .values(notified_position=bindparam("to"))
)
_TIMES = select(engagements.c.message_id, engagements.c.recipient, engagements.c.kind, engagements.c.at).where(
    engagements.c.message_id.in_(_IDS),
    engagements.c.kind.in_([Kind.VIEW.value, Kind.CLICK.value]),
    engagements.c["class"].in_([klass.value for klass in BY_PEOPLE]),
    engagements.c.at >= bindparam("since"),
)
_KNOWN = select(notices.c.key).where(
    notices.c.user_id == bindparam("viewer"), notices.c.key.in_(bindparam("keys", expanding=True))
)
_UNCLAIMED = (
    select(notices)
    .where(notices.c.user_id == bindparam("viewer"), notices.c.claimed_at.is_(None), notices.c.due_at >= bindparam("since"))
    .order_by(notices.c.due_at, notices.c.id)
    .limit(bindparam("most"))
)

Copy = tuple[str, int]
"""(message, recipient); 0 for a text that several share."""


@dataclass(frozen=True, slots=True)
class Notice:
    """`key` names the happening. `facts`: {"line"} or {"day", "digest"}. `position`: of the feed's line, None for what is not
    counted as new. `claimed_at` is set at once for what nobody is to be told."""

    id: str
    workspace_id: str
    user_id: str
    key: str
    kind: str
    facts: Mapping[str, Any] = field(hash=False)
    position: int | None
    made_at: datetime
    due_at: datetime
    claimed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Head:
    """`notified` None: nothing was decided yet, and what is there is no news. `seen`: how far the viewer has looked. `since`:
    when the viewer came here."""

    user_id: str
    workspace_id: str
    position: int
    notified: int | None
    seen: int | None
    since: datetime


def behind(tx: Transaction, most: int) -> list[Head]:
    """Feeds with lines of which nobody has decided yet who hears of them."""
    return [Head(*row) for row in tx.execute(_BEHIND, {"most": most}).all()]


def advance(tx: Transaction, head: Head, to: int) -> bool:
    """False when somebody else decided meanwhile."""
    return bool(tx.execute(_ADVANCE, {"viewer": head.user_id, "from": head.notified, "to": to}).rowcount)


def times(tx: Transaction, message_ids: Collection[str], since: datetime) -> dict[tuple[Kind, Copy], list[datetime]]:
    """When people viewed and clicked, in order, by kind and copy. Index ix_engagements_of_message."""
    found: dict[tuple[Kind, Copy], list[datetime]] = defaultdict(list)
    for row in tx.execute(_TIMES, {"ids": list(message_ids), "since": since}).all() if message_ids else ():
        found[Kind(row.kind), (row.message_id, row.recipient)].append(row.at)
    return {copy: sorted(at) for copy, at in found.items()}


def known(tx: Transaction, user_id: str, keys: Collection[str]) -> set[str]:
    return set(tx.execute(_KNOWN, {"viewer": user_id, "keys": list(keys)}).scalars()) if keys else set()


def add(tx: Transaction, made: Iterable[Notice]) -> set[str]:
    """The ids of those whose happening nobody knew of."""
    rows = [{**asdict(one), "facts": dict(one.facts)} for one in made]
    if not rows:
        return set()
    added = upsert.insert(tx, notices).values(rows).on_conflict_do_nothing(index_elements=["user_id", "key"])
    return set(tx.execute(added.returning(notices.c.id)).scalars())


def unclaimed(tx: Transaction, user_id: str, since: datetime, most: int) -> list[Notice]:
    """What is to be told now or later, the first due first; `since`: what was due before is history. Index ix_notices_due."""
    return [_notice(row) for row in tx.execute(_UNCLAIMED, {"viewer": user_id, "since": since, "most": most}).all()]


def claim(tx: Transaction, user_id: str, ids: Collection[str], now: datetime) -> list[Notice]:
    """Those that nobody else had claimed, in the order they were due."""
    mine = notices.c.user_id == user_id, notices.c.id.in_(list(ids)), notices.c.claimed_at.is_(None), notices.c.due_at <= now
    rows = tx.execute(update(notices).where(*mine).values(claimed_at=now).returning(*notices.c)).all()
    return sorted((_notice(row) for row in rows), key=lambda one: (one.due_at, one.id))


def give_back(tx: Transaction, ids: Collection[str]) -> None:
    """Nobody could be told after all."""
    tx.execute(update(notices).where(notices.c.id.in_(list(ids))).values(claimed_at=None))


def due_anew(tx: Transaction, due: Sequence[tuple[str, datetime]]) -> None:
    """(id, when) of what is not claimed yet."""
    for notice_id, at in due:
        tx.execute(update(notices).where(notices.c.id == notice_id, notices.c.claimed_at.is_(None)).values(due_at=at))


def see(tx: Transaction, user_id: str, position: int, now: datetime) -> None:
    """The viewer has looked at the feed so far: of what stands there nobody needs to be told any more."""
    seen = notices.c.user_id == user_id, notices.c.position <= position, notices.c.claimed_at.is_(None)
    tx.execute(update(notices).where(*seen).values(claimed_at=now))


def unread(tx: Transaction, user_id: str, since: datetime, most: int) -> int:
    """How many happenings were told or wait to be told since the viewer last looked at the feed."""
    looked = select(func.coalesce(feed_heads.c.seen_position, 0)).where(feed_heads.c.user_id == user_id).scalar_subquery()
    found = (
        select(notices.c.id)
        .where(notices.c.user_id == user_id, notices.c.position > looked, notices.c.made_at >= since)
        .limit(most)
        .subquery()
    )
    return int(tx.execute(select(func.count()).select_from(found)).scalar_one())


def drop(tx: Transaction, user_id: str, key: str) -> None:
    """As if it had never been told."""
    tx.execute(delete(notices).where(notices.c.user_id == user_id, notices.c.key == key))


def drop_old(tx: Transaction, before: datetime) -> None:
    tx.execute(delete(notices).where(notices.c.made_at < before))


def _notice(row: Row[Any]) -> Notice:
    return Notice(**row._mapping)
