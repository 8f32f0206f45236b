"""What a card asks for when it is pressed. What must be known then travels with it, sealed: whoever edits it is refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from server.cards.widgets import Json

STATE = "state"


@dataclass(frozen=True, slots=True)
class Actions:
    """`address` gives the URL to call for an action's name; `seal` signs what travels, bound to its user and that name.
    `around` tells which card is to be drawn again afterwards, and how many lie on top of it by then."""

    address: Callable[[str], str]
    seal: Callable[[str, Mapping[str, Any]], str]
    around: Mapping[str, Any]

    def __call__(self, name: str, /, **facts: Any) -> Json:
        sealed = self.seal(name, {**self.around, **facts})
        return {"function": self.address(name), "parameters": [{"key": STATE, "value": sealed}], "loadIndicator": "SPINNER"}
