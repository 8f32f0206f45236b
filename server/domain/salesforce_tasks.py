"""A task here and its Task in Salesforce: which field goes where, and what counts when both sides changed.

What the other side writes in a way we have no word for (status In Progress, priority Low) is left alone. Names go there only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from server.domain.salesforce import moment
from server.domain.tasks import LONGEST_DETAILS, LONGEST_NAME, Priority, Task, one_line

FIELDS = (
    "Id, Subject, Status, Priority, ActivityDate, Description, OwnerId, WhoId, WhatId, TaskSubtype, IsDeleted, CreatedDate, "
    "LastModifiedDate, SystemModstamp"
)
FIRST_CHANGES = timedelta(hours=24)
FIRST_DELETIONS = timedelta(days=15)
"""The first sync brings in what changed, and what was deleted, within these."""

_MOST_NOTES = 5
_LEAD = "00Q"

Values = Mapping[str, Any]


class _Keep:
    """The other side has no word for it."""


KEEP = _Keep()


@dataclass(frozen=True, slots=True)
class Remote:
    """`values`: subject, status, priority, due (ISO day), details, owner, who. `plain`: no log of a call or a mail."""

    id: str
    values: Values
    what: str | None
    plain: bool
    deleted: bool
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """Both sides as they last agreed. `gone`: there it is deleted, or somebody's who is not here. `notes`: who won where both
    had changed."""

    ours: Values
    theirs: Values
    gone: bool = False
    notes: tuple[Values, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {"ours": dict(self.ours), "theirs": dict(self.theirs), "gone": self.gone, "notes": list(self.notes)}

    @staticmethod
    def from_json(told: Mapping[str, Any]) -> "Seen":
        return Seen(told["ours"], told["theirs"], bool(told.get("gone")), tuple(told.get("notes") or ()))


class Standing(StrEnum):
    """How a task here stands to Salesforce. `apart`: made before the sync began, it stays here."""

    APART = "apart"
    WAITING = "waiting"
    REFUSED = "refused"
    SYNCED = "synced"


@dataclass(frozen=True, slots=True)
class Directory:
    """Who is whom: our users by their Salesforce ids, people by their records' ids, and both the other way round."""

    users: Mapping[str, str]
    people: Mapping[str, str]
    owners: Mapping[str, str] = field(init=False)
    records: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "owners", {ours: theirs for theirs, ours in self.users.items()})
        object.__setattr__(self, "records", {ours: theirs for theirs, ours in self.people.items()})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What has to be changed here and there, so that both agree as `seen` says."""

    ours: Values
    theirs: Values
    seen: Seen


# How each side writes it --------------------------------------------------------------


def remote_of(row: Mapping[str, Any]) -> Remote:
    due = row.get("ActivityDate")
    values = {
        "subject": row.get("Subject") or "",
        "status": row.get("Status"),
        "priority": row.get("Priority"),
        "due": str(due)[:10] if due else None,  # a day; whatever stands behind it means nothing
        "details": _lines(row.get("Description") or ""),
        "owner": row.get("OwnerId"),
        "who": row.get("WhoId"),
    }
    return Remote(
        id=str(row["Id"]),
        values=values,
        what=row.get("WhatId"),
        plain=(row.get("TaskSubtype") or "Task") == "Task",
        deleted=bool(row.get("IsDeleted")),
        created_at=moment(str(row["CreatedDate"])),
        changed_at=moment(str(row["LastModifiedDate"])),
    )


def ours_of(task: Task) -> dict[str, Any]:
    return {
        "name": task.name,
        "done": task.completed_at is not None,
        "priority": task.priority.value,
        "due": task.due_on.isoformat(),
        "details": task.details,
        "user": task.user_id,
        "person": task.person_id,
    }


def fields_there(values: Values) -> dict[str, Any]:
    """As Salesforce's API takes them."""
    names = {
        "subject": "Subject",
        "status": "Status",
        "priority": "Priority",
        "due": "ActivityDate",
        "details": "Description",
        "owner": "OwnerId",
        "who": "WhoId",
    }
    told = {names[name]: value if value != "" else None for name, value in values.items()}
    if str(values.get("who") or "").startswith(_LEAD):
        told["WhatId"] = None  # a lead's task is about nothing else
    return told


def columns_here(values: Values, now: datetime) -> dict[str, Any]:
    """As a task's row takes them."""
    read: Mapping[str, Callable[[Any], tuple[str, Any]]] = {
        "name": lambda value: ("name", value),
        "done": lambda value: ("completed_at", now if value else None),
        "priority": lambda value: ("priority", value),
        "due": lambda value: ("due_on", date.fromisoformat(value)),
        "details": lambda value: ("details", value),
        "user": lambda value: ("user_id", value),
        "person": lambda value: ("person_id", value),
    }
    return dict(read[name](value) for name, value in values.items())


# Field by field -----------------------------------------------------------------------

_STATUS = {"Not Started": False, "Completed": True}
_PRIORITY = {"Normal": Priority.NORMAL.value, "High": Priority.HIGH.value}
_PAIRS = (
    ("name", "subject"),
    ("done", "status"),
    ("priority", "priority"),
    ("due", "due"),
    ("details", "details"),
    ("user", "owner"),
    ("person", "who"),
)


def here(name: str, theirs: Any, known: Directory) -> Any:
    """What a value of theirs is for our field `name`; KEEP where we have no word for it."""
    if name == "done":
        return _STATUS.get(theirs, KEEP)
    if name == "priority":
        return _PRIORITY.get(theirs, KEEP)
    if name == "due":
        return theirs or KEEP
    if name == "details":
        return theirs[:LONGEST_DETAILS]
    if name == "user":
        return known.users.get(theirs, KEEP)
    if name == "person":
        return None if theirs is None else known.people.get(theirs, KEEP)
    return KEEP


def there(name: str, ours: Any, known: Directory) -> Any:
    """What a value of our field `name` is for theirs; KEEP where they have no word for it."""
    if name == "done":
        return "Completed" if ours else "Not Started"
    if name == "priority":
        return "High" if ours == Priority.HIGH.value else "Normal"
    if name == "user":
        return known.owners.get(ours, KEEP)
    if name == "person":
        return None if ours is None else known.records.get(ours, KEEP)
    if name == "details":
        return _lines(ours)[:LONGEST_DETAILS]
    return one_line(ours)[:LONGEST_NAME] if name == "name" else ours


def reconciled(seen: Seen, ours: Values, theirs: Values, known: Directory, ours_at: datetime, theirs_at: datetime) -> Outcome:
    """Of a field that both changed, the later change counts; that is noted."""
    to_us: dict[str, Any] = {}
    to_them: dict[str, Any] = {}
    notes = list(seen.notes)
    for name, name_there in _PAIRS:
        coming = here(name, theirs[name_there], known) if theirs[name_there] != seen.theirs[name_there] else KEEP
        going = there(name, ours[name], known) if ours[name] != seen.ours[name] else KEEP
        if coming is not KEEP and going is not KEEP and coming != ours[name]:
            kept = "theirs" if theirs_at > ours_at else "ours"
            notes.append({"field": name, "kept": kept, "at": max(ours_at, theirs_at).isoformat()})
            coming, going = (coming, KEEP) if kept == "theirs" else (KEEP, going)
        if coming is not KEEP and coming != ours[name]:
            to_us[name] = coming
        elif going is not KEEP and going != theirs[name_there]:
            to_them[name_there] = going
    agreed = Seen({**ours, **to_us}, {**theirs, **to_them}, seen.gone, tuple(notes[-_MOST_NOTES:]))
    return Outcome(to_us, to_them, agreed)


def first_seen(task: Task, known: Directory) -> Values | None:
    """What to make there of a task of ours; None while its assignee is nobody there."""
    ours = ours_of(task)
    told = {name_there: there(name, ours[name], known) for name, name_there in _PAIRS}
    return None if told["owner"] is KEEP else {name: None if value is KEEP else value for name, value in told.items()}


def imported(remote: Remote, blank: Task, known: Directory) -> Task:
    """A new task of ours; what Salesforce leaves open stays as `blank` has it."""
    told = {name: here(name, remote.values[name_there], known) for name, name_there in _PAIRS}
    return replace(
        blank,
        user_id=told["user"],
        created_by=told["user"],
        name=one_line(str(remote.values["subject"]))[:LONGEST_NAME] or blank.name,
        priority=blank.priority if told["priority"] is KEEP else Priority(told["priority"]),
        due_on=blank.due_on if told["due"] is KEEP else date.fromisoformat(told["due"]),
        details=told["details"],
        person_id=None if told["person"] is KEEP else told["person"],
        completed_at=remote.changed_at if told["done"] is True else None,
    )


def standing_of(task: Task, record_id: str | None, seen: Values | None, began: datetime) -> Standing:
    """`seen` as it is stored with the task."""
    if seen is not None and "refused" in seen:
        return Standing.REFUSED if seen["version"] == task.version else Standing.WAITING
    if record_id is None:
        return Standing.WAITING if seen is not None or task.created_at >= began else Standing.APART
    return Standing.SYNCED if (seen or {}).get("ours") == ours_of(task) else Standing.WAITING


def is_the_one(remote: Remote, made: Values) -> bool:
    """Whether this Task is the one we were about to make."""
    return all(remote.values[name] == made[name] for name in ("subject", "due", "details", "owner", "who"))


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
