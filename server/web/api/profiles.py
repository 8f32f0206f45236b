"""All that is known about one person: details, what happened, what is to do."""

from typing import Any, Literal

from flask_openapi3.models.tag import Tag
from pydantic import Field

from server.domain.people import terms
from server.domain.timeline import Asked, Kind
from server.web import sessions
from server.web.access import Access, access
from server.web.api.feed import FeedItem
from server.web.api.lead_feed import SystemLinks
from server.web.api.noun import Noun
from server.web.api.person import LastMoment, Person, PersonPath
from server.web.api.shapes import REFUSALS, SECURITY, Cursor, Shape, Text, Time, problems
from server.web.api.tasks import Task
from server.web.context import here

api = Noun(
    "profiles", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="people")], abp_security=SECURITY, abp_responses=REFUSALS
)


class PersonDetails(Person):
    """With what only the person's own page tells. `may_decide`: whether the user may hand them over, join or delete them;
    `owned_elsewhere`: whose they are is said in Salesforce. `knows_marketing`: whether scores and moments are the user's to
    see."""

    kind: Literal["lead", "contact"] | None = Field(description="In Salesforce")
    website: str | None
    postal: str | None
    links: SystemLinks
    muted: bool
    may_decide: bool
    owned_elsewhere: bool
    knows_marketing: bool
    created_at: Time | None


class TimelineEntry(Shape):
    """`item` of mail and marketing, `task` of a task: placed when it was done, else when it was made."""

    kind: Literal["mail", "marketing", "task"]
    at: Time
    item: FeedItem | None
    task: Task | None


class TimelinePage(Shape):
    """Newest first. A search may answer few entries, or none, and still have a `next`. `machine`: how many machine hits are
    left out, told with the first page."""

    items: list[TimelineEntry]
    next: str | None
    machine: int | None


class TimelineQuery(Shape):
    kind: Literal["mail", "marketing", "task"] | None = None
    query: Text = Field("", max_length=200, description="Words that all stand in it")
    machine: bool = Field(False, description="Machine traffic too")
    before: Cursor | None = None
    limit: int = Field(40, ge=1, le=100)


class Tasks(Shape):
    items: list[Task]


class Moment(LastMoment):
    """`source`: how it was made, where Marketo tells."""

    id: str
    source: str | None


class Moments(Shape):
    items: list[Moment]


@api.get("/people/<person_id>/timeline", operation_id="readTimeline", responses={200: TimelinePage, **problems(404)})
@access(Access.CLIENT)
def timeline(path: PersonPath, query: TimelineQuery) -> dict[str, Any]:
    """Engagement with the user's own mail, the user's tasks, and marketing's moments of own and watched people."""
    kinds = frozenset([Kind(query.kind)]) if query.kind else frozenset()
    asked = Asked(kinds, terms(query.query), query.machine)
    return here().profiles.timeline(sessions.user(), path.person_id, asked, query.before, query.limit)


@api.get("/people/<person_id>/tasks", operation_id="listTasksOfPerson", responses={200: Tasks, **problems(404)})
@access(Access.CLIENT)
def tasks_of_person(path: PersonPath) -> dict[str, Any]:
    """What the user has to do about them, by due day."""
    return {"items": here().profiles.tasks(sessions.user(), path.person_id)}


@api.get("/people/<person_id>/moments", operation_id="listMomentsOfPerson", responses={200: Moments, **problems(404)})
@access(Access.CLIENT)
def moments_of_person(path: PersonPath) -> dict[str, Any]:
    """Newest first, at most a hundred; of own and watched people only, but to admins."""
    return {"items": here().people.moments(sessions.user(), path.person_id)}
