"""Searches that reps saved."""

import pytest

from server.domain.searches import LONGEST_NAME, MOST_A_VIEW, View
from server.errors import BadInput, Conflict, NotFound
from server.services.searches import Searches
from server.storage.database import Database
from tests.team import Team

UNREAD = {"viewed": "no", "from": "2026-11-01"}


@pytest.fixture
def team(database: Database) -> Team:
    return Team(database)


@pytest.fixture
def searches(team: Team) -> Searches:
    return Searches(team.database, team.clock)


def test_a_search_is_saved_found_renamed_changed_and_deleted(team: Team, searches: Searches) -> None:
    made = searches.save(team.nora, View.MESSAGES, "  Never \n read ", UNREAD)
    assert (made["name"], made["query"], made["view"]) == ("Never read", UNREAD, "messages")
    assert searches.list(team.nora, View.MESSAGES) == [made]
    assert searches.list(team.nora, View.PEOPLE) == []
    assert searches.change(team.nora, made["id"], "Unread", None)["query"] == UNREAD
    assert searches.change(team.nora, made["id"], None, {"viewed": "no"}) == made | {
        "name": "Unread",
        "query": {"viewed": "no"},
    }
    searches.remove(team.nora, made["id"])
    assert searches.list(team.nora, View.MESSAGES) == []


def test_they_stand_by_name_whatever_their_case(team: Team, searches: Searches) -> None:
    for name in ("quiet", "Answered", "Zeta"):
        searches.save(team.nora, View.FEED, name, {})
    assert [one["name"] for one in searches.list(team.nora, View.FEED)] == ["Answered", "quiet", "Zeta"]


def test_a_name_stands_once_a_view(team: Team, searches: Searches) -> None:
    one = searches.save(team.nora, View.MESSAGES, "Unread", UNREAD)
    other = searches.save(team.nora, View.MESSAGES, "Quiet", {})
    searches.save(team.nora, View.PEOPLE, "Unread", {})
    searches.save(team.bram, View.MESSAGES, "Unread", {})
    with pytest.raises(Conflict):
        searches.save(team.nora, View.MESSAGES, "Unread", {})
    with pytest.raises(Conflict):
        searches.change(team.nora, other["id"], "Unread", None)
    assert searches.change(team.nora, one["id"], "Unread", {"viewed": "yes"})["query"] == {"viewed": "yes"}


def test_nobody_reaches_a_colleagues_search(team: Team, searches: Searches) -> None:
    made = searches.save(team.nora, View.MESSAGES, "Unread", UNREAD)
    for other in (team.bram, team.ada, team.stranger):
        assert searches.list(other, View.MESSAGES) == []
        with pytest.raises(NotFound):
            searches.change(other, made["id"], "Mine", None)
        with pytest.raises(NotFound):
            searches.remove(other, made["id"])
    assert searches.list(team.nora, View.MESSAGES) == [made]


@pytest.mark.parametrize("name", ["", " \n ", "x" * (LONGEST_NAME + 1)])
def test_a_name_is_needed_and_has_an_end(team: Team, searches: Searches, name: str) -> None:
    with pytest.raises(BadInput) as refused:
        searches.save(team.nora, View.MESSAGES, name, {})
    assert list(refused.value.fields) == ["name"]


def test_a_view_holds_so_many(team: Team, searches: Searches) -> None:
    for number in range(MOST_A_VIEW):
        searches.save(team.nora, View.MESSAGES, f"Number {number}", {})
    with pytest.raises(Conflict):
        searches.save(team.nora, View.MESSAGES, "One more", {})
    searches.save(team.nora, View.PEOPLE, "One more", {})
