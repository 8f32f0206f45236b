"""What the bench serves: the real edge and recorder beside constant answers to compare with."""

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response

from server.realtime import LocalBus
from server.services.tracking import Tracking
from server.storage.database import Database
from server.storage.places import Places
from server.tokens import Tokens
from server.web.recorder import Recorder
from server.web.tracking import GIF, GIF_HEADERS, Edge
from server.wsgi import Served

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

DATABASE, FOLDER = "BENCH_DATABASE", "BENCH_FOLDER"
SECRETS = ("a key for the bench alone, worth nothing",)
FLASK, RAW = "/flask.gif", "/raw.gif"


def _build() -> Served:
    database, bus, tokens = Database(os.environ[DATABASE]), LocalBus(Path(os.environ[FOLDER])), Tokens(SECRETS)
    tracking = Tracking(database, Places(), tokens.hash_address, bus, _now)
    recorder = Recorder(tracking.store)
    app = Flask("bench")
    app.add_url_rule(FLASK, view_func=lambda: Response(GIF, headers=GIF_HEADERS))
    edge = Edge(app, tokens, recorder.record, [ip_network("127.0.0.1")], _now)

    def front(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"] == RAW:
            start_response("200 OK", GIF_HEADERS.copy())
            return [GIF]
        return edge(environ, start_response)

    return Served(front, stop=lambda: None, close=recorder.close)


def _now() -> datetime:
    return datetime.now(UTC)


def __getattr__(name: str) -> Any:
    if name == "application":
        globals()[name] = _build()
        return globals()[name]
    raise AttributeError(name)
