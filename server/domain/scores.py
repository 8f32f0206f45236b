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
    """`old` is None when nothing was known before. `guid`: Marketo's name of the activity that told it."""

    at: datetime
    old: int | None
    new: int
    source: str
    guid: str | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """Somebody says what the score is, or became, at a time. `old`: what it was before, where that is said too."""

    at: datetime
    score: int
    source: str
    old: int | None = None
    guid: str | None = None


def after(standing: Standing, told: Telling) -> tuple[Standing, Change | None]:
    """The standing once this is told, not earlier than the last telling; with the change, when it is one.

    What was known here before counts more than what the telling says was before.
    """
    old = told.old if standing.score is None else standing.score
    if old == told.score:
        return Standing(told.score, told.at, standing.rose_at, standing.rise), None
    change = Change(told.at, old, told.score, told.source, told.guid)
    if old is None or told.score < old:
        return Standing(told.score, told.at, standing.rose_at, standing.rise), change
    return Standing(told.score, told.at, told.at, told.score - old), change


def revised(standing: Standing, history: Sequence[Change], late: Telling) -> tuple[Standing, tuple[Change, ...]]:
    """The standing and the whole history once a score from before the last telling becomes known. `history` in its order."""
    told = [Telling(change.at, change.new, change.source, change.old, change.guid) for change in history]
    if standing.score is not None and standing.scored_at is not None:
        # The last telling may have changed nothing, but it would have, had the late one been known.
        source = history[-1].source if history else late.source
        told.append(Telling(standing.scored_at, standing.score, source))
    earlier = [one for one in told if one.at <= late.at]
    following = [one for one in told if one.at > late.at]
    return replayed([*earlier, late, *following])


def replayed(told: Iterable[Telling]) -> tuple[Standing, tuple[Change, ...]]:
    changes: list[Change] = []
    standing = UNSCORED
    for one in told:
        standing, change = after(standing, one)
        if change is not None:
            changes.append(change)
    return standing, tuple(changes)
