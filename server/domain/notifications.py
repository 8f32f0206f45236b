"""What a user wants to be told of, and when not. What is worth telling is decided in domain/occasions.py."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

KINDS = ("first-view", "view-again", "view-often", "click", "reply", "bounce", "moment")
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
"""Hours and minutes where the user is."""

LONGEST_PAUSE = 30
"""Days, at most, after which a view counts as one more."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """Nothing is said from `start` to `end`, over midnight if `end` comes first."""

    on: bool = False
    start: str = "19:00"
    end: str = "08:00"


@dataclass(frozen=True, slots=True)
class Wishes:
    """By kind whether to tell. A kind that came later than the choice is told. `again_after`: days without a view."""

    kinds: Mapping[str, bool] = field(default_factory=dict, hash=False)
    quiet: Quiet = Quiet()
    again_after: int = 3

    def tells(self, kind: str) -> bool:
        return self.kinds.get(kind, True)


def read(stored: Mapping[str, Any] | None) -> Wishes:
    """What `written` made; None is what somebody has who never chose."""
    if stored is None:
        return Wishes()
    kinds = {kind: bool(on) for kind, on in stored["kinds"].items() if kind in KINDS}
    return Wishes(kinds, Quiet(**stored["quiet"]), stored.get("again_after", Wishes().again_after))


def written(wishes: Wishes) -> dict[str, Any]:
    """Every kind by name, for storage and for screens."""
    quiet = {"on": wishes.quiet.on, "start": wishes.quiet.start, "end": wishes.quiet.end}
    return {"kinds": {kind: wishes.tells(kind) for kind in KINDS}, "quiet": quiet, "again_after": wishes.again_after}


def chosen(wishes: Wishes, kinds: Mapping[str, bool], quiet: Quiet | None, again_after: int | None = None) -> Wishes:
    """With what is chosen anew; the rest stays."""
    return replace(
        wishes, kinds={**wishes.kinds, **kinds}, quiet=quiet or wishes.quiet, again_after=again_after or wishes.again_after
    )


def is_quiet(quiet: Quiet, now: datetime, zone: tzinfo) -> bool:
    if not quiet.on or quiet.start == quiet.end:
        return False
    clock = f"{now.astimezone(zone):%H:%M}"
    is_in = quiet.start <= clock
    return is_in and clock < quiet.end if quiet.start < quiet.end else is_in or clock < quiet.end


def may_be_told(quiet: Quiet, now: datetime, zone: tzinfo) -> datetime:
    """Now, or when the quiet hours are over."""
    return clock_after(quiet.end, now, zone) if is_quiet(quiet, now, zone) else now


def clock_after(clock: str, now: datetime, zone: tzinfo) -> datetime:
    """When clocks there next show this hour, in UTC. An hour that the clock leaps over comes as long after the leap as it
    would have come after it; of one that comes twice, the first that is still ahead."""
    day = now.astimezone(zone).date()
    ahead = [at for after in range(3) for at in _moments_of(clock, day + timedelta(days=after), zone)]
    return min(at for at in ahead if at > now)


def _moments_of(clock: str, day: date, zone: tzinfo) -> list[datetime]:
    hour, minute = map(int, clock.split(":"))
    once, again = (
        datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)
    )
    return [once, again] if again > once else [once]
