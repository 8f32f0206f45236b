"""A rep's messages: prepared while they are written, sent, listed, looked at, archived."""

import base64
import binascii
from itertools import chain
from typing import Annotated, Any, Literal, Self

from flask import Response
from flask_openapi3.models.tag import Tag
from pydantic import ConfigDict, Field, model_validator

from server.domain.cells import BEGINNING, lines
from server.domain.consent import Decision
from server.domain.drafts import Addressee, Draft, DraftLink, Outgoing, Prepared
from server.domain.searches import Outcome, Wanted
from server.errors import BadInput
from server.web import sessions
from server.web.access import MAIL_BODY, Access, access
from server.web.api.noun import Noun
from server.web.api.shapes import (
    REFUSALS,
    SECURITY,
    Cursor,
    Day,
    Forwarded,
    Hit,
    Id,
    Link,
    NameAndAddress,
    Reason,
    Shape,
    Text,
    Time,
    problems,
)
from server.web.context import here

api = Noun(
    "messages", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="messages")], abp_security=SECURITY, abp_responses=REFUSALS
)

Address = Annotated[Text, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=320)]
WebAddress = Annotated[Text, Field(pattern=r"^(?i:https?)://\S", max_length=8192)]


class WrittenRecipient(Shape):
    name: Text = Field("", max_length=300)
    address: Address

    def to_domain(self) -> Addressee:
        return Addressee(self.name, self.address)


class WrittenLink(Shape):
    url: WebAddress
    text: Text = Field("", max_length=2000)


class WrittenMessage(Shape):
    """What is known of a mail while it is written."""

    model_config = ConfigDict(extra="forbid")

    subject: Text = Field("", max_length=2000)
    to: list[WrittenRecipient] = Field([], max_length=2000)
    cc: list[WrittenRecipient] = Field([], max_length=2000)
    bcc: list[WrittenRecipient] = Field([], max_length=2000)
    links: list[WrittenLink] = Field([], max_length=2000)

    def to_domain(self) -> Draft:
        to, cc, bcc = (tuple(one.to_domain() for one in field) for field in (self.to, self.cc, self.bcc))
        return Draft(self.subject, to, cc, bcc, tuple(DraftLink(link.url, link.text) for link in self.links))


class TrackedLink(Shape):
    ordinal: int
    url: str
    tracked_url: str | None


class TrackingOfRecipient(Shape):
    address: str
    allowed: bool
    reasons: list[Reason]


class Tracking(Shape):
    """`allowed`: for one body that all of them get. `recipients`: what holds for a copy of each one's own."""

    allowed: bool
    reasons: list[Reason]
    recipients: list[TrackingOfRecipient]


class PreparedMessage(Shape):
    """What goes into the mail. `links` stand in the order in which they were given. While `tracking` does not allow it there
    is no token and no address; a link that leads out of a mailing, or to this product, has none ever. `notice_html`, where it
    is given, has to stand in the mail, above the pixel."""

    id: str
    token: str | None
    pixel_url: str | None
    opt_out_url: str | None
    notice_html: str | None
    tracking: Tracking
    links: list[TrackedLink]
    state: Literal["drafted"]
    expires_at: Time


class MailToSend(Shape):
    """Either `raw`, or `html` and `text`. `separate`: each recipient gets a copy of their own."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    html: Text = Field("", max_length=10_000_000)
    text: Text = Field("", max_length=10_000_000)
    raw: str | None = Field(None, description="RFC 822 in base64url")
    sender: Address | None = Field(None, alias="from", description="One of the rep's own addresses")
    separate: bool = False
    thread_id: str | None = Field(None, pattern=r"^[0-9a-f]{1,16}$")
    in_reply_to: Text | None = Field(None, max_length=998, pattern=r"^<[^<>\s]+>$")

    @model_validator(mode="after")
    def _one_body(self) -> Self:
        if (self.raw is None) == (not self.html and not self.text):
            raise ValueError("either raw, or html and text")
        return self

    def to_domain(self) -> Outgoing:
        raw = _bytes_of(self.raw) if self.raw is not None else None
        return Outgoing(self.html, self.text, raw, self.sender, self.separate, self.thread_id, self.in_reply_to)


class Recipient(NameAndAddress):
    """`personal`: this one got a copy of their own."""

    model_config = ConfigDict(extra="allow")

    kind: Literal["to", "cc", "bcc"]
    person_id: str | None
    account: str | None = None
    personal: bool
    bounced: dict[str, Any] | None
    replied_at: Time | None


class Counts(Shape):
    views: int
    clicks: int
    replies: int
    machine: int
    unknown: int
    own: int
    bounces: int


class InboundMail(Shape):
    id: str
    kind: Literal["reply", "bounce", "auto-reply"]
    at: Time
    sender: NameAndAddress = Field(alias="from")
    detail: dict[str, Any] | None


class MessageSummary(Shape):
    model_config = ConfigDict(extra="allow")

    id: str
    subject: str
    state: Literal["drafted", "sent", "archived", "expired"]
    tracked: bool
    sent_at: Time | None
    thread_url: str | None
    archived: bool
    recipients: list[Recipient]
    counts: Counts


class Message(MessageSummary):
    """`apple`: it reached Apple Mail, whose privacy proxy hides whether it was read."""

    links: list[Link]
    forwarded: Forwarded | None
    apple: bool
    muted: bool
    hits: list[Hit]
    mails: list[InboundMail]


class MessagePage(Shape):
    items: list[MessageSummary]
    next: str | None


YesOrNo = Literal["yes", "no"]


class WantedMessages(Shape):
    """`viewed`, `clicked`, `replied`: by people. Of mail that is not tracked nobody can say that it was not viewed."""

    q: Text = Field("", max_length=200, description="Words of subject, names, addresses and companies")
    person: Id | None = Field(None, description="Mail to them")
    account: Text = Field("", max_length=200, description="Words of the company's name")
    first: Day | None = Field(None, alias="from", description="From the reader's day on")
    last: Day | None = Field(None, alias="to", description="Up to the reader's day, which is included")
    viewed: YesOrNo | None = None
    clicked: YesOrNo | None = None
    replied: YesOrNo | None = None
    archived: YesOrNo | None = None

    def wanted(self) -> Wanted:
        return Wanted(self.q, self.person, self.account, self.first, self.last)

    def outcome(self) -> Outcome:
        said = (self.viewed, self.clicked, self.replied, self.archived)
        return Outcome(*(None if one is None else one == "yes" for one in said))


class MessagesQuery(WantedMessages):
    before: Cursor | None = None
    limit: int = Field(50, ge=1, le=200)


class ManyMessages(Shape):
    model_config = ConfigDict(extra="forbid")

    messages: list[Id] = Field(min_length=1, max_length=200)
    archived: bool


class ChangedMessages(Shape):
    """Without those that were so before, were never sent, or are another's."""

    changed: list[str]


class MessagePath(Shape):
    message_id: Text = Field(max_length=64)


@api.get("/messages", operation_id="listMessages", responses={200: MessagePage})
@access(Access.CLIENT)
def list_messages(query: MessagesQuery) -> dict[str, Any]:
    return here().messages.list(sessions.user(), query.before, query.limit, query.wanted(), query.outcome())


@api.get("/messages/export", operation_id="exportMessages", responses={200: {"content": {"text/csv": {}}}})
@access(Access.CLIENT)
def export_messages(query: WantedMessages) -> Response:
    """One row a message, with what came of it."""
    rows = here().messages.table(sessions.user(), query.wanted(), query.outcome())
    headers = {"Content-Disposition": 'attachment; filename="messages.csv"', "Cache-Control": "no-store"}
    return Response(chain([BEGINNING], lines(rows)), mimetype="text/csv", headers=headers)


@api.post("/messages/archive", operation_id="archiveMessages", responses={200: ChangedMessages})
@access(Access.CLIENT)
def archive_messages(body: ManyMessages) -> dict[str, Any]:
    """Several at once, or back."""
    return {"changed": here().messages.archive_all(sessions.user(), body.messages, archived=body.archived)}


@api.post("/messages", operation_id="prepareMessage", responses={201: PreparedMessage})
@access(Access.CLIENT)
def prepare_message(body: WrittenMessage) -> tuple[dict[str, Any], int]:
    return _prepared(here().messages.prepare(sessions.user(), body.to_domain())), 201


@api.put("/messages/<message_id>", operation_id="updateMessage", responses={200: PreparedMessage, **problems(404, 409)})
@access(Access.CLIENT)
def update_message(path: MessagePath, body: WrittenMessage) -> dict[str, Any]:
    return _prepared(here().messages.update(sessions.user(), path.message_id, body.to_domain()))


@api.get("/messages/<message_id>", operation_id="readMessage", responses={200: Message, **problems(404)})
@access(Access.CLIENT)
def read_message(path: MessagePath) -> dict[str, Any]:
    return here().messages.details(sessions.user(), path.message_id)


@api.post("/messages/<message_id>/send", operation_id="sendMessage", responses={200: Message, **problems(404, 409, 413, 502)})
@access(Access.CLIENT, body=MAIL_BODY)
def send_message(path: MessagePath, body: MailToSend) -> dict[str, Any]:
    return here().messages.send(sessions.user(), path.message_id, body.to_domain())


@api.post("/messages/<message_id>/archive", operation_id="archiveMessage", responses={200: Message, **problems(404, 409)})
@access(Access.CLIENT)
def archive_message(path: MessagePath) -> dict[str, Any]:
    """Views and clicks are no longer recorded."""
    return here().messages.archive(sessions.user(), path.message_id)


@api.post("/messages/<message_id>/unarchive", operation_id="unarchiveMessage", responses={200: Message, **problems(404, 409)})
@access(Access.CLIENT)
def unarchive_message(path: MessagePath) -> dict[str, Any]:
    return here().messages.unarchive(sessions.user(), path.message_id)


def _prepared(prepared: Prepared) -> dict[str, Any]:
    return {
        "id": prepared.id,
        "token": prepared.token,
        "pixel_url": prepared.pixel_url,
        "links": [{"ordinal": link.ordinal, "url": link.url, "tracked_url": link.tracked_url} for link in prepared.links],
        "opt_out_url": prepared.opt_out_url,
        "notice_html": prepared.notice_html,
        "tracking": {
            **_decision(prepared.tracking.together),
            "recipients": [{"address": address, **_decision(one)} for address, one in prepared.tracking.recipients],
        },
        "state": prepared.state.value,
        "expires_at": prepared.expires_at.isoformat().replace("+00:00", "Z"),
    }


def _decision(decision: Decision) -> dict[str, Any]:
    return {"allowed": decision.allowed, "reasons": [reason.to_json() for reason in decision.reasons]}


def _bytes_of(raw: str) -> bytes:
    try:
        return base64.b64decode(raw + "=" * (-len(raw) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise BadInput(fields={"raw": "must be base64url"}) from None
