"""A rep's best bets, what can be done about many of them at once, and the campaigns of Marketo they may be added to."""

from typing import Annotated, Any, Literal

from flask import Response
from flask_openapi3.models.tag import Tag
from pydantic import BeforeValidator, ConfigDict, Field

from server.domain.bestbets import Asked, Group, Order
from server.domain.marketing import MOST_HIDE_DAYS
from server.services.bestbets import MOST_AT_ONCE
from server.services.person import time_text
from server.web import sessions
from server.web.access import Access, access
from server.web.api.lead_feed import SystemLinks
from server.web.api.noun import Noun
from server.web.api.person import LastMoment, PersonShort
from server.web.api.shapes import REFUSALS, SECURITY, Id, Shape, Text, Time, problems
from server.web.api.tasks import WrittenTask
from server.web.context import here

api = Noun(
    "best-bets", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="people")], abp_security=SECURITY, abp_responses=REFUSALS
)

Groups = Literal["leads", "contacts", "account-contacts", "opportunity-contacts"]


class BestBet(Shape):
    """`priority` is stars and flames together; `best_bet`: it is high enough for the star. `urgency`: how much the score
    changed in two weeks. `opportunities`: open ones."""

    person: PersonShort
    kind: Literal["lead", "contact"]
    score: int | None
    urgency: int | None
    stars: int | None
    flames: int | None
    priority: int | None
    best_bet: bool
    watched: bool
    opportunities: int
    in_marketo: bool
    moment: LastMoment | None
    hidden_until: Time | None
    links: SystemLinks


class BestBetsPage(Shape):
    """`counts` by group, and `hidden`, on the first page. `hide_days`: how long somebody is hidden where no days are said."""

    items: list[BestBet]
    next: str | None
    counts: dict[str, int] | None
    hide_days: int


def _split(given: object) -> object:
    """`filter=leads,contacts` and `filter=leads&filter=contacts` are the same."""
    parts = given if isinstance(given, list) else [given]
    return [one for part in parts for one in (part.split(",") if isinstance(part, str) else [part])]


class BestBetsQuery(Shape):
    filter: Annotated[list[Groups], BeforeValidator(_split)] = Field(
        ["contacts", "leads"], min_length=1, max_length=8, description="Who to list; the last two are parts of the contacts"
    )
    sort: Literal["priority", "score", "urgency", "name"] = "priority"
    hidden: bool = Field(False, description="Those that were hidden, in place of those that are not")
    before: Annotated[Text, Field(min_length=1, max_length=2000, description="The `next` of the page before")] | None = None
    limit: int = Field(50, ge=1, le=200)


class HowLong(Shape):
    model_config = ConfigDict(extra="forbid")

    days: int | None = Field(None, ge=1, le=MOST_HIDE_DAYS, description="As the admin chose when left out")


class Hidden(Shape):
    hidden_until: Time


class Chosen(Shape):
    model_config = ConfigDict(extra="forbid")

    people: list[Id] = Field(min_length=1, max_length=MOST_AT_ONCE)


class TaskEach(Chosen):
    task: WrittenTask


class ForCampaign(Chosen):
    campaign: int = Field(ge=1, le=2**53)


class Outcome(Shape):
    person: str
    outcome: Literal["done", "not-found", "full", "not-yours", "not-in-marketo", "refused"]


class Outcomes(Shape):
    items: list[Outcome]


class Campaign(Shape):
    id: int
    name: str
    program: str | None


class Campaigns(Shape):
    items: list[Campaign]


class BestBetPath(Shape):
    person_id: Id


@api.get("/best-bets", operation_id="listBestBets", responses={200: BestBetsPage})
@access(Access.CLIENT)
def list_best_bets(query: BestBetsQuery) -> dict[str, Any]:
    """Own people with a star or a flame."""
    asked = Asked(frozenset(Group(one) for one in query.filter), Order(query.sort), query.hidden)
    return here().best_bets.page(sessions.user(), asked, query.before, query.limit)


@api.put("/best-bets/<person_id>/hidden", operation_id="hideBestBet", responses={200: Hidden, **problems(403, 404)})
@access(Access.CLIENT)
def hide(path: BestBetPath, body: HowLong) -> dict[str, Any]:
    """Out of the list for so many days, and without the star; only for whoever owns them."""
    return {"hidden_until": time_text(here().best_bets.hide(sessions.user(), path.person_id, body.days))}


@api.delete("/best-bets/<person_id>/hidden", operation_id="showBestBet", responses={204: None, **problems(403, 404)})
@access(Access.CLIENT)
def unhide(path: BestBetPath) -> Response:
    here().best_bets.unhide(sessions.user(), path.person_id)
    return Response(status=204)


@api.post("/best-bets/watch", operation_id="watchMany", responses={200: Outcomes})
@access(Access.CLIENT)
def watch_many(body: Chosen) -> dict[str, Any]:
    return {"items": here().best_bets.watch(sessions.user(), body.people)}


@api.post("/best-bets/task", operation_id="addTasks", responses={200: Outcomes})
@access(Access.CLIENT)
def add_tasks(body: TaskEach) -> dict[str, Any]:
    """One task for each; a person that the task names is left aside."""
    return {"items": here().best_bets.task(sessions.user(), body.people, body.task.to_domain())}


@api.post("/best-bets/campaign", operation_id="addToCampaign", responses={200: Outcomes, **problems(404, 409, 502)})
@access(Access.CLIENT)
def add_to_campaign(body: ForCampaign) -> dict[str, Any]:
    """Own and watched people whom Marketo knows."""
    return {"items": here().best_bets.add_to_campaign(sessions.user(), body.campaign, body.people)}


@api.get("/campaigns", operation_id="listCampaigns", responses={200: Campaigns, **problems(409, 502)})
@access(Access.CLIENT)
def list_campaigns() -> dict[str, Any]:
    """Of Marketo, those that people can be added to; 409 where no Marketo is connected."""
    return {"items": here().best_bets.campaigns(sessions.user())}
