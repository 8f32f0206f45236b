"""Place and network data as it is now: files that the environment names, else those an operator uploaded."""

import gzip
import os
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

import maxminddb

from server.domain.engagement import Network, Place
from server.domain.location import read_place
from server.domain.places import Data, DataFile
from server.errors import BadInput
from server.logs import logger
from server.storage.places import Places, network_of
from server.tokens import new_id

LOOK_EVERY = 10.0
"""Seconds until a process notices that another one was given a new file."""

MOST_BYTES = 1_000_000_000
_SAMPLE = 2_000
_GZIP = b"\x1f\x8b"
_CHUNK = 1 << 20

_Stamp = tuple[tuple[str, int, int, int], ...]
_log = logger(__name__)


class PlaceFiles:
    """`given`: paths that the environment names; `folder` holds what is uploaded. Raises BadInput when a named file can't be
    read at the start; one that breaks later keeps the one before in use. Safe for use from several threads."""

    def __init__(self, given: Mapping[Data, Path | None], folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._given = {data: path for data, path in given.items() if path is not None}
        self._folder = folder
        self._clock = clock
        self._lock = threading.Lock()
        self._stamp = self._stamped()
        self._places = self._open()
        self._look_at = clock() + LOOK_EVERY

    def place(self, address: str) -> Place | None:
        return self._current().place(address)

    def network(self, address: str) -> Network | None:
        return self._current().network(address)

    @property
    def any(self) -> bool:
        """Whether anything is known of addresses."""
        return any(self._path(data).is_file() for data in Data)

    def is_given(self, data: Data) -> bool:
        return data in self._given

    def files(self) -> list[DataFile]:
        return [self._told(data) for data in Data]

    def keep(self, data: Data, source: BinaryIO) -> DataFile:
        """An .mmdb file, or one packed by gzip. BadInput, with the field `data` and why: `empty`, `large`, `unreadable`,
        `other-kind`, `nothing`."""
        self._folder.mkdir(parents=True, exist_ok=True)
        arriving = self._folder / f".{data.value}-{new_id()}"
        try:
            _store(source, arriving)
            _examine(arriving, data)
            os.replace(arriving, self._path(data))
        finally:
            arriving.unlink(missing_ok=True)
        self._look()
        return self._told(data)

    def drop(self, data: Data) -> bool:
        """False when nothing was uploaded."""
        path = self._uploaded(data)
        if not path.is_file():
            return False
        path.unlink(missing_ok=True)
        self._look()
        return True

    def _current(self) -> Places:
        if self._clock() >= self._look_at:
            self._look()
        return self._places

    def _look(self) -> None:
        with self._lock:
            self._look_at = self._clock() + LOOK_EVERY
            stamp = self._stamped()
            if stamp == self._stamp:
                return
            try:
                # The former ones are not closed: others may be reading in them, and memory goes with the last of these.
                self._places, self._stamp = self._open(), stamp
            except BadInput as error:
                _log.warning("places.not_replaced", detail=error.detail)

    def _open(self) -> Places:
        city, asn = ([path] if (path := self._path(data)).is_file() or data in self._given else [] for data in Data)
        return Places(city, asn)

    def _stamped(self) -> _Stamp:
        found = []
        for data in Data:
            try:
                seen = self._path(data).stat()
            except OSError:
                continue
            found.append((data.value, seen.st_ino, seen.st_size, seen.st_mtime_ns))
        return tuple(found)

    def _path(self, data: Data) -> Path:
        return self._given.get(data) or self._uploaded(data)

    def _uploaded(self, data: Data) -> Path:
        return self._folder / f"{data.value}.mmdb"

    def _told(self, data: Data) -> DataFile:
        path, given = self._path(data), data in self._given
        named = str(path) if given else ""
        if not path.is_file():
            return DataFile(data, "missing" if given else "none", given, named)
        try:
            with maxminddb.open_database(path) as reader:
                about = reader.metadata()
                built = datetime.fromtimestamp(about.build_epoch, UTC)
                cities = any(_names_city(record) for record in _records(reader)) if data is Data.CITY else None
                return DataFile(data, "ok", given, named, about.database_type, built, path.stat().st_size, cities)
        except (maxminddb.InvalidDatabaseError, OSError, ValueError):
            return DataFile(data, "broken", given, named)


def _store(source: BinaryIO, path: Path) -> None:
    head = source.read(2)
    if not head:
        raise _wrong("empty")
    source.seek(0)
    unpacked = cast(BinaryIO, gzip.GzipFile(fileobj=source)) if head == _GZIP else source
    with path.open("xb") as target:
        try:
            while chunk := unpacked.read(_CHUNK):
                if target.tell() + len(chunk) > MOST_BYTES:
                    raise _wrong("large")
                target.write(chunk)
        except (gzip.BadGzipFile, EOFError):
            raise _wrong("unreadable") from None
        except OSError as error:
            free = shutil.disk_usage(path.parent).free
            _log.warning("places.not_stored", free=free, cause=type(error).__name__)
            raise


def _examine(path: Path, data: Data) -> None:
    """Whether it is what it is said to be, and tells anything that we can read."""
    try:
        with maxminddb.open_database(path) as reader:
            if data.other.value in reader.metadata().database_type.lower():
                raise _wrong("other-kind")
            tells = any(read_place(one) if data is Data.CITY else network_of(one) for one in _records(reader))
    except (maxminddb.InvalidDatabaseError, OSError, ValueError):
        raise _wrong("unreadable") from None
    if not tells:
        raise _wrong("nothing")


def _records(reader: maxminddb.Reader) -> list[Mapping[str, Any]]:
    return [record for _, record in islice(reader, _SAMPLE) if isinstance(record, dict)]


def _names_city(record: Mapping[str, Any]) -> bool:
    place = read_place(record)
    return place is not None and place.precision == "city"


def _wrong(why: str) -> BadInput:
    return BadInput("this file can't be used", {"data": why})
