"""Tasks as far as Salesforce knows them: their record there, and how both sides last agreed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from server.domain.tasks import Priority, Task, TaskType
from server.storage.database import Transaction
from server.storage.people import WORKSPACE
from server.storage.tables import people, tasks, workspaces
from server.storage.worklist import changed_in, whole


@dataclass(frozen=True, slots=True)
class Linked:
    """`seen`: {ours, theirs, …} as both sides last agreed; {making, since} while its record is made; {refused, version} once
    that was refused; None before."""

    task: Task
    salesforce_id: str | None
    seen: Mapping[str, Any] | None


_NAMES = tuple(Task.__dataclass_fields__)
_COLUMNS = (*(tasks.c[name] for name in _NAMES), tasks.c.salesforce_id, tasks.c.salesforce_seen)


def is_on(tx: Transaction, workspace_id: str) -> bool:
    """An admin's switch; off by default."""
    found = tx.execute(select(workspaces.c.marketing).where(workspaces.c.id == workspace_id)).scalar()
    return bool((found or {}).get("salesforce_tasks"))


def by_records(tx: Transaction, workspace_id: str, record_ids: Collection[str]) -> dict[str, Linked]:
    asked = select(*_COLUMNS).where(tasks.c.workspace_id == workspace_id, tasks.c.salesforce_id.in_(list(record_ids)))
    return {row.salesforce_id: _linked(row) for row in tx.execute(asked)}


def of_tasks(tx: Transaction, workspace_id: str, task_ids: Collection[str]) -> list[Linked]:
    asked = select(*_COLUMNS).where(tasks.c.workspace_id == workspace_id, tasks.c.id.in_(list(task_ids)))
    return [_linked(row) for row in tx.execute(asked)]


def changed(tx: Transaction, workspace_id: str, since: datetime, limit: int, after: str) -> list[Linked]:
    """Linked or not, by id."""
    asked = select(*_COLUMNS).where(tasks.c.workspace_id == workspace_id, tasks.c.updated_at >= since, tasks.c.id > after)
    return [_linked(row) for row in tx.execute(asked.order_by(tasks.c.id).limit(limit))]


def being_made(tx: Transaction, workspace_id: str) -> list[Linked]:
    """Whose record may or may not have been made when a worker died."""
    asked = select(*_COLUMNS).where(
        tasks.c.workspace_id == workspace_id,
        tasks.c.salesforce_id.is_(None),
        tasks.c.salesforce_seen.is_not(None),
    )
    return [found for row in tx.execute(asked.order_by(tasks.c.id)) if "making" in ((found := _linked(row)).seen or {})]


def add(tx: Transaction, task: Task, salesforce_id: str, seen: Mapping[str, Any]) -> None:
    tx.execute(insert(tasks).values(**whole(task), salesforce_id=salesforce_id, salesforce_seen=dict(seen)))


def agree(
    tx: Transaction,
    task: Task,
    values: Mapping[str, Any],
    salesforce_id: str | None,
    seen: Mapping[str, Any] | None,
    now: datetime,
) -> bool:
    """Change the task and keep how both sides agree. False when somebody changed it since it was read as `task`."""
    same = (tasks.c.id == task.id, tasks.c.workspace_id == task.workspace_id, tasks.c.version == task.version)
    grown = {"version": task.version + 1, "updated_at": now, "changed_by": None} if values else {}
    written = changed_in(task, values)
    told = dict(seen) if seen is not None else None
    done = tx.execute(update(tasks).where(*same).values(**written, **grown, salesforce_id=salesforce_id, salesforce_seen=told))
    return bool(done.rowcount)


def link(tx: Transaction, task_id: str, salesforce_id: str, seen: Mapping[str, Any]) -> None:
    """Its record there is made, whatever happened to it here meanwhile."""
    unlinked = (tasks.c.id == task_id, tasks.c.salesforce_id.is_(None))
    tx.execute(update(tasks).where(*unlinked).values(salesforce_id=salesforce_id, salesforce_seen=dict(seen)))


def get(tx: Transaction, task_id: str) -> Linked:
    return _linked(tx.execute(select(*_COLUMNS).where(tasks.c.id == task_id)).one())


def records(tx: Transaction, workspace_id: str, person_ids: Collection[str]) -> dict[str, str]:
    """Salesforce's records of these people, by record."""
    asked = select(people.c.salesforce_id, people.c.id).where(
        workspace_id == WORKSPACE, people.c.id.in_(list(person_ids)), people.c.salesforce_id.is_not(None)
    )
    return {row.salesforce_id: row.id for row in tx.execute(asked)}


def _linked(row: Row[Any]) -> Linked:
    found = {name: row._mapping[name] for name in _NAMES}
    task = Task(**{**found, "type": TaskType(row.type), "priority": Priority(row.priority)})
    return Linked(task, row.salesforce_id, row.salesforce_seen)
