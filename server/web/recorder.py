"""One recorder a process: who records a line waits until it is durable, in the database or in the spool, but never long.

Lines that come while others are written share the next write. It works under plain threads and under gevent alike.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from enum import Enum
from itertools import islice
from typing import Protocol, overload

from prometheus_client import Counter, Gauge, Histogram

from server.logs import Seldom, logger

PATIENCE = 0.9
"""Seconds for the database, and as many again for the spool: nobody waits longer than two."""

CAPACITY = 50_000
"""Lines in memory while neither database nor spool takes them."""

_CALM = 8.0
"""Lines. Where more share a batch on average, answers come first, and the jobs worker folds."""

GATHER = 0.012
"""Seconds between two folds: each costs as much as a dozen hits in it, and whoever is alone waits for none before it."""

_WEIGHT = 0.3
"""Of the last batch in the average: a single small one between large ones is no calm."""

_MOST_MOVED = 500
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 15.0
_IDLE = 60.0
"""Seconds. So often spools without an owner are looked for."""


_STORED = Counter("livefeed_hits_stored", "Hits committed to the database before their answers left")
_SPOOLED = Counter("livefeed_hits_spooled", "Hits that the database did not take in time, synced to the spool instead")
_DROPPED = Counter("livefeed_hits_dropped", "Hits given up: neither database nor spool took them, and memory was full")
_WAITING = Gauge("livefeed_hits_waiting", "Hits in memory alone", multiprocess_mode="livesum")
_FAILED = Counter("livefeed_hit_batches_failed", "Batches that the database did not take")
_SECONDS = Histogram("livefeed_hit_batch_seconds", "Time to store one batch", buckets=(0.002, 0.005, 0.01, 0.05, 0.2, 1, 5, 20))

_SELDOM = Seldom()
_log = logger(__name__)

Write = Callable[[Sequence[str]], None]


class Outcome(Enum):
    STORED = "database"
    SPOOLED = "spool"
    WAITING = "memory"  # tried again until it is stored
    DROPPED = "nowhere"


class Event(Protocol):
    """threading's, or gevent's where that serves."""

    def set(self) -> object: ...
    def clear(self) -> object: ...
    @overload
    def wait(self, timeout: None = None) -> object: ...
    @overload
    def wait(self, timeout: float) -> object: ...


class Spool(Protocol):
    @property
    def empty(self) -> bool: ...
    def adopt(self) -> None: ...
    def append(self, lines: Sequence[str]) -> None: ...
    def lines(self, most: int) -> list[str]: ...
    def forget(self) -> None: ...


class Recorder:
    """`store` and `spool.append` raise Unavailable when they can't; `store` must bring nothing when it is given a line a second
    time. `fold` is called after a small batch was stored, and again as long as it tells that more is left and nobody waits."""

    def __init__(
        self,
        store: Write,
        spool: Spool,
        fold: Callable[[], bool] = lambda: False,
        *,
        patience: float = PATIENCE,
        capacity: int = CAPACITY,
        gather: float = GATHER,
        event: Callable[[], Event] = threading.Event,
    ) -> None:
        self._store = store
        self._spool = spool
        self._patience = patience
        self._capacity = capacity
        self._left: deque[str] = deque()
        self._takes = spool.empty
        self._closing = threading.Event()
        self._wanted = threading.Event()
        self._stored = _Batches(self._commit, event, fold, gather)
        self._spooled = _Batches(self._append, event)
        self._keeper = threading.Thread(target=self._keep, name="spool", daemon=True)
        self._keeper.start()

    @property
    def waiting(self) -> int:
        """Lines of the next batch."""
        return self._stored.waiting

    def record(self, line: str) -> Outcome:
        if self._takes:
            if self._stored.add(line, self._patience):
                return Outcome.STORED
            self._takes = False  # until what was spooled meanwhile was stored: nobody else waits for it in vain
        if self._spooled.add(line, self._patience):
            return Outcome.SPOOLED
        if len(self._left) >= self._capacity:
            _DROPPED.inc()
            return Outcome.DROPPED
        self._left.append(line)
        _WAITING.set(len(self._left))
        self._wanted.set()
        return Outcome.WAITING

    def close(self, seconds: float = 5.0) -> None:
        """Store what is waiting, for so long at most."""
        self._stored.close(seconds)
        self._spooled.close(seconds)
        self._closing.set()
        self._wanted.set()
        self._keeper.join(seconds)
        if self._left:
            _log.error("hits lost at the end", count=len(self._left))

    def _commit(self, lines: Sequence[str]) -> None:
        try:
            with _SECONDS.time():
                self._store(lines)
        except Exception:
            _FAILED.inc()
            raise
        _STORED.inc(len(lines))

    def _append(self, lines: Sequence[str]) -> None:
        self._spool.append(lines)
        self._wanted.set()
        _SPOOLED.inc(len(lines))

    def _keep(self) -> None:
        """Bring what lies in the spool and in memory into the database, as soon as that takes it."""
        failures = 0
        while True:
            last = self._closing.is_set()  # asked before: what fails just when the end comes is tried once more
            try:
                moved = False
                while self._move():
                    moved, failures, self._takes = True, 0, True
                if moved:
                    self._stored.use_the_time()
            except Exception as error:
                # Whatever it is, nothing of it is given up.
                failures += 1
                _log.warning("hits wait for the database", in_memory=len(self._left), error=_told(error))
            if last:
                return
            self._pause(failures)

    def _pause(self, failures: int) -> None:
        if failures:
            self._closing.wait(min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (failures - 1)))
        elif not self._wanted.wait(_IDLE):
            self._spool.adopt()
        self._wanted.clear()

    def _move(self) -> bool:
        """One batch, the oldest. False when nothing is left."""
        spooled = self._spool.lines(_MOST_MOVED)
        if spooled:
            self._store(spooled)
            self._spool.forget()
            return True
        kept = [*islice(self._left, _MOST_MOVED)]
        if kept:
            self._store(kept)
            for _ in kept:
                self._left.popleft()
            _WAITING.set(len(self._left))
        return bool(kept)


class _Batch:
    __slots__ = ("answered", "done", "lines")

    def __init__(self, answered: Event) -> None:
        self.lines: list[str] = []
        self.answered = answered
        self.done = False


class _Batches:
    """Group commit: one writer, and one event for all who share a batch."""

    def __init__(
        self, write: Write, event: Callable[[], Event], chore: Callable[[], bool] = lambda: False, gather: float = 0
    ) -> None:
        """`chore`: for the time between batches, with so many seconds between."""
        self._write = write
        self._event = event
        self._chore = chore
        self._gather = gather
        self._has_chores = False
        self._rests_until = 0.0
        self._lock = threading.Lock()
        self._next: _Batch | None = None
        self._wanted = event()
        self._closing = False
        self._usual = 0.0
        self._writer: threading.Thread | None = None

    @property
    def waiting(self) -> int:
        batch = self._next
        return len(batch.lines) if batch else 0

    def add(self, line: str, seconds: float) -> bool:
        """Whether it was written within this time; it may still be afterwards."""
        with self._lock:
            batch = self._next
            first = batch is None
            if batch is None:
                batch = self._next = _Batch(self._event())
                self._wanted.set()
            batch.lines.append(line)
            if self._writer is None:
                self._writer = threading.Thread(target=self._serve, name="recorder", daemon=True)
                self._writer.start()
        # One clock a batch: whoever is first in it has waited longest.
        if not first:
            batch.answered.wait()
        elif not batch.answered.wait(seconds):
            self._give_up(batch)
        return batch.done

    def close(self, seconds: float) -> None:
        self._closing = True
        self._wanted.set()
        if self._writer is not None:
            self._writer.join(seconds)

    def _give_up(self, batch: _Batch) -> None:
        """All of the batch go elsewhere; who comes now finds a new one."""
        with self._lock:
            if self._next is batch:
                self._next = None
        batch.answered.set()

    def _serve(self) -> None:
        while True:
            batch = self._taken()
            pause = self._rests_until - time.monotonic() if self._has_chores else _IDLE
            if batch is not None:
                self._try(batch)
            elif pause <= 0:
                self.use_the_time()
            elif self._closing:
                return
            else:
                self._wanted.wait(pause)

    def _taken(self) -> _Batch | None:
        with self._lock:
            batch, self._next = self._next, None
            self._wanted.clear()
            if self._closing:
                self._wanted.set()
        return batch

    def _try(self, batch: _Batch) -> None:
        try:
            self._write(batch.lines)
            batch.done = True
        except Exception as error:
            # Whatever it is: what has no place here finds another, and each of many batches may fail for the same reason.
            kept_back = _SELDOM.due(type(error).__name__)
            if kept_back is not None:
                _log.warning("a batch of hits found no place", error=_told(error), kept_back=kept_back)
        batch.answered.set()
        self._usual += _WEIGHT * (len(batch.lines) - self._usual)
        if batch.done:
            self._has_chores = self._usual <= _CALM

    def use_the_time(self) -> None:
        """Where there is any: not while many lines share each batch."""
        self._has_chores = False
        try:
            while self._usual <= _CALM and self._next is None and self._chore():
                pass
        except Exception as error:
            # The jobs worker takes what is left.
            _log.warning("hits wait to be taken into the feed", error=_told(error))
        self._rests_until = time.monotonic() + self._gather


def _told(error: Exception) -> str:
    return getattr(error, "detail", "") or type(error).__name__
