from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.ranks import (
    NO_REGARD,
    NO_TIERS,
    Brackets,
    Rank,
    Tiers,
    brackets_of,
    is_due,
    ranked,
    regard,
    tiers,
    tiers_json,
    tiers_of,
    urgency,
)
from server.domain.scores import Change

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
STATIC = Brackets("static", (10, 50, 90), (1, 5, 20))


def stars(*scores: int) -> list[int | None]:
    """Of people with these scores, by the usual brackets."""
    found = tiers(Brackets(), Counter(scores), {})
    return [ranked(score, 0, found).stars for score in scores]


def test_the_best_tenth_has_three_stars_and_the_lowest_two_fifths_have_none() -> None:
    assert stars(*range(1, 12)) == [0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3]


def test_people_who_stand_alike_get_alike_by_how_many_stand_lower() -> None:
    assert stars(10, 20, 20, 20, 20, 20, 20, 20, 20, 20, 30) == [0] * 10 + [3]
    assert stars(10, 10, 10, 30, 30) == [0, 0, 0, 2, 2]


@pytest.mark.parametrize("scores", [(), (80,), (80, 80, 80), (0, 0), (-5, -1)])
def test_who_stands_above_nobody_gets_nothing(scores: tuple[int, ...]) -> None:
    assert stars(*scores) == [0] * len(scores)


def test_of_two_the_better_has_all_stars() -> None:
    assert stars(10, 11) == [0, 3]


def test_nobody_gets_anything_for_nothing() -> None:
    assert stars(-30, -20, -10, 0) == [0, 0, 0, 0]


def test_static_brackets_say_where_tiers_begin_and_hold_at_once() -> None:
    found = tiers_of(None, STATIC)
    assert [ranked(score, 0, found).stars for score in (9, 10, 49, 50, 90, 400)] == [0, 1, 1, 2, 3, 3]
    assert tiers(STATIC, {1: 5}, {}) == found
    assert ranked(95, 6, found) == Rank(6, 3, 2, 5)


def test_nobody_ranks_before_the_first_night_or_without_a_score() -> None:
    assert tiers_of(None, Brackets()) == NO_TIERS
    assert ranked(50, 10, NO_TIERS) == Rank(10, 0, 0, 0)
    assert ranked(None, None, NO_TIERS) == Rank()


@given(st.lists(st.integers(-20, 200), max_size=40), st.tuples(*[st.integers(0, 100)] * 3).map(sorted))
def test_whoever_stands_higher_never_has_less(scores: list[int], percents: list[int]) -> None:
    found = tiers(Brackets("dynamic", tuple(percents)), Counter(scores), {})
    got = [ranked(score, 0, found).stars or 0 for score in sorted(scores)]
    assert got == sorted(got)
    for score, had in zip(sorted(scores), got, strict=True):
        lower = sum(one < score for one in scores)
        due = sum(lower > 0 and score > 0 and 100 * lower / (len(scores) - 1) >= percent for percent in percents)
        assert had == due


def test_urgency_is_how_much_the_score_changed_lately() -> None:
    changes = [Change(NOON, 40, 55, "marketo"), Change(NOON, 55, 50, "marketo")]
    assert urgency(50, changes) == 10
    assert urgency(50, []) == 0
    assert urgency(50, [Change(NOON, None, 45, "marketo"), Change(NOON, 45, 50, "api")]) == 5
    assert urgency(None, []) is None


def test_what_an_admin_left_out_is_as_usual() -> None:
    assert brackets_of(None) == brackets_of({"ranks": {}}) == Brackets()
    chosen = brackets_of({"ranks": {"method": "static", "stars": [10, 50, 90], "flames": [1, 5, 20]}})
    assert chosen == STATIC


def test_tiers_are_found_anew_once_a_night_in_the_workspace_s_zone() -> None:
    oslo, kept = ZoneInfo("Europe/Oslo"), tiers_json(NO_TIERS, Brackets(), NOON, done=True)
    night = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)  # two o'clock in Oslo
    assert not is_due(kept, Brackets(), night - timedelta(seconds=1), oslo)
    assert is_due(kept, Brackets(), night, oslo)
    kept = tiers_json(NO_TIERS, Brackets(), night, done=True)
    assert not is_due(kept, Brackets(), night + timedelta(hours=23), oslo)
    assert is_due(kept, Brackets(), night + timedelta(hours=24), oslo)


def test_tiers_are_found_anew_when_brackets_change_or_a_round_was_not_ended() -> None:
    zone = ZoneInfo("UTC")
    assert is_due(None, Brackets(), NOON, zone)
    assert is_due(tiers_json(NO_TIERS, Brackets(), NOON, done=True), STATIC, NOON, zone)
    assert is_due(tiers_json(NO_TIERS, Brackets(), NOON, done=False), Brackets(), NOON, zone)


def test_a_best_bet_is_one_s_own_ranks_high_and_is_not_hidden() -> None:
    high = Rank(5, 2, 2, 4)
    assert regard(high, NOON, own=True, watched=False).best_bet
    assert not regard(high, NOON, own=False, watched=True).best_bet
    assert not regard(Rank(5, 2, 1, 3), NOON, own=True, watched=False).best_bet
    assert not regard(Rank(5, 3, 3, 6, NOON + timedelta(days=1)), NOON, own=True, watched=False).best_bet
    assert regard(Rank(5, 3, 3, 6, NOON), NOON, own=True, watched=False).best_bet
    assert regard(high, NOON, own=False, watched=False) == NO_REGARD


def test_tiers_survive_being_stored() -> None:
    found = Tiers((None, 40, 90), (1, None, None))
    assert tiers_of(tiers_json(found, Brackets(), NOON, done=True), Brackets()) == found
