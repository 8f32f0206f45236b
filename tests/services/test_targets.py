from datetime import timedelta

import pytest

from server.domain.directory import Wanted
from server.services.integrations import Integrations
from server.services.targets import Targets
from server.storage.database import Database
from tests.moments import Marketing
from tests.team import Team


@pytest.fixture
def team(database: Database) -> Team:
    return Team(database)


def owned(team: Team, name: str, *scores: int) -> dict[str, object]:
    person = team.add(f"{name}@firm.example", name=name, owner=team.nora.id)
    team.score(person, *scores)
    return person


def test_a_target_appears_when_a_score_rises_and_not_when_it_falls(team: Team) -> None:
    owned(team, "only-set", 40)
    owned(team, "fell", 40, 30)
    assert team.targeted() == []
    owned(team, "rose", 40, 54)
    assert team.targets.list(team.nora) == {
        "items": [
            {
                "person": {
                    "id": team.directory.page(team.nora, Wanted(("rose",)))["items"][0]["id"],
                    "name": "rose",
                    "title": None,
                    "account": "firm.example",
                    "address": "rose@firm.example",
                    "phone": None,
                    "linkedin": None,
                    "do_not_call": False,
                    "unsubscribed": False,
                },
                "score": 54,
                "rise": 14,
                "rose_at": "2026-11-21T09:04:00.000000Z",
                "stars": 0,
                "flames": 0,
                "moment": None,
            }
        ],
        "connected": False,
    }


def test_a_later_fall_keeps_the_person_lower(team: Team) -> None:
    owned(team, "falling", 40, 90, 20)
    owned(team, "steady", 40, 50)
    assert team.targeted() == ["steady", "falling"]


def test_a_rise_counts_for_ninety_days(team: Team) -> None:
    owned(team, "ana", 40, 54)
    team.later(days=89, hours=23)
    assert team.targeted() == ["ana"]
    team.later(hours=2)
    assert team.targeted() == []


def test_only_own_people_are_targets(team: Team) -> None:
    owned(team, "mine", 40, 54)
    nobodys = team.add("nobodys@firm.example", name="nobodys")
    team.score(nobodys, 40, 60)
    assert (team.targeted(), team.targeted(team.bram), team.targeted(team.ada)) == (["mine"], [], [])


def test_a_change_of_owner_moves_the_person(team: Team) -> None:
    person = owned(team, "ana", 40, 54)
    team.change(person, owner=team.bram.id)
    assert (team.targeted(), team.targeted(team.bram)) == ([], ["ana"])


def test_at_most_fifty_by_score_and_ties_are_stable(team: Team) -> None:
    made = [owned(team, f"p{number}", 10, 20 + number // 10) for number in range(52)]
    first = team.targets.list(team.nora)["items"]
    ranked = sorted(made, key=lambda one: (20 + made.index(one) // 10, one["id"]), reverse=True)
    assert [one["person"]["id"] for one in first] == [one["id"] for one in ranked[:50]]
    assert team.targets.list(team.nora)["items"] == first


def test_a_target_says_whom_not_to_call_and_not_to_write_to(team: Team) -> None:
    person = owned(team, "ana", 40, 54)
    team.change(person, do_not_call=True, unsubscribed=True, phones=[("fax", "+33199001234"), ("phone", "+33199001235")])
    told = team.targets.list(team.nora)["items"][0]["person"]
    assert (told["do_not_call"], told["unsubscribed"], told["phone"]) == (True, True, "+33199001235")


def test_a_target_tells_its_last_moment_once_a_marketo_let_us_in(team: Team) -> None:
    marketing = Marketing(team)
    ana = team.add("ana@firm.example", owner=team.nora.id)
    team.score(ana, 40, 54)
    marketing.happens(ana, "before", ago=timedelta(days=2))
    marketing.happens(ana, "last", kind="milestone", ago=timedelta(days=1))
    connected = Targets(team.database, team.clock, connected=lambda: True)
    assert not connected.list(team.nora)["connected"]
    Integrations(team.database, lambda: {"marketo": "https://marketo.example"}, team.clock).hearing("marketo")(None)
    answer = connected.list(team.nora)
    assert answer["connected"]
    [target] = answer["items"]
    assert (target["moment"]["type"], target["moment"]["description"]) == ("milestone", "last")
