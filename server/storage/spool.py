"""Lines that the database can't take yet, in files of their own: appended, synced, checksummed, read back in order.

Each process writes a file of its own and holds its lock as long as it lives. A file without a lock was left by a process
that ended: whoever finds it reads it to its end.
"""

import errno
import fcntl
import os
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import FileIO
from itertools import islice
from pathlib import Path
from typing import BinaryIO
from zlib import crc32

from prometheus_client import Counter

from server.errors import Unavailable
from server.logs import logger
from server.storage.database import apart
from server.tokens import new_id

LARGEST = 1 << 30
"""Bytes of one process's file. What the disk holds besides must stay usable."""

_SUFFIX = ".spool"
_CHECKSUM = 8
_LONGEST = 1 << 16
"""Bytes of one record, so that a file without line breaks does not become one."""

_DAMAGED = Counter("livefeed_spool_damaged", "Records of the spool that could not be read")

_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Extent:
    """What lies in the spool: bytes, and the first line of it."""

    size: int
    first: str | None


class Spool:
    """`append` is for any thread; `lines` and `forget` are for one at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._own: _File | None = None
        self._files: deque[_File] = deque()
        self.adopt()

    @property
    def empty(self) -> bool:
        return not self._files

    def adopt(self) -> None:
        """Take over what other processes left behind."""
        for path in sorted(self._folder.glob(f"*{_SUFFIX}")) if self._folder.is_dir() else ():
            file = _adopted(path) if path not in {one.path for one in self._files} else None
            if file is not None:
                self._files.append(file)

    def append(self, lines: Sequence[str]) -> None:
        """Returns once they would survive a loss of power. Raises Unavailable when they could not be written."""
        records = b"".join(_record(line) for line in lines)
        with self._lock:
            try:
                apart(self._write, records)
            except OSError as error:
                raise Unavailable("the spool can't be written", cause=error.strerror) from error

    def lines(self, most: int) -> list[str]:
        """The next ones in order, the same ones again until `forget`. Empty only when the spool is."""
        while self._files:
            found = apart(self._files[0].read, most)
            if found:
                return found
            self._finish(self._files[0])
        return []

    def forget(self) -> None:
        """What `lines` gave last lies somewhere else now."""
        file = self._files[0]
        file.position = file.seen
        self._finish(file)

    def close(self) -> None:
        """What is left is found by the next process."""
        for file in self._files:
            file.handle.close()

    def _write(self, records: bytes) -> None:
        if self._own is None:
            self._own = _created(self._folder)
            self._files.append(self._own)
        try:
            self._own.append(records)
        except _Unsure:
            self._own = None
            raise

    def _finish(self, file: "_File") -> None:
        """A file that was read to its end is deleted, unless something was appended meanwhile."""
        with self._lock:
            if file.position < file.end:
                return
            if file is self._own:
                self._own = None
            self._files.popleft()
            file.path.unlink(missing_ok=True)
            file.handle.close()


class _Unsure(OSError):
    """Nobody knows what of the file is on the disk: nothing more is appended to it."""


@dataclass(slots=True)
class _File:
    """Its records up to `end` are whole and synced; those up to `position` were read and forgotten, and `seen` is where the
    lines that were given last end."""

    path: Path
    handle: FileIO
    end: int
    position: int = 0
    seen: int = 0

    def append(self, records: bytes) -> None:
        if self.end + len(records) > LARGEST:
            raise OSError(errno.EFBIG, f"{self.path.name} is full")
        try:
            if self.handle.write(records) < len(records):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError:
            self.handle.truncate(self.end)
            raise
        try:
            os.fsync(self.handle.fileno())
        except OSError as error:
            raise _Unsure(error.errno, error.strerror) from error
        self.end += len(records)

    def read(self, most: int) -> list[str]:
        with self.path.open("rb") as reader:
            reader.seek(self.position)
            found = list(islice(self._good(reader), most))
        if not found:
            self.position = self.seen
        return found

    def _good(self, reader: BinaryIO) -> Iterator[str]:
        self.seen = self.position
        while self.seen < self.end and (record := reader.readline(_LONGEST)):
            self.seen += len(record)
            line = _line(record)
            if line is not None:
                yield line
            else:
                # The last one of a process that was killed while it wrote: its answer never left.
                _DAMAGED.inc()
                _log.warning("a record of the spool is torn or damaged", file=self.path.name, ends=self.seen)


def extent(folder: Path) -> Extent:
    """Of all processes of this machine that share the folder."""
    files = sorted(folder.glob(f"*{_SUFFIX}")) if folder.is_dir() else []
    size, first = 0, None
    for path in files:
        try:
            size += path.stat().st_size
            with path.open("rb") as reader:
                first = first or _line(reader.readline())
        except FileNotFoundError:
            continue  # stored meanwhile
    return Extent(size, first)


def _created(folder: Path) -> _File:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{new_id()}{_SUFFIX}"
    handle = FileIO(os.open(path, os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_WRONLY, 0o600), "a")
    fcntl.flock(handle, fcntl.LOCK_EX)
    if _is_gone(handle):  # another process took it for one left behind, and ended it, before it was locked
        handle.close()
        return _created(folder)
    entry = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(entry)
    finally:
        os.close(entry)
    return _File(path, handle, 0)


def _adopted(path: Path) -> _File | None:
    """None when its process lives."""
    try:
        handle = FileIO(path, "rb")
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        handle.close()
        return None
    if _is_gone(handle):  # its process ended it between our two looks
        handle.close()
        return None
    return _File(path, handle, os.fstat(handle.fileno()).st_size)


def _is_gone(handle: FileIO) -> bool:
    return os.fstat(handle.fileno()).st_nlink == 0


def _record(line: str) -> bytes:
    text = line.encode("ascii")
    return b"%08x %s\n" % (crc32(text), text)


def _line(record: bytes) -> str | None:
    """None for what is torn or damaged."""
    checksum, text = record[:_CHECKSUM], record[_CHECKSUM + 1 : -1]
    if not record.endswith(b"\n") or checksum != b"%08x" % crc32(text):
        return None
    try:
        return text.decode("ascii")
    except UnicodeDecodeError:
        return None
