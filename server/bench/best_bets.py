"""The best-bet list of one rep with very many people, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime

from server.bench.results import Row, at_most, told
from server.bench.targets import on_postgresql, on_sqlite, p99
from server.domain.bestbets import Asked, Group, Order
from server.domain.users import User
from server.services.bestbets import BestBets
from server.storage.bench import fill_people, rank_people
from server.storage.database import Database

_GOAL = 50.0
_FILTERED = Asked(frozenset({Group.OPPORTUNITY_CONTACTS}))


def best_bets_rows(quick: bool) -> Iterator[Row]:
    people, rounds = (5_000, 50) if quick else (100_000, 200)
    for name, opened in (("SQLite", on_sqlite), ("PostgreSQL", on_postgresql)):
        with opened() as url:
            if url is not None:
                yield from _rows(url, name, people, rounds)


def _rows(url: str, name: str, people: int, rounds: int) -> Iterator[Row]:
    database, now = Database(url), datetime.now(UTC)
    (rep,) = fill_people(database, 1, people, people, now)
    rank_people(database)
    bets = BestBets(database, lambda: None, None, None, lambda person: {}, lambda: now)  # type: ignore[arg-type]  # only the list
    size = f"{people:,} own people, {name}"
    second = bets.page(rep, Asked())["next"]
    yield at_most(f"best bets p99, {size}", p99(lambda _: _page(bets, rep, second), rounds), _GOAL, "ms")
    yield told(f"best bets with counts p99, {size}", p99(lambda _: bets.page(rep, Asked()), rounds // 5), "ms")
    yield told(
        f"best bets by urgency p99, {size}", p99(lambda _: bets.page(rep, Asked(order=Order.URGENCY)), rounds // 5), "ms"
    )
    yield told(f"best bets of few contacts p99, {size}", p99(lambda _: bets.page(rep, _FILTERED), rounds // 5), "ms")
    database.close()


def _page(bets: BestBets, rep: User, before: str) -> object:
    page = bets.page(rep, Asked(), before)
    assert len(page["items"]) == 50
    return page
