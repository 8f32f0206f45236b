"""Notifications that reach a browser while no page of ours is open in it (Web Push)."""

from typing import Annotated, Any

from flask import Response, request
from flask_openapi3.models.tag import Tag
from pydantic import ConfigDict, Field

from server.domain.push import LONGEST_ENDPOINT
from server.domain.users import Session
from server.errors import SignInNeeded
from server.web import sessions
from server.web.access import Access, access
from server.web.api.noun import Noun
from server.web.api.shapes import REFUSALS, SECURITY, Shape, Text, problems
from server.web.context import here
from server.web.languages import locale
from server.web.security import limiter

api = Noun(
    "push", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="notices")], abp_security=SECURITY, abp_responses=REFUSALS
)

Key = Annotated[Text, Field(max_length=200, pattern=r"^[A-Za-z0-9_-]+$")]
Endpoint = Annotated[Text, Field(max_length=LONGEST_ENDPOINT)]


class PushState(Shape):
    """`key`: ours, as `applicationServerKey`. `on`: whether this browser is told. `mails`: whether a mail server is set up."""

    key: str
    on: bool
    mails: bool


class BrowserKeys(Shape):
    model_config = ConfigDict(extra="forbid")

    p256dh: Key
    auth: Key


class BrowserSubscription(Shape):
    """As `PushSubscription.toJSON()` gives it."""

    model_config = ConfigDict(extra="forbid")

    endpoint: Endpoint
    keys: BrowserKeys


@api.get("/push", operation_id="getPush", responses={200: PushState})
@access(Access.CLIENT)
def get_push() -> dict[str, Any]:
    pushes = here().pushes
    return {"key": pushes.public_key(), "on": pushes.is_kept(_session()), "mails": here().days.sends}


@api.put("/push", operation_id="turnOnPush", responses={204: None})
@access(Access.CLIENT)
@limiter.limit("60/minute")
def turn_on(body: BrowserSubscription) -> Response:
    """Until the caller's session ends."""
    keys = body.keys
    here().pushes.keep(_session(), body.endpoint, keys.p256dh, keys.auth, request.user_agent.string, locale())
    return Response(status=204)


@api.delete("/push", operation_id="turnOffPush", responses={204: None})
@access(Access.CLIENT)
def turn_off() -> Response:
    """This browser is told no more."""
    here().pushes.drop(_session())
    return Response(status=204)


@api.post("/push/try", operation_id="tryPush", responses={204: None, **problems(404)})
@access(Access.CLIENT)
@limiter.limit("10/minute")
def try_out() -> Response:
    """A notification for this browser, by the way all of them come."""
    here().pushes.try_out(_session(), locale())
    return Response(status=204)


def _session() -> Session:
    caller = sessions.current()
    if caller is None:
        raise SignInNeeded()
    return caller
