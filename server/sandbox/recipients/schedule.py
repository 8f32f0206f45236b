"""What will happen later, on the clock of the sandbox's world."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from server.logs import logger

log = logger(__name__)

_LOOK_EVERY = 0.05  # seconds; the world's clock may be set forward at any moment


class Schedule:
    """Deeds run one at a time, in the order of their times, and for equal times in the order they were planned."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._heap: list[tuple[datetime, int, Callable[[], None]]] = []
        self._counter = itertools.count()
        self._lock = threading.Lock()
        self._turn = threading.Lock()  # held while deeds run, so that two callers keep one order
        self._running = 0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def after(self, seconds: float, deed: Callable[[], None], *, since: datetime | None = None) -> None:
        due = (since or self._now()) + timedelta(seconds=seconds)
        with self._lock:
            heapq.heappush(self._heap, (due, next(self._counter), deed))

    def run_due(self) -> int:
        """Does what is due by now; the number of deeds."""
        return self._run(lambda: self._now())

    def run_all(self) -> int:
        """Does everything that is planned, at once and in order, also what these deeds plan."""
        return self._run(lambda: None)

    def _run(self, until: Callable[[], datetime | None]) -> int:
        done = 0
        with self._turn:
            while deed := self._next(until()):
                try:
                    deed()
                except Exception:
                    log.exception("a recipient's deed failed")
                finally:
                    with self._lock:
                        self._running -= 1
                done += 1
        return done

    def _next(self, until: datetime | None) -> Callable[[], None] | None:
        with self._lock:
            if not self._heap or (until is not None and self._heap[0][0] > until):
                return None
            self._running += 1
            return heapq.heappop(self._heap)[2]

    @property
    def waiting(self) -> int:
        """Deeds planned or running."""
        with self._lock:
            return len(self._heap) + self._running

    def wait_idle(self, timeout: float) -> bool:
        """Waits, in real seconds, until nothing is planned or running."""
        end = time.monotonic() + timeout
        while self.waiting:
            if time.monotonic() >= end:
                return False
            self._stop.wait(_LOOK_EVERY)
        return True

    def start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._loop, name="recipients", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=15)
            self._thread = None

    def _loop(self) -> None:
        while not self._stop.wait(_LOOK_EVERY):
            self.run_due()
