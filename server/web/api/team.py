"""What reps share of their feeds with their team."""

from typing import Annotated, Any, Literal

from flask import Response
from flask_openapi3.models.tag import Tag
from pydantic import ConfigDict, Field

from server.domain import engagement
from server.services.feed import Page
from server.services.team import LONGEST_CURSOR
from server.web import sessions
from server.web.access import Access, access
from server.web.api.feed import Detail
from server.web.api.noun import Noun
from server.web.api.shapes import (
    REFUSALS,
    SECURITY,
    Class,
    Cursor,
    Device,
    Forwarded,
    Id,
    Link,
    NameAndAddress,
    Place,
    Shape,
    Text,
    Time,
    problems,
)
from server.web.context import here

api = Noun("team", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="team")], abp_security=SECURITY, abp_responses=REFUSALS)

TeamCursor = Annotated[Text, Field(min_length=1, max_length=LONGEST_CURSOR)]
MailKind = Literal["view", "click", "reply", "bounce", "auto-reply"]


class Colleague(Shape):
    id: str
    name: str


class TeamPerson(NameAndAddress):
    id: str | None
    known: bool


class TeamWho(Shape):
    """`person` is null when it is not known which of `of` recipients it was; `possible` are those it may have been."""

    person: TeamPerson | None
    account: str | None
    of: int
    possible: list[NameAndAddress]


class GoneItem(Shape):
    """Off the screen: nothing more is told of it."""

    model_config = ConfigDict(extra="forbid")

    id: str
    cursor: str
    removed: Literal[True]
    at: Time
    colleague: Colleague


class TeamItem(Shape):
    """Engagement with a colleague's mail. Every frame of `/ws/team` is one, or a GoneItem."""

    model_config = ConfigDict(extra="forbid")

    id: str
    cursor: str
    removed: Literal[False]
    colleague: Colleague
    kind: MailKind
    class_: Class = Field(alias="class")
    count: int
    first_at: Time
    at: Time
    subject: str
    who: TeamWho
    link: Link | None
    place: Place | None
    device: Device | None
    forwarded: Forwarded | None
    detail: Detail | None


class TeamPage(Shape):
    """Newest first with `next` (for `before`), `colleagues` who share, and whether the reader does (`sharing`); or in order of
    change with `more`, after a cursor. `cursor` is `after` of the next request, or of the socket."""

    items: list[TeamItem | GoneItem]
    cursor: str
    next: str | None = None
    colleagues: list[Colleague] | None = None
    sharing: bool | None = None
    more: bool | None = None


class TeamQuery(Shape):
    after: Text | None = Field(
        None, min_length=1, max_length=LONGEST_CURSOR, description="What changed since; 422 once others share"
    )
    before: Cursor | None = Field(None, description="The page before this one")
    colleague: Id | None = Field(None, description="One of `colleagues`")
    kind: MailKind | None = None
    limit: int = Field(50, ge=1, le=200)


class Sharing(Shape):
    model_config = ConfigDict(extra="forbid")

    on: bool


@api.get("/team", operation_id="readTeamFeed", responses={200: TeamPage, **problems(404)})
@access(Access.CLIENT)
def read_team_feed(query: TeamQuery) -> Page | dict[str, Any]:
    """Engagement with the mail of who shares; marketing's moments stay with who owns or watches a person."""
    team, user = here().team, sessions.user()
    if query.after is not None:
        return team.since(user, query.after, query.limit)
    kind = engagement.Kind(query.kind) if query.kind else None
    return team.page(user, query.before, query.colleague, kind, query.limit)


@api.put("/team/sharing", operation_id="shareFeed", responses={204: None})
@access(Access.CLIENT)
def share_feed(body: Sharing) -> Response:
    """Whether colleagues see the engagement with one's own mail. Off, they see nothing of it at once."""
    here().team.share(sessions.user(), body.on)
    return Response(status=204)
