from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.notifications import (
    KINDS,
    Quiet,
    Wishes,
    chosen,
    clock_after,
    is_quiet,
    may_be_told,
    read,
    written,
)

TAIPEI = ZoneInfo("Asia/Taipei")


def test_who_never_chose_is_told_of_everything_at_any_hour() -> None:
    wishes = read(None)
    assert all(wishes.tells(kind) for kind in KINDS)
    assert not wishes.quiet.on


def test_what_is_written_is_read_again() -> None:
    wishes = Wishes({"click": False}, Quiet(True, "22:00", "06:30"))
    assert written(read(written(wishes))) == written(wishes)
    assert not read(written(wishes)).tells("click")


def test_one_choice_leaves_the_others() -> None:
    first = chosen(Wishes(), {"click": False}, None)
    second = chosen(first, {"reply": False}, Quiet(on=True))
    assert [kind for kind in KINDS if not second.tells(kind)] == ["click", "reply"]
    assert second.quiet.on
    assert chosen(second, {"click": True}, None).quiet == second.quiet


def test_a_kind_that_is_no_more_is_forgotten() -> None:
    kept = {"kinds": {"fax": False, "click": False}, "quiet": {"on": False, "start": "19:00", "end": "08:00"}}
    assert "fax" not in written(read(kept))["kinds"]


def test_a_pause_that_nobody_chose_is_the_usual_one() -> None:
    kept = {"kinds": {}, "quiet": {"on": False, "start": "19:00", "end": "08:00"}}
    assert read(kept).again_after == Wishes().again_after
    assert chosen(Wishes(), {}, None, 7).again_after == 7


@pytest.mark.parametrize(
    ("start", "end", "quiet"),
    [
        ("19:00", "08:00", ["19:00", "23:00", "07:59"]),
        ("12:00", "13:00", ["12:00", "12:59"]),
        ("08:00", "08:00", []),
    ],
)
def test_quiet_hours_are_those_of_the_users_zone_over_midnight_too(start: str, end: str, quiet: list[str]) -> None:
    clocks = ["07:59", "08:00", "12:00", "12:59", "13:00", "18:59", "19:00", "23:00"]
    day = datetime(2026, 11, 19, tzinfo=TAIPEI)
    at = {clock: day.replace(hour=int(clock[:2]), minute=int(clock[3:])).astimezone(UTC) for clock in clocks}
    assert [clock for clock in clocks if is_quiet(Quiet(True, start, end), at[clock], TAIPEI)] == sorted(quiet)
    assert not any(is_quiet(Quiet(False, start, end), one, TAIPEI) for one in at.values())


@pytest.mark.parametrize(
    ("zone", "now", "due"),
    [
        ("Asia/Taipei", "2026-11-19T12:00+00:00", "2026-11-20T00:00+00:00"),
        # The night before clocks are set forward is shorter, the one before they are set back longer.
        ("Europe/Paris", "2026-03-28T20:00+00:00", "2026-03-29T06:00+00:00"),
        ("Europe/Paris", "2026-10-24T20:00+00:00", "2026-10-25T07:00+00:00"),
        ("America/New_York", "2026-03-08T03:00+00:00", "2026-03-08T12:00+00:00"),
        ("America/New_York", "2026-11-01T03:00+00:00", "2026-11-01T13:00+00:00"),
        ("Asia/Kathmandu", "2026-11-19T20:00+00:00", "2026-11-20T02:15+00:00"),
        ("Europe/Paris", "2026-11-19T12:00+00:00", "2026-11-19T12:00+00:00"),
    ],
)
def test_what_comes_in_quiet_hours_is_told_when_they_end_there(zone: str, now: str, due: str) -> None:
    found = may_be_told(Quiet(True, "19:00", "08:00"), datetime.fromisoformat(now), ZoneInfo(zone))
    assert found == datetime.fromisoformat(due)


def test_an_hour_that_comes_twice_ends_the_quiet_each_time() -> None:
    quiet, paris = Quiet(True, "22:00", "02:30"), ZoneInfo("Europe/Paris")
    first, second = datetime(2026, 10, 25, 0, 15, tzinfo=UTC), datetime(2026, 10, 25, 1, 15, tzinfo=UTC)
    assert may_be_told(quiet, first, paris) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert may_be_told(quiet, second, paris) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_an_hour_that_is_leapt_over_comes_as_long_after_the_leap() -> None:
    night = datetime(2026, 3, 29, 0, 15, tzinfo=UTC)
    found = may_be_told(Quiet(True, "22:00", "02:30"), night, ZoneInfo("Europe/Paris"))
    assert f"{found.astimezone(ZoneInfo('Europe/Paris')):%H:%M}" == "03:30"


CLOCKS = st.times().map(lambda time: f"{time:%H:%M}")
ZONES = st.sampled_from(["UTC", "Europe/Paris", "America/St_Johns", "Australia/Lord_Howe", "Asia/Taipei", "America/Santiago"])
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@given(CLOCKS, ZONES, MOMENTS)
def test_an_hour_always_comes_within_a_day_and_shows_on_the_clock(clock: str, zone: str, now: datetime) -> None:
    found = clock_after(clock, now, ZoneInfo(zone))
    assert timedelta() < found - now <= timedelta(hours=25)
    shown = f"{found.astimezone(ZoneInfo(zone)):%H:%M}"
    before, after = ((found + step).astimezone(ZoneInfo(zone)).utcoffset() for step in (timedelta(hours=-1), timedelta(0)))
    assert shown == clock or before != after  # the clock was set forward over it


@given(CLOCKS, CLOCKS, ZONES, MOMENTS)
def test_what_is_told_is_never_told_in_quiet_hours(start: str, end: str, zone: str, now: datetime) -> None:
    quiet, where = Quiet(True, start, end), ZoneInfo(zone)
    due = may_be_told(quiet, now, where)
    assert due == now or due - now <= timedelta(hours=25)
    if f"{due.astimezone(where):%H:%M}" == end or due == now:
        assert not is_quiet(quiet, due, where)
