"""Mails when something like this happens, to oneself or to team-mates."""

from typing import Annotated, Any, Literal

from flask import Response
from flask_openapi3.models.tag import Tag
from pydantic import ConfigDict, Field

from server.domain.subscriptions import LONGEST_VALUE, MOST_RECEIVERS, Kind
from server.services.subscriptions import Wish
from server.web import sessions
from server.web.access import Access, access
from server.web.api.noun import Noun
from server.web.api.person import PersonShort
from server.web.api.shapes import REFUSALS, SECURITY, Id, Shape, Text, Time, problems
from server.web.context import here

api = Noun(
    "subscriptions",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="lead feed")],
    abp_security=SECURITY,
    abp_responses=REFUSALS,
)

KindName = Literal["person", "account", "type", "description"]
Receivers = Annotated[list[Id], Field(min_length=1, max_length=MOST_RECEIVERS, description="Ids of users")]


class Subscriber(Shape):
    id: str
    name: str


class ReceiverOfAlerts(Shape):
    """`refused`: they want none of it; only they can take that back."""

    id: str
    name: str
    refused: bool


class Subscription(Shape):
    """`value`: the person's id, the account, the type, or words that all stand in the description."""

    id: str
    kind: KindName
    value: str
    person: PersonShort | None
    by: Subscriber
    receivers: list[ReceiverOfAlerts]
    created_at: Time


class SubscriptionList(Shape):
    """`shared`: subscriptions of others that write to the viewer. `sends`: whether this installation can send mails at all."""

    items: list[Subscription]
    shared: list[Subscription]
    sends: bool


class WrittenSubscription(Shape):
    model_config = ConfigDict(extra="forbid")

    kind: KindName
    value: Text = Field(min_length=1, max_length=LONGEST_VALUE)
    receivers: Receivers | None = Field(None, description="Oneself when left out")


class Readdressed(Shape):
    model_config = ConfigDict(extra="forbid")

    receivers: Receivers


class SubscriptionPath(Shape):
    subscription_id: Text = Field(max_length=64)


@api.get("/subscriptions", operation_id="listSubscriptions", responses={200: SubscriptionList})
@access(Access.CLIENT)
def list_subscriptions() -> dict[str, Any]:
    return here().subscriptions.overview(sessions.user())


@api.post("/subscriptions", operation_id="subscribe", responses={201: Subscription, **problems(409)})
@access(Access.CLIENT)
def subscribe(body: WrittenSubscription) -> tuple[dict[str, Any], int]:
    """By person and account it covers whom one owns or watches, by type and description one's own people only; who that is
    counts at each moment. 409 tells in `current` which one stands already."""
    wish = Wish(Kind(body.kind), body.value, tuple(body.receivers) if body.receivers else None)
    return here().subscriptions.add(sessions.user(), wish), 201


@api.patch("/subscriptions/<subscription_id>", operation_id="readdress", responses={200: Subscription, **problems(404)})
@access(Access.CLIENT)
def readdress(path: SubscriptionPath, body: Readdressed) -> dict[str, Any]:
    return here().subscriptions.address(sessions.user(), path.subscription_id, body.receivers)


@api.delete("/subscriptions/<subscription_id>", operation_id="unsubscribe", responses={204: None, **problems(404)})
@access(Access.CLIENT)
def unsubscribe(path: SubscriptionPath) -> Response:
    here().subscriptions.remove(sessions.user(), path.subscription_id)
    return Response(status=204)


@api.put("/subscriptions/<subscription_id>/refusal", operation_id="refuse", responses={204: None, **problems(404)})
@access(Access.CLIENT)
def refuse(path: SubscriptionPath) -> Response:
    """A receiver wants no mail of it."""
    here().subscriptions.refuse(sessions.user(), path.subscription_id)
    return Response(status=204)


@api.delete("/subscriptions/<subscription_id>/refusal", operation_id="acceptAgain", responses={204: None, **problems(404)})
@access(Access.CLIENT)
def accept_again(path: SubscriptionPath) -> Response:
    here().subscriptions.refuse(sessions.user(), path.subscription_id, refused=False)
    return Response(status=204)
