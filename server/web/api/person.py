"""How the API tells a person, in full and in short."""

from typing import Any, Literal

from pydantic import Field

from server.web.api.shapes import MomentType, Shape, Text, Time


class PhoneNumber(Shape):
    """`number` is E.164 and fits into a `tel:` address; `shown` is for people."""

    kind: Literal["phone", "mobile", "fax"]
    number: str
    shown: str


class AddressOfPerson(Shape):
    """`bounced`: the last delivery that failed. `replied_at`: when they last answered a mail of the viewer's."""

    address: str
    bounced: dict[str, Any] | None
    replied_at: Time | None


class LastMoment(Shape):
    type: MomentType
    description: str
    at: Time


class Owner(Shape):
    id: str
    name: str


class PersonShort(Shape):
    """What a line of a list shows. `address` and `phone` (E.164) are the ones to use first."""

    id: str
    name: str
    title: str | None
    account: str | None
    address: str | None
    phone: str | None
    linkedin: str | None
    do_not_call: bool
    unsubscribed: bool


class Person(Shape):
    """Somebody outside. The first address is the one to write to. `rise` is the size of the last rise, at `rose_at`.

    `score` to `best_bet` are told of own and watched people only; to admins of everybody, but for `best_bet`.
    `known`: added on purpose, written to, or owned; not merely met in a reply. `version` is what a change must name.
    """

    id: str
    name: str
    title: str | None
    account: str | None
    country: str | None = Field(description="ISO 3166")
    addresses: list[AddressOfPerson]
    phones: list[PhoneNumber]
    linkedin: str | None
    owner: Owner | None
    score: int | None
    rise: int | None
    rose_at: Time | None
    stars: int | None
    flames: int | None
    best_bet: bool
    watched: bool
    do_not_call: bool
    unsubscribed: bool
    consent: Literal["unknown", "granted", "denied", "withdrawn"] = Field(description="To tracking; for all addresses")
    known: bool
    version: int


class PersonPath(Shape):
    person_id: Text = Field(max_length=64)
