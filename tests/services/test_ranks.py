from typing import Any

import pytest
from sqlalchemy import update

from server.services.ranks import Ranks
from server.storage import people as stored
from server.storage.database import Database
from server.storage.tables import workspaces
from tests.team import Team


@pytest.fixture
def team(database: Database) -> Team:
    return Team(database)


@pytest.fixture
def ranks(team: Team) -> Ranks:
    return Ranks(team.database, team.clock)


def rank(team: Team, person: dict[str, Any]) -> tuple[int | None, ...]:
    """Urgency, stars, flames and priority."""
    found = team.database.read(stored.get, team.workspace_id, person["id"])
    assert found is not None
    return found.rank.urgency, found.rank.stars, found.rank.flames, found.rank.priority


def choose(team: Team, **brackets: Any) -> None:
    chosen = update(workspaces).where(workspaces.c.id == team.workspace_id).values(marketing={"ranks": brackets})
    team.database.write(lambda tx: tx.execute(chosen))


def eleven(team: Team) -> list[dict[str, Any]]:
    everybody = [team.add(f"p{number}@firm.example") for number in range(11)]
    for number, person in enumerate(everybody):
        team.score(person, 20, 20 + number)
    return everybody


def test_values_change_at_once_by_the_tiers_of_the_night(team: Team, ranks: Ranks) -> None:
    everybody = eleven(team)
    assert rank(team, everybody[10]) == (10, 0, 0, 0)
    ranks.find_tiers()
    assert [rank(team, one)[1] for one in everybody] == [0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3]
    assert rank(team, everybody[10]) == (10, 3, 3, 6)
    team.score(everybody[0], 27)
    assert rank(team, everybody[0]) == (7, 2, 2, 4)


def test_tiers_stay_until_the_night(team: Team, ranks: Ranks) -> None:
    everybody = eleven(team)
    ranks.find_tiers()
    for person in everybody:
        team.score(person, 100)
    ranks.find_tiers()
    assert {rank(team, one)[1] for one in everybody} == {3}
    team.later(days=1)
    ranks.find_tiers()
    assert {rank(team, one)[1] for one in everybody} == {0}


def test_a_rise_is_no_longer_urgent_after_a_while(team: Team, ranks: Ranks) -> None:
    everybody = eleven(team)
    ranks.find_tiers()
    team.later(days=15)
    ranks.find_tiers()
    assert rank(team, everybody[10]) == (0, 3, 0, 3)


def test_other_brackets_hold_at_once(team: Team, ranks: Ranks) -> None:
    everybody = eleven(team)
    ranks.find_tiers()
    choose(team, method="static", stars=[21, 29, 90], flames=[1, 2, 3])
    ranks.find_tiers()
    assert [rank(team, one)[1] for one in everybody] == [0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2]
    assert rank(team, everybody[2]) == (2, 1, 2, 3)


def test_an_imported_score_ranks_at_once(team: Team, ranks: Ranks) -> None:
    everybody = eleven(team)
    ranks.find_tiers()
    team.imports.store(team.nora, b"email,score\np0@firm.example,30\n")
    assert rank(team, everybody[0]) == (10, 3, 3, 6)


def test_who_has_no_score_has_no_rank(team: Team, ranks: Ranks) -> None:
    ana = team.add("ana@firm.example")
    eleven(team)
    ranks.find_tiers()
    assert rank(team, ana) == (None, None, None, None)
