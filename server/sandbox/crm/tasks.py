"""Salesforce's tasks."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from server.errors import NotFound
from server.sandbox.crm.identifiers import number_in, record_id

STATUSES = ("Not Started", "In Progress", "Completed", "Waiting on someone else", "Deferred")
PRIORITIES = ("High", "Normal", "Low")


@dataclass(frozen=True, slots=True)
class Task:
    """`owner`, `who` and `what` are Salesforce ids, empty for none. Changes are in whole seconds, as at Salesforce."""

    number: int
    owner: str
    created: datetime
    changed: datetime
    subject: str | None = None
    status: str = "Not Started"
    priority: str = "Normal"
    due: date | None = None
    description: str | None = None
    who: str = ""
    what: str = ""
    kind: str | None = None
    deleted: bool = False

    @property
    def id(self) -> str:
        return record_id("Task", self.number)

    @property
    def closed(self) -> bool:
        return self.status == "Completed"


class Tasks:
    """The caller holds the company's lock."""

    def __init__(self) -> None:
        self._all: dict[int, Task] = {}

    def __iter__(self) -> Iterator[Task]:
        return iter(list(self._all.values()))

    def get(self, id: str) -> Task:
        """Also a deleted one; NotFound for a stranger."""
        found = self._all.get(number_in(id, "Task") or 0)
        if found is None:
            raise NotFound("no such task")
        return found

    def add(self, owner: str, at: datetime, **values: object) -> Task:
        at = at.replace(microsecond=0)
        return self._keep(Task(len(self._all) + 1, owner, at, at, **values))  # type: ignore[arg-type]

    def change(self, id: str, at: datetime, **values: object) -> Task:
        return self._keep(replace(self.get(id), changed=at.replace(microsecond=0), **values))  # type: ignore[arg-type]

    def _keep(self, task: Task) -> Task:
        self._all[task.number] = task
        return task
