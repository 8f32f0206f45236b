"""What a rep is called for: the first view, one after a pause, many on one day, clicks, answers; each once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.engagement import Class, Kind
from server.domain.feed import Line
from server.domain.occasions import Context, Occasion, is_calm, news, occasions

NOW = datetime(2026, 11, 19, 13, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def line(kind: Kind = Kind.VIEW, **more: Any) -> Line:
    key = f"m:{kind}:0:1:shown" if kind in (Kind.VIEW, Kind.CLICK) else f"m:{kind}:x"
    facts = {"who": {"person": {"id": "p"}, "account": None, "of": 1}, "message": {"subject": "Pricing", "archived": False}}
    made = Line("l", "w", "u", key, "m", kind, Class.HUMAN, False, False, 1, NOW, NOW, facts)
    return replace(made, **more)


def told(*ago: timedelta, kind: Kind = Kind.VIEW, again: int = 3, zone: tzinfo = UTC, now: datetime = NOW) -> list[str]:
    times = sorted(now - one for one in ago)
    return [one.kind for one in occasions(line(kind), times, Context(now, again * DAY, zone))]


def walked(times: Sequence[datetime], again: int = 3, kind: Kind = Kind.VIEW) -> list[str]:
    """What is told when each of these is looked at as it comes."""
    known: set[str] = set()
    said = []
    for count, now in enumerate(times, 1):
        fresh, one = news(occasions(line(kind), times[:count], Context(now, again * DAY, UTC)), known)
        known |= {occasion.key for occasion in fresh}
        said.append(one.kind if one else "")
    return said


def test_the_first_view_is_told_and_the_next_is_not() -> None:
    assert walked([NOW, NOW + MINUTE]) == ["first-view", ""]


def test_a_view_after_the_chosen_pause_is_told_again() -> None:
    times = [NOW, NOW + 2 * DAY, NOW + 5 * DAY]
    assert walked(times, again=3) == ["first-view", "", "view-again"]
    assert walked(times, again=2) == ["first-view", "view-again", "view-again"]
    assert walked(times, again=7) == ["first-view", "", ""]


def test_the_third_view_of_a_day_is_told_once() -> None:
    assert walked([NOW + minute * MINUTE for minute in range(5)]) == ["first-view", "", "view-often", "", ""]


def test_a_day_is_the_viewers() -> None:
    ago = HOUR, 13 * HOUR, 14 * HOUR
    assert "view-often" not in told(*ago)
    assert "view-often" in told(*ago, zone=ZoneInfo("America/New_York"), now=NOW + 10 * HOUR)


def test_several_views_that_come_at_once_are_one() -> None:
    fresh, one = news(occasions(line(), [NOW, NOW, NOW], Context(NOW, DAY, UTC)), set())
    assert one == Occasion("view-often", "m:1:view-often:2026-11-19", 3)
    assert {occasion.kind for occasion in fresh} == {"view-often", "first-view"}


def test_links_clicked_one_after_the_other_are_one() -> None:
    times = [NOW, NOW + 10 * MINUTE, NOW + 69 * MINUTE, NOW + 130 * MINUTE]
    assert walked(times, kind=Kind.CLICK) == ["click", "", "", "click"]


@pytest.mark.parametrize("kind", [Kind.REPLY, Kind.BOUNCE, Kind.MOMENT])
def test_each_answer_bounce_and_moment_is_told(kind: Kind) -> None:
    [one] = occasions(line(kind), [], Context(NOW, DAY, UTC))
    assert one.kind == kind.value


def test_a_mail_that_is_only_late_has_not_bounced() -> None:
    late = line(Kind.BOUNCE)
    assert occasions(replace(late, facts={**late.facts, "detail": {"state": "delayed"}}), [], Context(NOW, DAY, UTC)) == []


@pytest.mark.parametrize(
    "more",
    [
        {"klass": Class.MACHINE},
        {"klass": Class.UNKNOWN},
        {"hidden": True},
        {"removed": True},
        {"live": False, "lead": False},
    ],
)
def test_machines_and_what_is_hidden_or_gone_call_nobody(more: dict[str, Any]) -> None:
    assert occasions(line(**more), [NOW], Context(NOW, DAY, UTC)) == []


def test_that_somebody_is_away_is_no_answer() -> None:
    assert occasions(line(Kind.AUTO_REPLY), [], Context(NOW, DAY, UTC)) == []


def test_what_is_muted_or_archived_is_calm() -> None:
    archived = {**line().facts, "message": {"subject": "Pricing", "archived": True}}
    assert [is_calm(line(), muted) for muted in (set(), {"m"}, {"p"}, {"x"})] == [False, True, True, False]
    assert is_calm(line(facts=archived), set())


def test_what_happened_before_the_viewer_came_is_history() -> None:
    """Marketo's last weeks are read a moment after the first sign-in."""
    moment = line(Kind.MOMENT, at=NOW - HOUR)
    came = [NOW - 2 * HOUR, NOW - HOUR, NOW - MINUTE]
    assert [len(occasions(moment, [], Context(NOW, DAY, UTC, since))) for since in came] == [1, 1, 0]


def test_what_happened_long_before_it_was_found_is_history() -> None:
    assert told(25 * HOUR) == []
    assert told(30 * DAY, 25 * HOUR, again=3) == []
    old = line(Kind.MOMENT, at=NOW - 2 * DAY)
    assert occasions(old, [], Context(NOW, DAY, UTC)) == []


@given(st.lists(st.integers(0, 20_000), min_size=1, max_size=40, unique=True), st.integers(1, 10))
def test_looking_twice_tells_nothing_twice(minutes: list[int], again: int) -> None:
    times = [NOW + minute * MINUTE for minute in sorted(minutes)]
    context = Context(times[-1], again * DAY, UTC)
    fresh, _ = news(occasions(line(), times, context), set())
    assert news(occasions(line(), times, context), {one.key for one in fresh}) == ([], None)
    said = walked(times, again)
    assert said[0] == "first-view"
    assert said.count("first-view") == 1
    pauses = sum(after - before >= again * DAY for before, after in pairwise(times))
    assert said.count("view-again") <= pauses
