"""A remote side that answers what a test told it to, in that order, and keeps what it was asked."""

import json
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Asked:
    verb: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def bearer(self) -> str:
        return self.headers.get("Authorization", "").removeprefix("Bearer ")


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    drops: bool = False


class Remote:
    """`token_path` answers with a new token each time, unless replies for it were told."""

    def __init__(self, token_path: str) -> None:
        self.asked: list[Asked] = []
        self.tokens: deque[Reply] = deque()
        self._replies: deque[Reply] = deque()
        self._token_path = token_path
        self._given = 0
        self.url = ""
        self.refusal = Reply()
        self.at_once = 0
        self.most_at_once = 0
        self.lock = threading.RLock()
        self.arrivals = threading.Condition(self.lock)
        self.gate: threading.Event | None = None
        self.dead_tokens: set[str] = set()

    def tells(self, *bodies: Any) -> None:
        """Each a Reply, or a body that goes with 200."""
        self._replies += [body if isinstance(body, Reply) else Reply(body=body) for body in bodies]

    @property
    def calls(self) -> list[Asked]:
        """Without those for tokens."""
        return [one for one in self.asked if one.path != self._token_path]

    @property
    def token_calls(self) -> list[Asked]:
        return [one for one in self.asked if one.path == self._token_path]

    def answer(self, asked: Asked) -> Reply:
        with self.lock:
            self.asked.append(asked)
            if asked.bearer in self.dead_tokens:
                return self.refusal
            if asked.path != self._token_path:
                return self._replies.popleft()
            if self.tokens:
                return self.tokens.popleft()
            self._given += 1
            told = {"access_token": f"token-{self._given}", "expires_in": 3599, "instance_url": self.url}
            return Reply(body=told)


@contextmanager
def serving(remote: Remote) -> Iterator[Remote]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def handle_any(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            with remote.lock:
                remote.at_once += 1
                remote.most_at_once = max(remote.most_at_once, remote.at_once)
                remote.arrivals.notify_all()
            if remote.gate is not None:
                remote.gate.wait(5)
            reply = remote.answer(Asked(self.command, parts.path, query, dict(self.headers), body))
            with remote.lock:
                remote.at_once -= 1
            if reply.drops:
                self.close_connection = True
                return
            raw = (
                reply.body.encode()
                if isinstance(reply.body, str)
                else b""
                if reply.body is None
                else json.dumps(reply.body).encode()
            )
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = do_PATCH = do_DELETE = handle_any

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    remote.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield remote
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
