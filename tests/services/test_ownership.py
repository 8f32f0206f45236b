"""Nobody sees anything of people who are neither theirs nor watched, whatever changes under way."""

import random
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import exists, func, or_, select

from server.domain.bestbets import Asked, Group
from server.domain.directory import Wanted
from server.domain.users import Role, User
from server.errors import NotFound
from server.services.bestbets import BestBets
from server.services.feed import cursor_of
from server.services.integrations import Integrations
from server.services.leadfeed import LeadFeed
from server.services.marketo import MarketoSync, Sellers
from server.services.outside import Systems
from server.services.ranks import Ranks
from server.services.watching import WatchList
from server.services.worklist import Worklist
from server.storage.database import Database, Transaction
from server.storage.tables import feed_items, moments, people, watch_list
from tests.marketo import FakeMarketo
from tests.moments import Marketing
from tests.team import MORNING, Team

ROUNDS = 3

_WATCHES = exists().where(watch_list.c.person_id == people.c.id, watch_list.c.user_id == feed_items.c.user_id)
_ASTRAY = (
    select(func.count())
    .select_from(feed_items.join(people, people.c.id == feed_items.c.person_id))
    .where(
        ~feed_items.c.removed,
        or_(
            feed_items.c.live & (func.coalesce(people.c.owner_id, "") != feed_items.c.user_id),
            (func.coalesce(people.c.owner_id, "") != feed_items.c.user_id) & ~_WATCHES,
        ),
    )
)
"""Lines that stand where they must not, in one look."""

_STANDS = exists().where(
    feed_items.c.moment_id == moments.c.id, feed_items.c.user_id == people.c.owner_id, feed_items.c.live, ~feed_items.c.removed
)
_MISSING = (
    select(func.count())
    .select_from(moments.join(people, people.c.id == moments.c.person_id))
    .where(people.c.owner_id.is_not(None), ~_STANDS)
)


class Market:
    def __init__(self, database: Database, leads: int) -> None:
        self.team, self.leads = Team(database), leads
        self.team.ada = self.team.user("Lin Wei", Role.REP)
        self.reps = (self.team.nora, self.team.bram, self.team.ada)
        self.marketo = FakeMarketo()
        self.marketo.sellers = {rep.id: rep.address for rep in self.reps}
        self.chance = random.Random(7)
        clock, given = self.team.clock, self.marketo
        integrations = Integrations(database, lambda: {"marketo": "https://marketo.example"}, clock)
        self.sync = MarketoSync(
            database,
            lambda: given,  # type: ignore[arg-type, return-value]
            lambda: Sellers(database, given, clock),  # type: ignore[arg-type]
            integrations,
            self.team.wake,
            clock,
        )
        self.feed = Marketing(self.team).feed
        self.watch_list = WatchList(database, self.team.wake, clock)
        self.lead_feed = LeadFeed(database, self.feed, Systems, clock)
        self.bets = BestBets(database, lambda: None, self.watch_list, Worklist(database, clock), self.lead_feed.links, clock)
        self.ranks = Ranks(database, clock)
        self.alive = list(range(1, leads + 1))
        for number in self.alive:
            self._appears(number)

    def settle(self) -> None:
        for read in (self.sync.moments, self.sync.people, self.sync.history):
            while read():
                pass

    def happens(self) -> None:
        """Browsing, scores, owners who change, people who turn out to be one or ask to be deleted."""
        self.team.later(minutes=1)
        now = self.team.now
        for lead in self.chance.sample(self.alive, 80):
            self.marketo.moment(lead, now, f"moment of {lead}")
            self.marketo.score(lead, now, None, self.chance.randrange(100))
        for lead in self.chance.sample(self.alive, 60):
            self.marketo.change(lead, now, externalSalesPersonId=self._seller())
        for _ in range(10):
            loser, winner = self.chance.sample(self.alive, 2)
            self.marketo.merge(loser, winner, now)
            self.alive.remove(loser)
        for lead in self.chance.sample(self.alive, 3):
            self.marketo.delete(lead, now)
            self.alive.remove(lead)

    def look_around(self) -> None:
        """Reps begin and cease to watch people."""
        everybody = self.ids(select(people.c.id).order_by(people.c.id))
        for rep in self.reps:
            for person_id in self.chance.sample(everybody, 5):
                with suppress(NotFound):  # merged or deleted since everybody was asked for
                    self.watch_list.watch(rep, person_id)
            for item in self.watch_list.page(rep)["items"][:2]:
                self.watch_list.unwatch(rep, item["person"]["id"])

    def own(self, rep: User) -> set[str]:
        return set(self.ids(select(people.c.id).where(people.c.owner_id == rep.id)))

    def watched(self, rep: User) -> set[str]:
        return set(self.ids(select(watch_list.c.person_id).where(watch_list.c.user_id == rep.id)))

    def ids(self, asked: Any) -> list[str]:
        return self.team.database.read(lambda tx: list(tx.execute(asked).scalars()))

    def count(self, asked: Any) -> int:
        return self.team.database.read(lambda tx: _scalar(tx, asked))

    def _appears(self, number: int) -> None:
        lead = self.marketo.lead(number, f"lead{number}@firm{number % 40}.example", lastName=str(number))
        self.marketo.people[lead]["externalSalesPersonId"] = self._seller()
        at = MORNING - timedelta(minutes=self.leads - number)
        self.marketo.score(lead, at, 10, self.chance.randrange(100))
        if number % 2:
            self.marketo.moment(lead, at, f"moment of {number}")

    def _seller(self) -> str:
        return self.chance.choice([*(rep.id for rep in self.reps), "nobody here"])


def _scalar(tx: Transaction, asked: Any) -> int:
    return int(tx.execute(asked).scalar_one())


@pytest.fixture(params=[500, pytest.param(2_000, marks=pytest.mark.slow)])
def market(database: Database, request: pytest.FixtureRequest) -> Market:
    found = Market(database, request.param)
    found.settle()
    found.ranks.find_tiers()
    return found


def at_once(*works: Callable[[], object]) -> None:
    errors: list[Exception] = []

    def guarded(work: Callable[[], object]) -> None:
        try:
            work()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def assert_nothing_astray(market: Market) -> None:
    for rep in market.reps:
        own, watched = market.own(rep), market.watched(rep)
        assert {one["person"]["id"] for one in market.team.targets.list(rep)["items"]} <= own
        assert _everybody_of(market.bets.page(rep, Asked(frozenset(Group)), limit=200)) <= own
        assert _told_about(market.feed.latest(rep, limit=200)) <= own
        assert _told_about(market.feed.latest(rep, feed="lead", limit=200)) <= own | watched
        assert _told_about(market.lead_feed.page(rep, limit=200)) <= own | watched
        assert {item.person_id for item in market.lead_feed.issue(rep, MORNING).items} <= own | watched
        for found in market.team.directory.page(rep, Wanted(("firm7",)), limit=200)["items"]:
            known = found["id"] in own | watched
            assert known or (found["score"], found["rise"], found["stars"], found["best_bet"]) == (None, None, None, False)
            assert known or market.team.people.moments(rep, found["id"]) == []


def _everybody_of(page: dict[str, Any]) -> set[str]:
    return {one["person"]["id"] for one in page["items"]}


def _told_about(page: dict[str, Any]) -> set[str]:
    return {item["who"]["person"]["id"] for item in page["items"]}


def test_nobody_sees_anything_of_people_neither_owned_nor_watched(market: Market) -> None:
    assert market.count(select(func.count()).select_from(people)) == market.leads
    assert_nothing_astray(market)
    readers = {rep.id: cursor_of(0) for rep in market.reps}
    screens: dict[str, dict[str, dict[str, Any]]] = {rep.id: {} for rep in market.reps}
    for _ in range(ROUNDS):
        market.happens()
        done, strays = threading.Event(), []

        def look(done: threading.Event = done, strays: list[int] = strays) -> None:
            while not done.is_set():
                strays.append(market.count(_ASTRAY))

        watcher = threading.Thread(target=look)
        watcher.start()
        at_once(market.sync.moments, market.sync.people, market.look_around)
        done.set()
        watcher.join()
        market.settle()
        assert set(strays) == {0}
        assert market.count(_MISSING) == 0
        assert_nothing_astray(market)
        for rep in market.reps:
            _catch_up(market, rep, readers, screens[rep.id])
            own, watched = market.own(rep), market.watched(rep)
            for item in screens[rep.id].values():
                assert item["who"]["person"]["id"] in (own if "live" in item["feeds"] else watched)


def _catch_up(market: Market, rep: User, readers: dict[str, str], screen: dict[str, dict[str, Any]]) -> None:
    """A screen that follows the stream."""
    more = True
    while more:
        page = market.feed.since(rep, readers[rep.id])
        for item in page["items"]:
            screen.pop(item["id"], None)
            if not item["removed"]:
                screen[item["id"]] = item
        readers[rep.id], more = page["cursor"], page["more"]
