"""Stars, flames and priority: how people stand among all others, by their score and by how much it rose lately.

Values are worked out at once when a score changes; where stars and flames begin is found anew every night. By the dynamic
method they begin at a percentile: how many of the others stand lower. People who stand alike get alike, and nobody gets
anything for a score, or a rise, of nothing. Priority is both together: urgency and relative score, as published.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from server.domain.scores import Change

LATELY = timedelta(days=14)
"""What urgency looks back on."""

TIERS = 3
BEST = 4
"""A best bet's priority: so many stars and flames together, of six."""

NIGHT = 2
"""The hour after which tiers are found anew, in the workspace's own zone."""

Method = Literal["dynamic", "static"]
Starts = tuple[int | None, ...]
"""The lowest value that gives one, two and three; None where nobody's does."""


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


# Where stars and flames begin --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Brackets:
    """What an admin chose: where one, two and three begin, rising. Percentiles by the dynamic method, values by the static one.
    `field`: Marketo's score field that counts."""

    method: Method = "dynamic"
    stars: tuple[int, ...] = (40, 70, 90)
    flames: tuple[int, ...] = (40, 70, 90)
    field: str = "Lead Score"


@dataclass(frozen=True, slots=True)
class Tiers:
    stars: Starts
    flames: Starts


NO_TIERS = Tiers((None,) * TIERS, (None,) * TIERS)


def brackets_of(marketing: Mapping[str, Any] | None) -> Brackets:
    """As stored in a workspace's `marketing`, under "ranks": {"method", "stars", "flames", "field"}."""
    told, usual = (marketing or {}).get("ranks") or {}, Brackets()
    return Brackets(
        told.get("method", usual.method),
        tuple(told.get("stars", usual.stars)),
        tuple(told.get("flames", usual.flames)),
        told.get("field", usual.field),
    )


def tiers(brackets: Brackets, scores: Mapping[int, int], urgencies: Mapping[int, int]) -> Tiers:
    """`scores` and `urgencies`: how many people have each value."""
    if brackets.method == "static":
        return Tiers(brackets.stars, brackets.flames)
    return Tiers(_starts(scores, brackets.stars), _starts(urgencies, brackets.flames))


def _starts(counts: Mapping[int, int], percents: Iterable[int]) -> Starts:
    others = sum(counts.values()) - 1
    lower, below = 0, []
    for value in sorted(counts):
        if value > 0 and others > 0:
            below.append((value, 100 * lower / others))
        lower += counts[value]
    return tuple(next((value for value, share in below if share >= percent and share > 0), None) for percent in percents)


def tiers_json(found: Tiers, brackets: Brackets, at: datetime, *, done: bool) -> dict[str, Any]:
    """`done`: everybody has been placed by them."""
    return {"stars": found.stars, "flames": found.flames, "of": _named(brackets), "at": at.isoformat(), "done": done}


def tiers_of(stored: Mapping[str, Any] | None, brackets: Brackets) -> Tiers:
    """Those of last night; none before the first. Static ones hold from the moment they are chosen."""
    if brackets.method == "static":
        return Tiers(brackets.stars, brackets.flames)
    return Tiers(tuple(stored["stars"]), tuple(stored["flames"])) if stored else NO_TIERS


def is_due(stored: Mapping[str, Any] | None, brackets: Brackets, now: datetime, zone: ZoneInfo) -> bool:
    """Whether tiers must be found anew: a night began since they were, an admin chose otherwise, or it was not ended."""
    if stored is None or not stored["done"] or stored["of"] != _named(brackets):
        return True
    here = now.astimezone(zone)
    night = here.replace(hour=NIGHT, minute=0, second=0, microsecond=0)
    begun = night if here >= night else night - timedelta(days=1)
    return datetime.fromisoformat(stored["at"]) < begun


def _named(brackets: Brackets) -> list[Any]:
    return [brackets.method, list(brackets.stars), list(brackets.flames), brackets.field]


# How somebody stands -----------------------------------------------------------------


def urgency(score: int | None, lately: Iterable[Change]) -> int | None:
    """How much the score changed since LATELY began; `lately`: the changes since then, in their order."""
    if score is None:
        return None
    first = next(iter(lately), None)
    if first is None:
        return 0
    return score - (first.new if first.old is None else first.old)


def ranked(score: int | None, urgent: int | None, found: Tiers, hidden_until: datetime | None = None) -> Rank:
    if score is None:
        return Rank(hidden_until=hidden_until)
    stars, flames = _tier(score, found.stars), _tier(urgent or 0, found.flames)
    return Rank(urgent or 0, stars, flames, stars + flames, hidden_until)


def _tier(value: int, starts: Starts) -> int:
    return sum(start is not None and value >= start for start in starts)


# What somebody is to one viewer ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Regard:
    """Nothing of their rank is told of somebody neither own nor watched."""

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
