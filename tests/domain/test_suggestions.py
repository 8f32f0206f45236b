"""What is suggested to a rep, and what is not."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.engagement import Class, Kind
from server.domain.feed import Line
from server.domain.suggestions import MOST, Rule, Sent, Suggestion, shortened, suggested, task_type

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def line(kind: Kind, *, ago: timedelta = timedelta(hours=1), person: str | None = "aissatou", **more: Any) -> Line:
    at = NOW - ago
    who = {"id": person, "name": "Aïssatou", "address": "a@b.example", "phone": "+33", "do_not_call": False}
    facts = {
        "who": {"person": who if person else None},
        "message": {"subject": "Pricing"},
        "link": {"text": "pricing", "url": "https://b.example"},
        "moment": {"type": more.pop("moment", "milestone"), "description": "Asked for the plan"},
        "detail": more.pop("detail", None),
    }
    who |= {name: more.pop(name) for name in ("phone", "do_not_call") if name in more}
    base: dict[str, Any] = {"key": "k", "message_id": "m1", "klass": Class.HUMAN, "count": 1, "first_at": at, "at": at}
    given = base | {"hidden": False, "removed": False, "facts": facts, "moment_id": "mo1"} | more
    return Line(id="l", workspace_id="w", user_id="u", kind=kind, **given)


def mail(days: float, **more: Any) -> Sent:
    given = {"message_id": "m1", "person_id": "aissatou", "subject": "Pricing", "answered": False} | more
    return Sent(sent_at=NOW - timedelta(days=days), **given)


def rules(lines: Iterable[Line] = (), sent: Iterable[Sent] = (), busy: Iterable[str] = ()) -> list[Rule]:
    return [one.rule for one in suggested(list(lines), list(sent), set(busy), NOW)]


def test_a_link_clicked_twice_asks_for_a_call() -> None:
    found = suggested([line(Kind.CLICK, count=2)], [], set(), NOW)
    assert [(one.rule, one.facts["what"], one.facts["count"]) for one in found] == [(Rule.CLICKED, "pricing", 2)]
    assert rules([line(Kind.CLICK)]) == []
    assert rules([line(Kind.CLICK, count=2, ago=4 * DAY)]) == []


@pytest.mark.parametrize("klass", [Class.MACHINE, Class.UNKNOWN])
def test_machines_suggest_nothing(klass: Class) -> None:
    assert rules([line(Kind.CLICK, count=9, klass=klass)]) == []


def test_who_may_have_been_somebody_else_suggests_nothing() -> None:
    assert rules([line(Kind.CLICK, count=2, person=None)]) == []


def test_coming_back_to_a_mail_after_a_week_is_worth_a_call() -> None:
    assert rules([line(Kind.VIEW, count=2, first_at=NOW - 8 * DAY)]) == [Rule.REVIVED]
    assert rules([line(Kind.VIEW, count=2, first_at=NOW - 6 * DAY)]) == []


@pytest.mark.parametrize(("days", "found"), [(4.9, []), (5, [Rule.SILENT]), (13.9, [Rule.SILENT]), (14, [])])
def test_what_was_read_and_not_answered_is_followed_up_in_its_second_week(days: float, found: list[Rule]) -> None:
    seen = line(Kind.VIEW, ago=4 * DAY)
    assert rules([seen], [mail(days)]) == found


def test_nobody_is_followed_up_who_did_not_read_or_who_answered() -> None:
    seen = line(Kind.VIEW, ago=4 * DAY)
    assert rules([], [mail(6)]) == []
    assert rules([seen], [mail(6, answered=True)]) == []
    assert rules([seen, line(Kind.REPLY, ago=3 * DAY, message_id="m2")], [mail(6)]) == []


def test_a_reply_settles_what_came_before_it() -> None:
    clicked = line(Kind.CLICK, count=2, ago=timedelta(hours=5))
    assert rules([clicked, line(Kind.REPLY, ago=timedelta(hours=1))]) == []
    assert rules([clicked, line(Kind.REPLY, ago=timedelta(hours=9))]) == [Rule.CLICKED]


def test_a_milestone_and_a_bounce_each_ask_for_something() -> None:
    assert rules([line(Kind.MOMENT)]) == [Rule.MOMENT]
    assert rules([line(Kind.MOMENT, moment="web")]) == []
    assert rules([line(Kind.BOUNCE, detail={"state": "failed"})]) == [Rule.BOUNCED]
    assert rules([line(Kind.BOUNCE, detail={"state": "delayed"})]) == []


def test_one_thing_a_person_and_nothing_about_whom_there_is_a_task() -> None:
    both = [line(Kind.CLICK, count=3), line(Kind.MOMENT)]
    assert rules(both) == [Rule.MOMENT]
    assert rules(both, busy=["aissatou"]) == []


def test_nobody_is_called_who_has_no_number_or_asked_not_to_be() -> None:
    for more, type in (({}, "call"), ({"phone": None}, "email"), ({"do_not_call": True}, "email")):
        [one] = suggested([line(Kind.CLICK, count=2, **more)], [], set(), NOW)
        assert task_type(one.rule, one.facts).value == type
    assert task_type(Rule.SILENT, {"phone": "+33"}).value == "email"


def test_a_long_name_still_fits_a_task() -> None:
    assert len(shortened("x" * 400)) == 255


LINES = st.builds(
    line,
    st.sampled_from([Kind.VIEW, Kind.CLICK, Kind.REPLY, Kind.BOUNCE, Kind.MOMENT]),
    ago=st.timedeltas(timedelta(), 20 * DAY),
    person=st.sampled_from([None, *(f"p{number}" for number in range(12))]),
    count=st.integers(1, 5),
)


@given(st.lists(LINES, max_size=40), st.sets(st.sampled_from([f"p{number}" for number in range(12)])))
def test_there_are_never_too_many_and_none_twice(lines: list[Line], busy: set[str]) -> None:
    found: list[Suggestion] = suggested(lines, [], busy, NOW)
    assert len(found) <= MOST
    people = [one.person_id for one in found]
    assert len(set(people)) == len(people)
    assert not busy & set(people)
    assert [one.key for one in found] == [one.key for one in suggested(lines[::-1], [], busy, NOW)]
