import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from server.domain.people import Source
from server.domain.users import Role
from server.errors import BadInput, Conflict, NotAllowed, NotFound
from server.storage import people as stored
from server.storage.database import Database
from server.storage.tables import person_addresses, recipients, score_changes
from tests.moments import Marketing
from tests.scene import NOON, Scene
from tests.team import MORNING, Team
from tests.team import given as given_person


@pytest.fixture
def team(database: Database) -> Team:
    return Team(database)


def addresses(person: dict[str, Any]) -> list[str]:
    return [one["address"] for one in person["addresses"]]


# Adding and changing


def test_a_person_is_kept_as_it_was_told(team: Team) -> None:
    person = team.add(
        "Ana@Firm.Example",
        "ana@home.example",
        name="Ana Lee",
        title="Buyer",
        country="FR",
        phones=[("mobile", "06 12 34 56 78"), ("phone", "+1 212 555 0123")],
        linkedin="linkedin.com/in/ana-lee",
        owner=team.nora.id,
        do_not_call=True,
    )
    assert person == team.people.get(team.bram, person["id"])
    assert addresses(person) == ["ana@firm.example", "ana@home.example"]
    assert person["account"] == "firm.example"
    assert [one["number"] for one in person["phones"]] == ["+33612345678", "+12125550123"]
    assert person["linkedin"] == "https://www.linkedin.com/in/ana-lee"
    assert person["owner"] == {"id": team.nora.id, "name": "Nora Lindqvist"}
    assert (person["do_not_call"], person["unsubscribed"], person["known"], person["version"]) == (True, False, True, 1)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"addresses": ("nobody",)}, "addresses.0"),
        ({"addresses": ()}, "addresses"),
        ({"phones": [("phone", "0199001234")]}, "phones.0.number"),
        ({"linkedin": "https://evil.example/in/ana"}, "linkedin"),
        ({"owner": "0" * 26}, "owner"),
    ],
)
def test_what_does_not_fit_is_said_by_field(team: Team, said: dict[str, Any], field: str) -> None:
    person = team.add("ana@firm.example")
    with pytest.raises(BadInput) as refused:
        team.change(person, **said)
    assert field in refused.value.fields
    assert team.people.get(team.nora, person["id"]) == person


def test_a_user_of_another_workspace_owns_nobody_here(team: Team) -> None:
    with pytest.raises(BadInput):
        team.add("ana@firm.example", owner=team.stranger.id)


def test_what_is_not_said_stays(team: Team) -> None:
    person = team.add("ana@firm.example", name="Ana", title="Buyer")
    changed = team.change(person, name="Ana Lee")
    assert (changed["name"], changed["title"], changed["version"]) == ("Ana Lee", "Buyer", 2)


def test_who_edits_an_old_version_is_told_the_current_one(team: Team) -> None:
    person = team.add("ana@firm.example", name="Ana")
    current = team.change(person, by=team.bram, title="Buyer")
    with pytest.raises(Conflict) as refused:
        team.change(person, title="Seller")
    assert refused.value.facts["current"] == current
    assert team.people.get(team.nora, person["id"]) == current


def test_of_editors_at_once_one_wins(team: Team) -> None:
    person = team.add("ana@firm.example")
    won, lost = [], []

    def edit(title: str) -> None:
        try:
            won.append(team.change(person, title=title)["title"])
        except Conflict:
            lost.append(title)

    threads = [threading.Thread(target=edit, args=(f"title {number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 3)
    assert team.people.get(team.nora, person["id"])["title"] == won[0]


def test_an_address_belongs_to_one_person(team: Team) -> None:
    ana = team.add("ana@firm.example", name="Ana")
    bo = team.add("bo@firm.example", name="Bo")
    with pytest.raises(Conflict) as refused:
        team.add("new@firm.example", "ANA@firm.example")
    assert refused.value.facts["current"] == ana
    with pytest.raises(Conflict):
        team.change(bo, addresses=("bo@firm.example", "ana@firm.example"))
    assert team.found() == ["Ana", "Bo"]
    assert addresses(team.people.get(team.nora, bo["id"])) == ["bo@firm.example"]


def test_addresses_come_go_and_change_places(team: Team) -> None:
    person = team.add("a@firm.example", "b@firm.example")
    person = team.change(person, addresses=("b@firm.example", "c@firm.example"))
    assert addresses(person) == addresses(team.people.get(team.nora, person["id"])) == ["b@firm.example", "c@firm.example"]
    assert team.add("a@firm.example")["id"] != person["id"]


def test_somebody_met_in_a_reply_is_known_once_added(team: Team) -> None:
    met = team.database.write(stored.ensure, team.workspace_id, {"ana@firm.example": "Ana"}, MORNING, Source.REPLY)[
        "ana@firm.example"
    ]
    assert team.people.get(team.nora, met)["known"] is False
    person = team.add("ana@firm.example", title="Buyer", name="")
    assert (person["id"], person["known"], person["name"], person["title"]) == (met, True, "Ana", "Buyer")


def test_somebody_met_in_a_reply_is_known_once_owned_or_written_to(team: Team) -> None:
    names = {"ana@firm.example": "", "bo@firm.example": ""}
    met = team.database.write(stored.ensure, team.workspace_id, names, MORNING, Source.REPLY)
    ana = team.people.get(team.nora, met["ana@firm.example"])
    assert team.change(ana, owner=team.nora.id)["known"] is True
    team.database.write(stored.ensure, team.workspace_id, {"bo@firm.example": ""}, MORNING)
    assert team.people.get(team.nora, met["bo@firm.example"])["known"] is True


# Whose they are


def test_another_workspace_sees_and_changes_nobody(team: Team) -> None:
    person = team.add("ana@firm.example", name="Ana")
    other = team.add("ana@firm.example", by=team.stranger, name="Their Ana")
    assert team.found(by=team.stranger) == ["Their Ana"]
    for refused in (
        lambda: team.people.get(team.stranger, person["id"]),
        lambda: team.change(person, by=team.stranger, name="x"),
        lambda: team.people.delete(team.stranger, person["id"]),
        lambda: team.people.score(team.stranger, person["id"], 5),
        lambda: team.people.join(team.stranger, other["id"], 1, person["id"]),
    ):
        with pytest.raises(NotFound):
            refused()
    assert team.people.get(team.nora, person["id"]) == person


def test_only_the_owner_or_an_admin_gives_somebody_away(team: Team) -> None:
    person = team.add("ana@firm.example", owner=team.nora.id)
    other = team.add("other@firm.example")
    for refused in (
        lambda: team.change(person, by=team.bram, owner=team.bram.id),
        lambda: team.people.delete(team.bram, person["id"]),
        lambda: team.people.join(team.bram, other["id"], 1, person["id"]),
    ):
        with pytest.raises(NotAllowed):
            refused()
    person = team.change(person, by=team.bram, title="Anybody may say this")
    assert team.change(person, by=team.ada, owner=team.bram.id)["owner"]["name"] == "Bram de Wit"


def test_when_somebody_answered_is_told_only_to_whom_they_answered(database: Database) -> None:
    scene, team = Scene(database), Team(database)
    message = scene.message()
    rep = replace(team.nora, id=scene.nora.id, workspace_id=scene.nora.workspace_id)
    colleague = team.user("Colleague", workspace_id=rep.workspace_id)
    (person,) = team.directory.page(rep)["items"]
    team.people.change(rep, person["id"], person["version"], given_person(addresses=("1@b.example",)))
    answered = update(recipients).where(recipients.c.message_id == message).values(replied_at=NOON)
    database.write(lambda tx: tx.execute(answered))
    told = {one.name: team.people.get(one, person["id"])["addresses"][0]["replied_at"] for one in (rep, colleague)}
    assert told == {rep.name: "2026-11-21T12:00:00.000000Z", "Colleague": None}


# Finding


def test_people_are_found_by_name_address_and_account(team: Team) -> None:
    team.add("aissatou.diallo@baobab.example", name="Aïssatou Diallo", account="Baobab Énergie")
    team.add("tomasz@wisla.example", name="Tomasz Wójcik")
    team.add("ming@gongsi.example", name="王小明")
    assert (
        team.found("AISSA")
        == team.found("diallo aïss")
        == team.found("energie")
        == team.found("diallo@bao")
        == ["Aïssatou Diallo"]
    )
    assert team.found("小明") == ["王小明"]
    assert team.found("wojcik") == ["Tomasz Wójcik"]
    assert team.found("example") == ["Aïssatou Diallo", "Tomasz Wójcik", "王小明"]
    assert team.found("%") == team.found("_") == team.found("tomasz diallo") == []


def test_addresses_are_told_in_one_order(team: Team) -> None:
    person = team.add("m@firm.example", "z@firm.example", "a@firm.example")
    assert (
        addresses(person)
        == addresses(team.people.get(team.nora, person["id"]))
        == ["m@firm.example", "a@firm.example", "z@firm.example"]
    )


def test_a_new_name_is_found_and_the_old_one_no_more(team: Team) -> None:
    person = team.add("ana@firm.example", name="Ana")
    team.change(person, name="Zoé")
    assert (team.found("ana@"), team.found("zoe"), team.found("ana lee")) == (["Zoé"], ["Zoé"], [])


def test_pages_follow_each_other_by_name_without_gap_or_repeat(team: Team) -> None:
    for number in range(7):
        team.add(f"{number}@firm.example", name=["bo", "Ána", "ana", "Zoé", "", "Bo", "ana"][number])
    seen, before = [], None
    while True:
        page = team.directory.page(team.nora, before=before, limit=2)
        seen += page["items"]
        before = page["next"]
        if before is None:
            break
    assert [person["name"] for person in seen] == team.found()
    assert len({person["id"] for person in seen}) == 7
    assert sorted(person["name"].lower().replace("á", "a") for person in seen[1:]) == ["ana", "ana", "ana", "bo", "bo", "zoé"]


@pytest.mark.parametrize("cursor", ["x", "e30=", "W10=", "WyJhIiwxXQ=="])
def test_a_cursor_of_something_else_is_refused(team: Team, cursor: str) -> None:
    with pytest.raises(BadInput):
        team.directory.page(team.nora, before=cursor)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=30))
def test_any_search_is_answered(team: Team, query: str) -> None:
    if not team.found():
        team.add("ana@firm.example", name="Ana % _ \\ Lee")
    assert team.found(query) in ([], ["Ana % _ \\ Lee"])


# Joining and deleting


def test_two_are_joined_into_one(team: Team) -> None:
    kept = team.add("ana@firm.example", name="Ana")
    other = team.add(
        "ana@home.example",
        name="A. Lee",
        title="Buyer",
        phones=[("phone", "+33199001234")],
        owner=team.nora.id,
        unsubscribed=True,
    )
    person = team.people.join(team.nora, kept["id"], 1, other["id"])
    assert person == team.people.get(team.nora, kept["id"])
    assert addresses(person) == ["ana@firm.example", "ana@home.example"]
    assert (person["name"], person["title"], person["unsubscribed"], person["version"]) == ("Ana", "Buyer", True, 2)
    assert person["owner"]["id"] == team.nora.id
    with pytest.raises(NotFound):
        team.people.get(team.nora, other["id"])


def test_joined_people_keep_the_score_told_last_with_its_own_history(team: Team) -> None:
    kept, other = team.add("ana@firm.example"), team.add("ana@home.example")
    team.score(kept, 10, 20)
    team.score(other, 60, 50)
    person = team.people.join(team.ada, kept["id"], 1, other["id"])
    assert (person["score"], person["rise"]) == (50, None)
    rows = team.database.read(lambda tx: tx.execute(select(score_changes.c.person_id, score_changes.c.new)).all())
    assert sorted(tuple(row) for row in rows) == [(kept["id"], 50), (kept["id"], 60)]


def test_nobody_is_joined_with_themselves(team: Team) -> None:
    person = team.add("ana@firm.example")
    with pytest.raises(BadInput):
        team.people.join(team.nora, person["id"], 1, person["id"])


def test_somebody_deleted_is_gone_with_addresses_and_scores(team: Team) -> None:
    person = team.add("ana@firm.example")
    team.score(person, 10)
    team.people.delete(team.nora, person["id"])
    assert team.found() == []
    for table in (person_addresses, score_changes):
        assert team.database.read(lambda tx, table=table: tx.execute(select(table)).all()) == []


# Scores


def test_scores_are_kept_as_history(team: Team) -> None:
    person = team.add("ana@firm.example", owner=team.nora.id)
    team.score(person, 40, 54, 54, 20)
    found = team.people.get(team.nora, person["id"])
    assert (found["score"], found["rise"], found["rose_at"]) == (20, 14, "2026-11-21T09:01:00.000000Z")
    query = select(score_changes.c.old, score_changes.c.new).order_by(score_changes.c.at)
    assert [tuple(row) for row in team.database.read(lambda tx: tx.execute(query).all())] == [(None, 40), (40, 54), (54, 20)]


def test_a_score_told_late_takes_its_place(team: Team) -> None:
    person = team.add("ana@firm.example", owner=team.nora.id)
    team.score(person, 40)
    team.people.score(team.nora, person["id"], 30, MORNING - timedelta(days=1))
    found = team.people.get(team.nora, person["id"])
    assert (found["score"], found["rise"]) == (40, 10)


def test_what_marketing_knows_is_told_to_who_owns_or_watches_and_to_admins(team: Team) -> None:
    marketing = Marketing(team)
    ana = team.add("ana@firm.example", owner=team.nora.id)
    team.score(ana, 40, 54)
    marketing.happens(ana, "Visited pricing")
    marketing.watch(team.bram, ana)
    eve = team.user("Eve Colleague", Role.REP)
    for user, sees in ((team.nora, True), (team.bram, True), (team.ada, True), (eve, False)):
        for told in (team.people.get(user, ana["id"]), team.directory.page(user)["items"][0]):
            assert (told["score"], told["rise"]) == ((54, 14) if sees else (None, None))
            assert (told["stars"] is not None, told["rose_at"] is not None) == (sees, sees)
            assert (told["watched"], told["best_bet"]) == (user is team.bram, False)
        assert [one["description"] for one in team.people.moments(user, ana["id"])] == ["Visited pricing"][: int(sees)]
    with pytest.raises(NotFound):
        team.people.moments(team.stranger, ana["id"])


def test_a_score_of_the_future_is_refused(team: Team) -> None:
    person = team.add("ana@firm.example")
    with pytest.raises(BadInput):
        team.people.score(team.nora, person["id"], 5, team.now + timedelta(hours=1))


def test_scores_told_at_once_make_one_history(team: Team) -> None:
    person = team.add("ana@firm.example", owner=team.nora.id)
    threads = [
        threading.Thread(
            target=team.people.score, args=(team.nora, person["id"], score, MORNING - timedelta(minutes=60 - score))
        )
        for score in range(1, 7)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    query = select(score_changes.c.old, score_changes.c.new).order_by(score_changes.c.at)
    rows = [tuple(row) for row in team.database.read(lambda tx: tx.execute(query).all())]
    assert rows == [(None, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6)]
    assert team.people.get(team.nora, person["id"])["score"] == 6
