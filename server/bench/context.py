"""What is known around a thread, and the card made of it, among many people, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime

from server.bench.places import DATABASES, NO_POSTGRESQL
from server.bench.results import Row, at_most, left_out
from server.bench.targets import p99
from server.domain.context import Context
from server.domain.users import User
from server.services.context import Asked, Contexts
from server.storage.bench import fill_people
from server.storage.bench_threads import fill_threads
from server.storage.database import Database

_OWN = 1_000
_REPS = 10
_THREADS = 500
_GOAL = 20.0


def context_rows(quick: bool) -> Iterator[Row]:
    people, rounds = (1_000, 20) if quick else (100_000, 500)
    for name, opened in DATABASES.items():
        with opened() as url:
            if url is None:
                yield left_out(f"context of a thread p99, {name}", NO_POSTGRESQL)
            else:
                yield _row(url, name, people, rounds)


def _row(url: str, name: str, people: int, rounds: int) -> Row:
    database, now = Database(url), datetime.now(UTC)
    reps = fill_people(database, people // _OWN, people, people, now)[:_REPS]
    threads, contexts = fill_threads(database, reps, _THREADS, now), Contexts(database)
    found = p99(lambda number: _read(contexts, threads[number * 37 % len(threads)]), rounds)
    database.close()
    return at_most(f"context of a thread p99, {name}", found, _GOAL, "ms", f"{people:,} people")


def _read(contexts: Contexts, thread: tuple[User, str]) -> Context:
    rep, thread_id = thread
    context = contexts.of(rep, Asked(thread_id))
    assert all((context.thread, context.lines, context.tasks))
    return context
