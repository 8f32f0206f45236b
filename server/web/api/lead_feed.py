"""The Lead Feed: moments of one's own people and of the watch list, and the address by which feed readers read it."""

from typing import Any, Literal

from flask import Response
from flask_openapi3.models.tag import Tag
from pydantic import Field

from server.domain.leadfeed import Narrowed
from server.web import sessions
from server.web.access import Access, access
from server.web.api.feed import PAGE, FeedItem
from server.web.api.noun import Noun
from server.web.api.shapes import REFUSALS, SECURITY, Cursor, Id, MomentType, Shape, Text, Time, problems
from server.web.context import here

api = Noun(
    "lead-feed", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="lead feed")], abp_security=SECURITY, abp_responses=REFUSALS
)


class SystemLinks(Shape):
    """Null where the person is not there, or nobody told us where people open it."""

    marketo: str | None
    salesforce: str | None


class LeadItem(FeedItem):
    """`star`: a best bet. `subscription`: the id of the viewer's subscription to this person, if there is one."""

    star: bool
    subscription: str | None
    links: SystemLinks


class LeadPage(Shape):
    """Newest first. `cursor` is `after` of the stream, which brings what comes: items whose `feeds` name `lead`."""

    items: list[LeadItem]
    cursor: str
    next: str | None


class LeadQuery(Shape):
    before: Cursor | None = Field(None, description="`next` of the page before")
    type: MomentType | None = None
    person: Id | None = None
    account: Text | None = Field(None, max_length=300, description="As it is written on the items")
    whose: Literal["mine", "watched"] | None = Field(None, description="One's own people, or those watched without owning them")
    limit: int = Field(50, ge=1, le=PAGE)


class LeadItemPath(Shape):
    item_id: Text = Field(max_length=64)


class FeedUrls(Shape):
    rss: str
    atom: str
    json_: str = Field(alias="json")


class FeedAddress(Shape):
    """`on`: an admin allows feed readers; until then, and without an address, none can read. `reader`: what read it last."""

    on: bool
    urls: FeedUrls | None
    created_at: Time | None
    read_at: Time | None
    reader: str | None


@api.get("/lead-feed", operation_id="readLeadFeed", responses={200: LeadPage})
@access(Access.CLIENT)
def read_lead_feed(query: LeadQuery) -> dict[str, Any]:
    own = None if query.whose is None else query.whose == "mine"
    narrowed = Narrowed(query.type, query.person, query.account, own)
    return here().lead_feed.page(sessions.user(), query.before, narrowed, query.limit)


@api.get("/lead-feed/address", operation_id="readFeedAddress", responses={200: FeedAddress})
@access(Access.CLIENT)
def read_address() -> dict[str, Any]:
    return here().feed_addresses.of(sessions.user())


@api.post("/lead-feed/address", operation_id="renewFeedAddress", responses={200: FeedAddress})
@access(Access.CLIENT)
def renew_address() -> dict[str, Any]:
    """A new one; whoever has the one before gets nothing any more."""
    return here().feed_addresses.renew(sessions.user())


@api.delete("/lead-feed/address", operation_id="revokeFeedAddress", responses={204: None})
@access(Access.CLIENT)
def revoke_address() -> Response:
    here().feed_addresses.revoke(sessions.user())
    return Response(status=204)


@api.get("/lead-feed/items/<item_id>", operation_id="readLeadItem", responses={200: LeadItem, **problems(404)})
@access(Access.CLIENT)
def read_item(path: LeadItemPath) -> dict[str, Any]:
    """What the stream leaves out of an item: its subscription and links."""
    return here().lead_feed.item(sessions.user(), path.item_id)
