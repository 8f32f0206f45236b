"""How the services outside are doing: for admins."""

from typing import Any, Literal

from flask_openapi3.models.tag import Tag
from pydantic import ConfigDict, Field

from server.errors import Conflict
from server.services.salesforce_reps import SalesforceReps
from server.web import sessions
from server.web.access import Access, access
from server.web.api.noun import Noun
from server.web.api.shapes import REFUSALS, SECURITY, Id, Shape, Text, Time
from server.web.context import here

api = Noun(
    "integrations",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="integrations")],
    abp_security=SECURITY,
    abp_responses=REFUSALS,
)


class Quota(Shape):
    """Calls used of those allowed, of the whole company, in the day that the service counts."""

    used: int
    limit: int


class Progress(Shape):
    """Of a first sync; `of` is null while nobody knows how much there is."""

    done: int
    of: int | None


class Integration(Shape):
    """`off`: not set up; `new`: not used yet; `degraded` and `waiting` mend themselves; `refused`: an admin must act."""

    service: Literal["google", "push", "addon", "marketo", "salesforce", "smtp", "webpush"]
    state: Literal["off", "new", "ok", "degraded", "waiting", "refused"]
    address: str | None
    cause: str = Field(description="What the last failure was, also once it works again; empty when only `detail` can tell")
    detail: str = Field(description="The service's own words about it")
    since: Time | None
    succeeded_at: Time | None
    failed_at: Time | None
    quota: Quota | None
    progress: Progress | None


class Integrations(Shape):
    items: list[Integration]


@api.get("/integrations", operation_id="listIntegrations", responses={200: Integrations})
@access(Access.CLIENT)
def list_integrations() -> dict[str, Any]:
    """Only for admins."""
    return {"items": here().integrations.overview(sessions.user())}


# Who is whom in Salesforce --------------------------------------------------------------


class SalesforceUser(Shape):
    """`by_hand`: an admin said so, also that somebody is nobody there. Else found by the address."""

    id: str
    name: str
    address: str
    salesforce_id: str | None
    by_hand: bool


class SalesforceUsers(Shape):
    items: list[SalesforceUser]


class UserPath(Shape):
    user_id: Id


class Said(Shape):
    """`salesforce_id` null: nobody there. `by_hand` false: found by the address again, at the next sync."""

    model_config = ConfigDict(extra="forbid")

    salesforce_id: Text | None = Field(None, max_length=18, description="15 or 18 characters that begin with 005")
    by_hand: bool = True


@api.get("/integrations/salesforce/users", operation_id="listSalesforceUsers", responses={200: SalesforceUsers})
@access(Access.CLIENT)
def list_salesforce_users() -> dict[str, Any]:
    """Only for admins; a conflict while Salesforce is not set up."""
    return {"items": _reps().overview(sessions.user())}


@api.put("/integrations/salesforce/users/<user_id>", operation_id="sayWhoIsWhom", responses={200: SalesforceUsers})
@access(Access.CLIENT)
def say_who_is_whom(path: UserPath, body: Said) -> dict[str, Any]:
    """Whoever somebody owned by the former one leaves their feed at once; the others come with the next sync."""
    _reps().say(sessions.user(), path.user_id, body.salesforce_id, body.by_hand)
    return {"items": _reps().overview(sessions.user())}


def _reps() -> SalesforceReps:
    salesforce = here().salesforce()
    if salesforce is None:
        raise Conflict("Salesforce is not set up")
    return salesforce.reps
