"""Stored hits classed again after a change of rules."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from server.domain.replays import Scope, Tally
from server.services import replays
from server.services.replays import Replays
from server.storage.database import Database
from server.storage.tables import engagements, workspaces
from tests.scene import CHROME, NOON, Scene, a_hit, older_rules

CURL = "curl/8.5.0"
EVERYTHING = Scope()


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database)


@pytest.fixture
def awake() -> list[str]:
    return []


@pytest.fixture
def again(scene: Scene, awake: list[str]) -> Replays:
    return Replays(scene.database, awake.extend, lambda: scene.now)


def run(again: Replays, scope: Scope = EVERYTHING, after: str = "", *, dry: bool = False) -> Tally:
    tally = Tally()
    for step in again.run(scope, after, dry=dry):
        tally.add(step.tally)
    return tally


def classes(scene: Scene) -> list[str]:
    with scene.database.engine.connect() as tx:
        return sorted(tx.execute(select(engagements.c["class"])).scalars())


def test_hits_move_and_every_screen_hears_of_it(
    scene: Scene, again: Replays, awake: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    message = scene.message()
    with older_rules(monkeypatch):
        scene.record(a_hit(message, after=100), a_hit(message, after=900, agent=CURL, address="b"))
    [line] = scene.shown()
    assert line["count"] == 2
    cursor = scene.feed.latest(scene.nora)["cursor"]
    told = run(again)
    assert (told.messages, told.hits, told.moved, told.lines) == (1, 2, 1, 2)
    assert told.to_json()["moves"] == [
        {"from": "human", "to": "machine", "hits": 1, "reasons": {"ua-script": 1}},
        {"from": "human", "to": "human", "hits": 1, "reasons": {"ua-browser": 1}},
    ]
    assert told.reasoned == 1
    assert awake == [scene.nora.id]
    changes = scene.feed.since(scene.nora, cursor)["items"]
    assert [(item["id"] == line["id"], item["hidden"], item["count"]) for item in changes] == [
        (True, False, 1),
        (False, True, 1),
    ]


def test_a_second_run_and_one_on_what_is_well_change_nothing(
    scene: Scene, again: Replays, awake: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    message = scene.message(links_count=3)
    scene.record(*[a_hit(message, link=link, after=30 + link) for link in (1, 2, 3)], a_hit(message, after=500))
    cursor = scene.feed.latest(scene.nora)["cursor"]
    assert run(again).moves == {}
    with older_rules(monkeypatch):
        run(again)
    assert run(again).moved == 3
    awake.clear()
    position = scene.feed.latest(scene.nora)["cursor"]
    told = run(again)
    assert (told.hits, told.moves, told.lines, awake) == (4, {}, 0, [])
    assert scene.feed.latest(scene.nora)["cursor"] == position != cursor


def test_a_dry_run_says_the_same_and_stores_nothing(scene: Scene, again: Replays, monkeypatch: pytest.MonkeyPatch) -> None:
    message = scene.message()
    with older_rules(monkeypatch):
        scene.record(a_hit(message, after=100, agent=CURL), a_hit(message, after=200))
    before = scene.feed.latest(scene.nora, hidden=True)
    ahead = run(again, dry=True)
    assert scene.feed.latest(scene.nora, hidden=True) == before
    assert classes(scene) == ["human", "human"]
    assert run(again) == ahead


def test_where_the_owner_is_now_says_nothing_of_then_and_what_was_told_by_it_stays(scene: Scene, again: Replays) -> None:
    scene.signed_in("office", NOON)
    message = scene.message()
    scene.record(a_hit(message, after=100, address="office"))
    scene.now = NOON + timedelta(days=3)
    scene.signed_in("hotel", scene.now)
    other = scene.message()
    scene.record(a_hit(other, after=200, address="office"))
    scene.signed_in("office", scene.now)
    assert classes(scene) == ["human", "own"]
    assert run(again).moves == {}
    assert classes(scene) == ["human", "own"]


def test_where_the_owner_is_now_says_nothing_where_other_hits_move(
    scene: Scene, again: Replays, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = scene.message()
    with older_rules(monkeypatch):
        scene.record(a_hit(message, after=100, address="office"), a_hit(message, after=900, agent=CURL, address="b"))
    scene.now = NOON + timedelta(days=3)
    scene.signed_in("office", scene.now)
    assert run(again).moved == 1
    assert classes(scene) == ["human", "machine"]


def test_the_owners_own_hit_is_no_neighbour_of_a_persons(scene: Scene, again: Replays) -> None:
    """Two links within seconds by the owner, one by somebody else behind the same address later: no burst of three."""
    scene.signed_in("office", NOON)
    message = scene.message(links_count=3)
    scene.record(a_hit(message, link=1, after=100, address="office"), a_hit(message, link=2, after=101, address="office"))
    scene.record(a_hit(message, link=3, after=103, address="elsewhere"))
    assert classes(scene) == ["human", "own", "own"]
    scene.now = NOON + timedelta(days=3)
    assert run(again).moves == {}
    scene.rejudge(message)
    assert classes(scene) == ["human", "own", "own"]


def test_only_what_was_asked_for_is_looked_at(scene: Scene, again: Replays, monkeypatch: pytest.MonkeyPatch) -> None:
    ola = scene.rep("ola")
    own, other = scene.message(), scene.message(rep=ola)
    with older_rules(monkeypatch):
        scene.record(a_hit(own, after=100, agent=CURL), a_hit(other, after=100, agent=CURL))
    assert run(again, Scope(since=NOON + timedelta(hours=1)), dry=True).hits == 0
    assert run(again, Scope(since=NOON), dry=True).hits == 2
    assert run(again, Scope(ola.workspace_id)).moved == 1
    assert classes(scene) == ["human", "machine"]
    assert run(again).moved == 1


def test_a_workspace_is_found_by_what_it_is_called(scene: Scene, again: Replays) -> None:
    ola = scene.rep("ola")
    with scene.database.engine.begin() as tx:
        tx.execute(update(workspaces).where(workspaces.c.id == ola.workspace_id).values(domain="ola.example"))
    assert again.workspace("ola.example") == again.workspace(ola.workspace_id) == ola.workspace_id
    assert again.workspace("Fjordline") is None, "two have that name"
    assert again.workspace("nobody") is None


def test_it_goes_on_where_it_stopped(scene: Scene, again: Replays, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replays, "MESSAGES", 2)
    with older_rules(monkeypatch):
        scene.record(*[a_hit(scene.message(), after=100, agent=CURL) for _ in range(5)])
    first = next(again.run(EVERYTHING))
    assert (first.tally.messages, classes(scene).count("machine")) == (2, 2)
    assert again.extent(EVERYTHING, first.reached) == (3, 3)
    rest = list(again.run(EVERYTHING, first.reached))
    assert [step.tally.messages for step in rest] == [2, 1]
    assert classes(scene) == ["machine"] * 5


def test_no_transaction_takes_more_than_its_share(scene: Scene, again: Replays, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replays, "HITS", 4)
    for hits in (3, 2, 9, 1):
        message = scene.message()
        scene.record(*[a_hit(message, after=100 * (number + 1)) for number in range(hits)])
    assert [step.tally.hits for step in again.run(EVERYTHING)] == [3, 2, 9, 1]


def test_while_hits_come_in_nothing_is_lost_and_all_ends_well(
    scene: Scene, again: Replays, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [scene.message() for _ in range(3)]
    with older_rules(monkeypatch):
        scene.record(*[a_hit(message, after=100 * turn, agent=CURL) for message in ids for turn in (1, 2)])
    monkeypatch.setattr(replays, "MESSAGES", 1)
    failed: list[BaseException] = []

    def arrive() -> None:
        try:
            for turn in range(3, 9):
                scene.record(*[a_hit(message, after=100 * turn, agent=CHROME) for message in ids])
        except BaseException as error:
            failed.append(error)

    arriving = threading.Thread(target=arrive)
    arriving.start()
    run(again)
    arriving.join()
    assert failed == []
    assert sorted(classes(scene)) == ["human"] * 18 + ["machine"] * 6
    assert run(again) == replace(run(again, dry=True), lines=0)
    assert sorted(item["count"] for item in scene.shown()) == [6] * 3
