"""Stars, flames and priority: how people stand among all others, by their score and by how much it rose lately."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Rank:
    """`urgency`: how much the score changed lately. `stars` and `flames` 0–3, `priority` both together; None without a score.
    `hidden_until`: the owner wants them out of the best bets so long."""

    urgency: int | None = None
    stars: int | None = None
    flames: int | None = None
    priority: int | None = None
    hidden_until: datetime | None = None


UNRANKED = Rank()

BEST = 4
"""A best bet's priority: so many stars and flames together, of six."""


@dataclass(frozen=True, slots=True)
class Regard:
    """What a person is to one viewer. Nothing of their rank is told of somebody neither own nor watched."""

    own: bool = False
    watched: bool = False
    stars: int | None = None
    flames: int | None = None
    best_bet: bool = False


NO_REGARD = Regard()


def regard(rank: Rank, now: datetime, *, own: bool, watched: bool) -> Regard:
    if not own and not watched:
        return NO_REGARD
    hidden = rank.hidden_until is not None and rank.hidden_until > now
    return Regard(own, watched, rank.stars, rank.flames, own and not hidden and (rank.priority or 0) >= BEST)
