"""What will happen later by the sandbox's clock: the end of an undo window, a scheduled mail, a second push."""

import heapq
import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from server.logs import logger
from server.sandbox.clock import Clock

Action = Callable[[], None]
log = logger(__name__)


class Appointment:
    """Cancel it before it is due and nothing happens."""

    def __init__(self, moment: datetime, action: Action) -> None:
        self.moment = moment
        self.action = action
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class Agenda:
    """One thread runs what is due, in order; an action that blocks (HTTP) hands itself to a thread of its own."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting: list[tuple[datetime, int, Appointment]] = []
        self._order = itertools.count()
        self._changes = 0
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._busy = 0
        self._quiet = threading.Condition()

    def at(self, moment: datetime, action: Action) -> Appointment:
        appointment = Appointment(moment, action)
        with self._lock:
            heapq.heappush(self._waiting, (moment, next(self._order), appointment))
            self._changes += 1
        self._clock.nudge()
        return appointment

    @contextmanager
    def working(self) -> Iterator[None]:
        """While inside, the sandbox does not count as idle."""
        self.begin()
        try:
            yield
        finally:
            self.end()

    def begin(self) -> None:
        with self._quiet:
            self._busy += 1

    def end(self) -> None:
        with self._quiet:
            self._busy -= 1
            self._quiet.notify_all()

    def idle(self) -> bool:
        with self._quiet:
            busy = self._busy > 0
        return not busy and not self._due_now()

    def wait_idle(self, timeout: float) -> bool:
        """True as soon as nothing is due and nothing is under way; False after `timeout` real seconds."""
        with self._quiet:
            return self._quiet.wait_for(lambda: self._busy == 0 and not self._due_now(), timeout)

    def start(self) -> None:
        if self._thread is None:
            self._stopping = False
            self._thread = threading.Thread(target=self._keep, name="sandbox-agenda", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        thread, self._thread = self._thread, None
        self._stopping = True
        self._clock.nudge()
        if thread is not None:
            thread.join(5)

    def _keep(self) -> None:
        while not self._stopping:
            with self._lock:
                seen, upcoming = self._changes, self._waiting[0][0] if self._waiting else None
            self._clock.wait_until(upcoming, lambda seen=seen: self._stopping or self._changes != seen)  # type: ignore[misc]
            self.run_due()

    def run_due(self) -> None:
        """Everything due by now, on the calling thread."""
        while not self._stopping:
            # Busy before the entry leaves the heap, so that nobody sees an idle sandbox in between.
            with self.working():
                appointment = self._take_due()
                if appointment is None:
                    return
                _run(appointment)

    def _take_due(self) -> Appointment | None:
        with self._lock:
            while self._waiting and self._waiting[0][0] <= self._clock.now():
                appointment = heapq.heappop(self._waiting)[2]
                if not appointment.cancelled:
                    return appointment
        return None

    def _due_now(self) -> bool:
        with self._lock:
            now = self._clock.now()
            return any(moment <= now and not entry.cancelled for moment, _, entry in self._waiting)


def _run(appointment: Appointment) -> None:
    try:
        appointment.action()
    except Exception:
        log.exception("sandbox.agenda_failed")
