"""What every card of a rep is drawn with: who asks, where it is shown, what travels sealed between two presses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from server.cards import envelopes
from server.cards.actions import STATE, Actions
from server.cards.inputs import Inputs
from server.cards.site import Site
from server.cards.widgets import Json
from server.cards.words import Words
from server.domain.drafts import Draft
from server.domain.users import User
from server.errors import NotAllowed
from server.services.drafts import Lent
from server.tokens import Tokens

STATE_LIFE = 30 * 86400
"""Seconds. A card may stand open for days."""

_PURPOSE = "card"

Address = Callable[[str], str]
"""The URL to call for an action, by its name."""

Where = Mapping[str, Any]
"""Which card is meant: `in` names it, the rest is what it is drawn from. As JSON keeps it."""


@dataclass(frozen=True, slots=True)
class Host:
    """Where a card is shown. `locale` counts until the user chose one; `zone` is an IANA name, None for the user's own."""

    locale: str
    address: Address
    zone: str | None = None
    lent: Lent = field(default_factory=Lent)


@dataclass(frozen=True, slots=True)
class Pressed:
    """A card asked for, or something pressed on it. `above`: how many cards lie on top of `where` by then; `facts` are what was
    sealed, `inputs` what was filled in, `draft` the recipients of the mail that is being written."""

    user: User
    host: Host
    words: Words
    where: Where
    above: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)
    inputs: Inputs = field(default_factory=dict)
    draft: Draft = field(default_factory=Draft)
    just_done: str | None = None

    def at(self, **changes: Any) -> "Pressed":
        """The same, of a card that is drawn otherwise."""
        return replace(self, where={**self.where, **changes})


Deed = Callable[[Pressed], Json]


class Stage:
    """Draws the card a press came from, and seals what the next press has to know."""

    def __init__(self, tokens: Tokens, site: Site) -> None:
        self._tokens = tokens
        self.site = site
        self._drawers: dict[str, Deed] = {}

    def draws(self, name: str, drawer: Deed) -> None:
        self._drawers[name] = drawer

    def draw(self, pressed: Pressed) -> Json:
        return self._drawers[pressed.where["in"]](pressed)

    def after(self, pressed: Pressed, notice: str = "") -> Json:
        """Back on the card that the press belongs to, as it is now."""
        card = self.draw(pressed)
        return envelopes.back_to(card, notice, above=pressed.above)

    def acting(self, pressed: Pressed, above: int | None = None) -> Actions:
        """`above`: where the card that is drawn will lie; on top of all that lies there now when left out."""
        around = {"at": dict(pressed.where), "above": pressed.above if above is None else above}

        def seal(name: str, facts: Mapping[str, Any]) -> str:
            return self._tokens.sign(_PURPOSE, {**facts, "user": pressed.user.id, "action": name})

        return Actions(pressed.host.address, seal, around)

    def opened(self, user: User, name: str, parameters: Mapping[str, str], refusal: str) -> Mapping[str, Any]:
        """What was sealed for this user and this action; NotAllowed for anything else."""
        facts = self._tokens.unsign(_PURPOSE, parameters.get(STATE, ""), STATE_LIFE)
        if not isinstance(facts, dict) or facts.get("user") != user.id or facts.get("action") != name:
            raise NotAllowed(refusal)
        return facts
