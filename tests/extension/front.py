"""The door of the test: TLS for every name the browser asks for, each name led to who really serves it."""

import re
import selectors
import socket
import socketserver
import ssl
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import trustme

_ASKED = re.compile(rb"(?:^|\r\n\r\n|\n)(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) (\S+) HTTP/1\.1\r\n")
_ANSWERED = re.compile(rb"^HTTP/1\.1 [2-5]\d\d ", re.MULTILINE)
_HOST = re.compile(rb"^host:\s*([^\s:]+)", re.IGNORECASE | re.MULTILINE)
_CHUNK = 65536


@dataclass(frozen=True)
class Asked:
    host: str
    method: str
    path: str


@dataclass
class Front:
    """`behind`: name or `*.domain` → port on this machine. A name that is `closed` is answered by nobody."""

    behind: Mapping[str, int]
    port: int = 0
    closed: set[str] = field(default_factory=set)
    asked: list[Asked] = field(default_factory=list)
    answered: list[Asked] = field(default_factory=list)

    def requests(self, host: str, prefix: str = "/") -> list[Asked]:
        return [one for one in list(self.asked) if one.host == host and one.path.startswith(prefix)]

    def target(self, host: str) -> int | None:
        if host in self.closed:
            return None
        return self.behind.get(host) or self.behind.get(f"*.{host.partition('.')[2]}")


@contextmanager
def opened(behind: Mapping[str, int]) -> Iterator[Front]:
    front = Front(behind)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(*behind).configure_cert(context)
    server = _Server(("127.0.0.1", 0), _Door)
    server.front, server.context = front, context
    front.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield front
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    front: Front
    context: ssl.SSLContext

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that goes away in the middle is no news."""


class _Door(socketserver.BaseRequestHandler):
    server: _Server

    def setup(self) -> None:
        self._waiting: deque[Asked] = deque()

    def handle(self) -> None:
        # Whoever only opens a connection ahead of need, and never says a word, must not keep the door busy.
        self.request.settimeout(30)
        with suppress(OSError), self.server.context.wrap_socket(self.request, server_side=True) as browser:
            head = browser.recv(_CHUNK)
            while head and b"\r\n\r\n" not in head:
                head += browser.recv(_CHUNK)
            found = _HOST.search(head)
            port = self.server.front.target(found[1].decode()) if found else None
            if found and port:
                self._lead(browser, head, found[1].decode(), port)

    def _lead(self, browser: ssl.SSLSocket, head: bytes, host: str, port: int) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as served:
            self._note(host, head)
            served.sendall(head)
            browser.settimeout(None)
            served.settimeout(None)
            with selectors.DefaultSelector() as ready:
                ready.register(browser, selectors.EVENT_READ)
                ready.register(served, selectors.EVENT_READ)
                while self._pass(ready, browser, served, host):
                    pass

    def _pass(self, ready: selectors.BaseSelector, browser: ssl.SSLSocket, served: socket.socket, host: str) -> bool:
        for key, _ in ready.select(0.5):
            data = browser.recv(_CHUNK) if key.fileobj is browser else served.recv(_CHUNK)
            # What TLS has decrypted already does not wake the selector again.
            while key.fileobj is browser and browser.pending():
                data += browser.recv(_CHUNK)
            if not data:
                return False
            if key.fileobj is browser:
                self._note(host, data)
                served.sendall(data)
            else:
                browser.sendall(data)
                self._note_answer(data)
        return self.server.front.target(host) is not None

    def _note(self, host: str, data: bytes) -> None:
        for method, path in _ASKED.findall(data):
            self._waiting.append(Asked(host, method.decode(), path.decode("latin-1")))
            self.server.front.asked.append(self._waiting[-1])

    def _note_answer(self, data: bytes) -> None:
        for _ in _ANSWERED.findall(data):
            if self._waiting:
                self.server.front.answered.append(self._waiting.popleft())
