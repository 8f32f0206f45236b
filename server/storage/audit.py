"""Who changed what in the console, newest first."""

from sqlalchemy import Connection, insert, select

from server.domain.audit import Entry, Filter
from server.storage.tables import audit

_ENTRY = (audit.c.id, audit.c.at, audit.c.user_id, audit.c.actor, audit.c.action, audit.c.subject, audit.c.detail)


def add(tx: Connection, workspace_id: str, entry: Entry) -> None:
    values = {"at": entry.at, "user_id": entry.user_id, "actor": entry.actor, "action": entry.action}
    tx.execute(
        insert(audit).values(id=entry.id, workspace_id=workspace_id, subject=entry.subject, detail=dict(entry.detail), **values)
    )


def page(tx: Connection, workspace_id: str, wanted: Filter, before: str | None, most: int) -> list[Entry]:
    """Newest first, older than the entry `before`."""
    asked = select(audit).where(audit.c.workspace_id == workspace_id).order_by(audit.c.id.desc()).limit(most)
    if before is not None:
        asked = asked.where(audit.c.id < before)
    if wanted.actor is not None:
        asked = asked.where(audit.c.actor == wanted.actor)
    if wanted.area is not None:
        asked = asked.where(audit.c.action.startswith(f"{wanted.area}.", autoescape=True))
    if wanted.since is not None:
        asked = asked.where(audit.c.at >= wanted.since)
    if wanted.until is not None:
        asked = asked.where(audit.c.at < wanted.until)
    return [Entry(*row) for row in tx.execute(asked.with_only_columns(*_ENTRY)).all()]


def actors(tx: Connection, workspace_id: str) -> list[str]:
    """Everybody who ever changed something."""
    asked = select(audit.c.actor).where(audit.c.workspace_id == workspace_id).distinct().order_by(audit.c.actor)
    return list(tx.execute(asked).scalars())


def actions(tx: Connection, workspace_id: str) -> list[str]:
    asked = select(audit.c.action).where(audit.c.workspace_id == workspace_id).distinct().order_by(audit.c.action)
    return list(tx.execute(asked).scalars())
