"""How long after the commit an item reaches its viewer's live socket, with many sockets open."""

import json
import select
import socket
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection

from server.bench.ground import ground, server
from server.bench.results import Row, at_most, told
from server.bench.served import COMMITS

_RATE = 200
_LAST_ITEMS = 3.0


def socket_rows(quick: bool) -> Iterator[Row]:
    sockets, seconds = (200, 4.0) if quick else (1000, 15.0)
    with ground(sockets, sockets) as on, server(on) as port:
        screens = _Screens(port)
        for user_id in on.users:
            screens.open(user_id)
        screens.see(on.pixels(), seconds)
        commits = json.loads(_get(HTTPConnection("127.0.0.1", port, timeout=30), COMMITS))
    delays = sorted(_delays(commits, screens.times))
    name = f"commit → socket, {sockets} sockets, {_RATE} events/s, one process"
    yield told(f"{name}, p50", delays[len(delays) // 2], "ms")
    yield at_most(f"{name}, p99", delays[len(delays) * 99 // 100], 10, "ms")


def _delays(commits: dict[str, list[float]], seen: dict[str, list[float]]) -> Iterator[float]:
    for user_id, times in commits.items():
        frames = iter(seen.get(user_id, []))
        for committed in times:
            # Two commits may come as one item: both are told by the first frame after them.
            came = next((frame for frame in frames if frame >= committed), None)
            if came is not None:
                yield (came - committed) * 1000


@dataclass(slots=True)
class _Screen:
    user_id: str
    socket: socket.socket
    buffer: bytes = b""


@dataclass(slots=True)
class _Screens:
    port: int
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    _poll: select.epoll = field(default_factory=select.epoll)
    _open: dict[int, _Screen] = field(default_factory=dict)

    def open(self, user_id: str) -> None:
        made = socket.create_connection(("127.0.0.1", self.port))
        made.sendall(
            f"GET /ws/feed?ticket={user_id} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        answer = made.recv(65536)
        if not answer.startswith(b"HTTP/1.1 101"):
            raise SystemExit(f"no socket: {answer[:200]!r}")
        self._open[made.fileno()] = _Screen(user_id, made, answer.partition(b"\r\n\r\n")[2])
        self._poll.register(made, select.EPOLLIN)

    def see(self, pixels: list[str], seconds: float) -> None:
        """Ask for the pixels in turn, each of another viewer, and read all sockets meanwhile."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.connect()
        begin, asked = time.monotonic(), 0
        waiting = False
        pixel_socket = connection.sock
        self._poll.register(pixel_socket, select.EPOLLIN)
        while time.monotonic() < begin + seconds + _LAST_ITEMS:
            due = min(time.monotonic() - begin, seconds) * _RATE
            if not waiting and asked < due:
                connection.putrequest("GET", pixels[asked % len(pixels)])
                connection.putheader("User-Agent", "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0")
                connection.endheaders()
                asked, waiting = asked + 1, True
            for handle, _ in self._poll.poll(0.001):
                if handle == pixel_socket.fileno():
                    connection.getresponse().read()
                    waiting = False
                else:
                    self._read(self._open[handle])
        for screen in self._open.values():
            screen.socket.close()

    def _read(self, screen: _Screen) -> None:
        now = time.monotonic()
        screen.buffer += screen.socket.recv(65536)
        while (size := _frame_size(screen.buffer)) is not None:
            if screen.buffer[0] & 0x0F == 1:
                self.times[screen.user_id].append(now)
            screen.buffer = screen.buffer[size:]


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


def _get(connection: HTTPConnection, path: str) -> bytes:
    connection.request("GET", path)
    found = connection.getresponse().read()
    connection.close()
    return found
