"""The edge, the recorder and the stream in a real server, without the rest of the product: what the tests here start."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from flask import Flask, request
from sqlalchemy import select

SECRETS = ("a" * 40,)
ORIGIN = "https://feed.example"


def build() -> Any:
    from gevent.event import Event

    from server.errors import LivefeedError
    from server.realtime import LocalBus, RedisBus
    from server.services.feed import Feed
    from server.services.team import Team
    from server.services.tracking import Tracking
    from server.storage import users as stored
    from server.storage.database import Database
    from server.storage.places import Places
    from server.storage.spool import Spool
    from server.storage.tables import users
    from server.tokens import Tokens
    from server.web.recorder import Recorder
    from server.web.shortcut import Shortcut
    from server.web.stream import Stream
    from server.web.tracking import Edge
    from server.wsgi import Served

    def now() -> datetime:
        return datetime.now(UTC)

    database = Database(os.environ["SERVED_DATABASE"])
    redis = os.environ.get("SERVED_REDIS")
    bus = RedisBus(redis) if redis else LocalBus(Path(os.environ["SERVED_FOLDER"]))
    tokens = Tokens(SECRETS)
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 1_000_000

    class Tickets:
        """A ticket is the id of a user."""

        def redeem_ticket(self, ticket: str) -> Any:
            return database.read(lambda tx: tx.execute(select(users).where(users.c.id == ticket)).first())

    @app.errorhandler(LivefeedError)
    def refuse(error: LivefeedError) -> tuple[str, int]:
        return error.code, error.status

    @app.get("/pid")
    def pid() -> str:
        return str(os.getpid())

    @app.post("/reads")
    def reads() -> str:
        return str(len(request.get_data()))

    stream = Stream(
        Feed(database, "https://mail.google.com", now),
        bus,
        Tickets(),
        [ORIGIN, "chrome-extension://abc"],
        lambda viewers: {viewer.id for viewer in viewers} - database.read(stored.let_in, [viewer.id for viewer in viewers]),
        look_again=float(os.environ.get("SERVED_LOOK_AGAIN", "3")),
        send_within=float(os.environ.get("SERVED_SEND_WITHIN", "10")),
        team=Team(database, bus.wake),
        tell_every=float(os.environ.get("SERVED_TELL_EVERY", "30")),
        most=int(os.environ.get("SERVED_MOST", "1000")),
    )
    stream.init_app(app)
    spool = Path(os.environ["SERVED_FOLDER"]) / "spool"
    tracking = Tracking(database, Places(), tokens.hash_address, bus, now, spool)
    recorder = Recorder(tracking.receive, Spool(spool), tracking.catch_up, event=Event)
    edge = Edge(app, tokens, lambda seen: recorder.record(tracking.line(seen)), [ip_network("127.0.0.1")], now)
    return Served(edge, stream.stop, recorder.close, shortcut=Shortcut(edge))


def __getattr__(name: str) -> Any:
    if name == "application":
        globals()[name] = build()
        return globals()[name]
    raise AttributeError(name)


class Server:
    def __init__(self, environment: dict[str, str], port: int, command: list[str]) -> None:
        import subprocess

        self.port = port
        self.folder = Path(environment["SERVED_FOLDER"])
        self.command = command
        self.environment = environment
        self._popen = subprocess.Popen
        self.process: Any = None

    def start(self) -> None:
        self.process = self._popen(self.command, env=self.environment, start_new_session=True)
        self.wait_until_up()

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        import http.client

        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, dict(answer.getheaders()), body

    def wait_until_up(self) -> None:
        until(lambda: self.is_up(), "the server answers")

    def is_up(self) -> bool:
        try:
            return self.get("/pid")[0] == 200
        except OSError:
            return False

    def worker(self) -> int:
        return int(self.get("/pid")[2])

    def kill(self) -> None:
        """kill -9 of everything at once."""
        import signal

        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def end(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)


def until(condition: Any, what: str, seconds: float = 20.0) -> None:
    """Wait for a condition of another process, which has no event to wait for."""
    import threading
    import time

    deadline, never = time.monotonic() + seconds, threading.Event()
    while not condition():
        assert time.monotonic() < deadline, f"never came: {what}"
        never.wait(0.02)


def free_port() -> int:
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def serving(
    database: str,
    folder: Path,
    *,
    worker_command: tuple[str, ...] = (),
    application: str = "tests.web.served:application",
    **settings: str,
) -> Iterator[Server]:
    import sys

    port = free_port()
    environment = {**os.environ, "SERVED_DATABASE": database, "SERVED_FOLDER": str(folder), **settings}
    options = ["--host", "127.0.0.1", "--port", str(port), "--application", application]
    command = [sys.executable, "-m", "server.serving", *options, "--", *worker_command]
    server = Server(environment, port, command)
    server.start()
    try:
        yield server
    finally:
        server.end()
