"""A short way to the tracking edge, past the server's own reading and writing of HTTP, which costs more than all the rest.

It takes whole plain requests for a pixel or a tracked link alone. Anything uncommon about one leaves it to the server, which
knows all of HTTP: the answer is the same, only later.
"""

import re
import time
from email.utils import formatdate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

MOST = 4_096
"""Bytes of a request."""

_PLAIN = re.compile(rb"(GET|HEAD) (/[oc]/[A-Za-z0-9._~/-]*) HTTP/1\.1\r\n((?:[A-Za-z0-9-]+:[\t -~]*\r\n){1,40})\r\n")
_LEFT = frozenset(
    {"content-length", "transfer-encoding", "expect", "upgrade", "te", "trailer", "keep-alive", "proxy-connection"}
)


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
            head.append(f"HTTP/1.1 {status}\r\nDate: {self._now()}\r\n")
            head.extend(f"{name}: {value}\r\n" for name, value in headers)

        body = b"".join(self._edge(environ, start_response))  # type: ignore[arg-type]  # nobody here writes in pieces
        return ("".join(head) + "\r\n").encode("latin-1") + body

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
    fields: dict[str, str] = {}
    for line in lines.split("\r\n")[:-1]:
        name, _, value = line.partition(":")
        name = name.lower()
        if name in fields or name in _LEFT:
            return None
        fields[name] = value.strip()
    if "host" not in fields or fields.pop("connection", "keep-alive").lower() != "keep-alive":
        return None
    environ = {f"HTTP_{name.replace('-', '_').upper()}": value for name, value in fields.items()}
    return environ | {"REQUEST_METHOD": method, "PATH_INFO": path, "REMOTE_ADDR": client}
