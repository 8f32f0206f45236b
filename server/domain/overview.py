"""What a rep looks at first: what happened, what is to do today, whom to call."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from server.domain.context import Somebody
from server.domain.engagement import Kind
from server.domain.feed import Line
from server.domain.mailboxes import Connection
from server.domain.tasks import Priority, Task, TaskType, When


class Tab(StrEnum):
    OVERVIEW = "overview"
    ENGAGEMENT = "engagement"
    TASKS = "tasks"
    TARGETS = "targets"


@dataclass(frozen=True, slots=True)
class News:
    """Lines that came after `since`, by kind. `since` is None on the first visit."""

    since: datetime | None = None
    counts: Mapping[Kind, int] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Engagement:
    """`new`: ids of the lines that came since the last visit. `more`: where the next page begins."""

    lines: tuple[Line, ...] = ()
    news: News = News()
    new: frozenset[str] = frozenset()
    more: str | None = None


@dataclass(frozen=True, slots=True)
class Todo:
    """A task as a list shows it. `person`: the name of whom it is about, empty when it is about nobody."""

    id: str
    name: str
    type: TaskType
    priority: Priority
    due_on: date
    done: bool = False
    person: str = ""


@dataclass(frozen=True, slots=True)
class Todos:
    todos: tuple[Todo, ...] = ()
    when: When = When.TODAY
    more: str | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """One of the targets. `moment`: what raised the score, when that is known."""

    person_id: str
    name: str
    address: str
    account: str | None = None
    phone: str | None = None
    do_not_call: bool = False
    score: int | None = None
    rise: int | None = None
    stars: int | None = None
    flames: int | None = None
    moment: str = ""


@dataclass(frozen=True, slots=True)
class Ranking:
    """`first`: the rank of the first of them, from 0."""

    targets: tuple[Ranked, ...] = ()
    first: int = 0
    more: bool = False


@dataclass(frozen=True, slots=True)
class Overview:
    """A part is None when this tab doesn't show it, or when it took too long: then it is in `slow`."""

    tab: Tab = Tab.OVERVIEW
    connection: Connection = Connection.OK
    engagement: Engagement | None = None
    tasks: Todos | None = None
    targets: Ranking | None = None
    slow: frozenset[Tab] = frozenset()

    @property
    def blank(self) -> bool:
        """Nothing ever happened, nothing is to do, nobody rose."""
        return (
            self.tab is Tab.OVERVIEW
            and self.engagement is not None
            and not self.engagement.lines
            and self.tasks is not None
            and not self.tasks.todos
            and self.targets is not None
            and not self.targets.targets
        )


def todo_of(task: Task, person: str = "") -> Todo:
    return Todo(task.id, task.name, task.type, task.priority, task.due_on, task.completed_at is not None, person)


@dataclass(frozen=True, slots=True)
class Opened:
    """A line of the feed that somebody wants to do something about. `somebody` is None while nobody knows who of several it
    was; `account`: the rep's address."""

    line: Line
    account: str
    somebody: Somebody | None = None
    message_muted: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """One hit of a line."""

    kind: Kind
    at: datetime
    place: Mapping[str, Any] | None = field(default=None, hash=False)
    device: str = ""
