"""A rep's tasks: made, changed, done, put off, thrown away and taken back; and what a rep does not want to hear of."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from server.domain.tasks import (
    EVERYTHING,
    Look,
    Priority,
    Span,
    Task,
    TaskType,
    When,
    midnight,
    one_line,
    span,
    today,
    zone_of,
)
from server.domain.users import User
from server.errors import BadInput, Conflict, NotFound
from server.services.task import told, told_sync
from server.storage import worklist as storage
from server.storage.database import Database, Transaction
from server.storage.worklist import Position
from server.tokens import new_id

_MOST_COUNTED = 1000


@dataclass(frozen=True, slots=True)
class Wish:
    """A task as somebody writes it down. `assignee` None: whoever writes."""

    name: str
    due_on: date
    type: TaskType = TaskType.CUSTOM
    priority: Priority = Priority.NORMAL
    details: str = ""
    person_id: str | None = None
    message_id: str | None = None
    assignee: str | None = None


class Worklist:
    """Tasks and pages are JSON-ready, in the shapes of the API. Days are those of the user's own zone."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def page(
        self,
        user: User,
        when: When,
        done: bool = False,
        after: str | None = None,
        limit: int = 200,
        look: Look = EVERYTHING,
    ) -> dict[str, Any]:
        """{"items", "next", "due", "today", "salesforce"}; `done`: also what was completed today, or ever with When.ALL or days
        or words of one's own."""
        position = _read_page(after) if after else None
        return self._database.read(self._page, user, when, done, position, limit, look)

    def task(self, user: User, task_id: str) -> dict[str, Any]:
        return self._database.read(lambda tx: self._told(tx, user, _found(tx, user, task_id)))

    def add(self, user: User, wish: Wish, task_id: str = "") -> dict[str, Any]:
        """`task_id`: what it shall be called. Asked for again under that name, it stays the one it is."""
        return self._database.write(self._add, user, wish, task_id or new_id())

    def edit(self, user: User, task_id: str, version: int, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Members of Wish by name. Conflict, with the `current` task, when it has changed since `version`."""
        return self._database.write(self._edit, user, task_id, version, changes)

    def complete(self, user: User, task_id: str) -> dict[str, Any]:
        return self._database.write(self._complete, user, task_id, True)

    def reopen(self, user: User, task_id: str) -> dict[str, Any]:
        return self._database.write(self._complete, user, task_id, False)

    def snooze(self, user: User, task_id: str, until: date, version: int | None = None) -> dict[str, Any]:
        """Not into the past: BadInput."""
        return self._database.write(self._snooze, user, task_id, until, version)

    def delete(self, user: User, task_id: str, version: int | None = None) -> None:
        self._database.write(self._delete, user, task_id, version)

    def restore(self, user: User, task_id: str) -> dict[str, Any]:
        """Take back a deletion."""
        return self._database.write(self._restore, user, task_id)

    def colleagues(self, user: User) -> list[dict[str, str]]:
        found = self._database.read(storage.colleagues, user.workspace_id)
        return [{"id": one.id, "name": one.name or one.address} for one in found]

    def told(self, tx: Transaction, user: User, tasks: Sequence[Task]) -> list[dict[str, Any]]:
        return told(tx, user, tasks, self._clock())

    def mute(self, user: User, kind: str, target_id: str) -> None:
        """`kind`: message or person."""
        self._database.write(_mute, user, kind, target_id, self._clock())

    def unmute(self, user: User, kind: str, target_id: str) -> None:
        self._database.write(storage.unmute, user.id, kind, target_id)

    def add_in(self, tx: Transaction, user: User, wish: Wish, task_id: str) -> dict[str, Any]:
        """`add` as a part of what else is done at once."""
        return self._add(tx, user, wish, task_id)

    def delete_in(self, tx: Transaction, user: User, task_id: str) -> None:
        self._delete(tx, user, task_id, None)

    # Units of work -------------------------------------------------------------

    def _page(
        self, tx: Transaction, user: User, when: When, done: bool, after: Position | None, limit: int, look: Look
    ) -> dict[str, Any]:
        zone = zone_of(user.time_zone)
        day = today(self._clock(), zone)
        days = span(When.ALL, day) if look.words else look.span or span(when, day)
        ever = when is When.ALL or look.words or look.span
        since = None if ever else midnight(day, zone)
        found = _looked_for(tx, user, look, days, since, after, limit + 1, done)
        page = found[:limit]
        return {
            "items": told(tx, user, page, self._clock()),
            "next": _page_after(page[-1]) if len(found) > limit else None,
            "due": storage.count_to_do(tx, user.id, span(When.TODAY, day), _MOST_COUNTED),
            "today": day.isoformat(),
            "salesforce": told_sync(tx, user.workspace_id),
        }

    def _add(self, tx: Transaction, user: User, wish: Wish, task_id: str) -> dict[str, Any]:
        now = self._clock()
        task = Task(
            id=task_id,
            workspace_id=user.workspace_id,
            user_id=wish.assignee or user.id,
            created_by=user.id,
            name=_named(wish.name),
            type=wish.type,
            priority=wish.priority,
            due_on=wish.due_on,
            details=wish.details,
            person_id=wish.person_id,
            message_id=wish.message_id,
            version=1,
            completed_at=None,
            deleted_at=None,
            created_at=now,
            updated_at=now,
        )
        _check_references(tx, user, {"user_id": wish.assignee, "person_id": wish.person_id, "message_id": wish.message_id})
        made = storage.add(tx, task)
        return self._told(tx, user, task if made else _found(tx, user, task_id, deleted=True))

    def _edit(self, tx: Transaction, user: User, task_id: str, version: int, changes: Mapping[str, Any]) -> dict[str, Any]:
        values = {"user_id" if name == "assignee" else name: value for name, value in changes.items()}
        if "name" in values:
            values["name"] = _named(values["name"])
        task = _found(tx, user, task_id)
        # What is kept as it was may have become foreign meanwhile; only what is new has to fit.
        _check_references(tx, user, {name: value for name, value in values.items() if value != getattr(task, name)})
        return self._change(tx, user, task, version, values)

    def _complete(self, tx: Transaction, user: User, task_id: str, completed: bool) -> dict[str, Any]:
        task = _found(tx, user, task_id)
        if (task.completed_at is not None) == completed:
            return self._told(tx, user, task)
        return self._change(tx, user, task, None, {"completed_at": self._clock() if completed else None})

    def _snooze(self, tx: Transaction, user: User, task_id: str, until: date, version: int | None) -> dict[str, Any]:
        if until < today(self._clock(), zone_of(user.time_zone)):
            raise BadInput("a task can't be put off into the past", fields={"until": "must be today or later"})
        return self._change(tx, user, _found(tx, user, task_id), version, {"due_on": until})

    def _delete(self, tx: Transaction, user: User, task_id: str, version: int | None) -> None:
        self._change(tx, user, _found(tx, user, task_id), version, {"deleted_at": self._clock()})

    def _restore(self, tx: Transaction, user: User, task_id: str) -> dict[str, Any]:
        task = _found(tx, user, task_id, deleted=True)
        if task.deleted_at is None:
            return self._told(tx, user, task)
        return self._change(tx, user, task, None, {"deleted_at": None})

    def _change(
        self, tx: Transaction, user: User, task: Task, version: int | None, values: Mapping[str, Any]
    ) -> dict[str, Any]:
        """`version` None: whatever it is now; what is changed is one fact that nobody else's change undoes."""
        now = self._clock()
        if version not in (None, task.version) or not storage.change(tx, task, {**values, "changed_by": user.id}, now):
            current = storage.task(tx, user.workspace_id, user.id, task.id) or task
            raise Conflict("the task has changed meanwhile", current=self._told(tx, user, current))
        made = replace(task, **values, version=task.version + 1, updated_at=now, changed_by=user.id)
        return self._told(tx, user, made)

    def _told(self, tx: Transaction, user: User, task: Task) -> dict[str, Any]:
        return told(tx, user, [task], self._clock())[0]


def _looked_for(
    tx: Transaction, user: User, look: Look, days: Span, since: datetime | None, after: Position | None, limit: int, done: bool
) -> list[Task]:
    found = storage.to_do(tx, user.id, days, after, limit, given=look.given, words=look.words)
    if done:
        found += storage.done(tx, user.id, days, since, after, limit, given=look.given, words=look.words)
    return sorted(found, key=storage.position_of)[:limit]


def _found(tx: Transaction, user: User, task_id: str, *, deleted: bool = False) -> Task:
    task = storage.task(tx, user.workspace_id, user.id, task_id)
    if task is None or (task.deleted_at is not None and not deleted):
        raise NotFound("no such task")
    return task


def _named(name: str) -> str:
    made = one_line(name)
    if not made:
        raise BadInput("a task needs a name", fields={"name": "must not be empty"})
    return made


def _check_references(tx: Transaction, user: User, values: Mapping[str, Any]) -> None:
    wrong = {}
    if (assignee := values.get("user_id")) is not None and not storage.is_colleague(tx, user.workspace_id, assignee):
        wrong["assignee"] = "must be a user of this workspace"
    if (person := values.get("person_id")) is not None and not storage.is_person(tx, user.workspace_id, person):
        wrong["person_id"] = "must be a person of this workspace"
    if (message := values.get("message_id")) is not None and not storage.is_message(tx, user.id, message):
        wrong["message_id"] = "must be one of your messages"
    if wrong:
        raise BadInput("what the task refers to is not there", fields=wrong)


def _mute(tx: Transaction, user: User, kind: str, target_id: str, now: datetime) -> None:
    there = (
        storage.is_message(tx, user.id, target_id) if kind == "message" else storage.is_person(tx, user.workspace_id, target_id)
    )
    if not there:
        raise NotFound(f"no such {kind}")
    storage.mute(tx, user.workspace_id, user.id, kind, target_id, now)


def _page_after(task: Task) -> str:
    return urlsafe_b64encode(" ".join([task.due_on.isoformat(), task.priority.value, task.id]).encode()).decode().rstrip("=")


def _read_page(cursor: str) -> Position:
    try:
        text = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)).decode("ascii")
        day, priority, task_id = text.split(" ")
        return date.fromisoformat(day), Priority(priority).value, task_id
    except ValueError:
        raise BadInput("not a cursor of this list", fields={"before": "as it was given"}) from None
