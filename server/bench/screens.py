"""Many live sockets of one process that read all of them, and note when each frame came."""

import select
import socket
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from server.bench.ground import BROWSER

_OFFER = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
_ASKING = 8
"""Connections that ask for pixels: none waits for another's answer."""

_LAST_ITEMS = 3.5
_AT_ONCE = 50


@dataclass(slots=True)
class _Screen:
    user_id: str
    socket: socket.socket
    buffer: bytes = b""
    asked_at: float = 0.0


_TEXT, _PING = 1, 9
_PONG = b"\x8a\x80\0\0\0\0"
"""Masked, as all that a client sends."""


@dataclass(slots=True)
class Screens:
    """`frames`: by user id, when each came. `answers`: by user id, when each pixel was answered. All by time.monotonic()."""

    frames: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    answers: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    _poll: select.epoll = field(default_factory=select.epoll)
    _open: dict[int, _Screen] = field(default_factory=dict)
    _users: set[str] = field(default_factory=set)
    _received: int = 0

    def open(self, port: int, tickets: Sequence[tuple[str, str]]) -> None:
        """A socket for each (user id, ticket), offering what a browser offers."""
        for start in range(0, len(tickets), _AT_ONCE):
            begun = [(user_id, _asked(port, ticket)) for user_id, ticket in tickets[start : start + _AT_ONCE]]
            for user_id, made in begun:
                answer = made.recv(65536)
                if not answer.startswith(b"HTTP/1.1 101"):
                    raise SystemExit(f"no socket: {answer[:200]!r}")
                self._open[made.fileno()] = screen = _Screen(user_id, made, answer.partition(b"\r\n\r\n")[2])
                self._hear(screen, time.monotonic())  # a ping may have come with the answer
                self._poll.register(made, select.EPOLLIN)
                self._users.add(user_id)
            self._read_all(0)  # who leaves pings unanswered is sent away

    def close(self) -> None:
        for screen in self._open.values():
            screen.socket.close()
        self._open.clear()

    def see(self, port: int, pixels: Sequence[tuple[str, str]], rate: float) -> None:
        """Ask for the pixels, (user id, path), so many a second, and read all sockets meanwhile."""
        with _asking(port) as free:
            asking: dict[int, _Screen] = {}
            for one in free:
                self._poll.register(one.socket, select.EPOLLIN)
            begin, asked, wanted = time.monotonic(), 0, self._received + sum(user in self._users for user, _ in pixels)
            end = begin + len(pixels) / rate + _LAST_ITEMS
            # Where two commits came as one item, as long as a lost wake-up could take.
            while (now := time.monotonic()) < end and (asked < len(pixels) or asking or self._received < wanted):
                while free and asked < min(len(pixels), (now - begin) * rate):
                    one = free.pop()
                    one.user_id, path = pixels[asked]
                    one.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: {BROWSER}\r\n\r\n".encode())
                    asking[one.socket.fileno()] = one
                    asked += 1
                for handle, _ in self._poll.poll(0.001):
                    if handle in asking:
                        free += self._answered(asking, handle)
                    else:
                        self._read(self._open[handle])

    def rest(self, seconds: float) -> None:
        """Read what comes, without asking for anything."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._read_all(0.01)

    def _read_all(self, patience: float) -> None:
        for handle, _ in self._poll.poll(patience):
            self._read(self._open[handle])

    def _answered(self, asking: dict[int, _Screen], handle: int) -> list[_Screen]:
        one = asking[handle]
        one.buffer += one.socket.recv(65536)
        head, found, body = one.buffer.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0] or 0) if found else 1
        if len(body) < length:
            return []
        self.answers[one.user_id].append(time.monotonic())
        one.buffer = b""
        return [asking.pop(handle)]

    def _read(self, screen: _Screen) -> None:
        now = time.monotonic()
        received = screen.socket.recv(65536)
        if not received:
            raise SystemExit("the server closed a socket")
        screen.buffer += received
        self._hear(screen, now)

    def _hear(self, screen: _Screen, now: float) -> None:
        while (size := _frame_size(screen.buffer)) is not None:
            kind = screen.buffer[0] & 0x0F
            if kind == _TEXT:
                self.frames[screen.user_id].append(now)
                self._received += 1
            elif kind == _PING:
                screen.socket.sendall(_PONG)
            screen.buffer = screen.buffer[size:]


def _asked(port: int, ticket: str) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port))
    made.sendall(
        f"GET /ws/feed?ticket={ticket} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{_OFFER}\r\n".encode()
    )
    return made


@contextmanager
def _asking(port: int) -> Iterator[list[_Screen]]:
    made = [_Screen("", socket.create_connection(("127.0.0.1", port))) for _ in range(_ASKING)]
    try:
        yield made.copy()
    finally:
        for one in made:
            one.socket.close()


def _frame_size(buffer: bytes) -> int | None:
    """Of the first whole frame; a server's frames are not masked."""
    if len(buffer) < 2:
        return None
    length, head = buffer[1] & 0x7F, 2
    if length == 126:
        length, head = int.from_bytes(buffer[2:4], "big"), 4
    elif length == 127:
        length, head = int.from_bytes(buffer[2:10], "big"), 10
    return head + length if len(buffer) >= head + length else None
