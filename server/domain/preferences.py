"""How a user likes the product to work for them: what it offers by itself, when it writes, how dense it looks."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, get_args

Density = Literal["cosy", "roomy"]
DENSITIES: tuple[Density, ...] = get_args(Density)

MOST_A_MINUTE = 60
"""Mails sent one after the other on a rep's behalf."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """`digest_at`: the hour of the daily digest where the user is. `sends_a_minute`: how fast separate copies leave."""

    suggestions: bool = True
    reminders: bool = True
    digest: bool = False
    digest_at: str = "07:30"
    density: Density = "cosy"
    sends_a_minute: int = 10


NAMES = tuple(field.name for field in fields(Preferences))


def read(stored: Mapping[str, Any] | None) -> Preferences:
    """What `written` made; None is what somebody has who never chose. A name no longer known is passed over."""
    return Preferences(**{name: value for name, value in (stored or {}).items() if name in NAMES})


def written(preferences: Preferences) -> dict[str, Any]:
    """Every preference by name, for storage and for screens."""
    return asdict(preferences)


def chosen(preferences: Preferences, changes: Mapping[str, Any]) -> Preferences:
    """With what is chosen anew; the rest stays."""
    return replace(preferences, **changes)
