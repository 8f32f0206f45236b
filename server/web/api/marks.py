"""How far the mail of some threads came: for the marks in Gmail's lists."""

from typing import Annotated, Any, Literal

from flask_openapi3.models.tag import Tag
from pydantic import AfterValidator, Field

from server.services.marks import MOST_THREADS
from server.web import sessions
from server.web.access import Access, access
from server.web.api.noun import Noun
from server.web.api.shapes import REFUSALS, SECURITY, Shape, Text, Time
from server.web.context import here

api = Noun(
    "marks", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="messages")], abp_security=SECURITY, abp_responses=REFUSALS
)


def _few(threads: str) -> str:
    if threads.count(",") >= MOST_THREADS:
        raise ValueError(f"at most {MOST_THREADS} threads")
    return threads


class MarksQuery(Shape):
    threads: Annotated[Text, AfterValidator(_few)] = Field(
        pattern=r"^[0-9a-f]{1,16}(,[0-9a-f]{1,16})*$", description="Gmail's hex ids, with commas; at most 200"
    )


class Mark(Shape):
    """`views` of people. `last_at`: the last view, or when the mail was sent."""

    state: Literal["sent", "viewed"]
    views: int
    last_at: Time


class Marks(Shape):
    """By thread; those without tracked mail of one's own are left out."""

    marks: dict[str, Mark]


@api.get("/marks", operation_id="readMarks", responses={200: Marks})
@access(Access.CLIENT)
def read_marks(query: MarksQuery) -> dict[str, Any]:
    return {"marks": here().marks.of(sessions.user(), query.threads.split(","))}
