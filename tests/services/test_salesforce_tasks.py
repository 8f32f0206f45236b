"""Tasks both ways, against the sandbox's Salesforce."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from server.connectors.errors import Away
from server.domain.tasks import Priority, When
from server.domain.users import User
from server.services.salesforce import SalesforceSync
from server.services.worklist import Wish
from server.storage.database import Database
from tests.fixtures_crm import BRAM, LIN, NORA, CrmSandbox, crm
from tests.services.salesforce_scene import SalesTeam

__all__ = ["crm"]

LEAD = "ines.abramson.2@lumen-paper-1.example"
CONTACT = "bjorn.lindgren.8@lumen-paper-1.example"
DAY = date(2026, 11, 24)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """SQLite, unless a test asks for both."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return f"sqlite:///{tmp_path / 'livefeed.db'}"
    return str(request.getfixturevalue("postgresql_url"))


on_both = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


class Desk(SalesTeam):
    """Tasks on both sides. `here` and `there` list what stands, by name."""

    def switched_on(self) -> "Desk":
        self.marketing(salesforce_tasks=True)
        self.synced()
        return self

    def here(self, user: User | None = None) -> dict[str, dict[str, Any]]:
        page = self.worklist.page(user or self.nora, When.ALL, done=True)
        return {task["name"]: task for task in page["items"]}

    def there(self) -> dict[str, dict[str, Any]]:
        tasks = self.crm.control("GET", "crm/tasks")["tasks"]
        return {task["subject"]: task for task in tasks if not task["deleted"]}

    def add_here(self, name: str = "Call Ines", **said: Any) -> dict[str, Any]:
        return self.worklist.add(self.nora, Wish(name, said.pop("due_on", DAY), **said))

    def add_there(self, subject: str = "Call Ines", **said: Any) -> dict[str, Any]:
        values = {"owner": NORA, "due": DAY.isoformat(), "subject": subject, **said}
        found: dict[str, Any] = self.crm.control("POST", "crm/tasks", values)
        return found

    def change_there(self, task: dict[str, Any], **said: Any) -> None:
        self.later(1)
        self.crm.control("PUT", f"crm/tasks/{task['id']}", said)

    def edit_here(self, name: str, **changes: Any) -> None:
        self.later(1)
        task = self.here()[name]
        self.worklist.edit(self.nora, task["id"], task["version"], changes)

    def person_id(self, address: str) -> str:
        person = self.person(address)
        assert person is not None
        return person.id


@pytest.fixture
def desk(database: Database, crm: CrmSandbox) -> Desk:
    return Desk(database, crm)


# The first sync ------------------------------------------------------------------


def test_nothing_is_synced_until_an_admin_says_so(desk: Desk) -> None:
    desk.add_there()
    desk.add_here("Ask about vans")
    desk.synced()
    assert (list(desk.here()), list(desk.there())) == (["Ask about vans"], ["Call Ines"])


def test_a_rep_sees_how_a_task_stands_to_salesforce(desk: Desk) -> None:
    desk.add_here("Made before")
    desk.switched_on()
    desk.add_here("Just made")
    assert {name: task["salesforce"]["state"] for name, task in desk.here().items()} == {
        "Made before": "apart",
        "Just made": "waiting",
    }
    desk.synced()
    page = desk.worklist.page(desk.nora, When.ALL)
    assert desk.here()["Just made"]["salesforce"] == {"state": "synced", "detail": None, "notes": []}
    assert page["salesforce"]["works"]
    assert page["salesforce"]["at"] is not None
    desk.edit_here("Just made", due_on=date(2026, 11, 25))
    assert desk.here()["Just made"]["salesforce"]["state"] == "waiting"
    desk.change_there(desk.there()["Just made"], due="2026-11-26")
    desk.synced()
    task = desk.here()["Just made"]
    assert [(note["field"], note["kept"]) for note in task["salesforce"]["notes"]] == [("due", "theirs")]
    assert (task["due_on"], task["changed"]["by"]) == ("2026-11-26", None)


def test_the_first_sync_only_imports_what_changed_in_a_day(desk: Desk) -> None:
    desk.add_there("Long ago")
    desk.later(25 * 60)
    desk.add_there("Lately")
    desk.add_here("Made here before")
    desk.switched_on()
    assert set(desk.here()) == {"Lately", "Made here before"}
    assert set(desk.there()) == {"Long ago", "Lately"}


def test_what_was_made_here_before_is_never_pushed(desk: Desk) -> None:
    desk.add_here("Made here before")
    desk.switched_on()
    desk.edit_here("Made here before", details="still ours")
    desk.synced()
    assert desk.there() == {}


@on_both
def test_deletions_of_fifteen_days_are_told_when_it_is_switched_on_again(desk: Desk) -> None:
    task = desk.switched_on().add_there()
    desk.synced()
    desk.marketing(salesforce_tasks=False)
    desk.synced()
    desk.crm.control("DELETE", f"crm/tasks/{task['id']}")
    desk.later(14 * 24 * 60)
    desk.switched_on()
    assert desk.here() == {}


def test_tasks_of_strangers_stay_there(desk: Desk) -> None:
    desk.switched_on().add_there(owner=LIN)
    desk.synced()
    assert desk.here() == desk.here(desk.bram) == {}


# From there ------------------------------------------------------------------------


@on_both
def test_a_task_comes_with_its_fields(desk: Desk) -> None:
    desk.switched_on().add_there(priority="High", description="Bring the price list\nand the van", who=LEAD)
    desk.synced()
    task = desk.here()["Call Ines"]
    assert (task["priority"], task["due_on"], task["completed_at"]) == ("high", "2026-11-24", None)
    assert task["details"] == "Bring the price list\nand the van"
    assert task["person"]["name"] == "Ines Abramson"
    assert task["assignee"]["id"] == desk.nora.id


@pytest.mark.parametrize(
    ("status", "priority"), [("In Progress", "Low"), ("Waiting on someone else", "Normal"), ("Deferred", "Low")]
)
def test_words_we_do_not_have_are_left_alone(desk: Desk, status: str, priority: str) -> None:
    desk.switched_on().add_there(status=status, priority=priority)
    desk.synced()
    assert (desk.here()["Call Ines"]["completed_at"], desk.here()["Call Ines"]["priority"]) == (None, "normal")
    desk.edit_here("Call Ines", details="called, nobody there")
    desk.synced()
    there = desk.there()["Call Ines"]
    assert (there["status"], there["priority"], there["description"]) == (status, priority, "called, nobody there")


def test_a_rep_who_decides_wins_over_words_we_do_not_have(desk: Desk) -> None:
    desk.switched_on().add_there(status="In Progress", priority="Low")
    desk.synced()
    desk.edit_here("Call Ines", priority=Priority.HIGH)
    desk.worklist.complete(desk.nora, desk.here()["Call Ines"]["id"])
    desk.synced()
    assert (desk.there()["Call Ines"]["status"], desk.there()["Call Ines"]["priority"]) == ("Completed", "High")


def test_done_there_is_done_here_and_open_again(desk: Desk) -> None:
    task = desk.switched_on().add_there()
    desk.synced()
    desk.change_there(task, status="Completed")
    desk.synced()
    assert desk.here()["Call Ines"]["completed_at"]
    desk.change_there(task, status="Not Started")
    desk.synced()
    assert desk.here()["Call Ines"]["completed_at"] is None


def test_a_name_changed_there_does_not_come_back(desk: Desk) -> None:
    task = desk.switched_on().add_there()
    desk.synced()
    desk.change_there(task, subject="Something else", description="new")
    desk.synced()
    assert desk.here()["Call Ines"]["details"] == "new"
    assert set(desk.there()) == {"Something else"}


def test_deleted_there_is_deleted_here(desk: Desk) -> None:
    task = desk.switched_on().add_there()
    desk.synced()
    desk.crm.control("DELETE", f"crm/tasks/{task['id']}")
    desk.synced()
    assert desk.here() == {}


def test_a_task_follows_its_owner(desk: Desk) -> None:
    task = desk.switched_on().add_there()
    desk.synced()
    desk.change_there(task, owner=BRAM)
    desk.synced()
    assert (list(desk.here()), list(desk.here(desk.bram))) == ([], ["Call Ines"])
    desk.change_there(task, owner=LIN)
    desk.synced()
    assert desk.here(desk.bram) == {}
    assert list(desk.there()) == ["Call Ines"]
    desk.change_there(task, owner=BRAM)
    desk.synced()
    assert list(desk.here(desk.bram)) == ["Call Ines"]


# From here -------------------------------------------------------------------------


@on_both
def test_a_task_goes_with_its_fields(desk: Desk) -> None:
    desk.switched_on()
    desk.add_here(details="Bring the price list", priority=Priority.HIGH, person_id=desk.person_id(CONTACT))
    desk.synced()
    there = desk.there()["Call Ines"]
    assert (there["status"], there["priority"], there["due"]) == ("Not Started", "High", "2026-11-24")
    assert there["description"] == "Bring the price list"
    assert there["owner"] == desk.crm.crm.people.rep(NORA).id
    assert there["who"].startswith("003")
    assert len(desk.here()) == 1


def test_a_name_of_255_characters_goes_whole(desk: Desk) -> None:
    name = "é" * 254 + "動"
    desk.switched_on().add_here(name)
    desk.synced()
    assert list(desk.there()) == [name]


def test_a_leads_task_is_about_nothing_else(desk: Desk) -> None:
    desk.switched_on()
    account = desk.crm.query("SELECT Id FROM Account LIMIT 1")["records"][0]["Id"]
    task = desk.add_there(who=CONTACT)
    desk.crm.crm.tasks.change(task["id"], desk.clock(), what=account)
    desk.synced()
    desk.edit_here("Call Ines", person_id=desk.person_id(LEAD))
    desk.synced()
    assert (desk.there()["Call Ines"]["who"][:3], desk.there()["Call Ines"]["what"]) == ("00Q", "")


@on_both
def test_deleted_here_is_deleted_there_and_comes_back_anew(desk: Desk) -> None:
    desk.switched_on().add_there()
    desk.synced()
    task = desk.here()["Call Ines"]
    desk.worklist.delete(desk.nora, task["id"])
    desk.synced()
    assert desk.there() == {}
    desk.worklist.restore(desk.nora, task["id"])
    desk.synced()
    assert len(desk.there()) == len(desk.here()) == 1


def test_deleted_on_both_sides_is_no_trouble(desk: Desk) -> None:
    task = desk.switched_on().add_there()
    desk.synced()
    desk.worklist.delete(desk.nora, desk.here()["Call Ines"]["id"])
    desk.crm.control("DELETE", f"crm/tasks/{task['id']}")
    desk.synced()
    desk.synced()
    assert (desk.here(), desk.there()) == ({}, {})


def test_what_a_rule_there_refuses_does_not_hold_up_the_others(desk: Desk) -> None:
    desk.switched_on()
    desk.crm.fail_salesforce("sobjects.create", "409-CONFLICT", times=1)
    desk.add_here("First")
    desk.add_here("Second")
    desk.synced()
    assert len(desk.there()) == 1
    refused = ({"First", "Second"} - set(desk.there())).pop()
    desk.edit_here(refused, details="now with details")
    desk.synced()
    assert set(desk.there()) == {"First", "Second"}


# Both ---------------------------------------------------------------------------------


@on_both
def test_edits_of_different_fields_are_both_kept(desk: Desk) -> None:
    task = desk.switched_on().add_there()
    desk.synced()
    desk.change_there(task, description="from there", priority="High")
    desk.edit_here("Call Ines", due_on=date(2026, 12, 1))
    desk.synced()
    here, there = desk.here()["Call Ines"], desk.there()["Call Ines"]
    assert (here["details"], here["priority"], here["due_on"]) == ("from there", "high", "2026-12-01")
    assert (there["description"], there["priority"], there["due"]) == ("from there", "High", "2026-12-01")


@pytest.mark.parametrize("later", ["here", "there"])
def test_of_one_field_the_later_change_counts(desk: Desk, later: str) -> None:
    task = desk.switched_on().add_there()
    desk.synced()
    changes = {
        "there": lambda: desk.change_there(task, description="from there"),
        "here": lambda: desk.edit_here("Call Ines", details="from here"),
    }
    for side in sorted(changes, key=lambda side: side == later):
        changes[side]()
    desk.synced()
    assert desk.here()["Call Ines"]["details"] == desk.there()["Call Ines"]["description"] == f"from {later}"


def test_an_agreed_task_costs_no_more_calls(desk: Desk) -> None:
    desk.switched_on().add_there()
    desk.add_here("Ask about vans")
    desk.synced()
    desk.synced()
    made, versions = desk.crm.salesforce.calls.copy(), {name: task["version"] for name, task in desk.here().items()}
    desk.synced(after=1)
    changes = {name: count for name, count in (desk.crm.salesforce.calls - made).items() if "query" not in name.lower()}
    assert changes == {}
    assert {name: task["version"] for name, task in desk.here().items()} == versions


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2026, 12, 31), date(2027, 3, 14)])
def test_a_day_is_never_shifted(desk: Desk, day: date) -> None:
    desk.switched_on().add_there("From there", due=day.isoformat())
    desk.add_here("From here", due_on=day)
    desk.synced()
    desk.synced()
    assert {task["due_on"] for task in desk.here().values()} == {day.isoformat()}
    assert {task["due"] for task in desk.there().values()} == {day.isoformat()}


# What may go wrong between two systems -------------------------------------------------


@on_both
def test_killed_between_making_and_storing_nothing_is_there_twice(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.switched_on().add_here()
    create = desk.client.create

    def dies(*given: Any) -> str:
        create(*given)
        raise KeyboardInterrupt

    monkeypatch.setattr(desk.client, "create", dies)
    with pytest.raises(KeyboardInterrupt):
        desk.synced()
    monkeypatch.undo()
    reborn = SalesforceSync(desk.client, desk.database, desk.integrations, desk.wake, desk.clock)
    desk.later(6)
    assert reborn.sync()
    tasks = desk.crm.control("GET", "crm/tasks")["tasks"]
    assert len(tasks) == len(desk.here()) == 1
    desk.edit_here("Call Ines", details="linked")
    desk.synced()
    assert desk.there()["Call Ines"]["description"] == "linked"


def test_killed_before_making_it_is_made_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.switched_on().add_here()

    def dies(*given: Any) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(desk.client, "create", dies)
    with pytest.raises(KeyboardInterrupt):
        desk.synced()
    monkeypatch.undo()
    desk.later(6)
    desk.synced()
    desk.synced()
    assert len(desk.crm.control("GET", "crm/tasks")["tasks"]) == len(desk.here()) == 1


def test_two_tasks_alike_stay_two(desk: Desk) -> None:
    desk.switched_on()
    for _ in range(2):
        desk.add_here()
    desk.synced()
    desk.synced()
    assert len(desk.crm.control("GET", "crm/tasks")["tasks"]) == 2
    page = desk.worklist.page(desk.nora, When.ALL)
    assert len(page["items"]) == 2


def test_an_answer_that_was_lost_makes_nothing_twice(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.switched_on().add_here()
    create = desk.client.create

    def loses(*given: Any) -> str:
        create(*given)
        raise Away("salesforce", "no answer in time")

    monkeypatch.setattr(desk.client, "create", loses)
    with pytest.raises(Away):
        desk.synced()
    monkeypatch.undo()
    desk.synced()
    assert len(desk.crm.control("GET", "crm/tasks")["tasks"]) == len(desk.here()) == 1


def test_a_push_that_failed_is_made_up_for(desk: Desk) -> None:
    task = desk.switched_on().add_there()
    desk.synced()
    desk.edit_here("Call Ines", details="from here")
    desk.crm.fail_salesforce("sobjects.record", "502-html", times=9)
    with pytest.raises(Away):
        desk.synced()
    desk.crm.control("DELETE", "salesforce/failures")
    desk.synced()
    assert desk.there()["Call Ines"]["description"] == "from here"
    assert task["id"]


def test_a_task_that_is_edited_while_it_comes_is_not_overwritten(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    task = desk.switched_on().add_there()
    desk.synced()
    desk.change_there(task, description="from there")
    query_all = desk.client.query_all

    def meanwhile(soql: str) -> Any:
        rows = list(query_all(soql))
        if "FROM Task" in soql and "description" not in desk.here()["Call Ines"]["details"]:
            desk.worklist.snooze(desk.nora, desk.here()["Call Ines"]["id"], DAY + timedelta(days=7))
        return iter(rows)

    monkeypatch.setattr(desk.client, "query_all", meanwhile)
    desk.synced()
    monkeypatch.undo()
    desk.synced()
    here, there = desk.here()["Call Ines"], desk.there()["Call Ines"]
    assert (here["details"], here["due_on"]) == ("from there", "2026-12-01")
    assert (there["description"], there["due"]) == ("from there", "2026-12-01")
