"""What is decided about a mail before anything is sent."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.compositions import MailState, Recipients, State, Written, ended, moment, pause, split
from server.domain.drafts import Addressee

AISSATOU, BODE, TOMASZ = (Addressee("", f"{name}@b.example") for name in ("aissatou", "bode", "tomasz"))
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


def test_one_mail_goes_to_all_of_them() -> None:
    everybody = Recipients((AISSATOU,), (BODE,), (TOMASZ,))
    assert split(Written(everybody)) == [everybody]


def test_separate_copies_are_one_mail_each_and_nobody_gets_two() -> None:
    again = Addressee("Aïssatou", "AISSATOU@b.example")
    found = split(Written(Recipients((AISSATOU, BODE), (again,), (TOMASZ,)), separate=True))
    assert found == [Recipients((one,)) for one in (AISSATOU, BODE, TOMASZ)]
    assert split(Written(Recipients((AISSATOU,), (again,)))) == [Recipients((AISSATOU,))]


def test_nobody_to_write_to_is_no_mail() -> None:
    assert split(Written()) == split(Written(separate=True)) == []


@pytest.mark.parametrize(
    ("local", "zone", "utc"),
    [
        ("2026-11-23T08:00", "Europe/Paris", "2026-11-23T07:00"),
        ("2026-07-01T08:00", "Europe/Paris", "2026-07-01T06:00"),
        ("2026-11-23T08:00", "Asia/Taipei", "2026-11-23T00:00"),
        # The clock leaps from 2 to 3: half past two never comes, half past three does.
        ("2027-03-28T02:30", "Europe/Paris", "2027-03-28T01:30"),
        # It is half past two twice: the first time.
        ("2026-10-25T02:30", "Europe/Paris", "2026-10-25T00:30"),
        ("2026-11-01T01:30", "America/New_York", "2026-11-01T05:30"),
    ],
)
def test_a_time_is_that_of_the_clock_on_the_reps_wall(local: str, zone: str, utc: str) -> None:
    assert moment(datetime.fromisoformat(local), ZoneInfo(zone)) == datetime.fromisoformat(f"{utc}+00:00")


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)))  # noqa: DTZ001  a wall clock has no zone
def test_a_time_that_the_wall_clock_shows_comes_back_as_it_was_chosen(local: datetime) -> None:
    shown = moment(local, PARIS).astimezone(PARIS).replace(tzinfo=None, fold=0)
    assert shown in (local, local + timedelta(hours=1))


def test_a_throttle_lets_so_many_go_in_any_minute() -> None:
    tried = [NOON - timedelta(seconds=ago) for ago in (59, 30, 10)]
    assert pause(tried, 4, NOON) == timedelta()
    assert pause(tried, 3, NOON) == timedelta(seconds=1)
    assert pause(tried, 2, NOON) == timedelta(seconds=30)
    assert pause([NOON - timedelta(minutes=1)], 1, NOON) == timedelta()


@given(st.integers(1, 60), st.lists(st.floats(0, 30), min_size=1, max_size=200))
def test_no_minute_ever_sees_more(a_minute: int, gaps: list[float]) -> None:
    now, tried = NOON, list[datetime]()
    for gap in gaps:
        now += timedelta(seconds=gap)
        now += pause(tried, a_minute, now)
        tried.append(now)
    for at in tried:
        assert sum(at <= other < at + timedelta(minutes=1) for other in tried) <= a_minute


def test_it_ends_with_its_last_mail_and_says_so_when_one_did_not_go_out() -> None:
    sent, failed, waiting, stopped = MailState.SENT, MailState.FAILED, MailState.WAITING, MailState.STOPPED
    assert ended([sent, waiting]) is None
    assert ended([sent, sent]) is State.SENT
    assert ended([sent, failed]) is ended([stopped]) is State.FAILED
