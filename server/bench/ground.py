"""A database with reps and their sent messages, and servers on it."""

import json
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from server.bench.places import clean_environment, running
from server.bench.served import BUS, DATABASE, FOLDER, NAIVE, RAW, SECRETS, WAITING
from server.storage import migrations
from server.storage.bench import fill, remove_waiting
from server.storage.database import Database
from server.tokens import ClickToken, PixelToken, Tokens

BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"

_UP_WITHIN = 30.0
_DRAINED_WITHIN = 120.0


@dataclass(frozen=True, slots=True)
class Ground:
    """`users` and `messages` are ids; every message has three links."""

    url: str
    folder: Path
    users: list[str]
    messages: list[str]

    def pixels(self) -> list[str]:
        tokens = Tokens(SECRETS)
        return [f"/o/bench/{tokens.pixel(PixelToken(one, 0))}.gif" for one in self.messages]

    def clicks(self) -> list[str]:
        tokens = Tokens(SECRETS)
        url = "https://www.example.com/pricing/fleet?utm_source=mail&utm_campaign=autumn"
        return [f"/c/{tokens.click(ClickToken(one, 0, 1, url))}" for one in self.messages]

    def naive(self) -> list[str]:
        return [NAIVE + one for one in self.messages]


@contextmanager
def ground(users: int, messages: int, url: str = "") -> Iterator[Ground]:
    """On this empty database, or on a SQLite that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="livefeed-bench-") as name:
        where = url or f"sqlite:///{name}/bench.db"
        database = Database(where)
        migrations.migrate(database)
        made = fill(database, users, messages, datetime.now(UTC) - timedelta(days=1))
        database.close()
        yield Ground(where, Path(name), *made)


@contextmanager
def server(on: Ground, redis: str = "") -> Iterator[int]:
    """The port of a running server."""
    given = {DATABASE: on.url, FOLDER: str(on.folder), BUS: redis}
    # For the worker beside it.
    given |= {"LIVEFEED_DATABASE_URL": on.url, "LIVEFEED_DATA_DIR": str(on.folder), "LIVEFEED_REDIS_URL": redis}
    with serving("server.bench.served:application", given) as port:
        yield port


@contextmanager
def serving(application: str, given: dict[str, str], port: int = 0) -> Iterator[int]:
    """The port of a running server of this application, with the real jobs worker beside it; `given` is their environment."""
    port = port or free_port()
    options = ["--host", "127.0.0.1", "--port", str(port), "--application", application]
    options += ["--", sys.executable, "-m", "server.cli", "worker"]
    with running([sys.executable, "-m", "server.serving", *options], clean_environment(**given)):
        wait_until_up(port, RAW)
        yield port


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_until_up(port: int, path: str) -> None:
    deadline = time.monotonic() + _UP_WITHIN
    while True:
        try:
            ask(port, path)
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def wait_until_drained(port: int) -> None:
    """Until every hit that was answered stands in the feeds."""
    deadline = time.monotonic() + _DRAINED_WITHIN
    while read(port, WAITING)["hits"] and time.monotonic() < deadline:
        time.sleep(0.02)


def throw_away(on: Ground) -> None:
    """Every hit that was answered and stands in no feed yet."""
    database = Database(on.url)
    database.write(remove_waiting)
    database.close()


def read(port: int, path: str) -> Any:
    return json.loads(ask(port, path))


def ask(port: int, path: str) -> bytes:
    """As a recipient's browser, somewhere else than whoever else is on this machine."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"User-Agent": BROWSER, "X-Forwarded-For": "198.51.100.7"})
    found = connection.getresponse().read()
    connection.close()
    return found
