"""Asking for work and claiming it. The table is the record; a wake-up may be lost without harm."""

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from server.domain.jobs import LEASE, Job, delay_after
from server.tokens import new_id

Clock = Callable[[], datetime]


class Store(Protocol):
    """What `server.storage.jobs` answers; `tx` is its transaction."""

    def ask(
        self,
        tx: Any,
        *,
        job_id: str,
        workspace_id: str | None,
        kind: str,
        key: str,
        payload: Mapping[str, Any],
        due_at: datetime,
    ) -> None: ...
    def ask_once(
        self,
        tx: Any,
        *,
        job_id: str,
        workspace_id: str | None,
        kind: str,
        key: str,
        payload: Mapping[str, Any],
        due_at: datetime,
    ) -> None: ...
    def waiting(self, tx: Any, kind: str, prefix: str) -> list[Mapping[str, Any]]: ...
    def due(self, tx: Any, now: datetime) -> set[str]: ...
    def claim(self, tx: Any, *, claim: str, now: datetime, until: datetime, leaving: Collection[str]) -> Job | None: ...
    def keep(self, tx: Any, given: Sequence[Job], until: datetime) -> None: ...
    def finish(self, tx: Any, job: Job) -> None: ...
    def put_off(self, tx: Any, job: Job, *, due_at: datetime, error: str | None) -> None: ...


class Queue:
    """`ring` wakes the workers of every process; it is called after a commit."""

    def __init__(self, store: Store, ring: Callable[[], None] = lambda: None, clock: Clock = lambda: datetime.now(UTC)) -> None:
        self._store = store
        self._ring = ring
        self._clock = clock

    def ask(
        self,
        tx: Any,
        kind: str,
        key: str,
        payload: Mapping[str, Any] | None = None,
        due_at: datetime | None = None,
        workspace_id: str | None = None,
    ) -> None:
        """Have it done once, soon. Asked for again before it began: still one job, at the earlier time. While it runs: once
        more afterwards. A job that failed keeps its later time, so that asking does not defeat the back-off."""
        self._store.ask(tx, **self._row(kind, key, payload, due_at, workspace_id))

    def ask_once(
        self,
        tx: Any,
        kind: str,
        key: str,
        payload: Mapping[str, Any] | None = None,
        due_at: datetime | None = None,
        workspace_id: str | None = None,
    ) -> None:
        """As `ask`, but nothing changes when that job stands there already or runs: for work derived from a schedule."""
        self._store.ask_once(tx, **self._row(kind, key, payload, due_at, workspace_id))

    def waiting(self, tx: Any, kind: str, prefix: str) -> list[Mapping[str, Any]]:
        """Payloads of the jobs whose key begins like this."""
        return self._store.waiting(tx, kind, prefix)

    def wake(self) -> None:
        """After the commit: somebody begins now. Lost, it costs a second."""
        self._ring()

    def due(self, tx: Any) -> set[str]:
        """The kinds of work that could be claimed."""
        return self._store.due(tx, self._clock())

    def claim(self, tx: Any, leaving: Collection[str] = ()) -> Job | None:
        """The job due longest that is of none of the kinds of `leaving`, now this caller's alone for LEASE."""
        now = self._clock()
        return self._store.claim(tx, claim=new_id(), now=now, until=now + LEASE, leaving=leaving)

    def keep(self, tx: Any, given: Sequence[Job]) -> None:
        """Whoever claimed these is still at them: a new LEASE, unless one passed to another already."""
        self._store.keep(tx, given, self._clock() + LEASE)

    def finish(self, tx: Any, job: Job) -> None:
        """Forget it, unless it was asked for again meanwhile or its lease passed to another."""
        self._store.finish(tx, job)

    def fail(self, tx: Any, job: Job, error: str, retry_after: float | None = None) -> None:
        """Again later; `error` (no secrets, no full addresses) is kept for the operator."""
        delay = delay_after(job.attempts, random.random(), retry_after)  # noqa: S311  spreads load, keeps no secret
        self._store.put_off(tx, job, due_at=self._clock() + delay, error=error)

    def again(self, tx: Any, job: Job, after: timedelta) -> None:
        """Done for now; the same job comes again: a slot of the schedule."""
        self._store.put_off(tx, job, due_at=self._clock() + after, error=None)

    def _row(
        self, kind: str, key: str, payload: Mapping[str, Any] | None, due_at: datetime | None, workspace_id: str | None
    ) -> dict[str, Any]:
        return {
            "job_id": new_id(),
            "workspace_id": workspace_id,
            "kind": kind,
            "key": key,
            "payload": payload or {},
            "due_at": due_at or self._clock(),
        }
