"""When a rep's day is told: once a day, at the hour they chose, where they are."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from server.domain.notifications import clock_after
from server.domain.preferences import Preferences

STILL_TOLD = timedelta(hours=4)
"""A worker that was away at the hour catches up for so long; later the day is well under way."""


@dataclass(frozen=True, slots=True)
class Day:
    """`on`: the rep's own date. `at`: when it is told. `following`: when the next one is."""

    on: date
    at: datetime
    following: datetime

    def is_to_be_told(self, now: datetime) -> bool:
        return self.at <= now < self.at + STILL_TOLD


def wants_a_day(preferences: Preferences) -> bool:
    return preferences.reminders or preferences.digest


def day_of(clock: str, now: datetime, zone: tzinfo) -> Day:
    """The rep's day of today."""
    on = now.astimezone(zone).date()
    begin = datetime(on.year, on.month, on.day, tzinfo=zone).astimezone(UTC)
    at = clock_after(clock, begin - timedelta(microseconds=1), zone)
    ahead = clock_after(clock, max(now, at), zone)
    # Where the clock is set back over this hour it comes twice on one day.
    while ahead.astimezone(zone).date() == on and ahead > at:
        ahead = clock_after(clock, ahead, zone)
    return Day(on, at, at if now < at else ahead)
