"""How fast hits that were answered become lines of the feed, after a burst of them, on both databases."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from server.bench.ground import Ground, ground, read, server, wait_until_drained
from server.bench.load import load
from server.bench.places import DATABASES, NO_POSTGRESQL, progress
from server.bench.results import Row, left_out, told
from server.bench.served import WAITING
from server.storage.bench import count_hits
from server.storage.database import Database

_CONNECTIONS = 64
_USERS = 200


@dataclass(frozen=True, slots=True)
class Size:
    seconds: float
    messages: int = 20_000


def fold_rows(quick: bool) -> Iterator[Row]:
    """None when quick: then the edge measures it on its own servers, whose workers have long started."""
    if not quick:
        yield from measured(Size(3.0))


def measured(size: Size) -> Iterator[Row]:
    for name, opened in DATABASES.items():
        with opened() as url:
            if url is None:
                yield left_out(f"hits folded into feeds, {name}", NO_POSTGRESQL)
                continue
            with ground(_USERS, size.messages, url) as on, server(on) as port:
                yield from folding(on, port, name, size.seconds)


def folding(on: Ground, port: int, name: str, seconds: float) -> Iterator[Row]:
    """Of a burst of so many seconds."""
    progress(f"a burst of pixels, {name}")
    database = Database(on.url)
    before, begin = database.read(count_hits), time.monotonic()
    load(port, on.pixels(), _CONNECTIONS, seconds)
    answered, waiting = time.monotonic(), read(port, WAITING)["hits"]
    wait_until_drained(port)
    done = time.monotonic()
    stored = database.read(count_hits) - before
    database.close()
    note = f"{stored:,} hits in {seconds:g} s"
    yield told(f"hits answered and folded into feeds, {name}", stored / (done - begin), "/s", note)
    yield told(f"last hit of a burst → its feed, {name}", done - answered, "s", f"{waiting:,} hits were waiting")
