"""Days as reps have them: around midnight in every zone, and when clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st

from server.domain.tasks import When, is_overdue, midnight, one_line, span, today, zone_of

FRIDAY = date(2026, 11, 20)
ZONES = [
    "Etc/GMT+11",
    "Pacific/Honolulu",
    "America/St_Johns",
    "UTC",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
]
days = st.dates(date(1, 1, 1), date(9999, 12, 31))


def shown(when: When, due_on: date, day: date = FRIDAY) -> bool:
    return due_on in span(when, day)


@pytest.mark.parametrize(
    ("when", "wanted"),
    [
        (When.TODAY, [-400, -1, 0]),
        (When.TOMORROW, [1]),
        (When.TODAY_AND_TOMORROW, [-400, -1, 0, 1]),
        (When.NEXT_7_DAYS, [-400, -1, 0, 1, 7]),
        (When.ALL, [-400, -1, 0, 1, 7, 8, 400]),
    ],
)
def test_a_filter_shows_its_days_and_what_is_overdue_goes_with_today(when: When, wanted: list[int]) -> None:
    found = [offset for offset in (-400, -1, 0, 1, 7, 8, 400) if shown(when, FRIDAY + timedelta(days=offset))]
    assert found == wanted


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("clock", "offset"), [("23:59", 0), ("00:01", 1)])
def test_today_is_the_reps_own_day_a_minute_around_midnight(zone: str, clock: str, offset: int) -> None:
    """From UTC-11 to UTC+14."""
    hour, minute = map(int, clock.split(":"))
    local = datetime(2026, 11, 20 + offset, hour, minute, tzinfo=ZoneInfo(zone))
    with freeze_time(local.astimezone(UTC)):
        day = today(datetime.now(UTC), zone_of(zone))
    assert day == FRIDAY + timedelta(days=offset)
    assert shown(When.TODAY, FRIDAY, day)
    assert is_overdue(FRIDAY, None, day) is (offset == 1)
    assert shown(When.TOMORROW, FRIDAY + timedelta(days=1), day) is (offset == 0)


@pytest.mark.parametrize(
    ("zone", "local", "day"),
    [
        # Spring: an hour is missing; 23:59 and 00:01 on both sides.
        ("Europe/Oslo", "2026-03-28T23:59", "2026-03-28"),
        ("Europe/Oslo", "2026-03-29T00:01", "2026-03-29"),
        ("Europe/Oslo", "2026-03-29T23:59", "2026-03-29"),
        ("Europe/Oslo", "2026-03-30T00:01", "2026-03-30"),
        # Autumn: an hour comes twice.
        ("Europe/Oslo", "2026-10-24T23:59", "2026-10-24"),
        ("Europe/Oslo", "2026-10-25T00:01", "2026-10-25"),
        ("Europe/Oslo", "2026-10-25T23:59", "2026-10-25"),
        ("Europe/Oslo", "2026-10-26T00:01", "2026-10-26"),
        ("America/New_York", "2026-03-08T23:59", "2026-03-08"),
        ("America/New_York", "2026-11-01T23:59", "2026-11-01"),
        ("America/New_York", "2026-11-02T00:01", "2026-11-02"),
        # Here midnight itself is leapt over.
        ("Asia/Beirut", "2026-03-28T23:59", "2026-03-28"),
        ("Asia/Beirut", "2026-03-29T01:01", "2026-03-29"),
    ],
)
def test_both_daylight_saving_changes_leave_the_days_where_they_are(zone: str, local: str, day: str) -> None:
    with freeze_time(datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)):
        assert today(datetime.now(UTC), zone_of(zone)) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("zone", "day", "begins"),
    [
        ("Europe/Oslo", "2026-03-29", "2026-03-28T23:00"),
        ("Europe/Oslo", "2026-03-30", "2026-03-29T22:00"),
        ("Europe/Oslo", "2026-10-26", "2026-10-25T23:00"),
        ("Asia/Beirut", "2026-03-29", "2026-03-28T22:00"),
        ("Pacific/Kiritimati", "2026-11-20", "2026-11-19T10:00"),
    ],
)
def test_a_day_begins_at_its_own_midnight(zone: str, day: str, begins: str) -> None:
    assert midnight(date.fromisoformat(day), ZoneInfo(zone)) == datetime.fromisoformat(begins).replace(tzinfo=UTC)


moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(now=moments, zone=st.sampled_from([*ZONES, "Asia/Beirut", "Europe/Oslo"]))
def test_now_is_never_before_todays_midnight_nor_after_tomorrows(now: datetime, zone: str) -> None:
    here = ZoneInfo(zone)
    day = today(now, here)
    assert midnight(day, here) <= now < midnight(day + timedelta(days=1), here)


@given(due_on=days, day=days)
def test_the_filters_nest(due_on: date, day: date) -> None:
    narrow = shown(When.TODAY, due_on, day) or shown(When.TOMORROW, due_on, day)
    assert narrow == shown(When.TODAY_AND_TOMORROW, due_on, day)
    assert shown(When.NEXT_7_DAYS, due_on, day) or not narrow
    assert shown(When.TODAY, due_on, day) or not is_overdue(due_on, None, day)


def test_what_is_done_is_not_overdue() -> None:
    assert not is_overdue(FRIDAY, datetime(2026, 12, 1, tzinfo=UTC), date(2026, 12, 24))


@pytest.mark.parametrize("name", [None, "", "Mars/Olympus", "../etc/passwd", "a\0b"])
def test_who_chose_no_zone_lives_in_utc(name: str | None) -> None:
    assert today(datetime(2026, 11, 20, 23, 59, tzinfo=UTC), zone_of(name)) == FRIDAY


def test_a_name_is_one_line() -> None:
    assert one_line("  Call\r\n Lucía \t back ") == "Call Lucía back"
