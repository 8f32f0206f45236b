"""A rep's tasks, on SQLite and PostgreSQL."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from server.domain.people import found_by, terms
from server.domain.tasks import Look, Priority, Span, TaskType, When
from server.domain.users import Identity, User
from server.errors import BadInput, Conflict, LivefeedError, NotFound
from server.services.users import Users
from server.services.worklist import Wish, Worklist
from server.storage import people as stored_people
from server.storage import users as stored_users
from server.storage.database import Database
from server.storage.tables import messages, people
from server.tokens import Tokens, new_id
from tests.web.browser import Clock

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
FRIDAY = date(2026, 11, 20)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def users(database: Database, clock: Clock) -> Users:
    return Users(database, Tokens(["a key of the tests that is long enough"]), ["nora@fjordline.example"], clock=clock)


@pytest.fixture
def nora(users: Users) -> User:
    return users.sign_in(Identity("1", "nora@fjordline.example", "Nora Lindqvist", "fjordline.example"), users.open_setup())


@pytest.fixture
def bram(users: Users, nora: User) -> User:
    return users.sign_in(Identity("2", "bram@fjordline.example", "Bram de Wit", "fjordline.example"))


@pytest.fixture
def stranger(database: Database, users: Users, nora: User) -> User:
    """Of another workspace."""
    from server.domain.users import Workspace
    from server.storage import users as stored

    database.write(stored.add_workspace, Workspace(new_id(), "Elsewhere", "elsewhere.example"), NOW)
    return users.sign_in(Identity("3", "ida@elsewhere.example", "Ida", "elsewhere.example"))


@pytest.fixture
def worklist(database: Database, clock: Clock) -> Worklist:
    return Worklist(database, clock)


def names(page: dict[str, Any]) -> list[str]:
    return [task["name"] for task in page["items"]]


_AT_BAOBAB = {
    "account": "Baobab Énergie",
    "found_by": found_by("Aïssatou Diallo", "Baobab Énergie", ["aissatou@baobab.example"]),
}


def person_of(database: Database, user: User, **values: object) -> str:
    made = database.write(stored_people.ensure, user.workspace_id, {"aissatou@baobab.example": "Aïssatou Diallo"}, NOW)
    person_id = made["aissatou@baobab.example"]
    with database.engine.begin() as tx:
        tx.execute(update(people).where(people.c.id == person_id).values(**_AT_BAOBAB, **values))
    return person_id


def message_of(database: Database, user: User) -> str:
    message_id = new_id()
    row = {"id": message_id, "workspace_id": user.workspace_id, "user_id": user.id, "subject": "Pricing", "state": "sent"}
    with database.engine.begin() as tx:
        tx.execute(insert(messages).values(**row, tracked=True, created_at=NOW))
    return message_id


def test_a_task_is_made_with_everything_it_has(database: Database, worklist: Worklist, nora: User, bram: User) -> None:
    phones = [
        {"kind": "fax", "number": "+33428004118", "shown": "04 28 00 41 18"},
        {"kind": "mobile", "number": "+33428004117", "shown": "04 28 00 41 17"},
    ]
    person = person_of(database, nora, phones=phones, do_not_call=True)
    message = message_of(database, nora)
    wish = Wish(" Send the\nprice ", FRIDAY, TaskType.EMAIL, Priority.HIGH, "Two depots.", person, message, bram.id)
    made = worklist.add(nora, wish)
    assert made | {"id": ""} == {
        "id": "",
        "name": "Send the price",
        "type": "email",
        "priority": "high",
        "due_on": "2026-11-20",
        "overdue": False,
        "details": "Two depots.",
        "person": {
            "id": person,
            "name": "Aïssatou Diallo",
            "title": None,
            "account": "Baobab Énergie",
            "address": "aissatou@baobab.example",
            "phone": "+33428004117",
            "linkedin": None,
            "do_not_call": True,
            "unsubscribed": False,
        },
        "message_id": message,
        "assignee": {"id": bram.id, "name": "Bram de Wit"},
        "completed_at": None,
        "changed": {"by": None, "at": "2026-11-20T09:00:00.000000Z"},
        "salesforce": None,
        "version": 1,
    }
    assert worklist.task(bram, made["id"]) == made
    assert (names(worklist.page(nora, When.ALL)), names(worklist.page(bram, When.ALL))) == ([], ["Send the price"])


def test_the_list_goes_by_day_then_priority_and_says_what_is_due(worklist: Worklist, nora: User) -> None:
    for name, offset, priority in (
        ("later", 9, Priority.HIGH),
        ("overdue", -3, Priority.NORMAL),
        ("today", 0, Priority.NORMAL),
        ("urgent", 0, Priority.HIGH),
        ("tomorrow", 1, Priority.NORMAL),
    ):
        worklist.add(nora, Wish(name, FRIDAY + timedelta(days=offset), priority=priority))
    assert names(worklist.page(nora, When.ALL)) == ["overdue", "urgent", "today", "tomorrow", "later"]
    assert names(worklist.page(nora, When.TOMORROW)) == ["tomorrow"]
    page = worklist.page(nora, When.TODAY)
    assert [(task["name"], task["overdue"]) for task in page["items"]] == [
        ("overdue", True),
        ("urgent", False),
        ("today", False),
    ]
    assert (page["due"], page["today"], page["next"]) == (3, "2026-11-20", None)


@pytest.mark.parametrize(
    ("zone", "now", "today", "overdue"),
    [
        ("Etc/GMT+11", "2026-11-21T10:59", "2026-11-20", False),
        ("Etc/GMT+11", "2026-11-21T11:01", "2026-11-21", True),
        ("Pacific/Kiritimati", "2026-11-20T09:59", "2026-11-20", False),
        ("Pacific/Kiritimati", "2026-11-20T10:01", "2026-11-21", True),
    ],
)
def test_days_are_those_of_the_reps_zone(
    worklist: Worklist, users: Users, nora: User, clock: Clock, zone: str, now: str, today: str, overdue: bool
) -> None:
    rep = users.choose(nora, None, zone)
    clock.now = datetime.fromisoformat(now).replace(tzinfo=UTC)
    worklist.add(rep, Wish("Call", FRIDAY))
    page = worklist.page(rep, When.TODAY)
    assert (page["today"], [task["overdue"] for task in page["items"]]) == (today, [overdue])


def test_pages_follow_each_other_without_gap_or_repeat(worklist: Worklist, nora: User) -> None:
    for number in range(9):
        made = worklist.add(nora, Wish(str(number), FRIDAY + timedelta(days=number // 4)))
        if number % 3 == 0:
            worklist.complete(nora, made["id"])
    found, after = [], None
    while True:
        page = worklist.page(nora, When.ALL, done=True, after=after, limit=2)
        found += page["items"]
        if (after := page["next"]) is None:
            break
    assert found == worklist.page(nora, When.ALL, done=True)["items"]
    assert len(found) == 9


@pytest.mark.parametrize("cursor", ["nonsense", "é", "MjAyNi0xMS0yMA", "bm90LWEtZGF5IGhpZ2ggeA"])
def test_a_cursor_nobody_gave_is_bad_input(worklist: Worklist, nora: User, cursor: str) -> None:
    with pytest.raises(BadInput):
        worklist.page(nora, When.ALL, after=cursor)


def test_completing_and_reopening_can_be_repeated(worklist: Worklist, nora: User, clock: Clock) -> None:
    made = worklist.add(nora, Wish("Call", FRIDAY - timedelta(days=1)))
    done = worklist.complete(nora, made["id"])
    assert (done["completed_at"], done["overdue"], done["version"]) == ("2026-11-20T09:00:00.000000Z", False, 2)
    clock.advance(timedelta(hours=1))
    assert worklist.complete(nora, made["id"]) == done
    assert names(worklist.page(nora, When.TODAY)) == []
    assert names(worklist.page(nora, When.TODAY, done=True)) == ["Call"]
    assert worklist.reopen(nora, made["id"])["completed_at"] is None
    assert names(worklist.page(nora, When.TODAY)) == ["Call"]


def test_what_was_done_yesterday_is_only_in_the_whole_list(worklist: Worklist, users: Users, nora: User, clock: Clock) -> None:
    """Yesterday in Oslo ended at 23:00 UTC."""
    rep = users.choose(nora, None, "Europe/Oslo")
    clock.now = datetime(2026, 11, 19, 22, 59, tzinfo=UTC)
    worklist.complete(rep, worklist.add(rep, Wish("before midnight", FRIDAY))["id"])
    clock.now = datetime(2026, 11, 19, 23, 1, tzinfo=UTC)
    worklist.complete(rep, worklist.add(rep, Wish("after midnight", FRIDAY))["id"])
    assert names(worklist.page(rep, When.TODAY, done=True)) == ["after midnight"]
    assert len(worklist.page(rep, When.ALL, done=True)["items"]) == 2


def test_of_two_who_edit_the_second_is_told(worklist: Worklist, nora: User, bram: User) -> None:
    made = worklist.add(nora, Wish("Call", FRIDAY, assignee=bram.id))
    worklist.edit(bram, made["id"], 1, {"name": "Call Lucía"})
    with pytest.raises(Conflict) as refused:
        worklist.edit(nora, made["id"], 1, {"details": "about the depot"})
    current = refused.value.facts["current"]
    assert current == worklist.task(nora, made["id"])
    edited = worklist.edit(nora, made["id"], 2, {"details": "about the depot"})
    assert (edited["name"], edited["details"], edited["version"]) == ("Call Lucía", "about the depot", 3)


def test_editors_at_once_lose_nothing(worklist: Worklist, nora: User) -> None:
    task_id = worklist.add(nora, Wish("0", FRIDAY))["id"]
    saved, errors = [], []

    def edit(writer: int) -> None:
        for _ in range(5):
            try:
                read = worklist.task(nora, task_id)
                worklist.edit(nora, task_id, read["version"], {"name": str(int(read["name"]) + 1)})
                saved.append(writer)
            except Conflict:
                pass
            except Exception as error:
                errors.append(error)

    writers = [threading.Thread(target=edit, args=(writer,)) for writer in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert errors == []
    final = worklist.task(nora, task_id)
    assert (int(final["name"]), final["version"]) == (len(saved), len(saved) + 1)


def test_putting_off_moves_the_day_but_never_into_the_past(worklist: Worklist, nora: User) -> None:
    task_id = worklist.add(nora, Wish("Call", FRIDAY - timedelta(days=5)))["id"]
    with pytest.raises(BadInput):
        worklist.snooze(nora, task_id, FRIDAY - timedelta(days=1))
    put_off = worklist.snooze(nora, task_id, FRIDAY + timedelta(days=3), version=1)
    assert (put_off["due_on"], put_off["overdue"]) == ("2026-11-23", False)
    with pytest.raises(Conflict):
        worklist.snooze(nora, task_id, FRIDAY, version=1)


def test_a_deleted_task_is_gone_and_can_be_taken_back(worklist: Worklist, nora: User) -> None:
    made = worklist.add(nora, Wish("Call", FRIDAY))
    with pytest.raises(Conflict):
        worklist.delete(nora, made["id"], version=7)
    worklist.delete(nora, made["id"], version=1)
    assert worklist.page(nora, When.ALL, done=True)["items"] == []
    for ask in (worklist.task, worklist.complete, worklist.reopen, worklist.delete):
        with pytest.raises(NotFound):
            ask(nora, made["id"])
    restored = worklist.restore(nora, made["id"])
    assert restored == made | {"version": 3, "changed": {"by": "Nora Lindqvist", "at": "2026-11-20T09:00:00.000000Z"}}
    assert worklist.restore(nora, made["id"]) == restored


@pytest.mark.parametrize("field", ["assignee", "person_id", "message_id"])
def test_what_a_task_refers_to_is_of_the_workspace(
    database: Database, worklist: Worklist, nora: User, stranger: User, field: str
) -> None:
    foreign = {
        "assignee": stranger.id,
        "person_id": person_of(database, stranger),
        "message_id": message_of(database, stranger),
    }[field]
    for wrong in (foreign, "0" * 26, ""):
        with pytest.raises(BadInput) as refused:
            worklist.add(nora, Wish("Call", FRIDAY, **{field: wrong}))
        assert list(refused.value.fields) == [field]
    made = worklist.add(nora, Wish("Call", FRIDAY))
    with pytest.raises(BadInput):
        worklist.edit(nora, made["id"], 1, {field: foreign})


def test_a_colleagues_mail_is_not_mine_to_point_at(database: Database, worklist: Worklist, nora: User, bram: User) -> None:
    with pytest.raises(BadInput):
        worklist.add(nora, Wish("Call", FRIDAY, message_id=message_of(database, bram)))


def test_who_has_left_is_given_nothing_more(database: Database, worklist: Worklist, nora: User, bram: User) -> None:
    made = worklist.add(nora, Wish("Call", FRIDAY, assignee=bram.id))
    database.write(stored_users.deactivate, nora.workspace_id, bram.id, NOW)
    with pytest.raises(BadInput):
        worklist.add(nora, Wish("Call", FRIDAY, assignee=bram.id))
    assert worklist.edit(nora, made["id"], 1, {"name": "Call again", "assignee": bram.id})["name"] == "Call again"
    assert [one["name"] for one in worklist.colleagues(nora)] == ["Nora Lindqvist"]


def test_a_task_is_only_for_its_assignee_and_its_maker(
    worklist: Worklist, users: Users, nora: User, bram: User, stranger: User
) -> None:
    other = users.sign_in(Identity("4", "carl@fjordline.example", "Carl", "fjordline.example"))
    task_id = worklist.add(nora, Wish("Call", FRIDAY, assignee=bram.id))["id"]
    asks: list[Callable[[User], object]] = [
        lambda who: worklist.task(who, task_id),
        lambda who: worklist.edit(who, task_id, 1, {"name": "mine"}),
        lambda who: worklist.complete(who, task_id),
        lambda who: worklist.snooze(who, task_id, FRIDAY),
        lambda who: worklist.delete(who, task_id),
        lambda who: worklist.restore(who, task_id),
    ]
    for who in (other, stranger):
        for ask in asks:
            with pytest.raises(NotFound):
                ask(who)
    assert worklist.complete(bram, task_id)["completed_at"]


def test_muting_is_ones_own_and_can_be_repeated(database: Database, worklist: Worklist, nora: User, bram: User) -> None:
    from server.storage.worklist import muted

    message, person = message_of(database, nora), person_of(database, nora)
    for _ in range(2):
        worklist.mute(nora, "message", message)
        worklist.mute(nora, "person", person)
    assert database.read(muted, nora.id, [message, person]) == {message, person}
    assert database.read(muted, bram.id, [message, person]) == set()
    for _ in range(2):
        worklist.unmute(nora, "message", message)
    assert database.read(muted, nora.id, [message, person]) == {person}


def test_what_is_not_there_cannot_be_muted(
    database: Database, worklist: Worklist, nora: User, bram: User, stranger: User
) -> None:
    for kind, target in (
        ("message", message_of(database, bram)),
        ("person", person_of(database, stranger)),
        ("person", "0" * 26),
    ):
        with pytest.raises(LivefeedError) as refused:
            worklist.mute(nora, kind, target)
        assert refused.value.status == 404


def test_tasks_are_looked_for_by_days_of_ones_own(worklist: Worklist, nora: User) -> None:
    for days in (-3, 0, 5, 30):
        worklist.add(nora, Wish(f"In {days}", FRIDAY + timedelta(days=days)))
    week = Look(Span(FRIDAY, FRIDAY + timedelta(days=7)))
    assert names(worklist.page(nora, When.ALL, look=week)) == ["In 0", "In 5"]
    done = worklist.page(nora, When.ALL, look=week)["items"][1]
    worklist.complete(nora, done["id"])
    assert names(worklist.page(nora, When.TODAY, done=True, look=week)) == ["In 0", "In 5"]
    assert names(worklist.page(nora, When.ALL, look=Look(Span(None, FRIDAY - timedelta(days=1))))) == ["In -3"]


def test_words_are_found_in_all_that_a_task_says(database: Database, worklist: Worklist, nora: User) -> None:
    person = person_of(database, nora)
    worklist.add(nora, Wish("Send the PRICE", FRIDAY, details="Two depots", person_id=person))
    worklist.add(nora, Wish("Élan du projet", FRIDAY + timedelta(days=400)))
    for words, found in (
        ("price depots", 1),
        ("aissatou", 1),
        ("baobab energie", 1),
        ("elan", 1),
        ("price elan", 0),
        ("aissatou@baobab", 1),
    ):
        assert len(worklist.page(nora, When.TODAY, look=Look(words=terms(words)))["items"]) == found, words
    worklist.edit(nora, worklist.page(nora, When.TODAY)["items"][0]["id"], 1, {"details": "One château"})
    for words, found in (("chateau", 1), ("depots", 0)):
        assert len(worklist.page(nora, When.TODAY, look=Look(words=terms(words)))["items"]) == found, words
    first = worklist.page(nora, When.ALL, limit=1, look=Look(words=terms("e")))
    assert names(worklist.page(nora, When.ALL, after=first["next"], limit=1, look=Look(words=terms("e")))) == ["Élan du projet"]


def test_what_was_given_to_a_team_mate_is_still_to_be_seen(worklist: Worklist, nora: User, bram: User) -> None:
    given = worklist.add(nora, Wish("Visit the depot", FRIDAY, assignee=bram.id))
    worklist.add(nora, Wish("Own", FRIDAY))
    worklist.complete(bram, given["id"])
    page = worklist.page(nora, When.ALL, done=True, look=Look(given=True))
    assert [(task["name"], task["changed"]["by"]) for task in page["items"]] == [("Visit the depot", "Bram de Wit")]
    assert names(worklist.page(bram, When.ALL, done=True, look=Look(given=True))) == []


def test_two_reps_editing_one_task_learn_of_each_other(worklist: Worklist, nora: User, bram: User) -> None:
    task = worklist.add(nora, Wish("Visit", FRIDAY, assignee=bram.id))
    worklist.edit(bram, task["id"], 1, {"due_on": FRIDAY + timedelta(days=3)})
    with pytest.raises(Conflict) as refused:
        worklist.edit(nora, task["id"], 1, {"name": "Visit on Monday"})
    current: Any = refused.value.facts["current"]
    assert (current["due_on"], current["changed"]["by"]) == ("2026-11-23", "Bram de Wit")
    both = worklist.edit(nora, task["id"], current["version"], {"name": "Visit on Monday"})
    assert (both["name"], both["due_on"]) == ("Visit on Monday", "2026-11-23")
