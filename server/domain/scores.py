"""Lead scores, their rises, and whom they make a target.

A rise is a score higher than the one known before it. The first score of somebody is none: nothing tells what was before.
A fall takes nobody off the targets; the score they have now says where they stand.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(days=90)
"""A target's score rose at least once within this time."""

MOST_TARGETS = 50
LOWEST, HIGHEST = -1_000_000, 1_000_000


@dataclass(frozen=True, slots=True)
class Standing:
    """`scored_at`: when the score was last told, changed or not. `rise`: how much the last rise was, at `rose_at`."""

    score: int | None = None
    scored_at: datetime | None = None
    rose_at: datetime | None = None
    rise: int | None = None


UNSCORED = Standing()


@dataclass(frozen=True, slots=True)
class Change:
    """`old` is None when nothing was known before."""

    at: datetime
    old: int | None
    new: int
    source: str


def after(standing: Standing, at: datetime, score: int, source: str) -> tuple[Standing, Change | None]:
    """The standing once this score is told, not earlier than the last one; with the change, when it is one."""
    old = standing.score
    if old == score:
        return Standing(score, at, standing.rose_at, standing.rise), None
    change = Change(at, old, score, source)
    if old is None or score < old:
        return Standing(score, at, standing.rose_at, standing.rise), change
    return Standing(score, at, at, score - old), change


def revised(
    standing: Standing, history: Sequence[Change], at: datetime, score: int, source: str
) -> tuple[Standing, tuple[Change, ...]]:
    """The standing and the whole history once a score from before the last telling becomes known. `history` in its order."""
    told = [(change.at, change.new, change.source) for change in history]
    if standing.score is not None and standing.scored_at is not None:
        # The last telling may have changed nothing, but it would have, had the late one been known.
        told.append((standing.scored_at, standing.score, history[-1].source if history else source))
    earlier = [one for one in told if one[0] <= at]
    later = [one for one in told if one[0] > at]
    return replayed([*earlier, (at, score, source), *later])


def replayed(told: Iterable[tuple[datetime, int, str]]) -> tuple[Standing, tuple[Change, ...]]:
    changes: list[Change] = []
    standing = UNSCORED
    for at, score, source in told:
        standing, change = after(standing, at, score, source)
        if change is not None:
            changes.append(change)
    return standing, tuple(changes)
