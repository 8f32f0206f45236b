"""The latest page of the feed, with very many lines stored and with few, on both databases."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from server.bench.places import DATABASES, NO_POSTGRESQL, progress
from server.bench.results import Row, at_most, left_out, middle_and_late, told
from server.domain.users import User
from server.services.feed import Feed
from server.storage.bench_feed import fill_feeds
from server.storage.database import Database

_REPS = 50
_FEW = 10_000
_PAGE = 50


@dataclass(frozen=True, slots=True)
class Size:
    many: int
    rounds: int
    few: int = _FEW


def feed_rows(quick: bool) -> Iterator[Row]:
    yield from measured(Size(50_000, 50) if quick else Size(5_000_000, 1_000))


def measured(size: Size) -> Iterator[Row]:
    for name, opened in DATABASES.items():
        with opened() as small, opened() as large:
            if small is None or large is None:
                yield left_out(f"latest 50 of many lines ÷ of few, {name}", NO_POSTGRESQL)
            else:
                yield from _on(small, large, name, size)


def _on(small: str, large: str, name: str, size: Size) -> Iterator[Row]:
    few, many = _filled(small, size.few, name), _filled(large, size.many, name)
    found: tuple[list[float], list[float]] = ([], [])
    for number in range(-_REPS, size.rounds):
        for times, (feed, reps, _) in zip(found, (few, many), strict=True):
            spent = _ask(feed, reps[number % len(reps)])
            if number >= 0:
                times.append(spent)
    (small_middle, _), (middle, late) = map(middle_and_late, found)
    note = f"{size.many:,} lines and {size.few:,}, of {_REPS} reps"
    yield at_most(f"latest 50 of many lines ÷ of few, {name}", middle / small_middle, 2, "×", note)
    yield told(f"latest 50 of many lines, p50, {name}", middle, "ms", note)
    yield told(f"latest 50 of many lines, p99, {name}", late, "ms", note)
    for _, _, database in (few, many):
        database.close()


def _filled(url: str, count: int, name: str) -> tuple[Feed, Sequence[User], Database]:
    progress(f"storing {count:,} lines, {name}")
    database, now = Database(url), datetime.now(UTC)
    reps = fill_feeds(database, _REPS, count, now - timedelta(seconds=2 * count))
    return Feed(database, "https://mail.google.com", lambda: now), reps, database


def _ask(feed: Feed, rep: User) -> float:
    begin = time.perf_counter()
    page = feed.latest(rep, limit=_PAGE)
    spent = time.perf_counter() - begin
    assert len(page["items"]) == _PAGE
    return spent * 1000
