"""The people a rep follows without owning them."""

from typing import Any, Literal

from flask import Response
from flask_openapi3.models.tag import Tag
from pydantic import Field

from server.web import sessions
from server.web.access import Access, access
from server.web.api.noun import Noun
from server.web.api.person import LastMoment, PersonShort
from server.web.api.shapes import REFUSALS, SECURITY, Cursor, Id, Shape, Time, problems
from server.web.context import here

api = Noun(
    "watch-list",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="lead feed")],
    abp_security=SECURITY,
    abp_responses=REFUSALS,
)


class Watched(Shape):
    """`own`: they are the viewer's anyway. `since`: when they were put on the list."""

    person: PersonShort
    own: bool
    stars: int | None
    flames: int | None
    best_bet: bool
    consent: Literal["unknown", "granted", "denied", "withdrawn"]
    moment: LastMoment | None
    since: Time


class WatchedPage(Shape):
    items: list[Watched]
    next: str | None


class WatchedQuery(Shape):
    before: Cursor | None = Field(None, description="`next` of the page before")
    limit: int = Field(50, ge=1, le=200)


class WatchedPath(Shape):
    person_id: Id


@api.get("/watch-list", operation_id="listWatched", responses={200: WatchedPage})
@access(Access.CLIENT)
def list_watched(query: WatchedQuery) -> dict[str, Any]:
    """Who was put on it last comes first."""
    return here().watch_list.page(sessions.user(), query.before, query.limit)


@api.put("/watch-list/<person_id>", operation_id="watch", responses={204: None, **problems(404, 409)})
@access(Access.CLIENT)
def watch(path: WatchedPath) -> Response:
    """Their last moments come into the Lead Feed at once."""
    here().watch_list.watch(sessions.user(), path.person_id)
    return Response(status=204)


@api.delete("/watch-list/<person_id>", operation_id="unwatch", responses={204: None})
@access(Access.CLIENT)
def unwatch(path: WatchedPath) -> Response:
    here().watch_list.unwatch(sessions.user(), path.person_id)
    return Response(status=204)
