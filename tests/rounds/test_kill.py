"""kill -9 at any moment under load: what was answered is known exactly once, and every screen has learnt of it."""

import os
import random
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from server.storage import migrations
from server.storage.database import Database
from tests.journeys.installation import stage
from tests.rounds.crash import Rounds, rounds
from tests.rounds.postgresql import PostgreSQL, a_postgresql

SOAK = int(os.environ.get("LIVEFEED_TEST_ROUNDS", "20"))
VICTIMS = {"sqlite": ("all", "all, twice", "web", "worker"), "postgresql": ("all", "all, twice", "web", "worker", "postgresql")}


@contextmanager
def installed(home: Path, dialect: str, seed: int) -> Iterator[Rounds]:
    with ExitStack() as stack:
        postgresql: PostgreSQL | None = None
        url = f"sqlite:///{home / 'livefeed.db'}"
        if dialect == "postgresql":
            postgresql = stack.enter_context(a_postgresql())
            url = postgresql.url
        database = Database(url)
        stack.callback(database.close)
        if postgresql is not None:
            migrations.migrate(database)
        played = stack.enter_context(stage(home, unset=("MARKETO", "SALESFORCE"), database_url=url))
        stack.callback(played.product.kill)  # a graceful end waits for its sockets, and is no part of this
        yield stack.enter_context(rounds(played, database, seed, postgresql))


@pytest.mark.server
@pytest.mark.parametrize(("dialect", "victim"), [("sqlite", "all"), pytest.param("postgresql", "web", marks=pytest.mark.slow)])
def test_what_was_answered_before_a_crash_is_known_once_after_it(tmp_path: Path, dialect: str, victim: str) -> None:
    with installed(tmp_path, dialect, seed=1) as made:
        made.round(victim, answers=120, readers=8, gmail_meanwhile=False)


@pytest.mark.slow
@pytest.mark.server
@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_nothing_is_lost_or_doubled_however_often_it_is_killed(tmp_path: Path, dialect: str) -> None:
    seed = random.randrange(10**6)
    sys.stdout.write(f"{dialect}, seed {seed}\n")
    with installed(tmp_path, dialect, seed) as made:
        for number in range(SOAK):
            victim = VICTIMS[dialect][number % len(VICTIMS[dialect])]
            sys.stdout.write(made.round(victim, answers=800, readers=24) + "\n")
            sys.stdout.flush()
