"""Pixels and clicks under load, beside constant answers of the same server. Rounds are interleaved, medians compared."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from statistics import median

from server.bench.ground import ground, server
from server.bench.load import Load, load
from server.bench.results import Row, at_least, told
from server.bench.served import FLASK, RAW

_CONNECTIONS = 64
_USERS = 200
_MESSAGES = 20_000
_PIXEL, _CLICK = "pixel", "click"


def edge_rows(quick: bool) -> Iterator[Row]:
    rounds, seconds = (3, 3.0) if quick else (7, 6.0)
    with ground(_USERS, _MESSAGES) as on, server(on) as port:
        kinds = {FLASK: [FLASK], RAW: [RAW], _PIXEL: on.pixels(), _CLICK: on.clicks()}
        for targets in kinds.values():
            load(port, targets, _CONNECTIONS, 1.0)
        found: dict[str, list[Load]] = defaultdict(list)
        for _ in range(rounds):
            for kind, targets in kinds.items():
                found[kind].append(load(port, targets, _CONNECTIONS, seconds))
    yield from _rows(found)


def _rows(found: dict[str, list[Load]]) -> Iterator[Row]:
    pixel, click, flask, raw = (_rate(found[kind]) for kind in (_PIXEL, _CLICK, FLASK, RAW))
    yield at_least("durable pixel ÷ constant Flask GIF, SQLite", pixel / flask, 1.2)
    yield at_least("durable pixel ÷ constant raw WSGI GIF, SQLite", pixel / raw, 0.8)
    yield at_least("durable click ÷ durable pixel, SQLite", click / pixel, 0.9)
    yield told("durable pixels a second, 64 connections, SQLite", pixel, "/s")
    yield told("durable pixel p99, 64 connections, SQLite", median(one.p99 for one in found[_PIXEL]), "ms")


def _rate(loads: Sequence[Load]) -> float:
    return median(one.rate for one in loads)
