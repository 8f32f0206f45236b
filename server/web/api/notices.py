"""What the caller is to be called for: one row a happening, shown by the one screen that claims it."""

from typing import Annotated, Any, Literal

from flask_openapi3.models.tag import Tag
from pydantic import ConfigDict, Field

from server.domain.notifications import KINDS
from server.web import sessions
from server.web.access import Access, access
from server.web.api.noun import Noun
from server.web.api.shapes import REFUSALS, SECURITY, Shape, Text
from server.web.context import here
from server.web.languages import locale

api = Noun(
    "notices", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="notices")], abp_security=SECURITY, abp_responses=REFUSALS
)

_MOST_CLAIMED = 100


class NamedPerson(Shape):
    id: str
    name: str
    address: str


class NoticeDraft(Shape):
    """What is known of a task about it."""

    person: NamedPerson | None
    subject: str
    message_id: str | None


class NoticeAction(Shape):
    """`title` in the caller's language."""

    action: Literal["task", "call", "thread"]
    title: str


class Notice(Shape):
    """`url` leads to the thread in Gmail where there is one, `page` into the web app; `phone` may be called."""

    id: str
    kind: str = Field(description=", ".join((*KINDS, "day", "several")))
    title: str
    text: str
    page: str
    url: str
    phone: str | None
    draft: NoticeDraft | None
    actions: list[NoticeAction]


class NoticeList(Shape):
    """`unread`: how much came since the caller looked at the feed, up to 100."""

    items: list[Notice]
    unread: int


class Claim(Shape):
    model_config = ConfigDict(extra="forbid")

    ids: list[Annotated[Text, Field(min_length=1, max_length=64)]] = Field(min_length=1, max_length=_MOST_CLAIMED)


class Claimed(Shape):
    """`show`: one notification for all of these; null when other screens were quicker."""

    show: Notice | None


@api.get("/notices", operation_id="listNotices", responses={200: NoticeList})
@access(Access.CLIENT)
def list_notices() -> dict[str, Any]:
    """What is due and nobody has claimed, what was due first at the top."""
    return here().notices.waiting(sessions.user(), locale())


@api.post("/notices/claim", operation_id="claimNotices", responses={200: Claimed})
@access(Access.CLIENT)
def claim_notices(body: Claim) -> dict[str, Any]:
    """Whoever claims shows it, or has it in sight already."""
    return here().notices.claim(sessions.user(), body.ids, locale())
