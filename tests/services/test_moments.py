import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from server.domain.users import User
from server.services.feed import cursor_of
from server.storage.database import Database
from server.storage.tables import moments as stored
from server.storage.tables import people
from tests.moments import Marketing
from tests.team import Team
from tests.team import given as said


@pytest.fixture
def team(database: Database) -> Team:
    return Team(database)


@pytest.fixture
def marketing(team: Team) -> Marketing:
    return Marketing(team)


# Whose moments they are


def test_a_moment_stands_in_both_feeds_of_the_owner_and_wakes_them(team: Team, marketing: Marketing) -> None:
    ana = team.add("ana@firm.example", name="Ana Lee", account="Firm", owner=team.nora.id)
    assert marketing.happens(ana, "Visited the price list", kind="web") == {team.nora.id}
    [item] = marketing.feed.latest(team.nora)["items"]
    assert (item["mark"], item["kind"], item["class"], item["message"], item["feeds"]) == (
        "mktg",
        "moment",
        "human",
        None,
        ["live", "lead"],
    )
    moment = {"type": "web", "description": "Visited the price list", "source": "Flow step"}
    assert {name: item["moment"][name] for name in moment} == moment
    assert (item["who"]["person"]["name"], item["who"]["account"], item["who"]["watched"]) == ("Ana Lee", "Firm", False)
    assert marketing.feed.latest(team.nora, feed="lead")["items"] == [item]
    assert marketing.feed.hits(team.nora, item["id"]) == []


def test_who_watches_sees_moments_in_the_lead_feed_alone(team: Team, marketing: Marketing) -> None:
    ana = team.add("ana@firm.example", owner=team.nora.id)
    marketing.happens(ana, "before")
    assert marketing.watch(team.bram, ana) == {team.bram.id}
    assert marketing.happens(ana, "after") == {team.nora.id, team.bram.id}
    assert marketing.told(team.bram) == []
    assert marketing.told(team.bram, "lead") == ["after", "before"]
    [newest, _] = marketing.feed.latest(team.bram, feed="lead")["items"]
    assert (newest["feeds"], newest["who"]["watched"]) == (["lead"], True)
    assert marketing.unwatch(team.bram, ana) == {team.bram.id}
    assert marketing.told(team.bram, "lead") == []


def test_moments_of_nobody_s_people_stand_in_no_feed(team: Team, marketing: Marketing) -> None:
    ana = team.add("ana@firm.example")
    assert marketing.happens(ana) == set()
    team.change(ana, owner=team.nora.id)
    assert marketing.told(team.nora) == ["Visited the price list"]


def test_a_moment_told_twice_is_one(team: Team, marketing: Marketing) -> None:
    ana = team.add("ana@firm.example", owner=team.nora.id)
    once, twice = marketing.moment(ana, "once", guid="1:2"), marketing.moment(ana, "twice", guid="1:2")
    assert marketing.record(once, twice) == {team.nora.id}
    assert marketing.record(twice) == set()
    assert marketing.told(team.nora) == ["once"]


# Who owns somebody changes


def test_moments_go_with_the_owner(team: Team, marketing: Marketing) -> None:
    ana = team.add("ana@firm.example", owner=team.nora.id)
    marketing.happens(ana)
    before = marketing.feed.latest(team.nora)["cursor"]
    team.change(ana, owner=team.bram.id)
    assert team.woken[-1] == {team.nora.id, team.bram.id}
    assert (marketing.told(team.nora), marketing.told(team.nora, "lead")) == ([], [])
    assert marketing.told(team.bram) == marketing.told(team.bram, "lead") == ["Visited the price list"]
    [gone] = marketing.feed.since(team.nora, before)["items"]
    assert (gone["removed"], gone["moment"], gone["who"]["person"], gone["feeds"]) == (True, None, None, [])


def test_a_former_owner_who_watches_keeps_the_lead_feed(team: Team, marketing: Marketing) -> None:
    ana = team.add("ana@firm.example", owner=team.nora.id)
    marketing.happens(ana)
    marketing.watch(team.nora, ana)
    before = marketing.feed.latest(team.nora)["cursor"]
    team.change(ana, owner=team.bram.id)
    assert (marketing.told(team.nora), marketing.told(team.nora, "lead")) == ([], ["Visited the price list"])
    [item] = marketing.feed.since(team.nora, before)["items"]
    assert (item["removed"], item["feeds"]) == (False, ["lead"])


def test_moments_come_back_as_the_same_lines(team: Team, marketing: Marketing) -> None:
    ana = team.add("ana@firm.example", owner=team.nora.id)
    marketing.happens(ana)
    [first] = marketing.feed.latest(team.nora)["items"]
    ana = team.change(ana, owner=team.bram.id)
    team.change(ana, by=team.bram, owner=team.nora.id)
    [again] = marketing.feed.latest(team.nora)["items"]
    assert (again["id"], again["moment"]) == (first["id"], first["moment"])


def test_a_table_that_hands_people_over_takes_their_moments_along(team: Team, marketing: Marketing) -> None:
    ana = team.add("ana@firm.example", owner=team.nora.id)
    marketing.happens(ana)
    team.imports.store(team.ada, f"email,owner\nana@firm.example,{team.bram.address}\n".encode())
    assert team.woken[-1] == {team.nora.id, team.bram.id}
    assert (marketing.told(team.nora), marketing.told(team.bram)) == ([], ["Visited the price list"])


def test_who_comes_later_gets_the_newest_moments_of_ninety_days(team: Team, marketing: Marketing) -> None:
    ana = team.add("ana@firm.example", owner=team.nora.id)
    old = marketing.moment(ana, "old", ago=timedelta(days=91))
    marketing.record(old, *(marketing.moment(ana, f"{number}", ago=timedelta(days=number)) for number in range(60)))
    team.change(ana, owner=team.bram.id)
    assert marketing.told(team.bram) == [f"{number}" for number in range(50)]
    marketing.happens(ana, "late", ago=timedelta(days=95))
    assert marketing.told(team.bram)[-1] == "late"


# The people themselves change


def test_a_new_name_is_told_on_lines_of_moments_too(team: Team, marketing: Marketing) -> None:
    ana = team.add("ana@firm.example", name="Ana", owner=team.nora.id)
    marketing.happens(ana)
    before = marketing.feed.latest(team.nora)["cursor"]
    team.change(ana, name="Ana Lee", unsubscribed=True)
    [item] = marketing.feed.since(team.nora, before)["items"]
    assert (item["who"]["person"]["name"], item["who"]["person"]["unsubscribed"]) == ("Ana Lee", True)


def test_a_deleted_person_leaves_every_feed_and_no_moment(team: Team, marketing: Marketing) -> None:
    ana = team.add("ana@firm.example", owner=team.nora.id)
    marketing.watch(team.bram, ana)
    marketing.happens(ana)
    before = marketing.feed.latest(team.bram)["cursor"]
    team.people.delete(team.nora, ana["id"])
    assert team.woken[-1] == {team.nora.id, team.bram.id}
    [gone] = marketing.feed.since(team.bram, before)["items"]
    assert (gone["removed"], gone["moment"], gone["who"]["person"]) == (True, None, None)
    assert team.database.read(lambda tx: tx.execute(select(func.count()).select_from(stored)).scalar_one()) == 0


def test_two_who_are_one_have_the_moments_and_the_watchers_of_both(team: Team, marketing: Marketing) -> None:
    ana = team.add("ana@firm.example", owner=team.nora.id)
    other = team.add("ana@home.example", owner=team.nora.id)
    for user in (team.bram, team.ada):
        marketing.watch(user, other)
    marketing.watch(team.ada, ana)
    marketing.happens(ana, "at work")
    marketing.happens(other, "at home")
    team.people.join(team.nora, ana["id"], ana["version"], other["id"])
    for user in (team.nora, team.bram, team.ada):
        assert sorted(marketing.told(user, "lead")) == ["at home", "at work"]
    items = marketing.feed.latest(team.nora)["items"]
    assert {item["who"]["person"]["id"] for item in items} == {ana["id"]}


# Stars


def test_stars_flames_and_best_bets_are_told_of_own_and_watched_people(team: Team, marketing: Marketing) -> None:
    ana = team.add("ana@firm.example", owner=team.nora.id)
    marketing.watch(team.bram, ana)
    marketing.happens(ana)
    ranked = update(people).values(stars=3, flames=1, priority=4)
    team.database.write(lambda tx: tx.execute(ranked))
    own, watched = (marketing.feed.latest(user, feed="lead")["items"][0]["who"] for user in (team.nora, team.bram))
    assert [own[name] for name in ("stars", "flames", "best_bet", "watched")] == [3, 1, True, False]
    assert [watched[name] for name in ("stars", "flames", "best_bet", "watched")] == [3, 1, False, True]
    team.database.write(lambda tx: tx.execute(update(people).values(hidden_until=team.now + timedelta(days=1))))
    assert not marketing.feed.latest(team.nora)["items"][0]["who"]["best_bet"]


# Whatever happens


@dataclass
class _Known:
    """A person as the test thinks of them."""

    told: dict[str, Any]
    owner: str | None = None
    watchers: set[str] = field(default_factory=set)
    moments: set[str] = field(default_factory=set)


class _Reader:
    """A screen that only follows the stream."""

    def __init__(self, marketing: Marketing, user: User) -> None:
        self.marketing = marketing
        self.user = user
        self.cursor = cursor_of(0)
        self.lines: dict[str, dict[str, Any]] = {}

    def catch_up(self) -> None:
        more = True
        while more:
            page = self.marketing.feed.since(self.user, self.cursor, limit=2)
            for item in page["items"]:
                self.lines.pop(item["id"], None)
                if not item["removed"]:
                    self.lines[item["id"]] = item
            self.cursor, more = page["cursor"], page["more"]

    def sees(self, feed: str) -> set[str]:
        return {item["moment"]["description"] for item in self.lines.values() if feed in item["feeds"]}


class _World:
    def __init__(self, database: Database) -> None:
        self.team = Team(database)
        self.marketing = Marketing(self.team)
        self.reps = (self.team.nora, self.team.bram, self.team.ada)
        self.readers = [_Reader(self.marketing, rep) for rep in self.reps]
        self.known = [_Known(self.team.add(f"p{number}@firm.example")) for number in range(3)]
        self.count = 0

    def happens(self, who: int, _: int) -> None:
        known = self.known[who % len(self.known)]
        self.count += 1
        self.marketing.happens(known.told, f"moment {self.count}", ago=timedelta(days=self.count * 7 % 80))
        known.moments.add(f"moment {self.count}")

    def hand_over(self, who: int, to: int) -> None:
        known = self.known[who % len(self.known)]
        known.owner = None if to == 3 else self.reps[to].id
        known.told = self.team.change(self._now(known), by=self.team.ada, owner=known.owner)

    def watch(self, who: int, by: int) -> None:
        known, rep = self.known[who % len(self.known)], self.reps[by % 3]
        if rep.id not in known.watchers:
            self.marketing.watch(rep, known.told)
            known.watchers.add(rep.id)

    def unwatch(self, who: int, by: int) -> None:
        known, rep = self.known[who % len(self.known)], self.reps[by % 3]
        self.marketing.unwatch(rep, known.told)
        known.watchers.discard(rep.id)

    def rename(self, who: int, to: int) -> None:
        known = self.known[who % len(self.known)]
        known.told = self.team.change(self._now(known), by=self.team.ada, name=f"Name {to}")

    def join(self, who: int, other: int) -> None:
        kept, gone = self.known[who % len(self.known)], self.known[other % len(self.known)]
        if kept is not gone:
            version = self._now(kept)["version"]
            kept.told = self.team.people.join(self.team.ada, kept.told["id"], version, gone.told["id"])
            kept.owner = kept.owner or gone.owner
            kept.watchers |= gone.watchers
            kept.moments |= gone.moments
            self.known.remove(gone)

    def delete(self, who: int, _: int) -> None:
        if len(self.known) > 1:
            self.team.people.delete(self.team.ada, self.known.pop(who % len(self.known)).told["id"])

    def sees(self, rep: User, feed: str) -> set[str]:
        """Worked out anew."""
        theirs = (one for one in self.known if one.owner == rep.id or (feed == "lead" and rep.id in one.watchers))
        return {text for one in theirs for text in one.moments}

    def _now(self, known: _Known) -> dict[str, Any]:
        return self.team.people.get(self.team.ada, known.told["id"])


_STEPS: tuple[Callable[[_World, int, int], None], ...] = (
    _World.happens,
    _World.hand_over,
    _World.watch,
    _World.unwatch,
    _World.happens,
    _World.rename,
    _World.join,
    _World.delete,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(range(len(_STEPS))), st.integers(0, 2), st.integers(0, 3)), max_size=14))
def test_whatever_the_order_each_feed_is_what_working_it_out_anew_gives(
    database: Database, steps: list[tuple[int, int, int]]
) -> None:
    world = _World(database)
    for step, first, second in steps:
        _STEPS[step](world, first, second)
        for reader in world.readers[:2]:
            reader.catch_up()
            assert reader.sees("lead") == world.sees(reader.user, "lead")
    for reader in world.readers:
        reader.catch_up()
        for feed in ("live", "lead"):
            assert set(world.marketing.told(reader.user, feed)) == reader.sees(feed) == world.sees(reader.user, feed)


def test_moments_recorded_while_their_people_change_hands_end_where_they_belong(team: Team, marketing: Marketing) -> None:
    reps = (team.nora, team.bram)
    all_people = [team.add(f"p{number}@firm.example", owner=team.nora.id) for number in range(4)]
    errors: list[Exception] = []

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:
            errors.append(error)

    def tell() -> None:
        for number in range(12):
            chosen = all_people if number % 2 else all_people[::-1]
            marketing.record(*(marketing.moment(person) for person in chosen))

    def hand_over() -> None:
        for number in range(12):
            for person in all_people[number % 2 :: 2]:
                current = team.people.get(team.ada, person["id"])
                team.people.change(team.ada, person["id"], current["version"], said(owner=reps[number % 2].id))

    def look_over() -> None:
        for number in range(12):
            (marketing.unwatch if number % 2 else marketing.watch)(team.ada, all_people[number % 4 // 2])

    threads = [threading.Thread(target=guarded, args=(work,)) for work in (tell, tell, hand_over, look_over)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    owners = {person["id"]: team.people.get(team.ada, person["id"])["owner"]["id"] for person in all_people}
    for rep in reps:
        items = marketing.feed.latest(rep, limit=200)["items"]
        assert {item["who"]["person"]["id"] for item in items} == {one for one, owner in owners.items() if owner == rep.id}
        assert len(items) == 24 * sum(owner == rep.id for owner in owners.values())
    assert marketing.told(team.ada, "lead") == []
