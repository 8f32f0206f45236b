"""HTTP under load over kept connections: by wrk where it is installed, else by a small client of our own in a process of its
own, `python -m server.bench.load PORT CONNECTIONS SECONDS`.

Ours takes request targets from standard input, one a line, and asks for them in turn. Both print {"requests", "seconds",
"p50", "p99"}, times in milliseconds, and end with an error when an answer is not what was expected.
"""

import json
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
)
_GOOD = (b"HTTP/1.1 200", b"HTTP/1.1 302")
_SCRIPT = """
local requests, turn = {}, 0
function init(arguments)
  local file = io.open(arguments[1], "rb")
  local text = file:read("*a")
  file:close()
  for one in text:gmatch("(.-\\r\\n\\r\\n)") do requests[#requests + 1] = one end
end
function request()
  turn = turn % #requests + 1
  return requests[turn]
end
function done(summary, latency)
  local errors = summary.errors
  local wrong = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('\\n{"requests": %d, "seconds": %f, "p50": %f, "p99": %f, "wrong": %d}', summary.requests,
    summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, wrong))
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """Times in milliseconds."""

    requests: int
    seconds: float
    p50: float
    p99: float

    @property
    def rate(self) -> float:
        """A second. Where nothing was answered in time, as if one had been: what is compared with it is then told too low."""
        return max(self.requests, 1) / self.seconds


def load(port: int, targets: Sequence[str], connections: int, seconds: float) -> Load:
    program = shutil.which("wrk")
    if program is not None and seconds >= 1:  # it counts in whole seconds
        return _wrk(program, port, targets, connections, seconds)
    command = [sys.executable, "-m", "server.bench.load", str(port), str(connections), str(seconds)]
    done = subprocess.run(command, input="\n".join(targets), text=True, capture_output=True, check=True)  # noqa: S603
    return Load(**json.loads(done.stdout))


def _wrk(program: str, port: int, targets: Sequence[str], connections: int, seconds: float) -> Load:
    with tempfile.TemporaryDirectory(prefix="livefeed-bench-") as name:
        script, requests = Path(name, "load.lua"), Path(name, "requests")
        script.write_text(_SCRIPT, "ascii")
        requests.write_bytes(b"".join(_requests(targets)))
        options = ["-t1", f"-c{connections}", f"-d{round(seconds)}s", "--timeout", "20s", "-s", str(script)]
        command = [program, *options, f"http://127.0.0.1:{port}/", "--", str(requests)]
        done = subprocess.run(command, text=True, capture_output=True, check=True)  # noqa: S603
    found = json.loads(done.stdout.rpartition("\n")[2])
    if found.pop("wrong"):
        raise SystemExit(f"unexpected answers: {done.stdout}")
    return Load(**found)


def _requests(targets: Sequence[str]) -> list[bytes]:
    made = []
    for number, target in enumerate(targets):
        agent = _AGENTS[number % len(_AGENTS)]
        client = f"198.51.{number // 250 % 250}.{number % 250}"
        head = f"GET {target} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: {agent}\r\nX-Forwarded-For: {client}\r\n"
        made.append(f"{head}Accept: image/*\r\nAccept-Encoding: gzip\r\n\r\n".encode())
    return made


class _Answers:
    """Whether bytes are a whole answer. What is as long as the first one and begins like it needs no second look."""

    def __init__(self) -> None:
        self._length, self._start = 0, b"none"

    def is_whole(self, received: bytes) -> bool:
        if len(received) == self._length and received.startswith(self._start):
            return True
        head, found, body = received.partition(b"\r\n\r\n")
        if not found:
            return False
        if not head.startswith(_GOOD):
            raise SystemExit(f"an unexpected answer: {head[:200]!r}")
        _, _, length = head.lower().partition(b"content-length:")
        if len(body) < int(length.split(b"\r\n", 1)[0]):
            return False
        self._length, self._start = len(received), head[:12]
        return True


def _opened(port: int) -> socket.socket:
    one = socket.create_connection(("127.0.0.1", port))
    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return one


def _run(port: int, targets: Sequence[str], count: int, seconds: float) -> dict[str, float]:
    turn, whole, poll = cycle(_requests(targets)), _Answers().is_whole, select.epoll()
    open_ones = {one.fileno(): one for one in (_opened(port) for _ in range(count))}
    received, began = dict.fromkeys(open_ones, b""), dict.fromkeys(open_ones, 0.0)
    times: list[float] = []
    for handle in open_ones:
        poll.register(handle, select.EPOLLIN)
    begin = time.perf_counter()
    for handle, one in open_ones.items():
        began[handle] = time.perf_counter()
        one.sendall(next(turn))
    while not times or time.perf_counter() < begin + seconds:
        for handle, _ in poll.poll(0.1):
            one = open_ones[handle]
            answer = received[handle] + one.recv(65536)
            if not whole(answer):
                received[handle] = answer
                continue
            now = time.perf_counter()
            times.append(now - began[handle])
            began[handle], received[handle] = now, b""
            one.send(next(turn))
    times.sort()
    spent = time.perf_counter() - begin
    middle, late = times[len(times) // 2], times[len(times) * 99 // 100]
    return {"requests": len(times), "seconds": spent, "p50": middle * 1000, "p99": late * 1000}


if __name__ == "__main__":
    given = sys.stdin.read().split("\n")
    found = _run(int(sys.argv[1]), given, int(sys.argv[2]), float(sys.argv[3]))
    sys.stdout.write(json.dumps(found))
