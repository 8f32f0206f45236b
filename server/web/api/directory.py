"""The list of people: searched and filtered."""

from typing import Annotated, Any, Literal

from flask_openapi3.models.tag import Tag
from pydantic import AwareDatetime, Field

from server.domain.consent import State
from server.domain.directory import Wanted, Whose
from server.domain.people import linkedin_profile, terms
from server.domain.scores import HIGHEST, LOWEST
from server.web import sessions
from server.web.access import Access, access
from server.web.api.noun import Noun
from server.web.api.person import Person
from server.web.api.shapes import REFUSALS, SECURITY, Shape, Text, utc
from server.web.context import here

api = Noun(
    "directory", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="people")], abp_security=SECURITY, abp_responses=REFUSALS
)

Account = Annotated[Text, Field(min_length=1, max_length=300)]


class Filter(Shape):
    query: Text = Field("", max_length=200, description="Words that all stand in name, address or account")
    linkedin: Text = Field("", max_length=300, description="The address of a profile; nobody for what is none")
    whose: Literal["mine", "watched"] | None = Field(None, description="Own people, or those the user watches")
    account: Account | None = Field(None, description="Words in its name")
    score: int | None = Field(None, ge=LOWEST, le=HIGHEST, description="At least; of people whose score the user may know")
    consent: Literal["unknown", "granted", "denied", "withdrawn"] | None = None
    engaged_since: AwareDatetime | None = Field(None, description="Named by a line of the user's feeds since then")

    def to_domain(self) -> Wanted | None:
        """None where nobody can fit."""
        profile = linkedin_profile(self.linkedin)
        if self.linkedin and profile is None:
            return None
        return Wanted(
            terms=terms(self.query),
            linkedin=profile,
            whose=Whose(self.whose) if self.whose else None,
            account=self.account,
            score=self.score,
            consent=State(self.consent) if self.consent else None,
            engaged_since=utc(self.engaged_since),
        )


class PeopleQuery(Filter):
    before: Annotated[Text, Field(min_length=1, max_length=2000, description="The `next` of the page before")] | None = None
    limit: int = Field(50, ge=1, le=200)


class PeoplePage(Shape):
    """By name. `count`: how many fit, told with the first page; it stops counting at 20,000."""

    items: list[Person]
    next: str | None
    count: int | None


class AccountsQuery(Shape):
    query: Text = Field("", max_length=100, description="Words in its name")


class Accounts(Shape):
    items: list[str]


@api.get("/people/accounts", operation_id="listAccounts", responses={200: Accounts})
@access(Access.CLIENT)
def list_accounts(query: AccountsQuery) -> dict[str, Any]:
    """A few accounts of people, by name."""
    return {"items": here().directory.accounts(sessions.user(), query.query)}
