from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from server.errors import BadInput, Conflict
from server.services import imports as importing
from server.services.imports import Report
from server.storage.database import Database
from server.storage.tables import people, person_addresses, score_changes
from tests.scene import Scene, a_hit
from tests.team import Team
from tests.team import given as given_person


@pytest.fixture
def team(database: Database) -> Team:
    return Team(database)


def stored(team: Team, *rows: str, by: Any = None) -> Report:
    return team.imports.store(by or team.nora, "\n".join(rows).encode())


def wrong(report: Report) -> list[tuple[int, str, str]]:
    return [(row.line, row.field, row.code) for row in report.rows]


def only(team: Team) -> dict[str, Any]:
    (person,) = team.directory.page(team.ada)["items"]
    found: dict[str, Any] = person
    return found


def test_rows_become_people(team: Team) -> None:
    report = stored(
        team,
        "name,email,phone,mobile,company,title,linkedin,owner,score,country",
        f"Ana Lee,Ana@Firm.example,01 99 00 12 34,+33612345678,Firm,Buyer,linkedin.com/in/ana,{team.nora.address},87,France",
    )
    assert (report.created, report.updated, report.rows) == (1, 0, ())
    person = only(team)
    assert person["addresses"][0]["address"] == "ana@firm.example"
    assert [(one["kind"], one["number"]) for one in person["phones"]] == [("phone", "+33199001234"), ("mobile", "+33612345678")]
    assert (person["account"], person["title"], person["country"]) == ("Firm", "Buyer", "FR")
    assert (person["owner"]["id"], person["score"], person["known"]) == (team.nora.id, 87, True)


def test_the_same_table_again_changes_nothing(team: Team) -> None:
    table = ("email,name,phone,score", "ana@firm.example,Ana,+33199001234,87", "bo@firm.example,Bo,,")
    stored(team, *table)
    before = team.directory.page(team.nora)
    report = stored(team, *table)
    assert (report.created, report.updated, report.unchanged) == (0, 0, 2)
    assert team.directory.page(team.nora) == before


def test_what_a_row_leaves_empty_stays_and_what_it_says_is_taken(team: Team) -> None:
    person = team.add("ana@firm.example", name="Ana", title="Buyer", phones=[("phone", "+33199001234")])
    report = stored(team, "email;name;phone;title", "ana@firm.example;Ana Lee;+33199001235;")
    assert (report.created, report.updated) == (0, 1)
    now = team.people.get(team.nora, person["id"])
    assert (now["name"], now["title"], now["version"]) == ("Ana Lee", "Buyer", 2)
    assert [one["number"] for one in now["phones"]] == ["+33199001235", "+33199001234"]


def test_rows_about_one_person_are_taken_one_after_the_other(team: Team) -> None:
    report = stored(
        team, "email,name,title,score", "ana@a.example,Ana,,5", "ana@a.example,,Buyer,9", "ANA@a.example;ana@b.example,,,"
    )
    assert (report.created, report.updated, report.rows) == (1, 0, ())
    person = only(team)
    assert (person["name"], person["title"], person["score"]) == ("Ana", "Buyer", 9)
    assert [one["address"] for one in person["addresses"]] == ["ana@a.example", "ana@b.example"]


def test_bad_rows_are_told_by_line_and_the_others_are_stored(team: Team) -> None:
    team.add("one@firm.example", name="One")
    team.add("two@firm.example", name="Two", owner=team.bram.id)
    report = stored(
        team,
        "email,name,phone,linkedin,owner,score,country",
        "good@firm.example,Good,,,,,",
        ",Nobody,,,,,",
        "not an address,x,,,,,",
        "a@firm.example,x,12,,,,",
        "b@firm.example,x,,https://evil.example/in/b,,,",
        "c@firm.example,x,,,Nobody Here,,",
        "d@firm.example,x,,,,many,",
        "e@firm.example,x,,,,,Atlantis",
        f"f@firm.example,{'x' * 501},,,,,",
        "one@firm.example two@firm.example,x,,,,,",
        f"two@firm.example,x,,,{team.nora.address},,",
    )
    assert wrong(report)[:1] == [(3, "address", "no-address")]
    assert {line for line, _, _ in wrong(report)} == set(range(3, 13))
    assert wrong(report)[-8:] == [
        (5, "phone", "bad-phone"),
        (6, "linkedin", "bad-linkedin"),
        (7, "owner", "unknown-owner"),
        (8, "score", "bad-score"),
        (9, "country", "bad-country"),
        (10, "name", "too-long"),
        (11, "address", "two-people"),
        (12, "owner", "not-yours"),
    ]
    assert team.found() == ["Good", "One", "Two"]


def test_a_preview_tells_the_same_and_writes_nothing(team: Team) -> None:
    team.add("ana@firm.example", name="Ana")
    table = b"email,name,score\nana@firm.example,Ana Lee,5\nbo@firm.example,Bo,\nbad,,\n"
    preview = team.imports.preview(team.nora, table)
    assert (team.found(), team.directory.page(team.nora)["items"][0]["score"]) == (["Ana"], None)
    report = team.imports.store(team.nora, table)
    assert (
        (preview.created, preview.updated, wrong(preview))
        == (report.created, report.updated, wrong(report))
        == (
            1,
            1,
            [(4, "address", "bad-address")],
        )
    )


def test_an_import_is_stored_as_a_whole_or_not_at_all(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    team.add("ana@firm.example", name="Ana")

    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(importing.stored_scores, "stand", fail)
    with pytest.raises(RuntimeError):
        stored(team, "email,name,score", "ana@firm.example,Zoé,5", *(f"{number}@firm.example,x,1" for number in range(600)))
    assert team.found() == ["Ana"]
    assert team.database.read(lambda tx: tx.execute(select(func.count()).select_from(score_changes)).scalar_one()) == 0


def test_an_address_taken_meanwhile_stores_nothing(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if another import had added the same person between our look and our writing."""
    team.add("ana@firm.example", name="Ana")
    monkeypatch.setattr(importing.stored, "by_addresses", lambda *_: {})
    with pytest.raises(Conflict):
        stored(team, "email,name", "bo@firm.example,Bo", "ana@firm.example,Other Ana")
    assert team.found() == ["Ana"]


def test_scores_of_a_table_rise_above_those_of_the_last(team: Team) -> None:
    stored(team, "email,owner,score", f"ana@firm.example,{team.nora.name},40", "bo@firm.example,,40")
    assert team.targeted() == []
    team.later(days=1)
    stored(team, "email,name,score", "ana@firm.example,Ana,54", "bo@firm.example,,90")
    assert team.targeted() == ["Ana"]


def test_a_large_table_is_stored(team: Team) -> None:
    rows = [f"person{number}@firm.example,Person {number},{number}" for number in range(3000)]
    assert stored(team, "email,name,score", *rows).created == 3000
    for table in (people, person_addresses, score_changes):
        assert (
            team.database.read(lambda tx, table=table: tx.execute(select(func.count()).select_from(table)).scalar_one()) == 3000
        )
    assert stored(team, "email,name,score", *rows).unchanged == 3000


def test_another_workspace_keeps_its_own_person(team: Team) -> None:
    team.add("ana@firm.example", by=team.stranger, name="Their Ana")
    assert stored(team, "email,name", "ana@firm.example,Our Ana").created == 1
    assert (team.found(), team.found(by=team.stranger)) == (["Our Ana"], ["Their Ana"])


_cell = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(_cell, _cell, _cell, _cell, _cell), max_size=5))
def test_hostile_cells_are_stored_or_told(team: Team, rows: list[tuple[str, ...]]) -> None:
    lines = [",".join(f'"{cell}"' for cell in (f"{number}@x.example" + row[0], *row[1:])) for number, row in enumerate(rows)]
    table = "\n".join(["email,name,phone,country,score", *lines]).encode()
    try:
        report = team.imports.store(team.nora, table)
    except BadInput:
        return
    known = team.imports.preview(team.nora, table)
    assert known.created == 0
    assert wrong(known) == wrong(report)


def test_lines_of_renamed_people_are_told_anew_by_a_worker(database: Database) -> None:
    scene, team = Scene(database), Team(database)
    rep = replace(team.nora, id=scene.nora.id, workspace_id=scene.nora.workspace_id)
    message = scene.message(["Aïssatou"])
    scene.record(a_hit(message))
    person_id = scene.shown()[0]["who"]["person"]["id"]  # type: ignore[index]
    person = team.people.get(rep, person_id)
    team.people.change(rep, person_id, person["version"], given_person(addresses=("1@b.example",)))
    stored(team, "email,name", "1@b.example,Aïssatou Diallo", by=rep)
    team.woken.clear()
    team.show_people()
    assert scene.shown()[0]["who"]["person"]["name"] == "Aïssatou Diallo"  # type: ignore[index]
    assert team.woken == [{rep.id}]
