"""How people rank, and what they are to one viewer."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, case, func, literal, or_, select, update

from server.domain.ranks import Rank, Regard, Starts, Tiers, regard
from server.domain.scores import Change
from server.storage.database import Transaction
from server.storage.people import WORKSPACE
from server.storage.tables import people, score_changes, users, watch_list, workspaces

_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_RANKS = (people.c.urgency, people.c.stars, people.c.flames, people.c.priority, people.c.hidden_until)
_REGARDS = (
    select(people.c.id, people.c.owner_id, watch_list.c.user_id.label("watcher"), *_RANKS)
    .outerjoin(watch_list, and_(watch_list.c.person_id == people.c.id, watch_list.c.user_id == bindparam("viewer")))
    .where(people.c.id.in_(_IDS), bindparam("workspace") == WORKSPACE)
)
_SCORES = select(people.c.id, people.c.score).where(people.c.id.in_(_IDS))
_LATELY = (
    select(score_changes)
    .where(score_changes.c.person_id.in_(_IDS), score_changes.c.at >= bindparam("since"))
    .order_by(score_changes.c.person_id, score_changes.c.at, score_changes.c.id)
)
_VALUES = ("urgency", "stars", "flames", "priority")
_STAND = (
    update(people).where(people.c.id == bindparam("person_id")).values({name: bindparam(f"new_{name}") for name in _VALUES})
)
_STIRRED = (
    select(people.c.id)
    .where(people.c.workspace_id == bindparam("workspace"), people.c.urgency != 0, people.c.id > bindparam("after"))
    .order_by(people.c.id)
    .limit(bindparam("most"))
)


def regards(tx: Transaction, workspace_id: str, user_id: str, person_ids: Collection[str], now: datetime) -> dict[str, Regard]:
    """By person id."""
    if not person_ids:
        return {}
    values = {"ids": list(person_ids), "viewer": user_id, "workspace": workspace_id}
    return {
        row.id: regard(Rank(*row[3:]), now, own=row.owner_id == user_id, watched=row.watcher is not None)
        for row in tx.execute(_REGARDS, values)
    }


def watched_by(tx: Transaction, user_id: str, person_ids: Collection[str]) -> set[str]:
    """Which of these people this user watches."""
    asked = select(watch_list.c.person_id).where(watch_list.c.user_id == user_id, watch_list.c.person_id.in_(list(person_ids)))
    return set(tx.execute(asked).scalars())


# What decides a rank -------------------------------------------------------------------


def chosen(tx: Transaction, workspace_id: str) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
    """What the admin chose for marketing, and the tiers as last found."""
    row = tx.execute(select(workspaces.c.marketing, workspaces.c.tiers).where(workspaces.c.id == workspace_id)).one()
    return row.marketing, row.tiers


def keep_tiers(tx: Transaction, workspace_id: str, tiers: Mapping[str, Any]) -> None:
    tx.execute(update(workspaces).where(workspaces.c.id == workspace_id).values(tiers=dict(tiers)))


def zones(tx: Transaction) -> dict[str, str]:
    """The zone most users of each workspace live in, by workspace id; UTC where nobody said."""
    count = func.count(users.c.time_zone)
    asked = select(workspaces.c.id, users.c.time_zone).outerjoin(
        users, and_(users.c.workspace_id == workspaces.c.id, users.c.deactivated_at.is_(None))
    )
    rows = tx.execute(asked.group_by(workspaces.c.id, users.c.time_zone).order_by(count, users.c.time_zone))
    return {workspace_id: zone or "UTC" for workspace_id, zone in rows}


def counts(tx: Transaction, workspace_id: str) -> tuple[dict[int, int], dict[int, int]]:
    """How many people have each score, and each urgency; those without a score count for neither."""
    return _counted(tx, workspace_id, people.c.score), _counted(tx, workspace_id, func.coalesce(people.c.urgency, 0))


def _counted(tx: Transaction, workspace_id: str, value: ColumnElement[int]) -> dict[int, int]:
    known = (people.c.workspace_id == workspace_id, people.c.score.is_not(None))
    return {row[0]: row[1] for row in tx.execute(select(value, func.count()).where(*known).group_by(value))}


def scores(tx: Transaction, person_ids: Collection[str]) -> dict[str, int | None]:
    return {row.id: row.score for row in tx.execute(_SCORES, {"ids": list(person_ids)})}


def changes_since(tx: Transaction, person_ids: Collection[str], since: datetime) -> dict[str, list[Change]]:
    """By person id, in their order. Index ix_score_changes_of_person."""
    found: dict[str, list[Change]] = defaultdict(list)
    for row in tx.execute(_LATELY, {"ids": list(person_ids), "since": since}):
        found[row.person_id].append(Change(row.at, row.old, row.new, row.source, row.guid))
    return found


def stirred(tx: Transaction, workspace_id: str, after: str, most: int) -> list[str]:
    """Whose score changed lately, as it was last worked out: in time that is over."""
    return list(tx.execute(_STIRRED, {"workspace": workspace_id, "after": after, "most": most}).scalars())


# Ranking -------------------------------------------------------------------------------


def stand(tx: Transaction, ranks: Mapping[str, Rank]) -> None:
    """By person id; everything but whether they are hidden."""
    rows = [
        {"person_id": one, **{f"new_{name}": getattr(rank, name) for name in _VALUES}} for one, rank in sorted(ranks.items())
    ]
    if rows:
        tx.execute(_STAND, rows)


def place(tx: Transaction, workspace_id: str, tiers: Tiers, most: int) -> int:
    """Stars, flames and priority by these tiers, of at most so many of those who stand otherwise; how many that were."""
    stars, flames = _tier(people.c.score, tiers.stars), _tier(func.coalesce(people.c.urgency, 0), tiers.flames)
    otherwise = or_(
        people.c.stars.is_distinct_from(stars),
        people.c.flames.is_distinct_from(flames),
        people.c.priority.is_distinct_from(stars + flames),
    )
    scored = (people.c.workspace_id == workspace_id, people.c.score.is_not(None))
    ids = tx.execute(select(people.c.id).where(*scored, otherwise).limit(most)).scalars().all()
    new = {"stars": stars, "flames": flames, "priority": stars + flames}
    tx.execute(update(people).where(people.c.id.in_(ids)).values(new))
    return len(ids)


def _tier(value: ColumnElement[int], starts: Starts) -> ColumnElement[int]:
    """As `domain.ranks` does, in SQL; starts rise."""
    steps = [(value >= start, place) for place, start in reversed(list(enumerate(starts, 1))) if start is not None]
    return case(*steps, else_=0) if steps else literal(0)
