"""Who may be tracked: the workspace's policy, and what each person said."""

from datetime import datetime
from typing import Annotated, Any, Literal

from flask_openapi3.models.tag import Tag
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field

from server.domain.consent import Choice, Policy, Rule, Source, State
from server.web import sessions
from server.web.access import Access, access
from server.web.api.noun import Noun
from server.web.api.shapes import REFUSALS, SECURITY, Shape, Text, Time, problems
from server.web.context import here

api = Noun(
    "privacy", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="privacy")], abp_security=SECURITY, abp_responses=REFUSALS
)

RuleName = Literal["never", "only-with-consent", "notice-and-opt-out", "always"]
StateName = Literal["unknown", "granted", "denied", "withdrawn"]


def _domain(text: str) -> str:
    return text.strip().lower().encode("idna").decode() if not text.isascii() else text.strip().lower()


Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="ISO 3166, or EU for addresses under .eu")]
Domain = Annotated[
    str, Field(pattern=r"^[^\s@/]+(\.[^\s@/]+)+$", max_length=253, description="Its subdomains too"), AfterValidator(_domain)
]


class PrivacyPolicy(Shape):
    """The recipient's domain decides first, the narrowest one named; then the country; else `default`. Recipients in the
    workspace's own domain are never tracked, and a no always counts."""

    model_config = ConfigDict(extra="forbid")

    default: RuleName
    countries: dict[Country, RuleName] = Field({}, max_length=300)
    domains: dict[Domain, RuleName] = Field({}, max_length=2000)
    contact: Text = Field("", max_length=320, pattern=r"^([^@\s]+@[^@\s]+)?$", description="Shown to recipients")

    def to_domain(self) -> Policy:
        countries, domains = ({name: Rule(rule) for name, rule in rules.items()} for rules in (self.countries, self.domains))
        return Policy(Rule(self.default), countries, domains, self.contact)


class WrittenConsent(Shape):
    """`granted` needs `purpose` and `proof`; after a no it also needs to be newer. `at`: when they said it, now if left out."""

    model_config = ConfigDict(extra="forbid")

    state: StateName
    purpose: Text = Field("", max_length=500)
    proof: Text = Field("", max_length=4000)
    source: Literal["rep", "form", "import", "api"] = "rep"
    at: AwareDatetime | None = None

    def to_domain(self) -> Choice:
        at: datetime | None = self.at
        return Choice(State(self.state), at, self.purpose.strip(), self.proof.strip(), Source(self.source))


class ConsentChange(Shape):
    """`recorded_by` is the user who wrote it down, null where the recipient did it."""

    address: str
    state: StateName
    at: Time
    purpose: str
    proof: str
    source: str
    recorded_at: Time
    recorded_by: str | None


class Consent(Shape):
    """What holds for all addresses of the person, and how it came about, newest first."""

    state: StateName
    at: Time | None
    purpose: str
    proof: str
    source: str | None
    history: list[ConsentChange]


class PersonPath(Shape):
    person_id: Text = Field(max_length=64)


@api.get("/privacy/policy", operation_id="readPrivacyPolicy", responses={200: PrivacyPolicy})
@access(Access.CLIENT)
def read_policy() -> dict[str, Any]:
    return here().privacy.policy(sessions.user()).to_json()


@api.put("/privacy/policy", operation_id="changePrivacyPolicy", responses={200: PrivacyPolicy, **problems(403)})
@access(Access.CLIENT)
def change_policy(body: PrivacyPolicy) -> dict[str, Any]:
    """Only an admin may. It holds at once, also for mail that is out."""
    return here().privacy.set_policy(sessions.user(), body.to_domain()).to_json()


@api.get("/people/<person_id>/consent", operation_id="readConsent", responses={200: Consent, **problems(404)})
@access(Access.CLIENT)
def read_consent(path: PersonPath) -> dict[str, Any]:
    return here().privacy.consent(sessions.user(), path.person_id)


@api.put("/people/<person_id>/consent", operation_id="recordConsent", responses={200: Consent, **problems(404, 409)})
@access(Access.CLIENT)
def record_consent(path: PersonPath, body: WrittenConsent) -> dict[str, Any]:
    return here().privacy.record(sessions.user(), path.person_id, body.to_domain())
