"""Today at a glance."""

from datetime import date
from typing import Any, Literal

from flask_openapi3.models.tag import Tag
from pydantic import Field

from server.web import sessions
from server.web.access import Access, access
from server.web.api.noun import Noun
from server.web.api.shapes import REFUSALS, SECURITY, Shape, Time
from server.web.context import here

api = Noun("today", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="today")], abp_security=SECURITY, abp_responses=REFUSALS)


class Figure(Shape):
    """How often it happened, and by how many people."""

    count: int
    people: int


class Figures(Shape):
    reply: Figure
    click: Figure
    view: Figure
    moment: Figure


class Latest(Shape):
    """The newest that is not muted. `name` is null when it was one of several, `of` says of how many."""

    kind: Literal["view", "click", "reply", "bounce", "auto-reply", "moment"]
    at: Time
    name: str | None
    of: int
    subject: str


class TasksDue(Shape):
    overdue: int
    today: int


class DayCounts(Shape):
    """Views and clicks are those by people."""

    day: date
    reply: int
    click: int
    view: int
    moment: int


class Today(Shape):
    """`day` is the rep's own. `machine`: lines of machine traffic; `rises`: own people whose score rose."""

    day: date
    figures: Figures
    machine: int
    rises: int
    latest: Latest | None
    tasks: TasksDue
    targets: int
    days: list[DayCounts] = Field(min_length=30, max_length=30, description="Today last")


@api.get("/today", operation_id="readToday", responses={200: Today})
@access(Access.CLIENT)
def read_today() -> dict[str, Any]:
    return here().today.of(sessions.user())
