"""How long and for how much we listen to one client: gunicorn's gevent worker itself waits for bodies without end.

Only the time spent waiting counts, and whatever comes prolongs it a little: a slow line is served, a dribble is not. Nothing
of gevent or the product is imported here, as gunicorn's master reads this before either may be.
"""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

SLOWEST = 500
"""Bytes a second."""
COARSE = 64
"""Bytes that chunks of a body must have on average, once there were many."""
_CHUNKS = 1_000
_ANSWERED_WITHIN = 60.0
_REFUSAL = "HTTP/1.1 {}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Limits:
    """`silence`: seconds until the first byte. `seconds`: of waiting after it, at SLOWEST longer. `reads`: how many pieces it
    may come in, as each has gunicorn look at all of them again."""

    silence: float
    seconds: float
    size: int
    reads: int


FIRST = Limits(silence=20, seconds=20, size=65_536, reads=1_000)
NEXT = Limits(silence=75, seconds=20, size=65_536, reads=1_000)
BODY = Limits(silence=20, seconds=20, size=2**63, reads=2**63)
REST = Limits(silence=5, seconds=10, size=64_000_000, reads=2**63)
"""What is left of a body nobody wanted: read, so that its client reads our answer."""


Answer = Callable[[bytes], bytes | None]


def _no_answer(_request: bytes) -> None:
    return None


class Connection:
    """gunicorn's socket. Whoever has no patience left is told so where that helps, and seems to have gone away."""

    def __init__(self, plain: Any, answer: Answer = _no_answer, clock: Callable[[], float] = time.monotonic) -> None:
        """`answer`: to what begins here and needs nothing of gunicorn."""
        self.plain = plain
        self._answer = answer
        self._clock = clock
        self._is_over = False
        self.expect(FIRST, at_start=True)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.plain, name)

    def expect(self, limits: Limits, *, at_start: bool = False) -> None:
        """`at_start`: what comes next is the beginning of a request, of which nothing was read before."""
        self._limits = limits
        self._waited = 0.0
        self._size = self._reads = 0
        self._at_start = at_start

    def recv(self, size: int) -> bytes:
        data = self._received(size)
        while self._at_start:
            self._at_start = False
            answer = self._answer(data)
            if answer is not None:
                self.sendall(answer)
                self.expect(NEXT, at_start=True)
                data = self._received(size)
        return data

    def _received(self, size: int) -> bytes:
        limits = self._limits
        if self._is_over:
            return b""
        if self._size > limits.size or self._reads >= limits.reads:
            return self._refuse("431 Request Header Fields Too Large")
        patience = limits.seconds + self._size / SLOWEST if self._size else limits.silence
        began = self._clock()
        try:
            data: bytes = self._within(patience - self._waited, self.plain.recv, size)
        except TimeoutError:
            return self._refuse("408 Request Timeout")
        if self._size:
            self._waited += self._clock() - began
        self._size += len(data)
        self._reads += 1
        return data

    def sendall(self, data: bytes) -> None:
        try:
            self._within(_ANSWERED_WITHIN, self.plain.sendall, data)
        except TimeoutError:
            raise ConnectionResetError(104, "the answer is not read") from None

    def _within(self, seconds: float, act: Callable[[Any], Any], given: Any) -> Any:
        """TimeoutError when it takes longer."""
        self.plain.settimeout(max(0.001, seconds))
        try:
            return act(given)
        finally:
            # A live socket has no such end.
            self.plain.settimeout(None)

    def _refuse(self, status: str) -> bytes:
        """The end, as gunicorn sees it. Within a body the app answers, and before the first byte there is nobody to tell."""
        if self._limits in (FIRST, NEXT) and self._size:
            with contextlib.suppress(OSError):
                self._within(1, self.plain.sendall, _REFUSAL.format(status).encode())
        self._is_over = True
        return b""


class Reader(Protocol):
    def read(self, size: int) -> bytes: ...


class Body:
    """What gunicorn reads a body with, but a broken one is a ValueError, which is the client's fault to all above. So is one
    that ends before its length: half a table or form must not pass for a whole. `broken`: the errors that mean so."""

    def __init__(self, reader: Any, broken: tuple[type[Exception], ...]) -> None:
        self._reader: Reader = reader
        self._broken = broken
        if getattr(reader, "parser", None) is not None:
            reader.parser = _coarse(reader.parser)

    def read(self, size: int) -> bytes:
        owed = min(size, getattr(self._reader, "length", 0))
        try:
            data = self._reader.read(size)
        except self._broken as error:
            raise ValueError("the request's body is broken") from error
        if len(data) < owed:
            raise ValueError("the request's body ended early")
        return data


def _coarse(pieces: Any) -> Any:
    """Each chunk costs as much as a thousand bytes: a body of the smallest ones would hold up everybody."""
    size = 0
    for number, piece in enumerate(pieces):
        size += len(piece)
        if number > _CHUNKS and size < number * COARSE:
            raise ValueError("the request's body is cut too small")
        yield piece
