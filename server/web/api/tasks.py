"""A rep's tasks; and what a rep mutes."""

from datetime import date
from typing import Any, Literal

from flask import Response
from flask_openapi3.models.tag import Tag
from pydantic import ConfigDict, Field

from server.domain.people import terms
from server.domain.tasks import LONGEST_DETAILS, LONGEST_NAME, Look, Priority, Span, TaskType, When
from server.services.worklist import Wish
from server.web import sessions
from server.web.access import Access, access
from server.web.api.noun import Noun
from server.web.api.person import PersonShort
from server.web.api.shapes import REFUSALS, SECURITY, Cursor, Id, Problem, Shape, Text, Time, problems
from server.web.context import here

api = Noun("tasks", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="tasks")], abp_security=SECURITY, abp_responses=REFUSALS)

Type = Literal["email", "call", "inmail", "custom"]
Priorities = Literal["normal", "high"]
Day = date


class Colleague(Shape):
    id: str
    name: str


class Colleagues(Shape):
    items: list[Colleague]


class Changed(Shape):
    """The last change. `by` is null for Salesforce's, and where nobody changed anything yet."""

    by: str | None
    at: Time


class Note(Shape):
    """Both sides had changed the field; the later change was kept."""

    field: Literal["name", "done", "priority", "due", "details", "user", "person"]
    kept: Literal["ours", "theirs"]
    at: Time


class InSalesforce(Shape):
    """`apart`: made before tasks went there, it stays here. `detail`: why Salesforce refuses it, in its words."""

    state: Literal["apart", "waiting", "refused", "synced"]
    detail: str | None
    notes: list[Note]


class Sync(Shape):
    """`at`: when all tasks last went both ways."""

    at: Time | None
    works: bool


class Task(Shape):
    """`overdue`: open, and its day is over in the viewer's zone. `version` goes with every change one makes."""

    id: str
    name: str
    type: Type
    priority: Priorities
    due_on: Day
    overdue: bool
    details: str
    person: PersonShort | None
    message_id: str | None
    assignee: Colleague
    changed: Changed
    completed_at: Time | None
    version: int
    salesforce: InSalesforce | None


class TaskPage(Shape):
    """By due day, high priority first. `due` counts what is to be done today, with what is overdue; `today` is the viewer's."""

    items: list[Task]
    next: str | None
    due: int
    today: Day
    salesforce: Sync | None = Field(description="Null where tasks stay here")


class TaskProblem(Problem):
    """`current` is the task as it now is, when it has changed since the version one knew."""

    current: Task | None = None


CONFLICT: dict[str | int, Any] = {
    409: {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/TaskProblem"}}}}
}


class TasksQuery(Shape):
    when: Literal["today", "tomorrow", "today-and-tomorrow", "next-7-days", "all"] = Field(
        "all", description="What is overdue goes with today"
    )
    first: Day | None = Field(None, alias="from", description="Due on this day or later, instead of `when`")
    last: Day | None = Field(None, alias="to", description="Due on this day or before, instead of `when`")
    q: Text = Field("", max_length=200, description="Words of name, details, person or account; on whatever day")
    whose: Literal["mine", "given"] = Field("mine", description="`given`: what one gave to team-mates")
    done: bool = Field(False, description="Also what was completed today; with `all`, `from`, `to` or `q`, ever")
    before: Cursor | None = Field(None, description="`next` of the page before")
    limit: int = Field(200, ge=1, le=500)

    def look(self) -> Look:
        span = Span(self.first, self.last) if self.first or self.last else None
        return Look(span, self.whose == "given", terms(self.q))


class WrittenTask(Shape):
    model_config = ConfigDict(extra="forbid")

    name: Text = Field(min_length=1, max_length=LONGEST_NAME)
    due_on: Day
    type: Type = "custom"
    priority: Priorities = "normal"
    details: Text = Field("", max_length=LONGEST_DETAILS)
    person_id: Text | None = Field(None, max_length=64)
    message_id: Text | None = Field(None, max_length=64, description="A message of one's own that it is about")
    assignee: Text | None = Field(None, max_length=64, description="A colleague's id; oneself when left out")

    def to_domain(self) -> Wish:
        return Wish(
            self.name,
            self.due_on,
            TaskType(self.type),
            Priority(self.priority),
            self.details,
            self.person_id,
            self.message_id,
            self.assignee,
        )


class ChangedTask(Shape):
    """What is left out stays as it is. `version` is the one these changes were made to."""

    model_config = ConfigDict(extra="forbid")

    version: int
    name: Text = Field("", min_length=1, max_length=LONGEST_NAME)
    due_on: Day = date.min
    type: Type = "custom"
    priority: Priorities = "normal"
    details: Text = Field("", max_length=LONGEST_DETAILS)
    person_id: Text | None = Field(None, max_length=64)
    message_id: Text | None = Field(None, max_length=64)
    assignee: Text = Field("", min_length=1, max_length=64)

    def to_domain(self) -> dict[str, Any]:
        given = {name: getattr(self, name) for name in self.model_fields_set - {"version"}}
        coded = {name: kind(given[name]) for name, kind in (("type", TaskType), ("priority", Priority)) if name in given}
        return given | coded


class Snooze(Shape):
    """`version`, when given, must still be the task's."""

    model_config = ConfigDict(extra="forbid")

    until: Day
    version: int | None = None


class DeleteQuery(Shape):
    version: int | None = Field(None, description="When given, must still be the task's")


class TaskPath(Shape):
    task_id: Text = Field(max_length=64)


class MutePath(Shape):
    kind: Literal["message", "person"]
    target_id: Id


@api.get("/tasks", operation_id="listTasks", responses={200: TaskPage})
@access(Access.CLIENT)
def list_tasks(query: TasksQuery) -> dict[str, Any]:
    return here().worklist.page(sessions.user(), When(query.when), query.done, query.before, query.limit, query.look())


@api.post("/tasks", operation_id="addTask", responses={201: Task})
@access(Access.CLIENT)
def add_task(body: WrittenTask) -> tuple[dict[str, Any], int]:
    return here().worklist.add(sessions.user(), body.to_domain()), 201


@api.get("/tasks/assignees", operation_id="listAssignees", responses={200: Colleagues})
@access(Access.CLIENT)
def list_assignees() -> dict[str, Any]:
    """Whom a task can be given to."""
    return {"items": here().worklist.colleagues(sessions.user())}


@api.get("/tasks/<task_id>", operation_id="readTask", responses={200: Task, **problems(404)})
@access(Access.CLIENT)
def read_task(path: TaskPath) -> dict[str, Any]:
    return here().worklist.task(sessions.user(), path.task_id)


@api.patch("/tasks/<task_id>", operation_id="changeTask", responses={200: Task, **problems(404), **CONFLICT})
@access(Access.CLIENT)
def change_task(path: TaskPath, body: ChangedTask) -> dict[str, Any]:
    return here().worklist.edit(sessions.user(), path.task_id, body.version, body.to_domain())


@api.delete("/tasks/<task_id>", operation_id="deleteTask", responses={204: None, **problems(404), **CONFLICT})
@access(Access.CLIENT)
def delete_task(path: TaskPath, query: DeleteQuery) -> Response:
    """Can be taken back by `restore`."""
    here().worklist.delete(sessions.user(), path.task_id, query.version)
    return Response(status=204)


@api.post("/tasks/<task_id>/complete", operation_id="completeTask", responses={200: Task, **problems(404), **CONFLICT})
@access(Access.CLIENT)
def complete_task(path: TaskPath) -> dict[str, Any]:
    return here().worklist.complete(sessions.user(), path.task_id)


@api.post("/tasks/<task_id>/reopen", operation_id="reopenTask", responses={200: Task, **problems(404), **CONFLICT})
@access(Access.CLIENT)
def reopen_task(path: TaskPath) -> dict[str, Any]:
    return here().worklist.reopen(sessions.user(), path.task_id)


@api.post("/tasks/<task_id>/snooze", operation_id="snoozeTask", responses={200: Task, **problems(404), **CONFLICT})
@access(Access.CLIENT)
def snooze_task(path: TaskPath, body: Snooze) -> dict[str, Any]:
    return here().worklist.snooze(sessions.user(), path.task_id, body.until, body.version)


@api.post("/tasks/<task_id>/restore", operation_id="restoreTask", responses={200: Task, **problems(404), **CONFLICT})
@access(Access.CLIENT)
def restore_task(path: TaskPath) -> dict[str, Any]:
    return here().worklist.restore(sessions.user(), path.task_id)


@api.put("/mutes/<kind>/<target_id>", operation_id="mute", responses={204: None, **problems(404)})
@access(Access.CLIENT)
def mute(path: MutePath) -> Response:
    """No news of this message or person: its lines stay in the feed, but nobody is called to them."""
    here().worklist.mute(sessions.user(), path.kind, path.target_id)
    return Response(status=204)


@api.delete("/mutes/<kind>/<target_id>", operation_id="unmute", responses={204: None})
@access(Access.CLIENT)
def unmute(path: MutePath) -> Response:
    here().worklist.unmute(sessions.user(), path.kind, path.target_id)
    return Response(status=204)
