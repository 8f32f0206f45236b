"""A job is work that must be done once, even if a worker dies over it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

LEASE = timedelta(minutes=1)
"""How long a claimed job belongs to its worker, which renews this while at it; after that another one may begin it again."""

_FIRST_DELAY = 2.0
_LONGEST_DELAY = 900.0


@dataclass(frozen=True, slots=True)
class Job:
    """`attempts` counts this one too. `revision` tells whether it was asked for again while it ran."""

    id: str
    workspace_id: str | None
    kind: str
    key: str
    payload: Mapping[str, Any] = field(hash=False)
    attempts: int
    revision: int
    claim: str


def delay_after(attempts: int, chance: float, retry_after: float | None = None) -> timedelta:
    """Doubles from 2 s up to a quarter of an hour, less up to a quarter by `chance` (0–1); never before `retry_after` s."""
    grown = min(_FIRST_DELAY * 2.0 ** min(attempts - 1, 20), _LONGEST_DELAY)
    return timedelta(seconds=max(grown * (1 - chance / 4), retry_after or 0.0))
