"""Where a user is signed in: browsers and extensions, each of which can be signed out from here."""

from datetime import datetime
from typing import Annotated, Any, Literal

from flask import Response
from flask_openapi3.models.tag import Tag
from pydantic import Field

from server.domain.devices import device
from server.domain.users import OpenSession
from server.web import sessions
from server.web.access import Access, access
from server.web.api import shapes
from server.web.api.noun import Noun
from server.web.api.shapes import REFUSALS, SECURITY, Shape, Text, Time, problems
from server.web.context import here

api = Noun("devices", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="me")], abp_security=SECURITY, abp_responses=REFUSALS)


class SignedInDevice(Shape):
    """`current`: the one that asks. `device` is null when its browser does not say what it is."""

    id: str
    kind: Literal["web", "extension"]
    device: shapes.Device | None
    signed_in_at: Time
    used_at: Time
    current: bool


class DeviceList(Shape):
    items: list[SignedInDevice]


class DevicePath(Shape):
    device_id: Annotated[Text, Field(max_length=64)]


@api.get("/devices", operation_id="listDevices", responses={200: DeviceList})
@access(Access.CLIENT)
def list_devices() -> dict[str, Any]:
    """Last used first."""
    caller = sessions.current()
    found = here().users.sessions(sessions.user())
    return {"items": [_told(one, caller is not None and one.id == caller.id) for one in found]}


@api.delete("/devices/<device_id>", operation_id="signOutDevice", responses={204: None, **problems(404)})
@access(Access.CLIENT)
def sign_out_device(path: DevicePath) -> Response:
    """At once: its tokens and cookies are worth nothing any more."""
    here().users.end_session_of(sessions.user(), path.device_id)
    return Response(status=204)


def _told(one: OpenSession, current: bool) -> dict[str, Any]:
    known = device(one.agent)
    return {
        "id": one.id,
        "kind": one.kind,
        "device": {"client": known.client, "system": known.system} if known else None,
        "signed_in_at": _text(one.created_at),
        "used_at": _text(one.seen_at),
        "current": current,
    }


def _text(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
