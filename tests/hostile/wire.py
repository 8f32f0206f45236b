"""What an attacker speaks: bytes on a socket, as they are."""

import socket
from dataclasses import dataclass

WITHIN = 20.0
"""Seconds after which a test fails that would else hang."""


@dataclass(frozen=True)
class Heard:
    """`status` is 0 when the server closed without a word."""

    status: int
    head: str
    body: bytes

    def header(self, name: str) -> str | None:
        for line in self.head.split("\r\n")[1:]:
            field, _, value = line.partition(":")
            if field.lower() == name.lower():
                return value.strip()
        return None


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=WITHIN)


def say(port: int, raw: bytes) -> list[Heard]:
    """Every answer until the server closes; after `raw` nothing more is sent."""
    with connect(port) as one:
        try:
            one.sendall(raw)
            one.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # refused before all of it was sent
        return answers(read_all(one))


def ask(
    port: int,
    path: str | bytes = "/",
    *headers: str | bytes,
    method: str = "GET",
    host: str | None = None,
    body: bytes | None = None,
) -> Heard:
    """One request that is well formed but for what is given."""
    lines = [_bytes(f"{method} ") + _bytes(path) + b" HTTP/1.1", *map(_bytes, headers), b"Connection: close"]
    lines.insert(1, _bytes(f"Host: {host or f'localhost:{port}'}"))
    if body is not None:
        lines.append(b"Content-Length: %d" % len(body))
    heard = say(port, b"\r\n".join(lines) + b"\r\n\r\n" + (body or b""))
    return heard[0] if heard else Heard(0, "", b"")


def read_all(one: socket.socket) -> bytes:
    pieces: list[bytes] = []
    try:
        while piece := one.recv(65536):
            pieces.append(piece)
    except ConnectionError:
        pass
    return b"".join(pieces)


def read_answer(one: socket.socket) -> bytes:
    """One, of a connection that stays open."""
    read = one.recv(65536)
    while b"\r\n\r\n" not in read or len(answers(read)[0].body) < int(answers(read)[0].header("Content-Length") or 0):
        read += one.recv(65536)
    return read


def answers(raw: bytes) -> list[Heard]:
    found: list[Heard] = []
    while raw:
        head, _, raw = raw.partition(b"\r\n\r\n")
        text = head.decode("latin-1")
        heard = Heard(int(text.split(" ", 2)[1]), text, b"")
        length = heard.header("Content-Length")
        if heard.status == 100:
            continue
        end = int(length) if length is not None else len(raw)
        found.append(Heard(heard.status, text, raw[:end]))
        raw = raw[end:]
    return found


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text
