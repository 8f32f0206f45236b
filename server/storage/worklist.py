"""A rep's tasks, and what a rep has muted."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, delete, exists, func, or_, select, tuple_, update

from server.domain.tasks import Priority, Span, Task, TaskType, found_by
from server.storage import upsert
from server.storage.database import Transaction
from server.storage.tables import messages, mutes, people, tasks, users

Position = tuple[date, str, str]
"""Where a task stands in a list: due day, priority, id."""

OF_A_TASK = tuple(tasks.c[name] for name in Task.__dataclass_fields__)
_ORDER = (tasks.c.due_on, tasks.c.priority, tasks.c.id)
_OPEN = and_(tasks.c.completed_at.is_(None), tasks.c.deleted_at.is_(None))
# Made once: every page of a feed asks for it.
_MUTED = select(mutes.c.target_id).where(
    mutes.c.user_id == bindparam("viewer"), mutes.c.target_id.in_(bindparam("targets", expanding=True))
)


@dataclass(frozen=True, slots=True)
class Colleague:
    id: str
    name: str
    address: str


def position_of(task: Task) -> Position:
    return task.due_on, task.priority.value, task.id


def add(tx: Transaction, task: Task) -> bool:
    """False when there is one of that id."""
    made = tx.execute(upsert.insert(tx, tasks).values(**whole(task)).on_conflict_do_nothing(index_elements=["id"]))
    return bool(made.rowcount)


def task(tx: Transaction, workspace_id: str, user_id: str, task_id: str) -> Task | None:
    """Only for its assignee and whoever made it."""
    theirs = or_(tasks.c.user_id == user_id, tasks.c.created_by == user_id)
    asked = select(*OF_A_TASK).where(tasks.c.id == task_id, tasks.c.workspace_id == workspace_id, theirs)
    row = tx.execute(asked).one_or_none()
    return task_of(row) if row else None


def change(tx: Transaction, old: Task, values: Mapping[str, Any], now: datetime) -> bool:
    """False when somebody else changed it since it was read as `old`."""
    same = and_(tasks.c.id == old.id, tasks.c.workspace_id == old.workspace_id, tasks.c.version == old.version)
    done = tx.execute(update(tasks).where(same).values(**changed_in(old, values), version=old.version + 1, updated_at=now))
    return bool(done.rowcount)


def whole(task: Task) -> dict[str, Any]:
    """A task's own columns."""
    return {**asdict(task), "found_by": found_by(task.name, task.details)}


def changed_in(old: Task, values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that a change of these members writes."""
    said = found_by(values.get("name", old.name), values.get("details", old.details))
    return {**values, "found_by": said} if {"name", "details"} & values.keys() else dict(values)


def to_do(
    tx: Transaction,
    user_id: str,
    span: Span,
    after: Position | None,
    limit: int,
    *,
    given: bool = False,
    words: Collection[str] = (),
) -> list[Task]:
    """Index ix_tasks_open, or ix_tasks_given: by due day, high priority first. `words`, folded: all of them occur."""
    return _listed(tx, and_(_whose(user_id, given), _OPEN, *_within(span), *_saying(words)), after, limit)


def done(
    tx: Transaction,
    user_id: str,
    span: Span,
    since: datetime | None,
    after: Position | None,
    limit: int,
    *,
    given: bool = False,
    words: Collection[str] = (),
) -> list[Task]:
    """Index ix_tasks_done, or ix_tasks_given: what was completed at or after `since`, in the order of `to_do`."""
    completed = tasks.c.completed_at.is_not(None) if since is None else tasks.c.completed_at >= since
    return _listed(
        tx, and_(_whose(user_id, given), completed, tasks.c.deleted_at.is_(None), *_within(span), *_saying(words)), after, limit
    )


def _saying(words: Collection[str]) -> list[ColumnElement[bool]]:
    """In the task, or in whom it is about: name, account and addresses."""

    def holds(word: str) -> ColumnElement[bool]:
        about = exists().where(people.c.id == tasks.c.person_id, people.c.found_by.contains(word, autoescape=True))
        return or_(tasks.c.found_by.contains(word, autoescape=True), about)

    return [holds(word) for word in words]


def _whose(user_id: str, given: bool) -> ColumnElement[bool]:
    return and_(tasks.c.created_by == user_id, tasks.c.user_id != user_id) if given else tasks.c.user_id == user_id


def count_to_do(tx: Transaction, user_id: str, span: Span, most: int) -> int:
    found = select(tasks.c.id).where(tasks.c.user_id == user_id, _OPEN, *_within(span)).limit(most).subquery()
    return int(tx.execute(select(func.count()).select_from(found)).scalar_one())


def of_people(tx: Transaction, user_id: str, person_ids: Collection[str], limit: int) -> list[Task]:
    """What this rep has to do about these people, by due day. Index ix_tasks_of_person."""
    return _listed(tx, and_(tasks.c.person_id.in_(person_ids), tasks.c.user_id == user_id, _OPEN), None, limit)


def colleagues(tx: Transaction, workspace_id: str) -> list[Colleague]:
    """Whom a task can be given to."""
    found = tx.execute(
        select(users.c.id, users.c.name, users.c.address)
        .where(users.c.workspace_id == workspace_id, users.c.deactivated_at.is_(None))
        .order_by(users.c.name, users.c.id)
    )
    return [Colleague(*row) for row in found]


def is_colleague(tx: Transaction, workspace_id: str, user_id: str) -> bool:
    found = select(users.c.id).where(
        users.c.id == user_id, users.c.workspace_id == workspace_id, users.c.deactivated_at.is_(None)
    )
    return tx.execute(found).scalar() is not None


def is_person(tx: Transaction, workspace_id: str, person_id: str) -> bool:
    found = select(people.c.id).where(people.c.id == person_id, people.c.workspace_id == workspace_id)
    return tx.execute(found).scalar() is not None


def is_message(tx: Transaction, user_id: str, message_id: str) -> bool:
    found = select(messages.c.id).where(messages.c.id == message_id, messages.c.user_id == user_id)
    return tx.execute(found).scalar() is not None


# Mutes -----------------------------------------------------------------------


def mute(tx: Transaction, workspace_id: str, user_id: str, kind: str, target_id: str, now: datetime) -> None:
    row = {"workspace_id": workspace_id, "user_id": user_id, "kind": kind, "target_id": target_id, "created_at": now}
    tx.execute(upsert.insert(tx, mutes).values(**row).on_conflict_do_nothing())


def unmute(tx: Transaction, user_id: str, kind: str, target_id: str) -> None:
    tx.execute(delete(mutes).where(mutes.c.user_id == user_id, mutes.c.kind == kind, mutes.c.target_id == target_id))


def muted(tx: Transaction, user_id: str, target_ids: Collection[str]) -> set[str]:
    """Which of these messages and people this user has muted."""
    return set(tx.execute(_MUTED, {"viewer": user_id, "targets": list(target_ids)}).scalars()) if target_ids else set()


def _within(span: Span) -> list[ColumnElement[bool]]:
    bounds = []
    if span.first is not None:
        bounds.append(tasks.c.due_on >= span.first)
    if span.last is not None:
        bounds.append(tasks.c.due_on <= span.last)
    return bounds


def _listed(tx: Transaction, where: ColumnElement[bool], after: Position | None, limit: int) -> list[Task]:
    query = select(*OF_A_TASK).where(where)
    if after is not None:
        query = query.where(tuple_(*_ORDER) > tuple_(*after))
    return [task_of(row) for row in tx.execute(query.order_by(*_ORDER).limit(limit))]


def task_of(row: Row[Any]) -> Task:
    """Of OF_A_TASK, by place: by name it costs more than the query."""
    values: list[Any] = list(row)
    values[5:7] = TaskType(row.type), Priority(row.priority)
    return Task(*values)
