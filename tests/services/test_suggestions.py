"""Suggested tasks, from recorded hits to a task that is done."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from server.domain.tasks import When
from server.domain.users import User
from server.errors import Conflict, NotFound
from server.services.suggestions import Suggestions
from server.services.worklist import Worklist
from server.storage import users as stored_users
from server.storage.database import Database
from server.storage.tables import recipients, users
from tests.scene import NOON, Scene, a_hit


class Office(Scene):
    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.worklist = Worklist(database, lambda: self.now)
        self.suggestions = Suggestions(database, self.worklist, lambda: self.now)

    @property
    def user(self) -> User:
        found = self.database.read(stored_users.by_id, self.nora.id)
        assert found is not None
        return found

    def whys(self) -> list[str]:
        self.suggestions.find()
        return [one["why"] for one in self.suggestions.overview(self.user)["items"]]

    def view(self, message: str) -> None:
        self.record(a_hit(message, after=(self.now - NOON).total_seconds()))

    def click(self, message: str) -> None:
        self.record(a_hit(message, link=1, after=(self.now - NOON).total_seconds()))

    def clicked_twice(self) -> str:
        message = self.message(sent_at=NOON - timedelta(days=2))
        self.click(message)
        self.now += timedelta(minutes=10)
        self.click(message)
        return message


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


def test_a_link_clicked_twice_becomes_a_task_with_one_word(office: Office) -> None:
    message = office.clicked_twice()
    assert office.whys() == ["Clicked “page 1” 2 times"]
    [one] = office.suggestions.overview(office.user)["items"]
    task = office.suggestions.accept(office.user, one["id"])
    assert (task["name"], task["type"], task["message_id"]) == ("Write to Aïssatou Diallo", "email", message)
    assert (task["due_on"], task["details"]) == ("2026-11-21", "Clicked “page 1” 2 times")
    assert office.suggestions.accept(office.user, one["id"]) == task
    assert office.whys() == []
    office.suggestions.reopen(office.user, one["id"])
    assert office.worklist.page(office.user, When.ALL)["items"] == []
    assert office.whys() == ["Clicked “page 1” 2 times"]


def test_what_was_dismissed_is_not_suggested_again(office: Office) -> None:
    office.clicked_twice()
    office.suggestions.find()
    [one] = office.suggestions.overview(office.user)["items"]
    office.suggestions.dismiss(office.user, one["id"])
    assert office.whys() == []
    with pytest.raises(Conflict):
        office.suggestions.accept(office.user, one["id"])
    office.suggestions.reopen(office.user, one["id"])
    assert len(office.whys()) == 1


def test_a_mail_that_was_read_and_not_answered_is_followed_up_until_it_is(office: Office) -> None:
    message = office.message(sent_at=NOON - timedelta(hours=1))
    office.view(message)
    office.now = NOON + timedelta(days=4)
    assert office.whys() == []
    office.now = NOON + timedelta(days=6)
    assert office.whys() == ["Viewed “Pricing for 40 vehicles”, but no reply in 6 days"]
    with office.database.engine.begin() as tx:
        tx.execute(update(recipients).where(recipients.c.message_id == message).values(replied_at=office.now))
    assert office.whys() == []


def test_who_wants_no_suggestions_gets_none(office: Office) -> None:
    office.clicked_twice()
    assert len(office.whys()) == 1
    office.database.write(stored_users.prefer, office.nora.id, {"suggestions": False})
    assert office.suggestions.overview(office.user) == {"items": [], "on": False}


def test_they_speak_the_reps_language(office: Office) -> None:
    office.clicked_twice()
    for locale, why in (("fr", "A cliqué 2 fois sur «\u202fpage 1\u202f»"), ("zh-TW", "點擊「page 1」2 次")):
        with office.database.engine.begin() as tx:
            tx.execute(update(users).where(users.c.id == office.nora.id).values(locale=locale))
        assert office.whys() == [why]


def test_one_reps_suggestions_are_nobody_elses(office: Office) -> None:
    office.clicked_twice()
    office.suggestions.find()
    [one] = office.suggestions.overview(office.user)["items"]
    other = office.rep("bram")
    bram = office.database.read(stored_users.by_id, other.id)
    assert bram is not None
    assert office.suggestions.overview(bram)["items"] == []
    for ask in (office.suggestions.accept, office.suggestions.dismiss, office.suggestions.reopen):
        with pytest.raises(NotFound):
            ask(bram, one["id"])
