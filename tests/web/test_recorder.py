import threading
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from server.domain.engagement import Kind
from server.errors import Unavailable
from server.services.tracking import Sighting
from server.tokens import new_id
from server.web.recorder import Outcome, Recorder

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def a_sighting() -> Sighting:
    return Sighting(new_id(), new_id(), Kind.VIEW, NOON, "GET", "", frozenset(), "192.0.2.1", 0, None, frozenset())


class Shelf:
    """Stores in a list; can be made to block, to be away, or to refuse one hit."""

    def __init__(self) -> None:
        self.hits: list[Sighting] = []
        self.batches: list[int] = []
        self.open = threading.Event()
        self.open.set()
        self.entered = threading.Event()
        self.away = 0
        self.refused: Sighting | None = None

    def store(self, hits: Sequence[Sighting]) -> None:
        self.entered.set()
        assert self.open.wait(20)
        if self.away:
            self.away -= 1
            raise Unavailable("away")
        if self.refused in hits:
            raise ValueError("not storable")
        self.batches.append(len(hits))
        self.hits += hits


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def in_threads(recorder: Recorder, hits: Sequence[Sighting]) -> tuple[list[threading.Thread], list[Outcome]]:
    outcomes: list[Outcome] = []
    threads = [threading.Thread(target=lambda one=hit: outcomes.append(recorder.record(one))) for hit in hits]
    for thread in threads:
        thread.start()
    return threads, outcomes


def test_the_answer_leaves_after_the_commit(shelf: Shelf) -> None:
    recorder = Recorder(shelf.store)
    hit = a_sighting()
    assert recorder.record(hit) is Outcome.STORED
    assert shelf.hits == [hit]
    assert recorder.waiting == 0


def test_hits_that_come_while_one_batch_is_written_share_the_next(shelf: Shelf) -> None:
    recorder = Recorder(shelf.store, patience=20)
    shelf.open.clear()
    first, _ = in_threads(recorder, [a_sighting()])
    assert shelf.entered.wait(10)
    rest, outcomes = in_threads(recorder, [a_sighting() for _ in range(10)])
    while recorder.waiting < 11:
        threading.Event().wait(0.001)
    shelf.open.set()
    for thread in (*first, *rest):
        thread.join()
    assert outcomes == [Outcome.STORED] * 10
    assert shelf.batches == [1, 10]


def test_nobody_waits_longer_than_its_patience_and_the_hit_is_stored_later(shelf: Shelf) -> None:
    recorder = Recorder(shelf.store, patience=0.02)
    shelf.open.clear()
    assert recorder.record(a_sighting()) is Outcome.WAITING
    assert recorder.waiting == 1
    shelf.open.set()
    recorder.close()
    assert (len(shelf.hits), recorder.waiting) == (1, 0)


def test_every_waiter_is_answered_when_the_writer_fails_and_a_retry_stores_once(shelf: Shelf) -> None:
    recorder = Recorder(shelf.store, patience=20)
    shelf.away = 1
    shelf.open.clear()
    hits = [a_sighting() for _ in range(8)]
    threads, outcomes = in_threads(recorder, hits)
    while recorder.waiting < 8:
        threading.Event().wait(0.001)
    shelf.open.set()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()
    assert Outcome.WAITING in outcomes
    recorder.close()
    assert sorted(hit.id for hit in shelf.hits) == sorted(hit.id for hit in hits)


def test_while_the_database_is_away_nobody_is_kept_waiting(shelf: Shelf) -> None:
    recorder = Recorder(shelf.store, patience=60)
    shelf.away = 10**6
    assert recorder.record(a_sighting()) is Outcome.WAITING
    for _ in range(50):
        assert recorder.record(a_sighting()) is Outcome.WAITING
    shelf.away = 0
    recorder.close()
    assert len(shelf.hits) == 51


def test_one_hit_that_cannot_be_stored_takes_no_other_with_it(shelf: Shelf) -> None:
    recorder = Recorder(shelf.store, patience=20)
    shelf.open.clear()
    first, _ = in_threads(recorder, [a_sighting()])
    assert shelf.entered.wait(10)
    good, bad = a_sighting(), a_sighting()
    shelf.refused = bad
    rest, _ = in_threads(recorder, [good, bad])
    while recorder.waiting < 3:
        threading.Event().wait(0.001)
    shelf.open.set()
    for thread in (*first, *rest):
        thread.join()
    recorder.close()
    assert good in shelf.hits
    assert bad not in shelf.hits
    assert recorder.waiting == 0


def test_a_full_memory_drops_instead_of_growing(shelf: Shelf) -> None:
    recorder = Recorder(shelf.store, patience=0.01, capacity=2)
    shelf.open.clear()
    outcomes = [recorder.record(a_sighting()) for _ in range(3)]
    assert outcomes == [Outcome.WAITING, Outcome.WAITING, Outcome.DROPPED]
    shelf.open.set()
    recorder.close()
    assert len(shelf.hits) == 2
