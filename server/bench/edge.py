"""Pixels and clicks under load, beside constant answers and a naive view of the same server, and other servers. Rounds are
interleaved, medians compared."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median

from server.bench import peers
from server.bench.fold import folding
from server.bench.ground import Ground, ground, server, throw_away, wait_until_drained
from server.bench.load import Load, load
from server.bench.places import DATABASES, NO_POSTGRESQL, progress
from server.bench.results import Row, at_least, left_out, told
from server.bench.served import FLASK, RAW

_CONNECTIONS = 64
_USERS = 200
_MESSAGES = 20_000
_WARM = 0.2
"""Seconds of each kind before the first round."""

_PIXEL, _CLICK, _NAIVE, _NGINX, _GRANIAN = "pixel", "click", "naive", "nginx", "granian"
_NAIVE_GOALS = {"SQLite": 4, "PostgreSQL": 5}


@dataclass(frozen=True, slots=True)
class Size:
    """`folded`: each round waits until its hits stand in their feeds; else those that do not yet are thrown away. `burst`: so
    many seconds of pixels after the rounds, to see how fast they are folded."""

    rounds: int
    seconds: float
    messages: int = _MESSAGES
    folded: bool = True
    burst: float = 0.0


def edge_rows(quick: bool) -> Iterator[Row]:
    yield from measured(Size(1, 1.0, 1_000, folded=False, burst=0.2) if quick else Size(5, 3.0))


def measured(size: Size) -> Iterator[Row]:
    with peers.nginx() as nginx, peers.granian() as granian:
        others = {name: port for name, port in ((_NGINX, nginx), (_GRANIAN, granian)) if port is not None}
        for name, opened in DATABASES.items():
            with opened() as url:
                if url is None:
                    yield left_out(f"durable pixel ÷ constant Flask GIF, {name}", NO_POSTGRESQL)
                    continue
                # Other servers have no database: they are measured once.
                yield from _on(url, name, size, others if name == "SQLite" else {})
        for missing, port, why in (("nginx empty_gif", nginx, peers.NO_NGINX), ("granian", granian, peers.NO_GRANIAN)):
            if port is None:
                yield left_out(f"{missing} ÷ constant Flask GIF", why)


def _on(url: str, name: str, size: Size, others: Mapping[str, int]) -> Iterator[Row]:
    with ExitStack() as open_ones:
        on = open_ones.enter_context(ground(_USERS, size.messages, url))
        port = open_ones.enter_context(server(on))
        kinds = _kinds(on, port) | {kind: (other, [peers.GIF]) for kind, other in others.items()}
        found = _interleaved(on, kinds, size, name)
        yield from _rows({kind: _rate(loads) for kind, loads in found.items()}, name)
        yield told(f"durable pixel p99, 64 connections, {name}", median(one.p99 for one in found[_PIXEL]), "ms")
        if size.burst:
            yield from folding(on, port, name, size.burst)


def _kinds(on: Ground, port: int) -> dict[str, tuple[int, list[str]]]:
    targets = {FLASK: [FLASK], RAW: [RAW], _PIXEL: on.pixels(), _CLICK: on.clicks(), _NAIVE: on.naive()}
    return {kind: (port, asked) for kind, asked in targets.items()}


def _interleaved(on: Ground, kinds: Mapping[str, tuple[int, list[str]]], size: Size, name: str) -> dict[str, list[Load]]:
    own = kinds[_PIXEL][0]
    found: dict[str, list[Load]] = defaultdict(list)
    if not size.folded:
        # Files grow once: that must not fall on whatever is first.
        load(own, on.pixels(), _CONNECTIONS, size.seconds)
        throw_away(on)
    for number in range(-1 if size.folded else 0, size.rounds):
        # To and fro: what a round leaves the worker to do must not fall on the same neighbour each time.
        for kind, (port, targets) in list(kinds.items())[:: -1 if number % 2 else 1]:
            progress(f"{kind} on {name}, round {max(number, 0) + 1} of {size.rounds}")
            if not size.folded:
                # A worker that had nothing to do takes what comes first, until it sees how much that is.
                load(port, targets, _CONNECTIONS, _WARM)
            done = load(port, targets, _CONNECTIONS, size.seconds if number >= 0 else _WARM)
            # What a round leaves behind must not weigh on the next one.
            if size.folded:
                wait_until_drained(own)
            else:
                throw_away(on)
            if number >= 0:
                found[kind].append(done)
    return found


def _rows(rates: Mapping[str, float], name: str) -> Iterator[Row]:
    pixel, click, flask, raw = (rates[kind] for kind in (_PIXEL, _CLICK, FLASK, RAW))
    yield at_least(f"durable pixel ÷ constant Flask GIF, {name}", pixel / flask, 1.2)
    yield at_least(f"durable pixel ÷ constant raw WSGI GIF, {name}", pixel / raw, 0.8)
    yield at_least(f"durable pixel ÷ naive commit per hit, {name}", pixel / rates[_NAIVE], _NAIVE_GOALS[name])
    yield at_least(f"durable click ÷ durable pixel, {name}", click / pixel, 0.9)
    yield told(f"naive commit per hit ÷ constant Flask GIF, {name}", rates[_NAIVE] / flask, "×")
    for kind, words in ((_NGINX, "nginx empty_gif"), (_GRANIAN, "granian")):
        if kind in rates:
            yield told(f"{words} ÷ constant Flask GIF", rates[kind] / flask, "×")
    yield told(f"durable pixels a second, 64 connections, {name}", pixel, "/s")


def _rate(loads: Sequence[Load]) -> float:
    return median(one.rate for one in loads)
