"""The best-bet list of one rep with very many people, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime

from server.bench.places import DATABASES, NO_POSTGRESQL
from server.bench.results import Row, at_most, left_out, told
from server.bench.targets import p99
from server.domain.bestbets import Asked, Group, Order
from server.domain.users import User
from server.services.bestbets import BestBets
from server.storage.bench import fill_people, rank_people
from server.storage.database import Database

_GOAL = 50.0
_FILTERED = Asked(frozenset({Group.OPPORTUNITY_CONTACTS}))


def best_bets_rows(quick: bool) -> Iterator[Row]:
    people, rounds = (1_000, 10) if quick else (100_000, 200)
    for name, opened in DATABASES.items():
        with opened() as url:
            if url is None:
                yield left_out(f"best bets p99, {name}", NO_POSTGRESQL)
            else:
                yield from _rows(url, name, people, rounds)


def _rows(url: str, name: str, people: int, rounds: int) -> Iterator[Row]:
    database, now = Database(url), datetime.now(UTC)
    (rep,) = fill_people(database, 1, people, people, now)
    rank_people(database)
    bets = BestBets(database, lambda: None, None, None, lambda person: {}, lambda: now)  # type: ignore[arg-type]  # only the list
    size = f"{people:,} own people"
    second = bets.page(rep, Asked())["next"]
    yield at_most(f"best bets p99, {name}", p99(lambda _: _page(bets, rep, second), rounds), _GOAL, "ms", size)
    ways = {"with counts": Asked(), "by urgency": Asked(order=Order.URGENCY), "of few contacts": _FILTERED}
    for way, asked in ways.items():
        found = p99(lambda _, asked=asked: bets.page(rep, asked), rounds // 5)  # type: ignore[misc]  # bound now
        yield told(f"best bets {way} p99, {name}", found, "ms", size)
    database.close()


def _page(bets: BestBets, rep: User, before: str) -> object:
    page = bets.page(rep, Asked(), before)
    assert len(page["items"]) == 50
    return page
