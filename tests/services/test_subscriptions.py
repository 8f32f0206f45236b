import pytest

from server.domain.subscriptions import Kind
from server.errors import BadInput, Conflict, NotFound
from server.storage import users as stored_users
from server.storage.database import Database
from tests.leadfeed import LeadTeam


@pytest.fixture
def team(database: Database) -> LeadTeam:
    return LeadTeam(database)


def test_a_subscription_is_told_as_it_was_written(team: LeadTeam) -> None:
    made = team.subscribe(team.nora, Kind.DESCRIPTION, " Price  List ", team.nora, team.bram)
    assert (made["kind"], made["value"], made["person"]) == ("description", "Price List", None)
    assert [one["name"] for one in made["receivers"]] == ["Nora Lindqvist", "Bram de Wit"]
    assert team.subscriptions.overview(team.nora)["items"] == [made]
    assert team.subscriptions.overview(team.bram)["shared"] == [made]
    assert team.subscriptions.overview(team.ada) == {"items": [], "shared": [], "sends": True}


def test_by_person_only_whom_one_owns_or_watches(team: LeadTeam) -> None:
    hers, his = team.add("a@tanabe.example", owner=team.nora.id), team.add("b@tanabe.example", owner=team.bram.id, by=team.bram)
    assert team.subscribe(team.nora, Kind.PERSON, hers["id"])["person"]["id"] == hers["id"]
    with pytest.raises(BadInput):
        team.subscribe(team.nora, Kind.PERSON, his["id"])
    team.watch_list.watch(team.nora, his["id"])
    assert team.subscribe(team.nora, Kind.PERSON, his["id"])["person"]["id"] == his["id"]
    with pytest.raises(BadInput):
        team.subscribe(team.stranger, Kind.PERSON, hers["id"])


def test_the_same_stands_once(team: LeadTeam) -> None:
    made = team.subscribe(team.nora, Kind.ACCOUNT, "Tanabe Express")
    with pytest.raises(Conflict) as refused:
        team.subscribe(team.nora, Kind.ACCOUNT, "tanabe express")
    assert refused.value.facts["current"]["id"] == made["id"]
    team.subscribe(team.bram, Kind.ACCOUNT, "Tanabe Express")


@pytest.mark.parametrize(("kind", "value"), [(Kind.TYPE, "call"), (Kind.DESCRIPTION, " \u0301 "), (Kind.ACCOUNT, "x" * 201)])
def test_what_can_cover_nothing_is_refused(team: LeadTeam, kind: Kind, value: str) -> None:
    with pytest.raises(BadInput):
        team.subscribe(team.nora, kind, value)


def test_receivers_are_of_the_workspace_and_still_there(team: LeadTeam) -> None:
    with pytest.raises(BadInput):
        team.subscribe(team.nora, Kind.TYPE, "web", team.stranger)
    team.database.write(stored_users.deactivate, team.workspace_id, team.bram.id, team.now)
    with pytest.raises(BadInput):
        team.subscribe(team.nora, Kind.TYPE, "web", team.bram)


def test_only_the_subscriber_changes_and_ends_it(team: LeadTeam) -> None:
    made = team.subscribe(team.nora, Kind.TYPE, "web", team.nora, team.bram)
    for other in (team.bram, team.ada, team.stranger):
        with pytest.raises(NotFound):
            team.subscriptions.remove(other, made["id"])
        with pytest.raises(NotFound):
            team.subscriptions.address(other, made["id"], [other.id])
    assert [one["id"] for one in team.subscriptions.address(team.nora, made["id"], [team.bram.id])["receivers"]] == [
        team.bram.id
    ]
    team.subscriptions.remove(team.nora, made["id"])
    assert team.subscriptions.overview(team.nora)["items"] == []


def test_a_receiver_refuses_and_nobody_overrules_that(team: LeadTeam) -> None:
    made = team.subscribe(team.nora, Kind.TYPE, "web", team.nora, team.bram)
    team.subscriptions.refuse(team.bram, made["id"])
    changed = team.subscriptions.address(team.nora, made["id"], [team.bram.id, team.nora.id])
    assert [(one["id"], one["refused"]) for one in changed["receivers"]] == [(team.bram.id, True), (team.nora.id, False)]
    team.subscriptions.refuse(team.bram, made["id"], refused=False)
    assert not any(one["refused"] for one in team.subscriptions.overview(team.nora)["items"][0]["receivers"])
    with pytest.raises(NotFound):
        team.subscriptions.refuse(team.ada, made["id"])


def test_the_link_of_a_mail_stops_what_it_told_of_and_nothing_else(team: LeadTeam) -> None:
    one, other = team.subscribe(team.nora, Kind.TYPE, "web"), team.subscribe(team.nora, Kind.TYPE, "email")
    token = team.subscriptions.stop_token(team.nora.id, [one["id"]])
    page = team.subscriptions.stop_page(token)
    assert page is not None
    assert not page.stopped
    for _ in range(2):
        stopped = team.subscriptions.stop(token)
        assert stopped is not None
        assert stopped.stopped
    standing = {each["id"]: each["receivers"][0]["refused"] for each in team.subscriptions.overview(team.nora)["items"]}
    assert standing == {one["id"]: True, other["id"]: False}
    back = team.subscriptions.stop(token, refused=False)
    assert back is not None
    assert not back.stopped


def test_a_link_for_all_stops_all_that_write_to_one(team: LeadTeam) -> None:
    team.subscribe(team.nora, Kind.TYPE, "web", team.bram, team.nora)
    team.subscribe(team.bram, Kind.TYPE, "email")
    page = team.subscriptions.stop(team.subscriptions.stop_token(team.bram.id, []))
    assert page is not None
    assert page.stopped
    assert len(page.subscriptions) == 2
    assert not team.subscriptions.overview(team.nora)["items"][0]["receivers"][1]["refused"]


def test_a_foreign_link_or_one_of_somebody_who_left_says_nothing(team: LeadTeam) -> None:
    made = team.subscribe(team.nora, Kind.TYPE, "web")
    token = team.subscriptions.stop_token(team.nora.id, [made["id"]])
    # Not its last letter, some of whose bits say nothing.
    assert team.subscriptions.stop_page(token[:-6] + ("A" if token[-6] != "A" else "B") + token[-5:]) is None
    across = team.subscriptions.stop_token(team.stranger.id, [made["id"]])
    assert team.subscriptions.stop(across) is None
    team.database.write(stored_users.deactivate, team.workspace_id, team.nora.id, team.now)
    assert team.subscriptions.stop(token) is None
