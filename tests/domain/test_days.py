"""A rep's day is told once, at their hour, where they are, whatever clocks do."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.days import STILL_TOLD, day_of

ZONES = [
    "UTC",
    "Europe/Paris",
    "America/New_York",
    "Asia/Taipei",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
]


@pytest.mark.parametrize(
    ("zone", "now", "at", "following"),
    [
        ("Europe/Paris", "2026-11-19T05:00", "2026-11-19T06:30", "2026-11-19T06:30"),
        ("Europe/Paris", "2026-11-19T06:30", "2026-11-19T06:30", "2026-11-20T06:30"),
        # Clocks are set forward in the night: 23 hours later, then back: 25 hours later.
        ("Europe/Paris", "2026-03-28T06:30", "2026-03-28T06:30", "2026-03-29T05:30"),
        ("Europe/Paris", "2026-10-24T05:30", "2026-10-24T05:30", "2026-10-25T06:30"),
        ("America/New_York", "2026-03-07T12:30", "2026-03-07T12:30", "2026-03-08T11:30"),
        # Where it is tomorrow already.
        ("Pacific/Kiritimati", "2026-11-19T20:00", "2026-11-19T17:30", "2026-11-20T17:30"),
    ],
)
def test_the_hour_is_the_clocks_where_the_rep_is(zone: str, now: str, at: str, following: str) -> None:
    day = day_of("07:30", datetime.fromisoformat(f"{now}+00:00"), ZoneInfo(zone))
    assert (day.at, day.following) == tuple(datetime.fromisoformat(f"{one}+00:00") for one in (at, following))


def test_a_worker_that_comes_late_still_tells_the_morning_and_not_the_afternoon() -> None:
    nine, noon = (datetime(2026, 11, 19, hour, 0, tzinfo=UTC) for hour in (9, 12))
    assert [day_of("07:30", now, UTC).is_to_be_told(now) for now in (nine, noon)] == [True, False]


@given(
    st.sampled_from(ZONES),
    st.times().map(lambda time: f"{time:%H:%M}"),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_no_day_is_left_out_and_none_told_twice(zone: str, clock: str, start: datetime) -> None:
    """Over two weeks, as a worker sees them who wakes exactly when it was told to."""
    where, now, told = ZoneInfo(zone), start, []
    while now < start + timedelta(days=14):
        day = day_of(clock, now, where)
        if day.is_to_be_told(now):
            told.append(day.on)
        assert timedelta() < day.following - now <= timedelta(hours=26)
        now = day.following
    first = told[0]
    assert sorted(set(told)) == [first + timedelta(days=number) for number in range(len(set(told)))]
    assert len(set(told)) >= 13
    assert timedelta(hours=12) > STILL_TOLD
