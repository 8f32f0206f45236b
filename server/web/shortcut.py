"""A short way to the tracking edge, past the server's own reading and writing of HTTP, which costs more than all the rest.

It takes whole plain requests for a pixel or a tracked link alone. Anything uncommon about one leaves it to the server, which
knows all of HTTP: the answer is the same, only later.
"""

import re
import time
from email.utils import formatdate
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

MOST = 4_096
"""Bytes of a request."""

_PLAIN = re.compile(rb"(GET|HEAD) (/[oc]/[A-Za-z0-9._~/-]*) HTTP/1\.1\r\n((?:[A-Za-z0-9-]+:[\t -~]*\r\n){1,40})\r\n")
_LEFT = frozenset(
    {"content-length", "transfer-encoding", "expect", "upgrade", "te", "trailer", "keep-alive", "proxy-connection"}
)
_REMEMBERED = 1_024


class Shortcut:
    def __init__(self, edge: "WSGIApplication") -> None:
        self._edge = edge
        self._date = ""
        self._second = 0

    def answer(self, request: bytes, client: str) -> bytes | None:
        """`request` as it was read, all of it or not; `client` is the address it came from. None: it goes the long way."""
        environ = environ_of(request, client)
        if environ is None:
            return None
        head: list[str] = []

        def start_response(status: str, headers: list[tuple[str, str]], _error: object = None, /) -> None:
            fields = "".join([f"{name}: {value}\r\n" for name, value in headers])
            head.append(f"HTTP/1.1 {status}\r\nDate: {self._now()}\r\n{fields}\r\n")

        body = b"".join(self._edge(environ, start_response))  # type: ignore[arg-type]  # nobody here writes in pieces
        return head[0].encode("latin-1") + body

    def _now(self) -> str:
        second = int(time.time())
        if second != self._second:
            self._second, self._date = second, formatdate(second, usegmt=True)
        return self._date


def environ_of(request: bytes, client: str) -> "WSGIEnvironment | None":
    """What the edge reads of WSGI."""
    plain = _PLAIN.fullmatch(request) if len(request) <= MOST else None
    if plain is None:
        return None
    method, path, lines = (part.decode("ascii") for part in plain.groups())
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "REMOTE_ADDR": client}
    for line in lines[:-2].split("\r\n"):
        name, _, value = line.partition(":")
        variable = _variable(name)
        if variable is None or variable in environ:
            return None
        environ[variable] = value.strip()
    if "HTTP_HOST" not in environ or environ.pop("HTTP_CONNECTION", "keep-alive").lower() != "keep-alive":
        return None
    return environ


@lru_cache(_REMEMBERED)
def _variable(name: str) -> str | None:
    """WSGI's name of a header; None where it is one for the server."""
    return f"HTTP_{name.upper().replace('-', '_')}" if name.lower() not in _LEFT else None
