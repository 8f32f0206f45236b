"""The people worth calling now."""

from typing import Any

from flask_openapi3.models.tag import Tag
from pydantic import Field

from server.web import sessions
from server.web.access import Access, access
from server.web.api.noun import Noun
from server.web.api.person import LastMoment, PersonShort
from server.web.api.shapes import REFUSALS, SECURITY, Shape, Time
from server.web.context import here

api = Noun(
    "targets", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="people")], abp_security=SECURITY, abp_responses=REFUSALS
)


class Target(Shape):
    """`rise`: how much the score rose last, at `rose_at`. `moment`: the last interesting moment, where marketing tells any."""

    person: PersonShort
    score: int
    rise: int
    rose_at: Time
    stars: int | None
    flames: int | None
    moment: LastMoment | None


class Targets(Shape):
    """At most 50, by their score. `connected`: scores come by themselves."""

    items: list[Target] = Field(max_length=50)
    connected: bool


@api.get("/targets", operation_id="listTargets", responses={200: Targets})
@access(Access.CLIENT)
def list_targets() -> dict[str, Any]:
    """Own people whose score rose in the last 90 days. A later fall keeps them, lower."""
    return here().targets.list(sessions.user())
