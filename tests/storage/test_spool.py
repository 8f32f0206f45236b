"""What the database can't take is on the disk when `append` returns, and comes back in order, whatever happened meanwhile."""

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import Unavailable
from server.storage import spool as module
from server.storage.spool import Spool, extent


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    found = Spool(tmp_path)
    yield found
    found.close()


def drained(spool: Spool, most: int = 2) -> list[str]:
    found = []
    while lines := spool.lines(most):
        found += lines
        spool.forget()
    return found


def the_file(folder: Path) -> Path:
    (file,) = folder.iterdir()
    return file


def test_lines_come_back_in_order_and_leave_nothing_behind(spool: Spool, tmp_path: Path) -> None:
    spool.append(["a", "b", "c"])
    spool.append(["d"])
    assert not spool.empty
    assert drained(spool) == ["a", "b", "c", "d"]
    assert spool.empty
    assert not list(tmp_path.iterdir())


def test_what_was_not_forgotten_comes_again(spool: Spool) -> None:
    spool.append(["a", "b", "c"])
    assert spool.lines(2) == ["a", "b"]
    assert spool.lines(2) == ["a", "b"]
    spool.forget()
    assert spool.lines(2) == ["c"]


def test_what_is_appended_while_it_is_read_comes_behind(spool: Spool) -> None:
    spool.append(["a"])
    assert spool.lines(5) == ["a"]
    spool.append(["b"])
    spool.forget()
    assert drained(spool) == ["b"]
    spool.append(["c"])
    assert drained(spool) == ["c"]


def test_the_next_process_reads_what_a_dead_one_left(tmp_path: Path) -> None:
    script = f"""
import os, signal, pathlib
from server.storage.spool import Spool
spool = Spool(pathlib.Path({str(tmp_path)!r}))
spool.append(["a", "b"])
os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == -9
    spool = Spool(tmp_path)
    spool.append(["c"])
    assert drained(spool) == ["a", "b", "c"]


def test_the_file_of_a_living_process_is_left_alone(spool: Spool, tmp_path: Path) -> None:
    spool.append(["mine"])
    other = Spool(tmp_path)
    assert other.empty
    spool.close()
    other.adopt()
    assert drained(other) == ["mine"]


@given(lines=st.lists(st.text(st.characters(codec="ascii", exclude_characters="\n")), min_size=1), lost=st.integers(1, 200))
def test_a_torn_end_costs_nothing_but_what_was_torn(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], lost: int
) -> None:
    folder = tmp_path_factory.mktemp("spool")
    spool = Spool(folder)
    spool.append(lines)
    spool.close()
    file = the_file(folder)
    os.truncate(file, max(file.stat().st_size - lost, 0))
    found = drained(Spool(folder), most=3)
    assert found == lines[: len(found)]
    whole = sum(len(line) + 10 for line in lines[: len(found) + 1])
    assert whole > sum(len(line) + 10 for line in lines) - lost or len(found) == len(lines)


@given(lines=st.lists(st.text(st.characters(codec="ascii", exclude_characters="\n")), min_size=1, max_size=8), data=st.data())
def test_a_changed_byte_costs_its_own_record_alone(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("spool")
    spool = Spool(folder)
    spool.append(lines)
    spool.close()
    file = the_file(folder)
    content = bytearray(file.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 127))
    file.write_bytes(content)
    found = drained(Spool(folder))
    assert len(found) >= len(lines) - 2  # a line break that went takes the next record along
    assert [line for line in lines if line in found][: len(found)] or len(lines) <= 2


def test_a_full_disk_is_said_and_leaves_no_half_record(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    spool.append(["before"])
    with monkeypatch.context() as full:
        full.setattr(module, "LARGEST", 10)
        with pytest.raises(Unavailable):
            spool.append(["too much"])
    spool.append(["after"])
    assert drained(spool) == ["before", "after"]


def test_after_a_sync_that_failed_a_new_file_is_begun(spool: Spool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    spool.append(["before"])

    def broken(_handle: int) -> None:
        raise OSError(errno.EIO, "the disk is dying")

    with monkeypatch.context() as dying:
        dying.setattr(module.os, "fsync", broken)
        with pytest.raises(Unavailable):
            spool.append(["unsure"])
    spool.append(["after"])
    assert len(list(tmp_path.iterdir())) == 2
    assert drained(spool) == ["before", "after"]


def test_its_extent_is_told_to_whoever_asks(spool: Spool, tmp_path: Path) -> None:
    assert extent(tmp_path) == (0, None) or extent(tmp_path).size == 0
    spool.append(["first", "second"])
    told = extent(tmp_path)
    assert (told.first, told.size) == ("first", the_file(tmp_path).stat().st_size)
    assert extent(tmp_path / "nowhere").first is None


def test_a_file_that_another_process_ended_before_it_was_locked_is_made_anew(
    spool: Spool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, others = module.fcntl.flock, [True]

    def late(handle: object, how: int) -> None:
        if others.pop() if others else False:
            the_file(tmp_path).unlink()
        lock(handle, how)  # type: ignore[arg-type]

    monkeypatch.setattr(module.fcntl, "flock", late)
    spool.append(["kept"])
    spool.close()
    assert drained(Spool(tmp_path)) == ["kept"]
