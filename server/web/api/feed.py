"""The Live Feed: pages of it, what changed since a cursor, and how far its reader has looked."""

from typing import Any, Literal

from flask import Response
from flask_openapi3.models.tag import Tag
from pydantic import ConfigDict, Field

from server.domain.searches import Wanted
from server.services.feed import Page
from server.web import sessions
from server.web.access import Access, access
from server.web.api.noun import Noun
from server.web.api.shapes import (
    REFUSALS,
    SECURITY,
    Class,
    Cursor,
    Day,
    Device,
    Forwarded,
    Hit,
    Id,
    Kind,
    Link,
    MomentType,
    NameAndAddress,
    Place,
    Reason,
    Shape,
    Text,
    Time,
    problems,
)
from server.web.context import here

api = Noun("feed", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="feed")], abp_security=SECURITY, abp_responses=REFUSALS)

PAGE = 200
"""The most items of one answer."""


class MessageOfItem(Shape):
    id: str
    subject: str
    thread_url: str | None
    archived: bool
    muted: bool


class PersonOfItem(NameAndAddress):
    """`id` is null for somebody we keep nothing about; `phone` is E.164. `known`: more than a stranger who answered."""

    id: str | None
    phone: str | None = None
    linkedin: str | None = None
    do_not_call: bool = False
    unsubscribed: bool = False
    known: bool = False
    muted: bool


class Who(Shape):
    """`person` is null when one body went to several and none of them is told apart: then it is one of `possible`.

    `stars`, `flames` (0–3) and `best_bet` are told of own and watched people only.
    """

    person: PersonOfItem | None
    account: str | None
    of: int
    possible: list[NameAndAddress]
    watched: bool = False
    stars: int | None = None
    flames: int | None = None
    best_bet: bool = False


class MomentOfItem(Shape):
    """`source`: how it was made, where Marketo tells."""

    id: str
    type: MomentType
    description: str
    source: str | None


class Detail(Shape):
    """Of a bounce, reply or automatic reply."""

    model_config = ConfigDict(extra="allow")

    text: str | None = None
    code: str | None = None
    address: str | None = None
    state: str | None = None


class FeedItem(Shape):
    """One line of the feed: a group of engagements that belong together, or one interesting moment. Every frame of `/ws/feed`
    is one.

    A later item with the same `id` replaces the earlier; `removed` takes the line off the screen. `feeds`: where it stands; a
    line that left one of them is off that screen alone. `message` is null for moments, `moment` for mail and once removed.
    """

    id: str
    cursor: str
    mark: Literal["mail", "mktg"]
    kind: Kind
    class_: Class = Field(alias="class")
    hidden: bool
    removed: bool
    count: int
    first_at: Time
    at: Time
    message: MessageOfItem | None
    moment: MomentOfItem | None
    who: Who
    feeds: list[Literal["live", "lead"]]
    link: Link | None
    place: Place | None
    device: Device | None
    forwarded: Forwarded | None
    detail: Detail | None
    reasons: list[Reason] = Field([], description="Why a hidden item is hidden")


class Seen(Shape):
    cursor: str
    at: Time


class FeedPage(Shape):
    """Newest first with `next` (for `before`), `hidden_today` and `seen`; or in order of change with `more`, after a cursor.

    `cursor` is where the reader now stands: `after` of the next request, or of the socket.
    """

    items: list[FeedItem]
    cursor: str
    next: str | None = None
    hidden_today: int | None = None
    seen: Seen | None = None
    more: bool | None = None


class FeedQuery(Shape):
    after: Cursor | None = Field(None, description="What changed since; other filters don't apply")
    before: Cursor | None = Field(None, description="The page before this one")
    kind: Kind | None = None
    hidden: bool = Field(False, description="Machine traffic too")
    message: Id | None = None
    q: Text = Field("", max_length=200, description="Words of the line: names, addresses, company, subject, link")
    person: Id | None = Field(None, description="Lines that are or may be about them")
    account: Text = Field("", max_length=200, description="Words of the company's name")
    first: Day | None = Field(None, alias="from", description="From the reader's day on")
    last: Day | None = Field(None, alias="to", description="Up to the reader's day, which is included")
    limit: int = Field(50, ge=1, le=PAGE)


class Look(Shape):
    model_config = ConfigDict(extra="forbid")

    cursor: Cursor


class Hits(Shape):
    hits: list[Hit]


class ItemPath(Shape):
    item_id: Text = Field(max_length=64)


@api.get("/feed", operation_id="readFeed", responses={200: FeedPage})
@access(Access.CLIENT)
def read_feed(query: FeedQuery) -> Page | dict[str, Any]:
    feed, user = here().feed, sessions.user()
    if query.after is not None:
        return feed.since(user, query.after, query.limit)
    wanted = Wanted(query.q, query.person, query.account, query.first, query.last)
    return feed.latest(user, query.before, query.kind, query.hidden, query.message, query.limit, wanted=wanted)


@api.put("/feed/seen", operation_id="lookedAtFeed", responses={204: None})
@access(Access.CLIENT)
def looked(body: Look) -> Response:
    """Everything up to this cursor was looked at: the line "new since" stands above it."""
    here().feed.seen(sessions.user(), body.cursor)
    return Response(status=204)


@api.get("/feed/<item_id>/hits", operation_id="listHitsOfItem", responses={200: Hits, **problems(404)})
@access(Access.CLIENT)
def hits_of_item(path: ItemPath) -> dict[str, Any]:
    return {"hits": here().feed.hits(sessions.user(), path.item_id)}
