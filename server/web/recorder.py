"""One group-committing recorder a process: who records waits for the commit of its batch, but never long.

It works under plain threads and under gevent alike, where these primitives are greenlets.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from enum import Enum

from prometheus_client import Counter, Gauge, Histogram

from server.errors import Unavailable
from server.logs import logger
from server.services.tracking import Sighting

PATIENCE = 2.0
CAPACITY = 50_000
_MOST_A_BATCH = 500
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 15.0

_STORED = Counter("livefeed_hits_stored", "Hits committed")
_DROPPED = Counter("livefeed_hits_dropped", "Hits given up", ["why"])
_FAILED = Counter("livefeed_hit_batches_failed", "Batches that could not be stored and were kept to try again")
_WAITING = Gauge("livefeed_hits_waiting", "Hits in memory, not committed yet")
_SECONDS = Histogram("livefeed_hit_batch_seconds", "Time to store one batch", buckets=(0.002, 0.005, 0.01, 0.05, 0.2, 1, 5, 20))

_log = logger(__name__)

Store = Callable[[Sequence[Sighting]], None]


class Outcome(Enum):
    STORED = "stored"
    WAITING = "waiting"  # in memory, tried again until it is stored
    DROPPED = "dropped"


class _Batch:
    __slots__ = ("answered", "hits", "sealed", "stored")

    def __init__(self) -> None:
        self.hits: list[Sighting] = []
        self.answered = threading.Event()
        self.sealed = False
        self.stored = False


class Recorder:
    """`store` must bring nothing when it is given a hit a second time: a batch that failed is stored again."""

    def __init__(self, store: Store, *, patience: float = PATIENCE, capacity: int = CAPACITY) -> None:
        self._store = store
        self._patience = patience
        self._capacity = capacity
        self._lock = threading.Lock()
        self._batches: deque[_Batch] = deque()
        self._waiting = 0
        self._wanted = threading.Event()
        self._closing = threading.Event()
        self._failures = 0
        self._writer: threading.Thread | None = None
        _WAITING.set_function(lambda: self._waiting)

    @property
    def waiting(self) -> int:
        """Hits in memory that are not committed yet."""
        return self._waiting

    def record(self, hit: Sighting) -> Outcome:
        batch = self._join(hit)
        if batch is None:
            _DROPPED.labels("full").inc()
            return Outcome.DROPPED
        # While storing fails nobody is kept waiting for another failure.
        if not self._failures:
            batch.answered.wait(self._patience)
        return Outcome.STORED if batch.stored else Outcome.WAITING

    def close(self, seconds: float = 5.0) -> None:
        """Store what is waiting, for so long at most."""
        self._closing.set()
        self._wanted.set()
        if self._writer is not None:
            self._writer.join(seconds)
        if self._waiting:
            _log.error("hits lost at the end", count=self._waiting)

    def _join(self, hit: Sighting) -> _Batch | None:
        with self._lock:
            if self._waiting >= self._capacity:
                return None
            self._waiting += 1
            if not self._batches or self._batches[-1].sealed or len(self._batches[-1].hits) >= _MOST_A_BATCH:
                self._batches.append(_Batch())
            batch = self._batches[-1]
            batch.hits.append(hit)
            if self._writer is None:
                self._writer = threading.Thread(target=self._write, name="recorder", daemon=True)
                self._writer.start()
        self._wanted.set()
        return batch

    def _write(self) -> None:
        while True:
            batch = self._next()
            if batch is None:
                return
            if self._try(batch):
                self._failures = 0
                continue
            self._failures += 1
            if self._closing.wait(min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (self._failures - 1))) and self._failures > 1:
                return

    def _next(self) -> _Batch | None:
        """The oldest batch, sealed; None at the end."""
        while True:
            with self._lock:
                if self._batches:
                    self._batches[0].sealed = True
                    return self._batches[0]
                self._wanted.clear()
            if self._closing.is_set():
                return None
            self._wanted.wait()

    def _try(self, batch: _Batch) -> bool:
        try:
            with _SECONDS.time():
                self._store(batch.hits)
        except Unavailable as error:
            _FAILED.inc()
            _log.warning("hits are kept until the database is back", waiting=self._waiting, error=error.detail)
            batch.answered.set()
            return False
        except Exception:
            _log.exception("a batch was refused: its hits go one by one", count=len(batch.hits))
            if not self._one_by_one(batch):
                return False
        self._done(batch)
        return True

    def _one_by_one(self, batch: _Batch) -> bool:
        """One hit that cannot be stored must not take the others with it. False when the database went away."""
        batch.answered.set()
        for hit in batch.hits:
            try:
                self._store([hit])
            except Unavailable:
                return False
            except Exception:
                _log.exception("a hit was given up", hit=hit.id)
                _DROPPED.labels("refused").inc()
        return True

    def _done(self, batch: _Batch) -> None:
        with self._lock:
            self._batches.popleft()
            self._waiting -= len(batch.hits)
        batch.stored = True
        batch.answered.set()
        _STORED.inc(len(batch.hits))
