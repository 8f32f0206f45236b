from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.domain.scores import UNSCORED, Standing, Telling, after, replayed, revised

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def minute(number: int) -> datetime:
    return NOON + timedelta(minutes=number)


def told(*scores: int) -> Standing:
    return replayed(Telling(minute(number), score, "api") for number, score in enumerate(scores))[0]


def test_the_first_score_is_no_rise() -> None:
    assert told(40) == Standing(40, NOON, None, None)


def test_a_higher_score_is_a_rise_and_tells_how_much() -> None:
    assert told(40, 54) == Standing(54, minute(1), minute(1), 14)


def test_a_fall_leaves_the_last_rise() -> None:
    assert told(40, 54, 20) == Standing(20, minute(2), minute(1), 14)


def test_the_same_score_again_changes_nothing_but_when_it_was_told() -> None:
    standing, change = after(told(40, 54), Telling(minute(9), 54, "api"))
    assert (standing, change) == (Standing(54, minute(9), minute(1), 14), None)


def test_a_rise_back_up_after_a_fall_is_a_rise() -> None:
    assert told(40, 10, 40).rise == 30


def test_who_tells_what_was_before_makes_the_first_score_a_rise() -> None:
    first = Telling(minute(1), 54, "marketo", old=40, guid="1:1")
    standing, history = replayed([first, Telling(minute(2), 60, "marketo", old=1)])
    assert standing == Standing(60, minute(2), minute(2), 6)
    assert [(change.old, change.new, change.guid) for change in history] == [(40, 54, "1:1"), (54, 60, None)]
    assert revised(standing, history, Telling(NOON, 50, "api"))[1][1].old == 50


def test_a_late_score_does_not_become_the_score_now() -> None:
    standing, history = replayed([Telling(minute(0), 40, "api"), Telling(minute(5), 60, "api")])
    standing, history = revised(standing, history, Telling(minute(2), 55, "import"))
    assert (standing.score, standing.rise, standing.rose_at) == (60, 5, minute(5))
    assert [(change.old, change.new) for change in history] == [(None, 40), (40, 55), (55, 60)]


def test_a_late_score_makes_a_repeated_one_a_change() -> None:
    standing, history = replayed([Telling(minute(0), 40, "api"), Telling(minute(5), 40, "api")])
    standing, history = revised(standing, history, Telling(minute(2), 30, "api"))
    assert (standing.score, standing.rose_at, standing.rise) == (40, minute(5), 10)


_told = st.lists(st.tuples(st.integers(0, 30), st.integers(-5, 5)), min_size=1, max_size=12, unique_by=lambda one: one[0])


@given(_told, st.randoms())
def test_told_in_any_order_the_score_now_and_its_rise_are_the_same(scores: list[tuple[int, int]], random: object) -> None:
    in_order = replayed(Telling(minute(at), score, "api") for at, score in sorted(scores))
    standing: Standing = UNSCORED
    history: tuple[object, ...] = ()
    for at, score in scores:
        if standing.scored_at is None or minute(at) >= standing.scored_at:
            standing, change = after(standing, Telling(minute(at), score, "api"))
            history = (*history, change) if change else history
        else:
            standing, history = revised(standing, history, Telling(minute(at), score, "api"))  # type: ignore[assignment, arg-type]
    # A repetition in the middle is not kept, so a score told between may find another neighbour; the score now never does.
    assert (standing.score, standing.scored_at) == (in_order[0].score, in_order[0].scored_at)
    assert [change.at for change in history] == sorted(change.at for change in history)  # type: ignore[attr-defined]
