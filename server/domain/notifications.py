"""What a user wants to be told of, and when not. Whether a line is worth a word is decided where it is shown: ui/notify.js."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

KINDS = ("first-view", "view-again", "click", "reply", "bounce", "moment")
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
"""Hours and minutes where the user is."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """Nothing is said from `start` to `end`, over midnight if `end` comes first."""

    on: bool = False
    start: str = "19:00"
    end: str = "08:00"


@dataclass(frozen=True, slots=True)
class Wishes:
    """By kind whether to tell. A kind that came later than the choice is told."""

    kinds: Mapping[str, bool] = field(default_factory=dict, hash=False)
    quiet: Quiet = Quiet()

    def tells(self, kind: str) -> bool:
        return self.kinds.get(kind, True)


def read(stored: Mapping[str, Any] | None) -> Wishes:
    """What `written` made; None is what somebody has who never chose."""
    if stored is None:
        return Wishes()
    kinds = {kind: bool(on) for kind, on in stored["kinds"].items() if kind in KINDS}
    return Wishes(kinds, Quiet(**stored["quiet"]))


def written(wishes: Wishes) -> dict[str, Any]:
    """Every kind by name, for storage and for screens."""
    quiet = {"on": wishes.quiet.on, "start": wishes.quiet.start, "end": wishes.quiet.end}
    return {"kinds": {kind: wishes.tells(kind) for kind in KINDS}, "quiet": quiet}


def chosen(wishes: Wishes, kinds: Mapping[str, bool], quiet: Quiet | None) -> Wishes:
    """With what is chosen anew; the rest stays."""
    return Wishes({**wishes.kinds, **kinds}, quiet or wishes.quiet)
