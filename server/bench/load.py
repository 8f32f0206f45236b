"""A small keep-alive HTTP client under load, in a process of its own: `python -m server.bench.load PORT CONNECTIONS SECONDS`.

Request targets come on standard input, one a line, and are asked for in turn. Prints {"requests", "seconds", "p50", "p99"},
times in milliseconds; ends with an error when an answer is not what was expected.
"""

import json
import select
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle

_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
)
_GOOD = (b"HTTP/1.1 200", b"HTTP/1.1 302")


@dataclass(frozen=True, slots=True)
class Load:
    """Times in milliseconds."""

    requests: int
    seconds: float
    p50: float
    p99: float

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


def load(port: int, targets: Sequence[str], connections: int, seconds: float) -> Load:
    command = [sys.executable, "-m", "server.bench.load", str(port), str(connections), str(seconds)]
    done = subprocess.run(command, input="\n".join(targets), text=True, capture_output=True, check=True)  # noqa: S603
    return Load(**json.loads(done.stdout))


@dataclass(slots=True)
class _Connection:
    socket: socket.socket
    began: float = 0.0
    received: bytes = field(default=b"")


def _is_complete(answer: bytes) -> bool:
    head, found, body = answer.partition(b"\r\n\r\n")
    if not found:
        return False
    if not head.startswith(_GOOD):
        raise SystemExit(f"an unexpected answer: {head[:200]!r}")
    _, _, length = head.lower().partition(b"content-length:")
    return len(body) >= int(length.split(b"\r\n", 1)[0])


def _requests(targets: Sequence[str]) -> list[bytes]:
    made = []
    for number, target in enumerate(targets):
        agent = _AGENTS[number % len(_AGENTS)]
        client = f"198.51.{number // 250 % 250}.{number % 250}"
        head = f"GET {target} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: {agent}\r\nX-Forwarded-For: {client}\r\n"
        made.append(f"{head}Accept: image/*\r\nAccept-Encoding: gzip\r\n\r\n".encode())
    return made


def _run(port: int, targets: Sequence[str], count: int, seconds: float) -> dict[str, float]:
    turn = cycle(_requests(targets))
    poll, open_ones, times = select.epoll(), {}, []
    for _ in range(count):
        one = socket.create_connection(("127.0.0.1", port))
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        open_ones[one.fileno()] = _Connection(one)
        poll.register(one, select.EPOLLIN)
    begin = time.perf_counter()
    for connection in open_ones.values():
        connection.began = time.perf_counter()
        connection.socket.sendall(next(turn))
    end = begin + seconds
    while (now := time.perf_counter()) < end:
        for handle, _ in poll.poll(0.1):
            connection = open_ones[handle]
            connection.received += connection.socket.recv(65536)
            if _is_complete(connection.received):
                now = time.perf_counter()
                times.append(now - connection.began)
                connection.began, connection.received = now, b""
                connection.socket.sendall(next(turn))
    times.sort()
    spent = time.perf_counter() - begin
    middle, late = times[len(times) // 2], times[len(times) * 99 // 100]
    return {"requests": len(times), "seconds": spent, "p50": middle * 1000, "p99": late * 1000}


if __name__ == "__main__":
    given = sys.stdin.read().split("\n")
    found = _run(int(sys.argv[1]), given, int(sys.argv[2]), float(sys.argv[3]))
    sys.stdout.write(json.dumps(found))
