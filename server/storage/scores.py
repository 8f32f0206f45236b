"""Scores of people with their history, and whom these make a target."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from server.domain.people import Person
from server.domain.scores import Change, Standing
from server.storage.people import WORKSPACE, whole
from server.storage.tables import people, score_changes
from server.tokens import new_id

_STAND = (
    update(people)
    .where(people.c.id == bindparam("person_id"), people.c.workspace_id == bindparam("workspace"))
    .values({name: bindparam(f"new_{name}") for name in ("score", "scored_at", "rose_at", "rise")})
)
_TARGETS = (
    select(people)
    .where(
        people.c.owner_id == bindparam("owner"),
        bindparam("workspace") == WORKSPACE,
        people.c.rose_at >= bindparam("since"),
    )
    .order_by(people.c.score.desc(), people.c.id.desc())
    .limit(bindparam("most"))
)
_TARGET_IDS = _TARGETS.with_only_columns(people.c.id)


def targets(tx: Connection, workspace_id: str, user_id: str, since: datetime, most: int) -> list[Person]:
    """This user's own people whose score rose since then, by their score now."""
    values = {"owner": user_id, "workspace": workspace_id, "since": since, "most": most}
    return whole(tx, tx.execute(_TARGETS, values).all())


def count_targets(tx: Connection, workspace_id: str, user_id: str, since: datetime, most: int) -> int:
    return len(tx.execute(_TARGET_IDS, {"owner": user_id, "workspace": workspace_id, "since": since, "most": most}).all())


def history(tx: Connection, workspace_id: str, person_id: str) -> list[Change]:
    asked = select(score_changes).where(score_changes.c.workspace_id == workspace_id, score_changes.c.person_id == person_id)
    rows = tx.execute(asked.order_by(score_changes.c.at, score_changes.c.id))
    return [Change(row.at, row.old, row.new, row.source, row.guid) for row in rows]


def forget(tx: Connection, workspace_id: str, person_id: str) -> None:
    tx.execute(
        delete(score_changes).where(score_changes.c.workspace_id == workspace_id, score_changes.c.person_id == person_id)
    )


def record(tx: Connection, workspace_id: str, changes: Sequence[tuple[str, Change]]) -> None:
    """Pairs of person id and change, of one person in their order."""
    rows = [_row(workspace_id, person_id, change) for person_id, change in changes]
    if rows:
        tx.execute(insert(score_changes), rows)


def stand(tx: Connection, workspace_id: str, standings: Mapping[str, Standing]) -> None:
    """By person id."""
    rows = [
        {
            "person_id": person_id,
            "workspace": workspace_id,
            "new_score": one.score,
            "new_scored_at": one.scored_at,
            "new_rose_at": one.rose_at,
            "new_rise": one.rise,
        }
        for person_id, one in sorted(standings.items())
    ]
    if rows:
        tx.execute(_STAND, rows)


def _row(workspace_id: str, person_id: str, change: Change) -> dict[str, Any]:
    return {
        "id": new_id(),
        "workspace_id": workspace_id,
        "person_id": person_id,
        "at": change.at,
        "old": change.old,
        "new": change.new,
        "source": change.source,
        "guid": change.guid,
    }
