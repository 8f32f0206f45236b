"""The card beside a thread or beside the addresses of a mail, in Google's card JSON, and what its buttons do."""

from typing import Annotated, Any

from flask_openapi3.models.tag import Tag
from pydantic import ConfigDict, Field

from server.domain.context import MOST_PEOPLE
from server.domain.people import linkedin_profile
from server.services.cards import Asked, Host
from server.web import sessions
from server.web.access import Access, access
from server.web.api.noun import Noun
from server.web.api.shapes import REFUSALS, SECURITY, Shape, Text, problems
from server.web.context import here
from server.web.languages import locale

api = Noun("cards", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="cards")], abp_security=SECURITY, abp_responses=REFUSALS)

_ADDRESS = 320


class ContextQuery(Shape):
    """`thread`: Gmail's id, in the rep's own mailbox. `addresses`: separated by commas. `linkedin`: a profile's address."""

    thread: str = Field("", pattern=r"^[0-9a-f]{0,16}$")
    addresses: Text = Field("", max_length=MOST_PEOPLE * _ADDRESS)
    linkedin: Text = Field("", max_length=300)

    def to_domain(self) -> Asked:
        named = [address.strip().lower() for address in self.addresses.split(",")]
        addresses = tuple(address for address in named if "@" in address)[:MOST_PEOPLE]
        return Asked(self.thread, addresses, linkedin=linkedin_profile(self.linkedin))


class ContextCard(Shape):
    """`card`: a card of Google Workspace add-ons."""

    card: dict[str, Any]


class ActionPath(Shape):
    name: Annotated[Text, Field(max_length=40)]


class Press(Shape):
    """`parameters` as the card named them, `inputs` as Google's `formInputs`."""

    model_config = ConfigDict(extra="forbid")

    parameters: dict[str, Text] = Field({}, max_length=20)
    inputs: dict[str, Any] = Field({}, max_length=100)


class Envelope(Shape):
    """What a Workspace add-on answers to a click: `renderActions`, or what could stand in a text input."""

    renderActions: dict[str, Any] | None = None
    autoComplete: dict[str, Any] | None = None
    stateChanged: bool = False


@api.get("/cards/context", operation_id="readContextCard", responses={200: ContextCard})
@access(Access.CLIENT)
def read_context_card(query: ContextQuery) -> dict[str, Any]:
    return {"card": here().cards.message(sessions.user(), _host(), query.to_domain())}


@api.post("/cards/action/<name>", operation_id="pressCard", responses={200: Envelope, **problems(403, 404)})
@access(Access.CLIENT)
def press_card(path: ActionPath, body: Press) -> dict[str, Any]:
    return here().cards.press(sessions.user(), _host(), path.name, body.parameters, body.inputs)


def _host() -> Host:
    return Host(locale(), _address)


def _address(name: str) -> str:
    return f"{here().public_url}/api/v1/cards/action/{name}"
