"""How long `livefeed serve` takes until it is ready, and what one web process holds before anybody comes."""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path

from server.bench.ground import free_port
from server.bench.places import clean_environment, running
from server.bench.results import Row, at_most, told
from server.storage import migrations
from server.storage.bench import fill
from server.storage.bench_hits import fill_hits
from server.storage.database import Database

_MESSAGES = 1_000
_UP_WITHIN = 60.0
_SETTLED = 3.0
"""Seconds after which what is warmed behind the first answer is there."""
_LOOK_EVERY = 0.01


@dataclass(frozen=True, slots=True)
class Size:
    """`looks`: at the memory of so many of the last rounds. `tidy`: each server ends as it would by itself, in seconds."""

    hits: int
    rounds: int
    looks: int
    tidy: bool = True


@dataclass(frozen=True, slots=True)
class _Memory:
    """MB: `own` is USS, what nobody shares; `share` is PSS, that and a fair part of the rest; `seen` is RSS."""

    own: float
    share: float
    seen: float


def start_rows(quick: bool) -> Iterator[Row]:
    yield from measured(Size(20_000, 2, 1, tidy=False) if quick else Size(1_000_000, 7, 7))


def measured(size: Size) -> Iterator[Row]:
    bare, loaded, memory = list[float](), list[float](), list[_Memory]()
    with _filled(0) as empty, _filled(size.hits) as full:
        # In turn, so that whatever else the machine does falls on both.
        for left in range(size.rounds, 0, -1):
            with _started(empty, size.tidy) as (took, _):
                bare.append(took)
            with _started(full, size.tidy) as (took, process):
                loaded.append(took)
                if left <= size.looks:
                    time.sleep(_SETTLED)
                    memory.append(_memory(_web_process(process)))
    # The quickest: all that is above it was somebody else's.
    yield at_most("start to ready, many hits stored", min(loaded), 2.0, "s", f"{size.hits:,} hits")
    yield told("start to ready, none stored", min(bare), "s")
    yield at_most("start with them ÷ with none", min(loaded) / min(bare), 1.2, "×")
    yield at_most("memory of a web process before load (PSS)", statistics.median(one.share for one in memory), 150, "MB")
    yield at_most("the same (RSS)", statistics.median(one.seen for one in memory), 150, "MB")
    yield told("the same (USS)", statistics.median(one.own for one in memory), "MB")


@contextmanager
def _filled(hits: int) -> Iterator[Path]:
    """The data folder of an installation that is up to date."""
    with tempfile.TemporaryDirectory(prefix="livefeed-bench-") as name:
        database = Database(f"sqlite:///{name}/livefeed.db")
        migrations.migrate(database)
        now = datetime.now(UTC)
        if hits:
            _, messages = fill(database, 10, _MESSAGES, now - timedelta(days=300))
            fill_hits(database, messages, hits, now - timedelta(days=299))
        database.close()
        yield Path(name)


@contextmanager
def _started(folder: Path, tidy: bool) -> Iterator[tuple[float, int]]:
    """How long it took, and the master process."""
    port = free_port()
    environment = clean_environment(LIVEFEED_DATA_DIR=str(folder), LIVEFEED_PUBLIC_URL=f"http://localhost:{port}")
    begun = time.monotonic()
    with running([sys.executable, "-m", "server.cli", "serve", "--port", str(port)], environment) as process:
        while not _is_ready(port):
            if time.monotonic() - begun > _UP_WITHIN:
                raise TimeoutError("the product does not start")
            time.sleep(_LOOK_EVERY)
        yield time.monotonic() - begun, process.pid
        if tidy:
            process.terminate()
            process.wait()


def _is_ready(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=_UP_WITHIN)
    try:
        connection.request("GET", "/readyz", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _web_process(master: int) -> int:
    """The child that serves, not the worker."""
    for child in Path(f"/proc/{master}/task/{master}/children").read_text("ascii").split():
        if b"server.serving" in Path(f"/proc/{child}/cmdline").read_bytes():
            return int(child)
    raise RuntimeError("no web process")


def _memory(process: int) -> _Memory:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text("ascii").splitlines()[1:]
    held = {line.split()[0]: int(line.split()[1]) / 1024 for line in lines}
    return _Memory(held["Private_Clean:"] + held["Private_Dirty:"], held["Pss:"], held["Rss:"])
