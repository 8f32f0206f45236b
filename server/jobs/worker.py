"""The worker: looks what is due every second, or at once when woken, and lets the threads of its lane do it."""

import os
import signal
import threading
import time

from server.domain.jobs import LEASE, Job
from server.errors import LivefeedError, OutsideError
from server.jobs.handlers import HANDLERS, LANES, SLOTS, Lane
from server.jobs.parts import Parts
from server.logs import logger
from server.queue import BELL
from server.services.tracking import MOST_FOLDED
from server.storage.database import Transaction

LOOK_EVERY = 1.0
KEEP_EVERY = LEASE.total_seconds() / 6
"""Seconds between two renewals of what is being done."""

FOLD_EVERY = 0.25
"""Seconds between looks at the inbox. A web process folds what it received at once, unless it is too busy for it, or gone."""

PATIENCE = 20.0
"""Seconds for work under way when asked to stop; what is left is begun again after its lease."""

_FOLDED_WHILE_POURING = 50
_LEAVE_TO_OTHERS = 0.005
_REST = 15
"""Times as long as the work took, of each thread …"""

_LONGEST_REST = 1.0
"""… in seconds at most: much of long work is waiting for somebody else."""

_log = logger(__name__)


class Worker:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._asked_to_stop = False
        self._stopping = threading.Event()
        self._bell = threading.Event()
        self._work = threading.Condition()
        self._in_hand: set[Job] = set()
        self._kept_at = time.monotonic()
        self._rounds = dict.fromkeys(LANES, 0)
        self._pouring = self._behind = False
        self._threads = [
            threading.Thread(target=self._serve, args=[lane], name=f"worker-{lane.name}-{at}", daemon=True)
            for lane in LANES
            for at in range(lane.threads)
        ]
        self._threads.append(threading.Thread(target=self._fold, name="worker-inbox", daemon=True))

    def ring(self) -> None:
        """There is something to do. From any thread."""
        self._bell.set()

    def stop(self) -> None:
        """Takes effect within LOOK_EVERY."""
        # Nothing but this: a signal may come while this thread holds the lock of an Event.
        self._asked_to_stop = True

    def run(self, parent: int | None = None) -> None:
        """Until `stop`, or until the process `parent` is no longer our parent."""
        self._parts.bus.listen(self._heard)
        self._parts.database.write(self._open_slots)
        self._parts.tracking.readmit()
        for thread in self._threads:
            thread.start()
        while not self._asked_to_stop and (parent is None or os.getppid() == parent):
            if time.monotonic() - self._kept_at >= KEEP_EVERY:
                self.keep()
            self._look()
            self._bell.wait(LOOK_EVERY)
            self._bell.clear()
        self._end()

    def work_once(self, leaving: frozenset[str] = frozenset()) -> bool:
        """Claim one job and do it. False when nothing was due but kinds of `leaving`."""
        queue, database = self._parts.queue, self._parts.database
        if not database.read(queue.due) - leaving:
            return False
        job = database.write(queue.claim, leaving)
        if job is None:
            return False
        self._in_hand.add(job)
        try:
            self._do(job)
        finally:
            self._in_hand.discard(job)
        return True

    def keep(self) -> None:
        """What takes longer than a lease stays ours."""
        self._kept_at = time.monotonic()
        try:
            if in_hand := list(self._in_hand):
                self._parts.database.write(self._parts.queue.keep, in_hand)
        except LivefeedError as error:
            _log.warning("worker.keep_failed", error=f"{error.code} {error.detail}")

    def _do(self, job: Job) -> None:
        queue, database = self._parts.queue, self._parts.database
        try:
            again = HANDLERS[job.kind](self._parts, job)
        except LivefeedError as error:
            retry_after = error.retry_after if isinstance(error, OutsideError) else None
            _log.warning("job.failed", kind=job.kind, job=job.id, attempts=job.attempts, error=f"{error.code} {error.detail}")
            database.write(queue.fail, job, f"{error.code} {error.detail}".strip(), retry_after)
        except Exception as error:
            _log.exception("job.broke", kind=job.kind, job=job.id, attempts=job.attempts)
            database.write(queue.fail, job, type(error).__name__)
        else:
            if again is None:
                database.write(queue.finish, job)
            else:
                database.write(queue.again, job, again)

    def _look(self) -> None:
        try:
            self._parts.mailboxes.ask_for_looks()
            self._parts.notices.ask_for_looks()
            due = self._parts.database.read(self._parts.queue.due)
        except LivefeedError as error:
            _log.warning("worker.look_failed", error=f"{error.code} {error.detail}")
            return
        with self._work:
            for lane in LANES:
                self._rounds[lane] += bool(due - lane.leaves)
            self._work.notify_all()

    def _serve(self, lane: Lane) -> None:
        seen = 0
        while not self._stopping.is_set():
            try:
                begun = time.monotonic()
                while not self._stopping.is_set() and self.work_once(lane.leaves):
                    self._step_back(begun)
                    begun = time.monotonic()
            except LivefeedError as error:  # the database is away: the next look tries again
                _log.warning("worker.claim_failed", error=f"{error.code} {error.detail}")
            with self._work:
                self._work.wait_for(lambda seen=seen: self._rounds[lane] != seen or self._stopping.is_set())  # type: ignore[misc]
                seen = self._rounds[lane]

    def _fold(self) -> None:
        """What web processes left. It also sees whether these are so busy that everything else must step back."""
        tracking = self._parts.tracking
        while not self._stopping.wait(FOLD_EVERY):
            try:
                self._pouring = tracking.pouring()
                self._behind = tracking.lag().total_seconds() >= FOLD_EVERY
                while self._behind and not self._stopping.is_set():
                    self._fold_some()
            except LivefeedError as error:
                self._behind = False
                _log.warning("worker.fold_failed", error=f"{error.code} {error.detail}")

    def _fold_some(self) -> None:
        tracking, begun = self._parts.tracking, time.monotonic()
        self._behind = tracking.fold(_FOLDED_WHILE_POURING if self._pouring else MOST_FOLDED) > 0
        self._pouring = tracking.pouring()
        self._stopping.wait(_rest_after(begun) if self._pouring else _LEAVE_TO_OTHERS)

    def _step_back(self, begun: float) -> None:
        """While hits pour in or wait to be told, processor and SQLite's lock belong to those who answer and tell them."""
        if self._pouring or self._behind:
            self._stopping.wait(_rest_after(begun))

    def _heard(self, called: frozenset[str]) -> None:
        if BELL in called:
            self.ring()

    def _open_slots(self, tx: Transaction) -> None:
        for kind in SLOTS:
            self._parts.queue.ask_once(tx, kind, "")

    def _end(self) -> None:
        self._stopping.set()
        with self._work:
            self._work.notify_all()
        latest = time.monotonic() + PATIENCE
        for thread in self._threads:
            thread.join(max(0.0, latest - time.monotonic()))


def _rest_after(begun: float) -> float:
    return min(_REST * (time.monotonic() - begun), _LONGEST_REST)


def run(parts: Parts, parent: int | None = None) -> None:
    """What `livefeed worker` starts. SIGTERM and SIGINT end it once the work under way is done; `parent` is the process id of
    the `serve` that started it, if one did: it ends with that."""
    worker = Worker(parts)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: worker.stop())
    worker.run(parent)
