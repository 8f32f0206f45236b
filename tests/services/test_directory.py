from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from server.domain.cells import lines
from server.domain.consent import State
from server.domain.directory import Wanted, Whose
from server.domain.users import User
from server.storage.database import Database
from server.storage.tables import consents
from tests.desk import Desk
from tests.moments import Marketing
from tests.scene import NOON, a_hit
from tests.team import MORNING, Team


@pytest.fixture
def team(database: Database) -> Team:
    return Team(database)


def names(team: Team, by: User | None = None, **wanted: Any) -> list[str]:
    return [one["name"] for one in team.directory.page(by or team.nora, Wanted(**wanted))["items"]]


def says(team: Team, address: str, state: State) -> None:
    said = {"state": state.value, "at": MORNING, "purpose": "tracking", "proof": "", "source": "hand"}
    row = {"workspace_id": team.workspace_id, "address": address, **said}
    team.database.write(lambda tx: tx.execute(insert(consents).values(**row)))


def test_own_and_watched_people_are_found_by_name(team: Team) -> None:
    team.add("bo@a.example", name="Bo", owner=team.nora.id)
    team.add("ana@a.example", name="Ana", owner=team.nora.id)
    carl = team.add("carl@a.example", name="Carl", owner=team.bram.id)
    Marketing(team).watch(team.nora, carl)
    assert names(team) == ["Ana", "Bo", "Carl"]
    assert names(team, whose=Whose.MINE) == ["Ana", "Bo"]
    assert names(team, whose=Whose.WATCHED) == ["Carl"]
    assert names(team, team.stranger, whose=Whose.MINE) == []


def test_those_of_an_account_are_found_and_accounts_by_some_letters(team: Team) -> None:
    team.add("ana@a.example", name="Ana", account="Baobab Énergie")
    team.add("bo@a.example", name="Bo", account="Baobab")
    assert names(team, account="baobab energie") == ["Ana"]
    assert names(team, account="ana") == []
    assert team.directory.accounts(team.nora, "BAO") == ["Baobab", "Baobab Énergie"]
    assert team.directory.accounts(team.nora, "100%") == []
    assert team.directory.accounts(team.stranger, "") == []


def test_a_score_nobody_may_know_is_not_found_out_by_asking(team: Team) -> None:
    mine = team.add("ana@a.example", name="Ana", owner=team.nora.id)
    other = team.add("bo@a.example", name="Bo", owner=team.bram.id)
    team.score(mine, 60)
    team.score(other, 90)
    assert names(team, score=50) == ["Ana"]
    assert names(team, team.ada, score=50) == ["Ana", "Bo"]
    Marketing(team).watch(team.nora, other)
    assert names(team, score=61) == ["Bo"]


@pytest.mark.parametrize(
    ("state", "found"),
    [
        (State.GRANTED, ["Ana"]),
        (State.WITHDRAWN, ["Bo"]),
        (State.DENIED, ["Carl"]),
        (State.UNKNOWN, ["Dina"]),
    ],
)
def test_the_strictest_word_of_all_addresses_is_the_consent(team: Team, state: State, found: list[str]) -> None:
    team.add("ana@a.example", name="Ana")
    team.add("bo@a.example", "bo@b.example", name="Bo")
    team.add("carl@a.example", "carl@b.example", name="Carl")
    team.add("dina@a.example", name="Dina")
    for address, said in (
        ("ana@a.example", State.GRANTED),
        ("bo@a.example", State.GRANTED),
        ("bo@b.example", State.WITHDRAWN),
        ("carl@a.example", State.GRANTED),
        ("carl@b.example", State.DENIED),
    ):
        says(team, address, said)
    assert names(team, consent=state) == found
    assert {one["consent"] for one in team.directory.page(team.nora, Wanted(consent=state))["items"]} == {state.value}


def test_filters_hold_together(team: Team) -> None:
    for number in range(4):
        person = team.add(f"ana{number}@a.example", name=f"Ana {number}", owner=team.nora.id, account="Firm")
        team.score(person, number * 10)
    assert names(team, terms=("ana",), whose=Whose.MINE, account="Firm", score=20) == ["Ana 2", "Ana 3"]


def test_pages_follow_each_other_and_only_the_first_counts(team: Team) -> None:
    for number in range(5):
        team.add(f"p{number}@a.example", name=f"P{number}", owner=team.nora.id)
    seen, before, counts = [], None, []
    while True:
        page = team.directory.page(team.nora, Wanted(whose=Whose.MINE), before, 2)
        seen += [one["name"] for one in page["items"]]
        counts.append(page["count"])
        if (before := page["next"]) is None:
            break
    assert (seen, counts) == ([f"P{number}" for number in range(5)], [5, None, None])


def test_who_engaged_is_who_a_line_names(database: Database) -> None:
    desk = Desk(database)
    alone = desk.sent()
    shared = desk.message(["Bo", "Carl"])
    desk.record(a_hit(alone), a_hit(shared))
    since = NOON - timedelta(days=1)

    def found(since: Any, user: User | None = None) -> list[str]:
        page = desk.directory.page(user or desk.user(), Wanted(engaged_since=since))
        return [one["name"] for one in page["items"]]

    assert found(since) == ["Aïssatou Diallo"]  # nobody guesses which of the two it was
    assert found(NOON + timedelta(minutes=1)) == []
    assert found(since, desk.user(desk.bram)) == []


# Taken along


def test_the_table_has_everybody_the_filter_finds(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.services.directory._AT_A_TIME", 2)
    for number in range(5):
        team.add(f"p{number}@a.example", name=f"P{number}", owner=team.nora.id)
    team.add("q@a.example", name="Q", owner=team.bram.id)
    rows = list(team.directory.table(team.nora, Wanted(whose=Whose.MINE)))
    assert [row[0] for row in rows] == ["Name", "P0", "P1", "P2", "P3", "P4"]


def test_a_table_brought_back_changes_nobody(team: Team) -> None:
    ana = team.add(
        "ana@a.example",
        "ana@b.example",
        name="=Ana",
        title="@Buyer",
        account="+Firm",
        country="FR",
        phones=[("mobile", "06 12 34 56 78"), ("phone", "+1 212 555 0123")],
        linkedin="linkedin.com/in/ana-lee",
        owner=team.nora.id,
    )
    team.score(ana, -5)
    before = team.people.get(team.nora, ana["id"])
    table = "\ufeff" + "".join(lines(team.directory.table(team.nora)))
    report = team.imports.store(team.nora, table.encode())
    assert (report.created, report.updated, report.unchanged, report.rows) == (0, 0, 1, ())
    assert team.people.get(team.nora, ana["id"]) == before


def test_the_table_keeps_scores_from_those_who_may_not_know(team: Team) -> None:
    ana = team.add("ana@a.example", name="Ana", owner=team.nora.id)
    team.score(ana, 60)
    assert [list(team.directory.table(by))[1][-1] for by in (team.nora, team.bram, team.ada)] == [60, None, 60]
    assert list(team.directory.table(replace(team.stranger)))[1:] == []
