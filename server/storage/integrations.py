"""How connections to outside services are doing, and how far each sync has come."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, delete, literal, select, update

from server.domain.integrations import Integration, Progress, Quota, State, progress_of, quota_of
from server.storage.database import Transaction
from server.storage.tables import Utc, integrations, sync_cursors
from server.storage.upsert import insert

_CLAIM = "claim"


@dataclass(frozen=True, slots=True)
class Cursor:
    """`at`: up to when everything is here. `text` is what the service is asked with next."""

    text: str
    at: datetime
    stored_at: datetime


def of_workspace(tx: Transaction, workspace_id: str) -> dict[str, Integration]:
    rows = tx.execute(select(integrations).where(integrations.c.workspace_id == workspace_id))
    return {
        row.service: Integration(
            service=row.service,
            state=State(row.state),
            cause=row.cause,
            detail=row.detail,
            since=row.since,
            succeeded_at=row.succeeded_at,
            failed_at=row.failed_at,
            quota=quota_of(row.quota),
            progress=progress_of(row.progress),
        )
        for row in rows
    }


def note(tx: Transaction, workspace_id: str, service: str, state: State, cause: str, detail: str, now: datetime) -> None:
    """`since` moves only when the state does; what the last failure was stays known when it works again."""
    failure = {} if state is State.OK else {"cause": cause, "detail": detail}
    when = {"succeeded_at": now} if state is State.OK else {"failed_at": now}
    row = {"workspace_id": workspace_id, "service": service, "state": state.value, "detail": "", "since": now}
    since = case((integrations.c.state == state.value, integrations.c.since), else_=literal(now, Utc))
    tx.execute(
        insert(tx, integrations)
        .values({**row, **failure, **when})
        .on_conflict_do_update(
            index_elements=["workspace_id", "service"], set_={"state": state.value, "since": since, **failure, **when}
        )
    )


def reset(tx: Transaction, workspace_id: str, service: str, *, cursors: bool) -> None:
    """How it did under other settings says nothing. `cursors`: neither does how far it was read, which began elsewhere."""
    own = (integrations.c.workspace_id == workspace_id, integrations.c.service == service)
    tx.execute(delete(integrations).where(*own))
    if cursors:
        theirs = (sync_cursors.c.workspace_id == workspace_id, sync_cursors.c.service == service)
        tx.execute(delete(sync_cursors).where(*theirs))


def note_quota(tx: Transaction, workspace_id: str, service: str, quota: Quota) -> None:
    _set(tx, workspace_id, service, {"quota": {"used": quota.used, "limit": quota.limit}})


def note_progress(tx: Transaction, workspace_id: str, service: str, progress: Progress | None) -> None:
    """None: nothing is under way any more."""
    _set(tx, workspace_id, service, {"progress": {"done": progress.done, "of": progress.of} if progress else None})


def _set(tx: Transaction, workspace_id: str, service: str, values: dict[str, Any]) -> None:
    own = (integrations.c.workspace_id == workspace_id, integrations.c.service == service)
    tx.execute(update(integrations).where(*own).values(**values))


# How far a sync has come ---------------------------------------------------------------


def cursor(tx: Transaction, workspace_id: str, service: str, name: str) -> Cursor | None:
    asked = select(sync_cursors.c.cursor, sync_cursors.c.at, sync_cursors.c.stored_at)
    row = tx.execute(asked.where(*_of(workspace_id, service, name))).one_or_none()
    return Cursor(*row) if row else None


def keep_cursor(tx: Transaction, workspace_id: str, service: str, name: str, text: str, at: datetime, now: datetime) -> None:
    """In the transaction that stores what it brought."""
    values = {"cursor": text, "at": at, "stored_at": now}
    row = {"workspace_id": workspace_id, "service": service, "name": name, **values}
    statement = insert(tx, sync_cursors).values(row)
    tx.execute(statement.on_conflict_do_update(index_elements=["workspace_id", "service", "name"], set_=values))


def names(tx: Transaction, workspace_id: str, service: str, prefix: str) -> list[str]:
    """Of cursors that begin with this."""
    own = (sync_cursors.c.workspace_id == workspace_id, sync_cursors.c.service == service)
    asked = select(sync_cursors.c.name).where(*own, sync_cursors.c.name.startswith(prefix, autoescape=True))
    return list(tx.execute(asked.order_by(sync_cursors.c.name)).scalars())


def claim(tx: Transaction, workspace_id: str, service: str, claim: str, now: datetime, until: datetime) -> bool:
    """The sync of this service is this worker's alone until it lets go, or until that time. False when it is another's."""
    values = {"cursor": claim, "at": until, "stored_at": now}
    row = {"workspace_id": workspace_id, "service": service, "name": _CLAIM, **values}
    statement = insert(tx, sync_cursors).values(row)
    taken = statement.on_conflict_do_update(
        index_elements=["workspace_id", "service", "name"], set_=values, where=sync_cursors.c.at <= now
    )
    return tx.execute(taken.returning(sync_cursors.c.cursor)).scalar() == claim


def release(tx: Transaction, workspace_id: str, service: str, claim: str) -> None:
    tx.execute(delete(sync_cursors).where(*_of(workspace_id, service, _CLAIM), sync_cursors.c.cursor == claim))


def forget_cursor(tx: Transaction, workspace_id: str, service: str, name: str) -> None:
    tx.execute(delete(sync_cursors).where(*_of(workspace_id, service, name)))


def _of(workspace_id: str, service: str, name: str) -> tuple[Any, ...]:
    return (
        sync_cursors.c.workspace_id == workspace_id,
        sync_cursors.c.service == service,
        sync_cursors.c.name == name,
    )
