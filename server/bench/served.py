"""What the bench serves: the real edge, recorder and stream beside answers to compare with."""

import json
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request
from gevent.event import Event

from server.bench import raw
from server.realtime import Bus, LocalBus, RedisBus
from server.services.feed import Feed
from server.services.tracking import Tracking
from server.storage.bench import count_waiting
from server.storage.bench_naive import naive
from server.storage.database import Database
from server.storage.places import Places
from server.storage.spool import Spool
from server.tokens import Tokens
from server.web.recorder import Recorder
from server.web.shortcut import Shortcut
from server.web.stream import Stream
from server.web.tracking import GIF, GIF_HEADERS, Edge
from server.wsgi import Served

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

DATABASE, FOLDER, BUS = "BENCH_DATABASE", "BENCH_FOLDER", "BENCH_REDIS"
SECRETS = ("a key for the bench alone, worth nothing",)
FLASK, RAW, NAIVE, COMMITS, MEMORY, WAITING = "/flask.gif", "/raw.gif", "/naive/", "/commits", "/memory", "/waiting"


def _build() -> Served:
    database, tokens = Database(os.environ[DATABASE]), Tokens(SECRETS)
    bus: Bus = RedisBus(os.environ[BUS]) if os.environ.get(BUS) else LocalBus(Path(os.environ[FOLDER]))
    commits, spool = Commits(), Path(os.environ[FOLDER]) / "spool"
    bus.listen(commits.note)
    tracking = Tracking(database, Places(), tokens.hash_address, bus, _now, spool)
    recorder = Recorder(tracking.receive, Spool(spool), tracking.catch_up, event=Event)
    app = _peers(Flask("bench"), database)
    app.add_url_rule(WAITING, "waiting", view_func=lambda: {"hits": database.read(count_waiting)})
    stream = Stream(Feed(database, "https://mail.example", _now), bus, _Tickets(), [])
    stream.init_app(app)
    edge = Edge(app, tokens, lambda seen: recorder.record(tracking.line(seen)), [ip_network("127.0.0.1")], _now)
    return Served(around(edge, commits), stop=stream.stop, close=recorder.close, shortcut=Shortcut(edge))


def around(app: Any, commits: "Commits") -> Any:
    """`app`, and in front of it what the bench alone asks for."""
    own = {RAW: raw.application, COMMITS: _told(commits.read), MEMORY: _told(_memory)}

    def front(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        answer: Iterable[bytes] = own.get(environ["PATH_INFO"], app)(environ, start_response)
        return answer

    return front


def _peers(app: Flask, database: Database) -> Flask:
    store = naive(database)

    def naively(message: str) -> Response:
        store(message, request.headers.get("User-Agent", ""), request.remote_addr or "")
        return Response(GIF, headers=GIF_HEADERS)

    app.add_url_rule(FLASK, "gif", view_func=lambda: Response(GIF, headers=GIF_HEADERS))
    app.add_url_rule(f"{NAIVE}<message>", "naive", view_func=naively)
    return app


class Commits:
    """When the feeds of whom were woken: right after the commit. By the clock that all processes share, and by the time of
    day. On the disk, as what this process weighs is measured too."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile("w+", encoding="ascii")  # noqa: SIM115  # open as long as the process lives

    def note(self, user_ids: Iterable[str]) -> None:
        now = f"{time.monotonic()} {time.time()}"
        for user_id in user_ids:
            self._file.write(f"{user_id} {now}\n")

    def read(self) -> object:
        found: dict[str, list[tuple[float, float]]] = defaultdict(list)
        self._file.seek(0)
        for user_id, *times in map(str.split, self._file):
            found[user_id].append((float(times[0]), float(times[1])))
        self._file.seek(0, os.SEEK_END)
        return found


def _told(read: Any) -> Any:
    def answer(_environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(read()).encode()]

    return answer


def _memory() -> object:
    """Bytes that are this process's own, without its share of mapped files such as the database; None where the system does not
    tell."""
    try:
        lines = Path("/proc/self/smaps_rollup").read_text("ascii").splitlines()
    except OSError:
        return None
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss_Anon:"))


@dataclass(frozen=True, slots=True)
class _User:
    id: str
    workspace_id: str = ""
    address: str = "bench@bench.example"
    time_zone: str | None = None


class _Tickets:
    """A ticket is the id of a user."""

    def redeem_ticket(self, ticket: str) -> _User:
        return _User(ticket)


def _now() -> datetime:
    return datetime.now(UTC)


def __getattr__(name: str) -> Any:
    if name == "application":
        globals()[name] = _build()
        return globals()[name]
    raise AttributeError(name)
