"""A database with reps and their sent messages, and a server on it."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path

from server.bench.served import DATABASE, FOLDER, RAW, SECRETS
from server.storage.bench import fill
from server.storage.database import Database
from server.tokens import ClickToken, PixelToken, Tokens

_UP_WITHIN = 20.0


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


@contextmanager
def ground(users: int, messages: int) -> Iterator[Ground]:
    """On SQLite, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="livefeed-bench-") as name:
        url = f"sqlite:///{name}/bench.db"
        database = Database(url)
        made = fill(database, users, messages, datetime.now(UTC) - timedelta(days=1))
        database.close()
        yield Ground(url, Path(name), *made)


@contextmanager
def server(on: Ground) -> Iterator[int]:
    """The port of a running server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, DATABASE: on.url, FOLDER: str(on.folder)}
    options = ["--host", "127.0.0.1", "--port", str(port), "--application", "server.bench.served:application"]
    process = subprocess.Popen([sys.executable, "-m", "server.serving", *options], env=environment)  # noqa: S603
    try:
        wait_until_up(port, RAW)
        yield port
    finally:
        process.terminate()
        process.wait()


def wait_until_up(port: int, path: str) -> None:
    deadline = time.monotonic() + _UP_WITHIN
    while True:
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", path)
            connection.getresponse().read()
            connection.close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
