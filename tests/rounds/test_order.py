"""Four processes write one feed on PostgreSQL, fifty readers connect, drop and resume: each is told every line's last state,
in order, nothing twice and nothing left out."""

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from server.storage.database import Database
from tests.fixtures_redis import Redis, redis_server
from tests.rounds.screen import Screen, Told
from tests.rounds.truth import whole_feed
from tests.rounds.writer import HITS_A_BATCH, LINKS
from tests.scene import Rep, Scene
from tests.web.served import ORIGIN, Server, serving

__all__ = ["redis_server"]

ROOT = Path(__file__).parents[2]
WRITERS = 4
READERS = 42
SCREENS = 8
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


class Reader:
    """Reads through the service, and now and then loses what it was just given and comes back with the last cursor it has."""

    def __init__(self, scene: Scene, rep: Rep, seed: int) -> None:
        self.told = Told()
        self.rep = rep
        self.error: Exception | None = None
        self._scene = scene
        self._chance = random.Random(seed)

    def read(self, finished: threading.Event) -> None:
        try:
            done = False
            while not done:
                done = finished.wait(self._chance.random() * 0.2)
                while self._page():
                    pass
        except Exception as error:
            self.error = error

    def _page(self) -> bool:
        page = self._scene.feed.since(self.rep, self.told.cursor, self._chance.choice((1, 3, 20, 200)))
        items = page["items"]
        kept = items if self._chance.random() < 0.7 else items[: self._chance.randrange(len(items) + 1)]
        for item in kept:
            self.told.take(item)
        return len(kept) < len(items) or bool(page["more"])


@contextmanager
def written(scene: Scene, redis: Redis, messages: Sequence[str], batches: int) -> Iterator[subprocess.Popen[bytes]]:
    """Ends with 0 once all writers have ended well."""
    url = scene.database.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.rounds.writer", url, redis.url, str(WRITERS), str(batches)]
    writing = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, start_new_session=True)
    try:
        assert writing.stdin is not None
        writing.stdin.write(" ".join(messages).encode())
        writing.stdin.close()
        yield writing
    finally:
        if writing.poll() is None:
            os.killpg(writing.pid, signal.SIGKILL)
        writing.wait()


@contextmanager
def screens(servers: Sequence[Server], reps: Sequence[Rep]) -> Iterator[list[tuple[Rep, Screen]]]:
    """Each comes back to any of the processes."""
    chance = random.Random(7)

    def at(rep: Rep) -> Screen:
        def address(cursor: str) -> str:
            return f"ws://127.0.0.1:{chance.choice(servers).port}/ws/feed?ticket={rep.id}&after={cursor}"

        return Screen(address, ORIGIN)

    made = [(reps[number % len(reps)], at(reps[number % len(reps)])) for number in range(SCREENS)]
    with ExitStack() as stack:
        for _, screen in made:
            stack.enter_context(screen.watching())
        yield made


def play(scene: Scene, redis: Redis, servers: Sequence[Server], batches: int, *, without_redis: bool) -> None:
    reps = [scene.nora, scene.rep("olav", scene.nora), scene.rep("mia")]
    count = max(20, batches // 3)
    messages = [scene.message(rep=reps[number % 3], links_count=LINKS) for number in range(count)]
    readers = [Reader(scene, reps[number % 3], number) for number in range(READERS)]
    finished, chance = threading.Event(), random.Random(1)
    threads = [threading.Thread(target=one.read, args=(finished,)) for one in readers]
    with screens(servers, reps) as watching:
        try:
            for thread in threads:
                thread.start()
            with written(scene, redis, messages, batches) as writing:
                if without_redis:
                    redis.stop()
                while writing.poll() is None:
                    chance.choice(watching)[1].drop()
                    finished.wait(0.1 * chance.random())
                assert writing.returncode == 0
        finally:
            finished.set()
            for thread in threads:
                thread.join(60)
        if without_redis:
            redis.start()
        look_at_the_end(scene.database, readers, watching, WRITERS * batches * HITS_A_BATCH)


def look_at_the_end(database: Database, readers: Sequence[Reader], watching: Sequence[tuple[Rep, Screen]], hits: int) -> None:
    assert [one.error for one in readers if one.error] == []
    feeds = {one.rep.id: whole_feed(database, one.rep.id) for one in readers}
    assert sum(version[3] for feed in feeds.values() for version in feed.values()) == hits
    everybody = [(one.rep, one.told) for one in readers] + [(rep, screen.told) for rep, screen in watching]
    unseen = [fault for rep, told in everybody for fault in told.missing_at_last(lambda rep=rep: feeds[rep.id])]
    assert [*unseen, *(fault for _, told in everybody for fault in told.faults)] == []
    assert min(screen.opened for _, screen in watching) > 1


@contextmanager
def two_processes(url: str, redis: Redis, folder: Path) -> Iterator[list[Server]]:
    with ExitStack() as stack:
        yield [
            stack.enter_context(serving(url, folder / name, SERVED_REDIS=redis.url, SERVED_LOOK_AGAIN="0.5"))
            for name in ("one", "other")
        ]


@pytest.mark.server
@on_postgresql
def test_no_reader_skips_or_repeats_anything(
    database: Database, database_url: str, redis_server: Redis, tmp_path: Path
) -> None:
    with two_processes(database_url, redis_server, tmp_path) as servers:
        play(Scene(database), redis_server, servers, batches=15, without_redis=True)


@pytest.mark.slow
@pytest.mark.server
@on_postgresql
@pytest.mark.parametrize("without_redis", [False, True])
def test_no_reader_ever_skips_or_repeats_anything(
    database: Database, database_url: str, redis_server: Redis, tmp_path: Path, without_redis: bool
) -> None:
    with two_processes(database_url, redis_server, tmp_path) as servers:
        play(Scene(database), redis_server, servers, batches=600, without_redis=without_redis)
