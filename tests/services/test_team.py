"""The team feed: what reps share, and nothing of who does not."""

import json
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import update

from server.domain.engagement import Kind
from server.domain.users import User
from server.errors import BadInput, NotFound
from server.services.team import Team, topic
from server.storage.database import Database
from server.storage.tables import feed_heads, feed_items, users
from tests.scene import NOON, Rep, Scene, a_hit, a_mail

SCANNER = "Mozilla/5.0 (compatible; Barracuda Sentinel)"


class Floor(Scene):
    """Three reps of one workspace, one of another, each with a mail that somebody read."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.bram, self.carl = self.rep("bram", self.nora), self.rep("carl", self.nora)
        self.stranger = self.rep("stranger")
        self.woken: list[str] = []
        self.team = Team(database, self.woken.extend)

    def read(self, rep: Rep, subject: str, after: float = 0.0, **more: Any) -> str:
        message = self.message([f"Reader of {subject}"], rep=rep)
        self.change(message, subject=subject)
        self.record(a_hit(message, after=after, **more))
        return message

    def share(self, *reps: Rep, on: bool = True) -> None:
        for rep in reps:
            self.team.share(user_of(rep), on)

    def subjects(self, rep: Rep, **asked: Any) -> list[str]:
        return [item["subject"] for item in self.team.page(user_of(rep), **asked)["items"]]


def user_of(rep: Rep) -> User:
    return User(rep.id, rep.workspace_id, rep.address, "", frozenset(), rep.tag)


@pytest.fixture
def floor(database: Database) -> Floor:
    return Floor(database)


def test_a_feed_is_private_until_its_rep_shares_it(floor: Floor) -> None:
    floor.read(floor.bram, "Fleet")
    before = floor.team.page(user_of(floor.nora))
    assert (before["items"], before["colleagues"], before["sharing"]) == ([], [], False)
    floor.share(floor.bram)
    [item] = floor.team.page(user_of(floor.nora))["items"]
    assert (item["subject"], item["kind"], item["colleague"]) == ("Fleet", "view", {"id": floor.bram.id, "name": "bram"})
    assert floor.team.page(user_of(floor.bram))["sharing"]
    assert floor.woken == [topic(floor.nora.workspace_id)]


def test_whoever_does_not_share_is_nowhere(floor: Floor) -> None:
    """Whoever shares, whatever is asked: pages, changes and names hold them and nobody else."""
    reps = {"nora": floor.nora, "bram": floor.bram, "carl": floor.carl, "stranger": floor.stranger}
    for name, rep in reps.items():
        floor.read(rep, f"mail of {name}")
    for shares in product([False, True], repeat=4):
        sharing = {name for name, on in zip(reps, shares, strict=True) if on}
        for name, rep in reps.items():
            floor.share(rep, on=name in sharing)
        start = floor.team.page(user_of(floor.nora))["cursor"]
        for name, rep in reps.items():
            floor.read(rep, f"news of {name}", after=60)
        told = json.dumps([floor.team.page(user_of(floor.nora), limit=200), floor.team.since(user_of(floor.nora), start)])
        here = sharing - {"stranger"}
        assert {name for name in reps if f"mail of {name}" in told} == here
        assert {name for name in reps if f"news of {name}" in told} == here
        assert {name for name, rep in reps.items() if rep.id in told} == here
        assert {rep.id for rep in reps.values()} & floor.team.topics(user_of(floor.nora)) == {reps[name].id for name in here}


def test_a_colleague_who_does_not_share_is_as_unknown_as_nobody(floor: Floor) -> None:
    floor.share(floor.carl)
    for wanted in (floor.bram.id, floor.stranger.id, "0" * 26):
        with pytest.raises(NotFound):
            floor.team.page(user_of(floor.nora), colleague=wanted)


def test_only_engagement_of_people_with_mail_is_shared(floor: Floor) -> None:
    floor.share(floor.bram)
    message = floor.read(floor.bram, "Fleet")
    floor.record(a_hit(message, agent=SCANNER, address="b", after=90))
    floor.read(floor.bram, "From marketing", after=120)
    with floor.database.engine.begin() as tx:
        of_marketing = feed_items.c.found_by.contains("from marketing")
        tx.execute(update(feed_items).where(of_marketing).values(kind=Kind.MOMENT.value))
    assert floor.subjects(floor.nora) == ["Fleet"]
    cursor = floor.team.page(user_of(floor.nora))["cursor"]
    assert floor.team.since(user_of(floor.nora), cursor)["items"] == []


def test_an_item_leads_into_nobodys_mailbox_and_tells_no_way_to_reach_them(floor: Floor) -> None:
    floor.share(floor.bram)
    message = floor.read(floor.bram, "Fleet")
    [item] = floor.team.page(user_of(floor.nora))["items"]
    assert message not in json.dumps(item)
    assert "18c0ffee" not in json.dumps(item)
    assert set(item["who"]["person"]) == {"id", "name", "address", "known"}


def test_of_a_line_that_is_gone_nothing_is_told_but_that(floor: Floor) -> None:
    floor.share(floor.bram)
    floor.read(floor.bram, "Fleet")
    cursor = floor.team.page(user_of(floor.nora))["cursor"]
    floor.record(a_hit(floor.message(rep=floor.bram), after=1))
    with floor.database.engine.begin() as tx:
        tx.execute(update(feed_items).where(feed_items.c.found_by.contains("fleet")).values(removed=True, position=1000))
        tx.execute(update(feed_heads).where(feed_heads.c.user_id == floor.bram.id).values(position=1000))
    *_, gone = floor.team.since(user_of(floor.nora), cursor)["items"]
    assert set(gone) == {"id", "cursor", "removed", "at", "colleague"}
    assert floor.subjects(floor.nora) == ["Pricing for 40 vehicles"]


def test_the_joint_feed_is_one_of_time_in_pages(floor: Floor) -> None:
    floor.share(floor.bram, floor.carl, floor.nora)
    for number in range(6):
        floor.read((floor.bram, floor.carl, floor.nora)[number % 3], f"{number}", after=number * 10.0)
    first = floor.team.page(user_of(floor.nora), limit=4)
    rest = floor.team.page(user_of(floor.nora), first["next"], limit=4)
    assert [item["subject"] for page in (first, rest) for item in page["items"]] == ["5", "4", "3", "2", "1", "0"]
    assert rest["next"] is None
    assert floor.subjects(floor.nora, colleague=floor.carl.id) == ["4", "1"]
    assert floor.subjects(floor.nora, kind=Kind.CLICK) == []


def test_changes_come_once_whatever_the_size_of_a_page(floor: Floor) -> None:
    floor.share(floor.bram, floor.carl)
    cursor = floor.team.page(user_of(floor.nora))["cursor"]
    for number in range(5):
        floor.read((floor.bram, floor.carl)[number % 2], f"{number}")
    floor.receive(a_mail(floor, floor.read(floor.bram, "answered")))
    seen: list[str] = []
    page: dict[str, Any] = {"more": True}
    while page["more"]:
        page = floor.team.since(user_of(floor.nora), cursor, 2)
        seen += [f"{item['kind']} {item['subject']}" for item in page["items"]]
        cursor = page["cursor"]
        assert page["items"][-1]["cursor"] == cursor
    assert sorted(seen) == ["reply answered", *(f"view {number}" for number in range(5)), "view answered"]
    assert floor.team.since(user_of(floor.nora), cursor)["items"] == []


@pytest.mark.parametrize("change", ["ends", "begins", "leaves"])
def test_a_cursor_is_worth_nothing_once_others_share(floor: Floor, change: str) -> None:
    floor.share(floor.bram)
    cursor = floor.team.page(user_of(floor.nora))["cursor"]
    if change == "leaves":
        with floor.database.engine.begin() as tx:
            tx.execute(update(users).where(users.c.id == floor.bram.id).values(deactivated_at=NOON - timedelta(days=1)))
    else:
        floor.share(floor.bram if change == "ends" else floor.carl, on=change == "begins")
    with pytest.raises(BadInput):
        floor.team.since(user_of(floor.nora), cursor)
    left = {"begins": [floor.bram.id, floor.carl.id]}.get(change, [])
    assert sorted(one["id"] for one in floor.team.page(user_of(floor.nora))["colleagues"]) == sorted(left)


@pytest.mark.parametrize("cursor", ["x", "é", "bm9uc2Vuc2U", "OjEsMg", "////"])
def test_what_is_no_cursor_is_refused(floor: Floor, cursor: str) -> None:
    with pytest.raises(BadInput):
        floor.team.since(user_of(floor.nora), cursor)
