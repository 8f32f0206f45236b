"""People outside: found, added, changed, joined, scored."""

from typing import Annotated, Any, Literal, Self

from flask import Response
from flask_openapi3.models.tag import Tag
from pydantic import AwareDatetime, ConfigDict, Field, model_validator

from server.domain.scores import HIGHEST, LOWEST
from server.services.person import MOST_ADDRESSES, MOST_PHONES, Given, PhoneGiven
from server.web import sessions
from server.web.access import Access, access
from server.web.api.directory import PeoplePage, PeopleQuery
from server.web.api.noun import Noun
from server.web.api.person import Person, PersonPath
from server.web.api.profiles import PersonDetails
from server.web.api.shapes import REFUSALS, SECURITY, Id, Shape, Text, problems, utc
from server.web.context import here

api = Noun(
    "people", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="people")], abp_security=SECURITY, abp_responses=REFUSALS
)

Line = Annotated[Text, Field(max_length=300, pattern=r"^[^\r\n]*$")]
Address = Annotated[Text, Field(max_length=320)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1, description="The one this change begins from")]


class WrittenPhone(Shape):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["phone", "mobile", "fax"] = "phone"
    number: Text = Field(max_length=60, description="With + and the country's code, or as inside the person's country")


class WrittenPerson(Shape):
    """What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    name: Line = ""
    title: Line | None = None
    account: Line | None = None
    country: str | None = Field(None, pattern=r"^[A-Z]{2}$", description="ISO 3166")
    addresses: list[Address] = Field([], max_length=MOST_ADDRESSES, description="The first is the one to use")
    phones: list[WrittenPhone] = Field([], max_length=MOST_PHONES)
    linkedin: Text | None = Field(None, max_length=300, description="https://www.linkedin.com/in/…")
    owner: Id | None = Field(None, description="A user's id")
    do_not_call: bool = False
    unsubscribed: bool = False

    def to_domain(self) -> Given:
        values = {field: getattr(self, field) for field in self.model_fields_set - {"version", "addresses", "phones"}}
        if "addresses" in self.model_fields_set:
            values["addresses"] = tuple(self.addresses)
        if "phones" in self.model_fields_set:
            values["phones"] = tuple(PhoneGiven(one.kind, one.number) for one in self.phones)
        for field in {"name", "title", "account"} & values.keys():
            values[field] = " ".join((values[field] or "").split()) or (None if field != "name" else "")
        return Given(frozenset(values), **values)


class NewPerson(WrittenPerson):
    addresses: list[Address] = Field(min_length=1, max_length=MOST_ADDRESSES)


class ChangedPerson(WrittenPerson):
    version: Version

    @model_validator(mode="after")
    def _keeps_an_address(self) -> Self:
        if "addresses" in self.model_fields_set and not self.addresses:
            raise ValueError("somebody without an address is nobody")
        return self


class WhoElse(Shape):
    model_config = ConfigDict(extra="forbid")

    person: Id = Field(description="Who is the same; they are no more afterwards")
    version: Version


class NewScore(Shape):
    model_config = ConfigDict(extra="forbid")

    score: int = Field(ge=LOWEST, le=HIGHEST)
    at: AwareDatetime | None = Field(None, description="Since when; now when left out")


@api.get("/people", operation_id="listPeople", responses={200: PeoplePage})
@access(Access.CLIENT)
def list_people(query: PeopleQuery) -> dict[str, Any]:
    wanted = query.to_domain()
    if wanted is None:
        return {"items": [], "next": None, "count": 0}
    return here().directory.page(sessions.user(), wanted, query.before, query.limit)


@api.post("/people", operation_id="addPerson", responses={201: Person, **problems(403, 409)})
@access(Access.CLIENT)
def add_person(body: NewPerson) -> tuple[dict[str, Any], int]:
    """409 tells who has the address already, in `current`."""
    return here().people.add(sessions.user(), body.to_domain()), 201


@api.get("/people/<person_id>", operation_id="readPerson", responses={200: PersonDetails, **problems(404)})
@access(Access.CLIENT)
def read_person(path: PersonPath) -> dict[str, Any]:
    return here().profiles.details(sessions.user(), path.person_id)


@api.patch("/people/<person_id>", operation_id="changePerson", responses={200: Person, **problems(403, 404, 409)})
@access(Access.CLIENT)
def change_person(path: PersonPath, body: ChangedPerson) -> dict[str, Any]:
    """409 tells in `current` how the person is now."""
    return here().people.change(sessions.user(), path.person_id, body.version, body.to_domain())


@api.delete("/people/<person_id>", operation_id="deletePerson", responses={204: None, **problems(403, 404)})
@access(Access.CLIENT)
def delete_person(path: PersonPath) -> Response:
    here().people.delete(sessions.user(), path.person_id)
    return Response(status=204)


@api.post("/people/<person_id>/join", operation_id="joinPeople", responses={200: Person, **problems(403, 404, 409)})
@access(Access.CLIENT)
def join_people(path: PersonPath, body: WhoElse) -> dict[str, Any]:
    """Two entries are one person: all that pointed at the other points at this one."""
    return here().people.join(sessions.user(), path.person_id, body.version, body.person)


@api.post("/people/<person_id>/score", operation_id="scorePerson", responses={200: Person, **problems(404)})
@access(Access.CLIENT)
def score_person(path: PersonPath, body: NewScore) -> dict[str, Any]:
    """A score above the last one is a rise; the first one is none."""
    return here().people.score(sessions.user(), path.person_id, body.score, utc(body.at))
