"""One-time tickets that open the socket of the Live Feed."""

from flask_openapi3.models.tag import Tag
from pydantic import ConfigDict, Field

from server.domain.users import TICKET_LIFE
from server.web import sessions
from server.web.access import Access, access
from server.web.api.noun import Noun
from server.web.api.shapes import REFUSALS, SECURITY, Cursor, Shape
from server.web.context import here
from server.web.security import limiter

api = Noun(
    "tickets", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="feed")], abp_security=SECURITY, abp_responses=REFUSALS
)


class Wish(Shape):
    model_config = ConfigDict(extra="forbid")

    after: Cursor | None = Field(None, description="Where the reader stands")


class Ticket(Shape):
    """Opens `GET /ws/feed?ticket=…&after=…` once. `behind`: how many items come before it is live."""

    ticket: str
    expires_in: int = Field(description="Seconds")
    behind: int


@api.post("/tickets", operation_id="askForTicket", responses={201: Ticket})
@access(Access.CLIENT)
@limiter.limit("120/minute")
def ask(body: Wish) -> tuple[dict[str, object], int]:
    user = sessions.user()
    behind = here().feed.behind(user, body.after)
    ticket = here().users.ticket(user)
    return {"ticket": ticket, "expires_in": int(TICKET_LIFE.total_seconds()), "behind": behind}, 201
