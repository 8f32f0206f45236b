"""Shapes that several nouns of the API share."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not contain NUL")
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError("must not contain half a letter")
    return text


Text = Annotated[str, AfterValidator(_without_nul)]
"""Any text a database can keep."""

Id = Annotated[str, Field(min_length=1, max_length=64, description="Opaque")]
Cursor = Annotated[Text, Field(min_length=1, max_length=200, description="Opaque position")]
Time = Annotated[str, Field(description="RFC 3339, in UTC", json_schema_extra={"format": "date-time"})]
Day = Annotated[date, Field(ge=date(1970, 1, 1), le=date(2999, 12, 31))]
Kind = Literal["view", "click", "reply", "bounce", "auto-reply", "moment"]
MomentType = Literal["web", "email", "milestone"]
Class = Literal["human", "proxy-human", "machine", "own", "unknown"]


class Shape(BaseModel):
    """What goes in and out. How to read and check one is worked out when the first comes along."""

    model_config = ConfigDict(defer_build=True)


class Problem(Shape):
    """RFC 9457. `code` is stable; `request_id` finds the request in the log."""

    model_config = ConfigDict(json_schema_extra={"additionalProperties": True})

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: list["WrongField"]


class WrongField(Shape):
    field: str
    message: str


class Reason(Shape):
    """`code` names a rule; further members are the facts of its sentence."""

    model_config = ConfigDict(extra="allow")

    code: str


class NameAndAddress(Shape):
    name: str
    address: str


class Link(Shape):
    ordinal: int
    url: str
    text: str


class Place(Shape):
    """`country` is an ISO 3166 code; `city` only with precision `city`."""

    precision: Literal["city", "country"]
    city: str | None = None
    country: str


class Device(Shape):
    client: str | None = None
    system: str | None = None


class Forwarded(Shape):
    reasons: list[Reason]


class Hit(Shape):
    """One request of a pixel or a tracked link."""

    id: str
    kind: Literal["view", "click"]
    at: Time
    class_: Class = Field(alias="class")
    reasons: list[Reason]
    link: Link | None
    recipient: NameAndAddress | None
    place: Place | None
    device: Device | None
    method: str


PROBLEM = {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}


def problems(*statuses: int) -> dict[str | int, Any]:
    """How a route may refuse; each with the shape Problem."""
    return {status: dict(PROBLEM) for status in statuses}


REFUSALS = problems(400, 401, 422, 429, 503)
SECURITY: list[dict[str, list[str]]] = [{"bearer": []}, {"session": []}]


def utc(at: datetime | None) -> datetime | None:
    try:
        return at.astimezone(UTC) if at else None
    except OverflowError:  # the ends of time, in a zone beyond them
        return None if at is None else at.replace(tzinfo=UTC)
