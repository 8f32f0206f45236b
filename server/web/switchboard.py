"""One thread for all live sockets of a process: it hears who leaves, asks who is still there, and sends on what was not taken
at once. A thread for each would weigh ten times as much."""

import contextlib
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from itertools import cycle

from server.logs import logger
from server.web.websocket import WebSocket

PING = 25.0
"""Seconds between two questions to a client whether it is still there."""
_TURN = 0.1
"""Seconds. In each turn another group is asked, so that thousands who came at once are not asked at once."""
_AT_ONCE = 50
"""Sockets that are served before others of this process get a word in."""
_SILENT = 1008

_log = logger(__name__)

Told = Callable[[WebSocket], None]


class Switchboard:
    """`gone`: it is over and closed. `relieved`: what it did not take at once has left. Both are called by this thread, and
    must neither wait nor fail."""

    def __init__(self, gone: Told, relieved: Told, *, ping: float = PING) -> None:
        self._gone = gone
        self._relieved = relieved
        self._ping = ping
        self._selector = selectors.DefaultSelector()
        self._changed: deque[WebSocket] = deque()
        self._bell, self._ear = socket.socketpair()
        for end in (self._bell, self._ear):
            end.settimeout(0)
        self._selector.register(self._ear, selectors.EVENT_READ)
        groups: list[set[WebSocket]] = [set() for _ in range(round(ping / _TURN))]
        self._joining, self._asked = cycle(groups), cycle(groups)
        self._group_of: dict[WebSocket, set[WebSocket]] = {}
        self._turned_at = time.monotonic()

    def start(self) -> None:
        threading.Thread(target=self._run, name="live sockets", daemon=True).start()

    def connect(self, connection: socket.socket) -> WebSocket:
        """Any thread may. Nothing is heard of it until `listen`."""
        return WebSocket(connection, crowded=self._ring)

    def listen(self, one: WebSocket) -> None:
        self._group_of[one] = group = next(self._joining)
        group.add(one)
        self._ring(one)

    def _ring(self, one: WebSocket) -> None:
        """A selector is for one thread alone."""
        self._changed.append(one)
        with contextlib.suppress(BlockingIOError):  # it rings already
            self._bell.send(b"!")

    def _run(self) -> None:
        while True:
            try:
                self._serve()
            except Exception:
                _log.exception("live sockets were not served")

    def _serve(self) -> None:
        for number, (key, events) in enumerate(self._selector.select(_TURN if self._group_of else None), 1):
            if key.data is None:
                self._ear.recv(4096)
            else:
                self._attend(key.data, events)
            if number % _AT_ONCE == 0:
                time.sleep(0)
        while self._changed:
            self._settle(self._changed.popleft())
        now = time.monotonic()
        self._turned_at = max(self._turned_at, now - self._ping)
        while now >= self._turned_at + _TURN:
            self._turned_at += _TURN
            self._ask(next(self._asked))

    def _attend(self, one: WebSocket, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            one.flush()
        if events & selectors.EVENT_READ:
            one.read()
        self._settle(one)

    def _settle(self, one: WebSocket) -> None:
        """Wait for what it waits for from now on."""
        if one not in self._group_of:
            return
        if one.is_over:
            self._drop(one)
            return
        awaited = self._awaited(one)
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if one.is_crowded else 0)
        if awaited is None:
            self._selector.register(one, wanted, one)
        elif awaited != wanted:
            self._selector.modify(one, wanted, one)
            if not one.is_crowded:
                self._relieved(one)

    def _awaited(self, one: WebSocket) -> int | None:
        key = self._selector.get_map().get(one)
        return key.events if key is not None else None

    def _drop(self, one: WebSocket) -> None:
        self._group_of.pop(one).discard(one)
        if self._awaited(one) is not None:
            self._selector.unregister(one)  # before it is closed
        one.end()
        self._gone(one)

    def _ask(self, group: set[WebSocket]) -> None:
        for one in [*group]:
            if not one.is_open:
                one.cut()
            elif one.asked:
                one.close(_SILENT, "no answer")
            else:
                one.ping()
