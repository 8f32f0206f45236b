"""A screen of the Live Feed as a browser keeps it: a socket that is opened again with the cursor of the last item."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import simple_websocket

from server.errors import OutsideError
from server.services.feed import _read_cursor, cursor_of

Version = tuple[int, str, str, int, bool, str]
"""Position, kind, class, count, removed and time of one state of a line."""

START = cursor_of(0)


def position_of(cursor: str) -> int:
    return _read_cursor(cursor)


def version_of(item: Mapping[str, Any]) -> Version:
    return (position_of(item["cursor"]), item["kind"], item["class"], item["count"], item["removed"], item["at"])


class Told:
    """What a reader was told so far: the last state of each line. `faults`: whatever came out of order or twice."""

    def __init__(self) -> None:
        self.cursor = START
        self.lines: dict[str, Version] = {}
        self.faults: list[str] = []
        self.items = 0

    def take(self, item: Mapping[str, Any]) -> None:
        if position_of(item["cursor"]) <= position_of(self.cursor):
            self.faults.append(f"{position_of(item['cursor'])} came after {position_of(self.cursor)}")
        self.cursor = item["cursor"]
        self.lines[item["id"]] = version_of(item)
        self.items += 1

    def missing_at_last(self, whole: Callable[[], Mapping[str, Version]], seconds: float = 60.0) -> list[str]:
        """`missing`, once it is nothing or this time has passed: sockets follow a moment later."""
        deadline, never = time.monotonic() + seconds, threading.Event()
        while (found := self.missing(whole())) and time.monotonic() < deadline:
            never.wait(0.1)
        return found

    def missing(self, whole: Mapping[str, Version]) -> list[str]:
        """Which lines of the feed it does not know as they stand now."""
        return [
            f"{name}: {self.lines.get(name)} instead of {last}" for name, last in whole.items() if self.lines.get(name) != last
        ]


class Screen:
    """`address` gives the socket's address for a cursor, OutsideError while the product is away."""

    def __init__(self, address: Callable[[str], str], origin: str) -> None:
        self.told = Told()
        self.opened = 0
        self._address = address
        self._origin = origin
        self._stopping = threading.Event()
        self._socket: Any = None

    @contextmanager
    def watching(self) -> Iterator[None]:
        thread = threading.Thread(target=self._watch)
        thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            self.drop()
            thread.join(30)

    def drop(self) -> None:
        """The connection breaks; it comes back by itself."""
        open_one = self._socket
        if open_one is not None:
            with suppress(OSError):
                open_one.sock.shutdown(socket.SHUT_RDWR)

    def _watch(self) -> None:
        while not self._stopping.is_set():
            try:
                self._socket = simple_websocket.Client(self._address(self.told.cursor), headers={"Origin": self._origin})
            except (OSError, OutsideError, simple_websocket.ConnectionError):
                self._stopping.wait(0.2)
                continue
            self.opened += 1
            with suppress(simple_websocket.ConnectionClosed, OSError):
                self._listen()

    def _listen(self) -> None:
        while not self._stopping.is_set():
            frame = self._socket.receive(timeout=1)
            if frame is not None:
                self.told.take(json.loads(frame))
        self._socket.close()
