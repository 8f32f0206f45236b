"""Mails written here: kept, previewed, sent now or at a time, taken back."""

from datetime import datetime
from typing import Annotated, Any, Literal

from flask import Response
from flask_openapi3.models.tag import Tag
from pydantic import AfterValidator, ConfigDict, Field

from server.domain.compositions import LONGEST_BODY, LONGEST_SUBJECT, Choice, Recipients, State, Written
from server.services.compositions import UNFINISHED
from server.web import sessions
from server.web.access import Access, access
from server.web.api.messages import Address, Tracking, WrittenRecipient
from server.web.api.noun import Noun
from server.web.api.shapes import REFUSALS, SECURITY, Cursor, Reason, Shape, Text, Time, problems
from server.web.context import here

api = Noun(
    "compositions",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="compositions")],
    abp_security=SECURITY,
    abp_responses=REFUSALS,
)

Version = Annotated[int, Field(ge=1)]
StateName = Literal["draft", "scheduled", "sending", "sent", "failed"]
ChoiceName = Literal["ask", "skip", "anyway"]


def _is_a_time(text: str) -> str:
    datetime.fromisoformat(text)
    return text


_CLOCK = Field(pattern=r"^20\d\d-\d\d-\d\dT\d\d:\d\d$", description="In the user's own time zone")
WallClock = Annotated[str, _CLOCK, AfterValidator(_is_a_time)]


class WrittenComposition(Shape):
    """`html`: words, emphasis, links and lists; all else is left out. In subject and text, {person.first}, {person.last},
    {person.name}, {person.title}, {account}, {my.first}, {my.name} and {my.address} stand for what is known of each reader;
    {account|your company} has another word where nothing is. `separate`: one mail for each recipient. `signed`: with the
    signature Gmail keeps for the sender."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    to: list[WrittenRecipient] = Field([], max_length=500)
    cc: list[WrittenRecipient] = Field([], max_length=500)
    bcc: list[WrittenRecipient] = Field([], max_length=500)
    subject: Text = Field("", max_length=LONGEST_SUBJECT)
    html: Text = Field("", max_length=LONGEST_BODY)
    sender: Address | None = Field(None, alias="from", description="One of the rep's own addresses")
    tracked: bool = True
    separate: bool = False
    signed: bool = True
    thread_id: str | None = Field(None, pattern=r"^[0-9a-f]{1,16}$")

    def to_domain(self) -> Written:
        to, cc, bcc = (tuple(one.to_domain() for one in field) for field in (self.to, self.cc, self.bcc))
        recipients = Recipients(to, cc, bcc)
        return Written(
            recipients, self.subject, self.html, self.sender, self.tracked, self.separate, self.signed, self.thread_id
        )


class ChangedComposition(WrittenComposition):
    """The whole of it, in place of version `version`."""

    version: Version


class Reader(Shape):
    name: str
    address: str
    person_id: str | None
    unsubscribed: bool


class FailedMail(Shape):
    """`error`: unsubscribed, stopped, or a code of what Gmail answered."""

    to: list[Reader]
    error: str


class MailsOfComposition(Shape):
    """How many there are and went out. `messages`: ids of those that did."""

    of: int
    sent: int
    failed: list[FailedMail]
    messages: list[str]


class Composition(Shape):
    """`tracking`: whether the policy lets it be tracked, whatever `tracked` wishes."""

    model_config = ConfigDict(populate_by_name=True)

    id: str
    state: StateName
    to: list[Reader]
    cc: list[Reader]
    bcc: list[Reader]
    subject: str
    html: str
    sender: str | None = Field(alias="from")
    tracked: bool
    separate: bool
    signed: bool
    thread_id: str | None
    send_at: Time | None
    error: str
    version: int
    created_at: Time
    updated_at: Time
    tracking: Tracking
    mails: MailsOfComposition


class CompositionPage(Shape):
    items: list[Composition]
    next: str | None


class DecidedTracking(Shape):
    allowed: bool
    reasons: list[Reason]


class PreviewedMail(Shape):
    """`missing`: placeholders of which nothing is known for this reader."""

    model_config = ConfigDict(populate_by_name=True)

    to: list[Reader]
    sender: str = Field(alias="from")
    subject: str
    html: str
    missing: list[str]
    tracking: DecidedTracking


class Preview(Shape):
    items: list[PreviewedMail]


class Sending(Shape):
    """`at` left out: now, with a few seconds to take it back. `missing` and `unsubscribed`: what becomes of recipients for whom
    a placeholder has no value, or who unsubscribed: `ask` refuses with 422, `skip` leaves them out."""

    model_config = ConfigDict(extra="forbid")

    version: Version
    at: WallClock | None = None
    missing: ChoiceName = "ask"
    unsubscribed: ChoiceName = "ask"


class Sender(Shape):
    """`signature`: as plain words; null when Gmail does not tell."""

    address: str
    name: str
    signature: str | None


class SenderList(Shape):
    items: list[Sender]


class CompositionsQuery(Shape):
    state: StateName | None = Field(None, description="All that are not sent, when left out")
    before: Cursor | None = None
    limit: int = Field(50, ge=1, le=200)


class CompositionPath(Shape):
    composition_id: Text = Field(max_length=64)


class VersionQuery(Shape):
    version: Version


@api.get("/compositions", operation_id="listCompositions", responses={200: CompositionPage})
@access(Access.CLIENT)
def list_compositions(query: CompositionsQuery) -> dict[str, Any]:
    states = (State(query.state),) if query.state else UNFINISHED
    return here().compositions.page(sessions.user(), states, query.before, query.limit)


@api.post("/compositions", operation_id="compose", responses={201: Composition})
@access(Access.CLIENT)
def compose(body: WrittenComposition) -> tuple[dict[str, Any], int]:
    return here().compositions.add(sessions.user(), body.to_domain()), 201


@api.get("/compositions/senders", operation_id="listSenders", responses={200: SenderList})
@access(Access.CLIENT)
def list_senders() -> dict[str, Any]:
    """From which addresses Gmail lets the rep write, the usual one first."""
    return here().compositions.senders(sessions.user())


@api.get("/compositions/<composition_id>", operation_id="readComposition", responses={200: Composition, **problems(404)})
@access(Access.CLIENT)
def read_composition(path: CompositionPath) -> dict[str, Any]:
    return here().compositions.get(sessions.user(), path.composition_id)


@api.put("/compositions/<composition_id>", operation_id="changeComposition", responses={200: Composition, **problems(404, 409)})
@access(Access.CLIENT)
def change_composition(path: CompositionPath, body: ChangedComposition) -> dict[str, Any]:
    """409 tells in `current` what became of it meanwhile."""
    return here().compositions.change(sessions.user(), path.composition_id, body.version, body.to_domain())


@api.delete("/compositions/<composition_id>", operation_id="removeComposition", responses={204: None, **problems(404, 409)})
@access(Access.CLIENT)
def remove_composition(path: CompositionPath, query: VersionQuery) -> Response:
    here().compositions.remove(sessions.user(), path.composition_id, query.version)
    return Response(status=204)


@api.get("/compositions/<composition_id>/preview", operation_id="previewComposition", responses={200: Preview, **problems(404)})
@access(Access.CLIENT)
def preview_composition(path: CompositionPath) -> dict[str, Any]:
    """Each mail as its reader gets it, but for the signature."""
    return here().compositions.preview(sessions.user(), path.composition_id)


@api.post(
    "/compositions/<composition_id>/send",
    operation_id="sendComposition",
    responses={200: Composition, **problems(403, 404, 409)},
)
@access(Access.CLIENT)
def send_composition(path: CompositionPath, body: Sending) -> dict[str, Any]:
    at = datetime.fromisoformat(body.at) if body.at else None
    chosen = Choice(body.missing), Choice(body.unsubscribed)
    return here().compositions.send(sessions.user(), path.composition_id, body.version, at, *chosen)


@api.post(
    "/compositions/<composition_id>/cancel",
    operation_id="cancelComposition",
    responses={200: Composition, **problems(404, 409)},
)
@access(Access.CLIENT)
def cancel_composition(path: CompositionPath) -> dict[str, Any]:
    """A draft again. While its mails go out: those not begun stay here."""
    return here().compositions.cancel(sessions.user(), path.composition_id)
