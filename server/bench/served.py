"""What the bench serves: the real edge and recorder beside constant answers to compare with."""

import os
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response
from gevent.event import Event

from server.realtime import Bus, LocalBus
from server.services.feed import Feed
from server.services.tracking import Tracking
from server.storage.database import Database
from server.storage.places import Places
from server.storage.spool import Spool
from server.tokens import Tokens
from server.web.recorder import Recorder
from server.web.stream import Stream
from server.web.tracking import GIF, GIF_HEADERS, Edge
from server.wsgi import Served

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

DATABASE, FOLDER = "BENCH_DATABASE", "BENCH_FOLDER"
SECRETS = ("a key for the bench alone, worth nothing",)
FLASK, RAW, COMMITS = "/flask.gif", "/raw.gif", "/commits"


def _build() -> Served:
    database, bus, tokens = Database(os.environ[DATABASE]), LocalBus(Path(os.environ[FOLDER])), Tokens(SECRETS)
    commits, spool = _Commits(bus), Path(os.environ[FOLDER]) / "spool"
    tracking = Tracking(database, Places(), tokens.hash_address, commits, _now, spool)
    recorder = Recorder(tracking.receive, Spool(spool), tracking.fold, event=Event)
    app = Flask("bench")
    app.add_url_rule(FLASK, "gif", view_func=lambda: Response(GIF, headers=GIF_HEADERS))
    app.add_url_rule(COMMITS, "commits", view_func=lambda: commits.times)
    stream = Stream(Feed(database, "https://mail.example", _now), bus, _Tickets(), [])
    stream.init_app(app)
    edge = Edge(app, tokens, lambda seen: recorder.record(tracking.line(seen)), [ip_network("127.0.0.1")], _now)

    def front(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"] == RAW:
            start_response("200 OK", GIF_HEADERS.copy())
            return [GIF]
        return edge(environ, start_response)

    return Served(front, stop=stream.stop, close=recorder.close)


class _Commits:
    """A bus that notes when it was asked to wake somebody: right after the commit."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.times: dict[str, list[float]] = defaultdict(list)
        self.listen, self.healthy, self.close = bus.listen, bus.healthy, bus.close

    def wake(self, user_ids: Iterable[str]) -> None:
        now = time.monotonic()
        for user_id in user_ids:
            self.times[user_id].append(now)
        self._bus.wake(user_ids)


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
