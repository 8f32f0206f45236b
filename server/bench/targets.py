"""Targets and the search for people, with many people and a long history of scores, on both databases."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from statistics import median

from server.bench.places import DATABASES, NO_POSTGRESQL
from server.bench.results import Row, at_most, left_out, told
from server.domain.directory import Wanted
from server.domain.people import terms
from server.domain.users import User
from server.services.directory import Directory
from server.services.targets import Targets
from server.storage.bench import fill_people
from server.storage.database import Database

_OWN = 1_000
"""So many people has each rep."""

_GOAL = 20.0
_SEARCHES = ("diallo", "ana lee", "7@firm3", "nobody like that", "")


def targets_rows(quick: bool) -> Iterator[Row]:
    people, changes, rounds = (1_000, 10_000, 20) if quick else (100_000, 1_000_000, 500)
    for name, opened in DATABASES.items():
        with opened() as url:
            if url is None:
                yield left_out(f"targets p99, {name}", NO_POSTGRESQL)
            else:
                yield from _rows(url, name, people, changes, rounds)


def _rows(url: str, name: str, people: int, changes: int, rounds: int) -> Iterator[Row]:
    database, now = Database(url), datetime.now(UTC)
    reps = fill_people(database, people // _OWN, people, changes, now)
    targets, found = Targets(database, lambda: now), Directory(database, lambda: now)
    size = f"{people:,} people, {changes:,} scores"
    listed = p99(lambda number: _list(targets, reps[number % len(reps)]), rounds)
    yield at_most(f"targets p99, {name}", listed, _GOAL, "ms", size)
    searched = p99(lambda number: found.page(reps[0], Wanted(terms(_SEARCHES[number % len(_SEARCHES)]))), rounds // 5)
    yield told(f"search p99, {name}", searched, "ms", size)
    database.close()


def _list(targets: Targets, rep: User) -> object:
    page = targets.list(rep)
    assert len(page["items"]) == 50
    return page


def p99(ask: Callable[[int], object], rounds: int) -> float:
    """In milliseconds; the median of five, as a neighbour on the machine spoils some."""
    return median(_one_p99(ask, rounds) for _ in range(5))


def _one_p99(ask: Callable[[int], object], rounds: int) -> float:
    times = []
    for number in range(rounds):
        begin = time.perf_counter()
        ask(number)
        times.append(time.perf_counter() - begin)
    return sorted(times)[rounds * 99 // 100] * 1000
