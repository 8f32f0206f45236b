"""Which messages have hits to be classed again, in the order of their ids."""

from typing import Any

from sqlalchemy import ColumnElement, distinct, func, or_, select

from server.domain.engagement import Kind
from server.domain.replays import Scope
from server.storage.database import Transaction
from server.storage.tables import engagements, workspaces


def extent(tx: Transaction, scope: Scope, after: str) -> tuple[int, int]:
    """(messages, hits) behind that message."""
    asked = select(func.count(distinct(engagements.c.message_id)), func.count()).where(*_within(scope, after))
    messages, hits = tx.execute(asked).one()
    return int(messages), int(hits)


def behind(tx: Transaction, scope: Scope, after: str, most: int) -> list[tuple[str, int]]:
    """The next messages behind that one, each with how many of its hits are meant. Index ix_engagements_of_message."""
    asked = select(engagements.c.message_id, func.count()).where(*_within(scope, after))
    rows = tx.execute(asked.group_by(engagements.c.message_id).order_by(engagements.c.message_id).limit(most)).all()
    return [(message_id, count) for message_id, count in rows]


def workspace(tx: Transaction, name: str) -> str | None:
    """The one with this id, domain or name; None when there is none, or more than one."""
    named = or_(workspaces.c.id == name, workspaces.c.domain == name, workspaces.c.name == name)
    found = list(tx.execute(select(workspaces.c.id).where(named)).scalars())
    return found[0] if len(found) == 1 else None


def _within(scope: Scope, after: str) -> list[ColumnElement[Any]]:
    found: list[ColumnElement[Any]] = [engagements.c.kind.in_([Kind.VIEW.value, Kind.CLICK.value])]
    if after:
        found.append(engagements.c.message_id > after)
    if scope.workspace_id is not None:
        found.append(engagements.c.workspace_id == scope.workspace_id)
    if scope.since is not None:
        found.append(engagements.c.at >= scope.since)
    return found
