"""Work still to do. A row belongs to whoever claimed it until its lease ends; it goes when the work is done."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, case, delete, literal, or_, select, update

from server.domain.jobs import LEASE, Job
from server.storage.tables import Utc, jobs
from server.storage.upsert import insert


def ask(
    tx: Connection,
    *,
    job_id: str,
    workspace_id: str | None,
    kind: str,
    key: str,
    payload: Mapping[str, Any],
    due_at: datetime,
) -> None:
    statement = insert(tx, jobs).values(_new(job_id, workspace_id, kind, key, payload, due_at))
    given = statement.excluded
    later = and_(jobs.c.claim.is_(None), jobs.c.due_at <= given.due_at)
    failed = and_(jobs.c.claim.is_(None), jobs.c.attempts > 0)
    tx.execute(
        statement.on_conflict_do_update(
            index_elements=["kind", "key"],
            set_={
                "payload": given.payload,
                "revision": jobs.c.revision + 1,
                "due_at": case((or_(later, failed), jobs.c.due_at), else_=given.due_at),
            },
        )
    )


def ask_once(
    tx: Connection,
    *,
    job_id: str,
    workspace_id: str | None,
    kind: str,
    key: str,
    payload: Mapping[str, Any],
    due_at: datetime,
) -> None:
    statement = insert(tx, jobs).values(_new(job_id, workspace_id, kind, key, payload, due_at))
    tx.execute(statement.on_conflict_do_nothing(index_elements=["kind", "key"]))


def waiting(tx: Connection, kind: str, prefix: str) -> list[Mapping[str, Any]]:
    """Payloads of those whose key begins like this."""
    asked = select(jobs.c.payload).where(jobs.c.kind == kind, jobs.c.key.startswith(prefix, autoescape=True))
    return list(tx.execute(asked).scalars())


def due(tx: Connection, now: datetime) -> set[str]:
    return set(tx.execute(select(jobs.c.kind).where(_free(now)).distinct()).scalars())


def claim(tx: Connection, *, claim: str, now: datetime, until: datetime, leaving: Collection[str]) -> Job | None:
    """Two workers may pick the same row; the condition in the update lets one of them have it, the other picks anew."""
    longest = select(jobs.c.id).where(_free(now), jobs.c.kind.not_in(leaving)).order_by(jobs.c.due_at).limit(1)
    while (found := tx.execute(longest).scalar()) is not None:
        row = tx.execute(
            update(jobs)
            .where(jobs.c.id == found, _free(now))
            .values(claim=claim, claimed_until=until, attempts=jobs.c.attempts + 1)
            .returning(*jobs.c)
        ).first()
        if row is not None:
            return Job(row.id, row.workspace_id, row.kind, row.key, row.payload, row.attempts, row.revision, claim)
    return None


def keep(tx: Connection, given: Sequence[Job], until: datetime) -> None:
    tx.execute(update(jobs).where(jobs.c.claim.in_([job.claim for job in given])).values(claimed_until=until))


def finish(tx: Connection, job: Job) -> None:
    gone = tx.execute(delete(jobs).where(*_mine(job), jobs.c.revision == job.revision))
    if not gone.rowcount:
        tx.execute(update(jobs).where(*_mine(job)).values(**_FREED, attempts=0, last_error=None))


def put_off(tx: Connection, job: Job, *, due_at: datetime, error: str | None) -> None:
    """With an error it keeps its count of attempts. A success that was asked for again meanwhile is due at that time."""
    if error is not None:
        tx.execute(update(jobs).where(*_mine(job)).values(**_FREED, due_at=due_at, last_error=error))
        return
    unasked = jobs.c.revision == job.revision
    tx.execute(
        update(jobs)
        .where(*_mine(job))
        .values(**_FREED, due_at=case((unasked, literal(due_at, Utc)), else_=jobs.c.due_at), attempts=0, last_error=None)
    )


_FREED: dict[str, Any] = {"claim": None, "claimed_until": None}


def _free(now: datetime) -> Any:
    # A lease that ends later than any can: the clock it was made by was set back since.
    left = or_(jobs.c.claimed_until.is_(None), jobs.c.claimed_until <= now, jobs.c.claimed_until > now + 2 * LEASE)
    return and_(jobs.c.due_at <= now, left)


def _mine(job: Job) -> tuple[Any, ...]:
    return jobs.c.id == job.id, jobs.c.claim == job.claim


def _new(
    job_id: str, workspace_id: str | None, kind: str, key: str, payload: Mapping[str, Any], due_at: datetime
) -> dict[str, Any]:
    return {
        "id": job_id,
        "workspace_id": workspace_id,
        "kind": kind,
        "key": key,
        "payload": dict(payload),
        "due_at": due_at,
        "attempts": 0,
        "revision": 0,
    }
