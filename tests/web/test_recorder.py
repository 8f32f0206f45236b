import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from server.errors import Unavailable
from server.storage.spool import Spool
from server.web.recorder import Outcome, Recorder


class Shelf:
    """Stores in a list; can be made to block, to be away, or to refuse."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.batches: list[int] = []
        self.open = threading.Event()
        self.open.set()
        self.entered = threading.Event()
        self.error: Exception | None = None

    def store(self, lines: Sequence[str]) -> None:
        self.entered.set()
        assert self.open.wait(20)
        if self.error:
            raise self.error
        self.batches.append(len(lines))
        self.lines += lines


class Disk(Spool):
    """A spool whose disk can be full."""

    full = False

    def append(self, lines: Sequence[str]) -> None:
        if self.full:
            raise Unavailable("no space left")
        super().append(lines)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Disk]:
    found = Disk(tmp_path)
    yield found
    found.close()


def in_threads(recorder: Recorder, lines: Sequence[str]) -> tuple[list[threading.Thread], list[Outcome]]:
    outcomes: list[Outcome] = []
    threads = [threading.Thread(target=lambda one=line: outcomes.append(recorder.record(one))) for line in lines]
    for thread in threads:
        thread.start()
    return threads, outcomes


def until(condition: Callable[[], bool]) -> None:
    for _ in range(20_000):
        if condition():
            return
        threading.Event().wait(0.001)
    raise AssertionError("never came")


def test_the_answer_leaves_after_the_commit(shelf: Shelf, spool: Disk) -> None:
    recorder = Recorder(shelf.store, spool)
    assert recorder.record("one") is Outcome.STORED
    assert shelf.lines == ["one"]
    assert spool.empty


def test_lines_that_come_while_one_batch_is_written_share_the_next(shelf: Shelf, spool: Disk) -> None:
    recorder = Recorder(shelf.store, spool, patience=20)
    shelf.open.clear()
    first, _ = in_threads(recorder, ["first"])
    assert shelf.entered.wait(10)
    rest, outcomes = in_threads(recorder, [str(at) for at in range(10)])
    until(lambda: sum(thread.is_alive() for thread in rest) == 10 and recorder.waiting == 10)
    shelf.open.set()
    for thread in (*first, *rest):
        thread.join()
    assert outcomes == [Outcome.STORED] * 10
    assert shelf.batches == [1, 10]


def test_what_the_database_does_not_take_in_time_is_spooled_and_stored_later(shelf: Shelf, spool: Disk) -> None:
    recorder = Recorder(shelf.store, spool, patience=0.05)
    shelf.open.clear()
    assert recorder.record("slow") is Outcome.SPOOLED
    shelf.open.set()
    until(lambda: spool.empty)
    assert set(shelf.lines) == {"slow"}


def test_every_line_of_a_batch_that_failed_is_spooled(shelf: Shelf, spool: Disk) -> None:
    recorder = Recorder(shelf.store, spool, patience=20)
    shelf.error = Unavailable("away")
    threads, outcomes = in_threads(recorder, [str(at) for at in range(8)])
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()
    assert outcomes == [Outcome.SPOOLED] * 8
    shelf.error = None
    recorder.close()
    assert sorted(shelf.lines) == [str(at) for at in range(8)]
    assert spool.empty


def test_a_database_that_refuses_for_another_reason_loses_nothing_either(shelf: Shelf, spool: Disk) -> None:
    recorder = Recorder(shelf.store, spool, patience=20)
    shelf.error = ValueError("a table is missing")
    assert recorder.record("one") is Outcome.SPOOLED
    shelf.error = None
    recorder.close()
    assert shelf.lines == ["one"]


def test_while_older_lines_are_spooled_new_ones_go_behind_them(shelf: Shelf, spool: Disk) -> None:
    shelf.error = Unavailable("away")
    recorder = Recorder(shelf.store, spool, patience=20)
    expected = [str(at) for at in range(20)]
    assert {recorder.record(line) for line in expected} == {Outcome.SPOOLED}
    shelf.error = None
    recorder.close()
    assert shelf.lines == expected


def test_what_a_killed_process_left_is_stored_by_the_next(shelf: Shelf, tmp_path: Path) -> None:
    before = Spool(tmp_path)
    before.append(["a", "b"])
    before.close()
    recorder = Recorder(shelf.store, Spool(tmp_path))
    recorder.record("c")
    recorder.close()
    assert shelf.lines == ["a", "b", "c"]
    assert not list(tmp_path.iterdir())


def test_with_database_and_disk_away_lines_wait_in_memory(shelf: Shelf, spool: Disk) -> None:
    shelf.error, spool.full = Unavailable("away"), True
    recorder = Recorder(shelf.store, spool, patience=20)
    assert recorder.record("kept") is Outcome.WAITING
    shelf.error = None
    recorder.close()
    assert shelf.lines == ["kept"]


def test_a_full_memory_drops_instead_of_growing(shelf: Shelf, spool: Disk) -> None:
    shelf.error, spool.full = Unavailable("away"), True
    recorder = Recorder(shelf.store, spool, patience=20, capacity=2)
    outcomes = [recorder.record(str(at)) for at in range(3)]
    assert outcomes == [Outcome.WAITING, Outcome.WAITING, Outcome.DROPPED]
    shelf.error = None
    recorder.close()
    assert shelf.lines == ["0", "1"]


def test_what_fails_just_when_the_end_comes_is_tried_once_more(spool: Disk) -> None:
    stored: list[str] = []
    trying = threading.Event()

    def store(lines: Sequence[str]) -> None:
        if not recorder._closing.is_set():
            if threading.current_thread() is recorder._keeper:
                trying.set()
                recorder._closing.wait(20)
            raise Unavailable("away")
        stored.extend(lines)

    spool.full = True
    recorder = Recorder(store, spool, patience=20)
    assert recorder.record("one") is Outcome.WAITING
    assert trying.wait(20)
    recorder.close()
    assert stored == ["one"]


def test_between_answers_the_inbox_is_folded_until_it_is_empty(shelf: Shelf, spool: Disk) -> None:
    inbox = [True, True, False]
    recorder = Recorder(shelf.store, spool, lambda: inbox.pop(0))
    recorder.record("one")
    until(lambda: not inbox)


def test_hits_that_come_one_after_the_other_share_a_fold(shelf: Shelf, spool: Disk) -> None:
    folds: list[list[str]] = []

    def fold() -> bool:
        folds.append([*shelf.lines])
        return False

    recorder = Recorder(shelf.store, spool, fold, gather=60)
    recorder.record("one")
    until(lambda: folds)
    for line in ("two", "three", "four"):
        recorder.record(line)
    recorder.close()
    assert folds == [["one"]], "whoever is alone waits for none before it, others for each other"


def test_what_comes_out_of_the_spool_is_folded_too(shelf: Shelf, spool: Disk) -> None:
    inbox = [True, False]
    spool.append(["left"])
    Recorder(shelf.store, spool, lambda: inbox.pop(0))
    until(lambda: not inbox)
    assert shelf.lines == ["left"]


def test_a_fold_that_fails_keeps_no_answer_back(shelf: Shelf, spool: Disk) -> None:
    def fold() -> bool:
        raise Unavailable("away")

    recorder = Recorder(shelf.store, spool, fold)
    assert [recorder.record("one"), recorder.record("two")] == [Outcome.STORED] * 2
