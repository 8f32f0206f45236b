"""How marketing and sales systems and the mail server are doing: for admins."""

from typing import Any, Literal

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from server.web import sessions
from server.web.access import Access, access
from server.web.api.shapes import REFUSALS, SECURITY, Time
from server.web.context import here

api = APIBlueprint(
    "integrations",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="integrations")],
    abp_security=SECURITY,
    abp_responses=REFUSALS,
)


class Quota(BaseModel):
    """Calls used of those allowed, of the whole company, in the day that the service counts."""

    used: int
    limit: int


class Progress(BaseModel):
    """Of a first sync; `of` is null while nobody knows how much there is."""

    done: int
    of: int | None


class Integration(BaseModel):
    """`off`: not set up; `new`: not used yet; `degraded` and `waiting` mend themselves; `refused`: an admin must act."""

    service: Literal["marketo", "salesforce", "smtp"]
    state: Literal["off", "new", "ok", "degraded", "waiting", "refused"]
    address: str | None
    detail: str = Field(description="What is wrong, in plain words")
    since: Time | None
    succeeded_at: Time | None
    failed_at: Time | None
    quota: Quota | None
    progress: Progress | None


class Integrations(BaseModel):
    items: list[Integration]


@api.get("/integrations", operation_id="listIntegrations", responses={200: Integrations})
@access(Access.CLIENT)
def list_integrations() -> dict[str, Any]:
    """Only for admins."""
    return {"items": here().integrations.overview(sessions.user())}
