from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from server.domain.engagement import Kind
from server.services.today import Today
from server.storage.database import Database
from server.storage.tables import mutes, people, tasks
from server.tokens import new_id
from tests.scene import NOON, Scene, a_hit, a_mail

SCANNER = "Mozilla/5.0 (compatible; Barracuda Sentinel (EE))"
DAY = 24 * 3600.0


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database)


def told(scene: Scene) -> dict[str, Any]:
    return Today(scene.database, lambda: scene.now).of(scene.nora)


def add_task(scene: Scene, due_on: date) -> None:
    row = {"id": new_id(), "workspace_id": scene.nora.workspace_id, "user_id": scene.nora.id, "created_by": scene.nora.id}
    row |= {"name": "Call", "type": "call", "priority": "normal", "due_on": due_on, "details": "", "version": 1}
    with scene.database.engine.begin() as tx:
        tx.execute(insert(tasks).values(**row, created_at=NOON, updated_at=NOON))


def test_a_day_on_which_nothing_happened_has_figures_of_nothing(scene: Scene) -> None:
    today = told(scene)
    assert today["day"] == "2026-11-21"
    assert {figure["count"] for figure in today["figures"].values()} == {0}
    assert (today["machine"], today["rises"], today["latest"], today["targets"]) == (0, 0, None, 0)
    assert len(today["days"]) == 30
    assert (today["days"][0]["day"], today["days"][-1]["day"]) == ("2026-10-23", "2026-11-21")


def test_every_view_counts_and_every_person_once(scene: Scene) -> None:
    first, second = scene.message(), scene.message(["Tomasz Wójcik"])
    scene.record(a_hit(first), a_hit(first, after=600), a_hit(first, after=3000), a_hit(second, after=60), a_hit(first, link=1))
    scene.receive(a_mail(scene, second))
    figures = told(scene)["figures"]
    assert figures["view"] == {"count": 4, "people": 1}, "both are known by one address"
    assert figures["click"]["count"] == 1
    assert figures["reply"] == {"count": 1, "people": 1}


def test_machine_traffic_is_counted_apart(scene: Scene) -> None:
    message = scene.message()
    scene.record(a_hit(message), a_hit(message, after=5, agent=SCANNER))
    today = told(scene)
    assert (today["figures"]["view"]["count"], today["machine"]) == (1, 1)
    assert today["days"][-1]["view"] == 1
    scene.hide_machines()
    assert told(scene) == today | {"machine": 0}


def test_what_goes_on_for_days_is_counted_on_each(scene: Scene) -> None:
    message = scene.message(sent_at=NOON - timedelta(days=40))
    scene.record(a_hit(message, after=-31 * DAY), a_hit(message, after=-3 * DAY), a_hit(message, after=-3 * DAY + 600))
    scene.record(a_hit(message))
    days = [(one["day"], one["view"]) for one in told(scene)["days"] if one["view"]]
    assert days == [("2026-11-18", 2), ("2026-11-21", 1)]


def test_a_day_ends_where_the_rep_is(scene: Scene) -> None:
    message = scene.message()
    scene.record(a_hit(message, after=10.5 * 3600))  # 22:30 in UTC is 23:30 in Oslo
    scene.now = datetime(2026, 11, 21, 23, 10, tzinfo=UTC)
    today = told(scene)
    assert (today["day"], today["figures"]["view"]["count"]) == ("2026-11-22", 0)
    assert today["days"][-2] == {"day": "2026-11-21", "reply": 0, "click": 0, "view": 1, "moment": 0}


def test_the_newest_is_named_unless_it_is_muted(scene: Scene) -> None:
    first, second = scene.message(), scene.message(["Rajesh Iyer", "Meera Nair"])
    scene.record(a_hit(first), a_hit(second, after=60))
    named = told(scene)["latest"]
    assert (named["kind"], named["name"], named["of"], named["at"]) == ("view", None, 2, "2026-11-21T12:01:00.000000Z")
    mute = {"user_id": scene.nora.id, "workspace_id": scene.nora.workspace_id, "kind": "message", "target_id": second}
    with scene.database.engine.begin() as tx:
        tx.execute(insert(mutes).values(**mute, created_at=NOON))
    named = told(scene)["latest"]
    assert (named["name"], named["subject"]) == ("Aïssatou Diallo", "Pricing for 40 vehicles")


def test_what_is_overdue_and_what_is_due_are_told_apart(scene: Scene) -> None:
    for day in (19, 20, 21, 22):
        add_task(scene, date(2026, 11, day))
    assert told(scene)["tasks"] == {"overdue": 2, "today": 1}
    assert Today(scene.database, lambda: NOON).counts(scene.nora) == {"tasks": 3, "targets": 0}


def test_own_people_whose_score_rose_today_are_counted(scene: Scene) -> None:
    other = scene.rep("bram")
    with scene.database.engine.begin() as tx:
        for owner, rose_at in ((scene.nora, NOON), (scene.nora, NOON - timedelta(days=2)), (other, NOON)):
            row = {"id": new_id(), "workspace_id": owner.workspace_id, "owner_id": owner.id, "name": "A", "created_at": NOON}
            tx.execute(insert(people).values(**row, score=5, rise=5, rose_at=rose_at))
    today = told(scene)
    assert (today["rises"], today["targets"]) == (1, 2)


def test_nobody_elses_day_is_told(scene: Scene) -> None:
    bram = scene.rep("bram")
    scene.record(a_hit(scene.message(rep=bram)))
    assert told(scene)["figures"]["view"]["count"] == 0


def test_an_automatic_answer_is_no_reply(scene: Scene) -> None:
    message = scene.message()
    scene.receive(a_mail(scene, message, Kind.AUTO_REPLY))
    today = told(scene)
    assert today["figures"]["reply"] == {"count": 0, "people": 0}
    assert today["latest"]["kind"] == "auto-reply"
