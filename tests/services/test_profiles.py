from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from server.domain.engagement import Kind
from server.domain.moments import Moment, Type
from server.domain.timeline import Asked
from server.domain.timeline import Kind as Of
from server.domain.users import Role, User
from server.errors import NotFound
from server.services import moments
from server.services.leadfeed import LeadFeed, Systems
from server.services.profiles import Profiles
from server.services.worklist import Wish
from server.storage.database import Database
from server.storage.tables import people, users
from server.tokens import new_id
from tests.desk import AISSATOU, Desk
from tests.scene import NOON, a_hit, a_mail

EVERYTHING = Asked()


class Page(Desk):
    """A desk with the page of a person."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        lead_feed = LeadFeed(
            database, self.feed, lambda: Systems("https://app.marketo.example", "https://crm.example"), self._clock
        )
        self.profiles = Profiles(database, self.feed, lead_feed, self.worklist, self._clock)

    def told(self, person: str, asked: Asked = EVERYTHING, by: User | None = None, **more: Any) -> list[tuple[str, str]]:
        page = self.profiles.timeline(by or self.user(), person, asked, **more)
        return [(one["kind"], words(one)) for one in page["items"]]

    def moment(self, person: str, text: str, ago: timedelta = timedelta()) -> None:
        """Told of somebody nobody follows yet."""
        at = self.now - ago
        told = Moment(new_id(), self.nora.workspace_id, person, new_id(), Type.WEB, text, "Flow step", at)
        self.database.write(moments.record, [told], self.now)


def words(entry: dict[str, Any]) -> str:
    if entry["task"]:
        return str(entry["task"]["name"])
    item = entry["item"]
    return str(item["moment"]["description"] if item["moment"] else item["kind"])


@pytest.fixture
def page(database: Database) -> Page:
    return Page(database)


def test_mail_marketing_and_tasks_stand_in_one_order(page: Page) -> None:
    message = page.sent()
    person = page.met()
    page.marketing_knows(person, owner=page.nora)
    page.record(a_hit(message, after=-120))
    page.moment(person, "Visited the price list", timedelta(seconds=60))
    page.now = NOON + timedelta(minutes=1)
    page.worklist.add(page.user(), Wish("Call about Lyon", date(2026, 11, 23), person_id=person))
    told = page.told(person)
    assert told == [("task", "Call about Lyon"), ("marketing", "Visited the price list"), ("mail", "view")]
    for kind in Of:
        assert page.told(person, Asked(frozenset([kind]))) == [one for one in told if one[0] == kind.value]


def test_pages_of_it_leave_nothing_out_and_tell_nothing_twice(page: Page) -> None:
    message, person = page.sent(), page.met()
    page.marketing_knows(person, owner=page.nora)
    page.record(*[a_hit(message, after=-60 * number, link=number or None) for number in range(4)])
    for number in range(4):
        page.moment(person, f"Visited {number}", timedelta(seconds=60 * number))
        page.worklist.add(page.user(), Wish(f"Call {number}", date(2026, 11, 23), person_id=person))
    whole = page.told(person)
    assert len(whole) == 12
    for size in (1, 3, 5):
        seen, before = [], None
        while True:
            part = page.profiles.timeline(page.user(), person, EVERYTHING, before, size)
            seen += [(one["kind"], words(one)) for one in part["items"]]
            if (before := part["next"]) is None:
                break
        assert seen == whole


def test_a_search_goes_on_where_it_stopped_looking(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.services.profiles._SEARCHED", 3)
    person = page.met()
    page.marketing_knows(person, owner=page.nora)
    for number in range(8):
        page.moment(person, "Érable prices" if number == 7 else f"Visited {number}", timedelta(minutes=number))
    found, before, rounds = [], None, 0
    while True:
        part = page.profiles.timeline(page.user(), person, Asked(terms=("erable",)), before)
        found += [words(one) for one in part["items"]]
        rounds += 1
        if (before := part["next"]) is None:
            break
    assert (found, rounds) == (["Érable prices"], 3)


def test_only_who_follows_somebody_sees_what_marketing_knows(page: Page) -> None:
    person = page.met()
    page.marketing_knows(person, owner=page.bram)
    page.moment(person, "Visited the price list")
    nora, bram = page.user(), page.user(page.bram)
    assert page.told(person, by=bram) == [("marketing", "Visited the price list")]
    assert page.told(person, by=nora) == []
    details = [page.profiles.details(by, person) for by in (bram, nora)]
    assert [one["knows_marketing"] for one in details] == [True, False]
    assert [one["score"] for one in details] == [92, None]
    page.database.write(lambda tx: tx.execute(update(users).where(users.c.id == nora.id).values(roles=[Role.REP, Role.ADMIN])))
    assert page.told(person, by=page.user()) == [("marketing", "Visited the price list")]


def test_of_mail_and_tasks_everybody_sees_their_own(page: Page) -> None:
    message, person = page.sent(), page.met()
    page.record(a_hit(message))
    page.worklist.add(page.user(), Wish("Call", date(2026, 11, 23), person_id=person))
    assert page.told(person, by=page.user(page.bram)) == []
    assert page.profiles.tasks(page.user(page.bram), person) == []
    assert [one["name"] for one in page.profiles.tasks(page.user(), person)] == ["Call"]


def test_what_one_of_several_did_stands_there_without_a_name_and_what_another_did_does_not(page: Page) -> None:
    shared = page.message(["Bo", "Carl"])
    page.record(a_hit(shared))
    page.receive(a_mail(page, shared, recipient=1))
    bo, carl = (page.directory.page(page.user())["items"][place]["id"] for place in (0, 1))
    assert sorted(page.told(bo)) == [("mail", "reply"), ("mail", "view")]
    (entry,) = page.profiles.timeline(page.user(), carl, EVERYTHING)["items"]
    assert (entry["item"]["kind"], entry["item"]["who"]["person"]) == ("view", None)


def test_who_answered_without_having_got_it_has_their_answer(page: Page) -> None:
    message = page.sent()
    other = page.met("other@b.example", "Other")
    page.receive(a_mail(page, message, Kind.REPLY, recipient=0))
    assert page.told(other) == [("mail", "reply")]
    assert page.told(page.met()) == []


def test_machine_traffic_is_counted_and_shown_when_asked_for(page: Page) -> None:
    message, person = page.sent(), page.met()
    bot = "Mozilla/5.0 (compatible; SomeScanner/1.0; +http://scanner.example/bot)"
    page.record(a_hit(message, agent=bot, address="b"), a_hit(message, after=60))
    quiet = page.profiles.timeline(page.user(), person, EVERYTHING)
    assert ([words(one) for one in quiet["items"]], quiet["machine"]) == (["view"], 1)
    shown = page.profiles.timeline(page.user(), person, Asked(machine=True))
    assert ([one["item"]["hidden"] for one in shown["items"]], shown["machine"]) == ([False, True], None)
    page.hide_machines()
    for asked in (EVERYTHING, Asked(machine=True)):
        left = page.profiles.timeline(page.user(), person, asked)
        assert ([one["item"]["hidden"] for one in left["items"]], left["machine"]) == ([False], None)


def test_a_done_task_stands_where_it_was_done(page: Page) -> None:
    person = page.met()
    first = page.worklist.add(page.user(), Wish("First", date(2026, 11, 23), person_id=person))
    page.now = NOON + timedelta(minutes=1)
    page.worklist.add(page.user(), Wish("Second", date(2026, 11, 23), person_id=person))
    assert page.told(person) == [("task", "Second"), ("task", "First")]
    page.now = NOON + timedelta(minutes=2)
    page.worklist.complete(page.user(), first["id"])
    assert page.told(person) == [("task", "First"), ("task", "Second")]
    assert [one["name"] for one in page.profiles.tasks(page.user(), person)] == ["Second"]


def test_details_say_what_the_viewer_may_do(page: Page) -> None:
    person = page.met()
    known = {"salesforce_id": "00Q000000000001AAA", "salesforce_type": "lead", "marketo_id": 7}
    row = update(people).where(people.c.id == person).values(owner_id=page.bram.id, **known)
    page.database.write(lambda tx: tx.execute(row))
    page.worklist.mute(page.user(), "person", person)
    told = page.profiles.details(page.user(), person)
    assert (told["muted"], told["may_decide"], told["owned_elsewhere"], told["kind"]) == (True, False, True, "lead")
    assert told["links"]["salesforce"] == "https://crm.example/00Q000000000001AAA"
    assert told["addresses"][0]["address"] == AISSATOU


def test_somebody_of_another_workspace_is_not_there(page: Page) -> None:
    person, elsewhere = page.met(), page.user(page.rep("eve"))
    for ask in (page.profiles.details, page.profiles.tasks):
        with pytest.raises(NotFound):
            ask(elsewhere, person)
    with pytest.raises(NotFound):
        page.profiles.timeline(elsewhere, person, EVERYTHING)
    with pytest.raises(NotFound):
        page.profiles.details(page.user(), new_id())
