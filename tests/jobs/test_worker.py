import os
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from server.domain.engagement import Kind
from server.domain.jobs import LEASE, Job
from server.errors import OutsideError
from server.jobs import handlers, worker
from server.jobs.handlers import SLOTS
from server.jobs.worker import Worker
from server.queue import BELL, Queue
from server.services.mailbox import SYNC
from server.services.notices import DECIDE, TELL
from server.services.tracking import Sighting
from server.storage import arrivals
from server.storage.tables import jobs
from server.tokens import new_id
from tests.fixtures_office import Office

Handler = Callable[[object, Job], timedelta | None]


def ask(office: Office, key: str = "a", **more: object) -> None:
    office.database.write(office.queue.ask, "test", key, **more)


def standing(office: Office) -> list[tuple[str, int, str | None]]:
    query = select(jobs.c.key, jobs.c.attempts, jobs.c.last_error).where(jobs.c.kind == "test").order_by(jobs.c.key)
    return [tuple(row) for row in office.database.read(lambda tx: tx.execute(query).all())]


@pytest.fixture
def quiet(office: Office) -> Office:
    """Nothing is due."""
    office.work()
    return office


@pytest.fixture
def handle(monkeypatch: pytest.MonkeyPatch) -> Callable[[Handler], None]:
    """Teach the worker what a job of kind `test` does."""

    def teach(handler: Handler) -> None:
        monkeypatch.setattr(worker, "HANDLERS", {**handlers.HANDLERS, "test": handler})

    return teach


def test_a_job_is_done_once_and_forgotten(quiet: Office, handle: Callable[[Handler], None]) -> None:
    done: list[str] = []
    handle(lambda parts, job: done.append(job.payload["what"]))
    ask(quiet, payload={"what": "this"})
    ask(quiet, payload={"what": "that"})
    quiet.work()
    assert done == ["that"]
    assert standing(quiet) == []


def test_two_workers_share_the_work_without_doing_any_of_it_twice(quiet: Office, handle: Callable[[Handler], None]) -> None:
    done: list[str] = []
    handle(lambda parts, job: done.append(job.key))
    for at in range(20):
        ask(quiet, f"{at:02}")
    threads = [threading.Thread(target=quiet.work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [f"{at:02}" for at in range(20)]


def test_a_job_whose_worker_died_is_begun_again_after_its_lease(quiet: Office, handle: Callable[[Handler], None]) -> None:
    done: list[str] = []
    handle(lambda parts, job: done.append(job.key))
    ask(quiet)
    assert quiet.database.write(quiet.queue.claim) is not None
    quiet.work()
    assert done == []
    quiet.later(seconds=LEASE.total_seconds())
    quiet.work()
    assert done == ["a"]


def test_a_job_that_takes_longer_than_its_lease_stays_with_its_worker(quiet: Office, handle: Callable[[Handler], None]) -> None:
    done: list[str] = []

    def long(parts: object, job: Job) -> None:
        done.append(job.key)
        for _ in range(3 if len(done) == 1 else 0):
            quiet.later(seconds=LEASE.total_seconds() * 0.8)
            busy.keep()
            quiet.work()

    handle(long)
    ask(quiet)
    busy = Worker(quiet)
    assert busy.work_once()
    assert done == ["a"]
    assert standing(quiet) == []


def test_a_worker_that_comes_back_too_late_changes_nothing(quiet: Office) -> None:
    ask(quiet)
    late = quiet.database.write(quiet.queue.claim)
    quiet.later(seconds=LEASE.total_seconds())
    present = quiet.database.write(quiet.queue.claim)
    assert late is not None
    assert present is not None
    quiet.database.write(quiet.queue.finish, late)
    quiet.database.write(quiet.queue.fail, late, "too late")
    assert standing(quiet) == [("a", 2, None)]
    quiet.database.write(quiet.queue.finish, present)
    assert standing(quiet) == []


def test_work_asked_for_while_it_runs_is_done_once_more(quiet: Office, handle: Callable[[Handler], None]) -> None:
    done: list[str] = []

    def handler(parts: object, job: Job) -> None:
        if not done:
            ask(quiet)
            ask(quiet)
        done.append(job.key)

    handle(handler)
    ask(quiet)
    quiet.work()
    assert done == ["a", "a"]


def test_a_failing_job_keeps_its_error_backs_off_and_is_not_hurried(quiet: Office, handle: Callable[[Handler], None]) -> None:
    def broken(parts: object, job: Job) -> None:
        raise OutsideError("gmail", "503 backendError", retryable=True)

    handle(broken)
    ask(quiet)
    quiet.work()
    quiet.work()
    assert standing(quiet) == [("a", 1, "outside 503 backendError")]
    ask(quiet)
    quiet.work()
    assert standing(quiet)[0][1] == 1
    quiet.later(seconds=2)
    quiet.work()
    assert standing(quiet)[0][1] == 2
    handle(lambda parts, job: None)
    quiet.later(seconds=5)
    quiet.work()
    assert standing(quiet) == []


def test_a_server_that_names_a_time_is_given_it(quiet: Office, handle: Callable[[Handler], None]) -> None:
    def limited(parts: object, job: Job) -> None:
        raise OutsideError("gmail", retryable=True, retry_after=300)

    handle(limited)
    ask(quiet)
    quiet.work()
    quiet.later(seconds=299)
    quiet.work()
    assert standing(quiet)[0][1] == 1
    quiet.later(seconds=1)
    quiet.work()
    assert standing(quiet)[0][1] == 2


def test_a_bug_in_one_job_does_not_stop_the_others(quiet: Office, handle: Callable[[Handler], None]) -> None:
    done: list[str] = []

    def handler(parts: object, job: Job) -> None:
        if job.key == "a":
            raise ZeroDivisionError
        done.append(job.key)

    handle(handler)
    ask(quiet, "a")
    ask(quiet, "b")
    quiet.work()
    assert done == ["b"]
    assert standing(quiet) == [("a", 1, "ZeroDivisionError")]


def test_a_job_asked_for_twice_has_the_earlier_time_and_a_scheduled_one_stays(quiet: Office) -> None:
    ask(quiet, "a", due_at=quiet.now() + timedelta(hours=1))
    ask(quiet, "a", due_at=quiet.now() + timedelta(minutes=1))
    ask(quiet, "a", due_at=quiet.now() + timedelta(hours=2))
    quiet.database.write(quiet.queue.ask_once, "test", "a")
    query = select(jobs.c.due_at).where(jobs.c.kind == "test")
    assert quiet.database.read(lambda tx: tx.execute(query).scalar_one()) == quiet.now() + timedelta(minutes=1)


def test_what_a_transaction_asked_for_goes_with_it(quiet: Office) -> None:
    def work(tx: object) -> None:
        quiet.queue.ask(tx, "test", "a")
        raise RuntimeError("rolled back")

    with pytest.raises(RuntimeError):
        quiet.database.write(work)
    assert standing(quiet) == []


def test_each_slot_of_the_schedule_runs_once_in_its_time_however_many_workers_there_are(quiet: Office) -> None:
    workers = [Worker(quiet), Worker(quiet)]
    for one in workers:
        quiet.database.write(one._open_slots)
    assert [one.work_once() for one in workers * len(SLOTS)].count(True) == len(SLOTS)
    quiet.later(hours=1)
    quiet.work()
    query = select(func.count()).where(jobs.c.kind.in_(SLOTS))
    assert quiet.database.read(lambda tx: tx.execute(query).scalar_one()) == len(SLOTS)


def test_a_bell_rings_workers_and_stopping_lets_work_end(quiet: Office, handle: Callable[[Handler], None]) -> None:
    begun, go_on, done = threading.Event(), threading.Event(), threading.Event()

    def slow(parts: object, job: Job) -> None:
        begun.set()
        assert go_on.wait(20)
        done.set()

    handle(slow)
    one = Worker(quiet)
    thread = threading.Thread(target=one.run)
    thread.start()
    ask(quiet)
    one._heard(frozenset({BELL}))
    assert begun.wait(20)
    one.stop()
    go_on.set()
    thread.join(20)
    assert not thread.is_alive()
    assert done.is_set()
    assert standing(quiet) == []


def test_a_slow_job_does_not_hold_up_another(quiet: Office, handle: Callable[[Handler], None]) -> None:
    go_on, done = threading.Event(), threading.Event()

    def handler(parts: object, job: Job) -> None:
        if job.key == "slow":
            assert go_on.wait(20)
        else:
            done.set()

    handle(handler)
    ask(quiet, "slow")
    ask(quiet, "swift", due_at=quiet.now())
    one = Worker(quiet)
    thread = threading.Thread(target=one.run)
    thread.start()
    assert done.wait(20)
    go_on.set()
    one.stop()
    thread.join(20)


WITH_OTHERS = (SYNC, "read-moments", "sync-salesforce", TELL)
"""A kind of job for each service that may not answer."""


@pytest.mark.parametrize("stuck", WITH_OTHERS)
def test_a_service_that_does_not_answer_holds_up_only_what_needs_it(
    quiet: Office, monkeypatch: pytest.MonkeyPatch, stuck: str
) -> None:
    go_on, done = threading.Event(), {kind: threading.Event() for kind in (*WITH_OTHERS, DECIDE)}

    def wait(parts: object, job: Job) -> None:
        assert go_on.wait(60)

    def note(parts: object, job: Job) -> None:
        done[job.kind].set()

    monkeypatch.setattr(worker, "HANDLERS", {**dict.fromkeys(handlers.HANDLERS, note), stuck: wait})
    quiet.database.write(lambda tx: tx.execute(delete(jobs)))
    monkeypatch.setattr(worker, "SLOTS", ())
    for at in range(12):
        quiet.database.write(quiet.queue.ask, stuck, str(at))
    for kind in done.keys() - {stuck}:
        quiet.database.write(quiet.queue.ask, kind, "")
    one = Worker(quiet)
    thread = threading.Thread(target=one.run)
    thread.start()
    assert all(event.wait(20) for kind, event in done.items() if kind != stuck)
    go_on.set()
    one.stop()
    thread.join(60)


def test_a_worker_ends_with_the_process_that_started_it(quiet: Office) -> None:
    began = time.monotonic()
    Worker(quiet).run(parent=os.getppid() + 1)
    assert time.monotonic() - began < 20


def test_ringing_comes_after_the_commit(quiet: Office) -> None:
    rung: list[int] = []
    queue = Queue(quiet.queue._store, ring=lambda: rung.append(1), clock=quiet.now)
    quiet.database.write(queue.ask, "test", "a")
    assert rung == []
    queue.wake()
    assert rung == [1]


def a_line(office: Office) -> str:
    """Of a message that nobody knows."""
    seen = Sighting(new_id(), new_id(), Kind.VIEW, office.now(), "GET", "", frozenset(), "198.51.100.7", 0, None, frozenset())
    return office.tracking.line(seen)


def test_the_inbox_is_folded_where_nobody_else_does_it(quiet: Office) -> None:
    quiet.tracking.receive([a_line(quiet)])
    quiet.later(seconds=1)
    one, never = Worker(quiet), threading.Event()
    thread = threading.Thread(target=one.run)
    thread.start()
    while quiet.tracking.inbox().waiting:
        never.wait(0.01)
    one.stop()
    thread.join()


def test_what_an_older_version_could_not_take_in_is_tried_again(quiet: Office) -> None:
    quiet.database.write(lambda tx: arrivals.add(tx, [a_line(quiet)], refused=True))
    assert quiet.tracking.inbox().refused == 1
    Worker(quiet).run(parent=os.getppid() + 1)
    assert quiet.tracking.inbox().refused == 0
