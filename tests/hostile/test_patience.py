"""How long and for how much we listen: counted, by a clock of the test's own."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from server.web import patience
from server.web.patience import BODY, NEXT, REST, Body, Connection


@dataclass
class Client:
    """A socket on which pieces come after some seconds each; `None` never."""

    now: float = 0.0
    comes: list[tuple[float | None, bytes]] = field(default_factory=list)
    heard: bytes = b""
    reads: int = 0
    timeout: float | None = None
    takes_answers: bool = True

    def settimeout(self, seconds: float | None) -> None:
        self.timeout = seconds

    def recv(self, _size: int) -> bytes:
        self.reads += 1
        after, piece = self.comes.pop(0)
        assert self.timeout is not None, "nobody is waited for without end"
        if after is None or after > self.timeout:
            self.now += self.timeout
            raise TimeoutError
        self.now += after
        return piece

    def sendall(self, data: bytes) -> None:
        if not self.takes_answers:
            raise TimeoutError
        self.heard += data


def connected(client: Client) -> Connection:
    return Connection(client, clock=lambda: client.now)


def listen(connection: Connection, most: int = 1_000_000) -> int:
    """How much comes until the connection seems to have ended."""
    size = 0
    for _ in range(most):
        piece = connection.recv(8192)
        if not piece:
            return size
        size += len(piece)
    raise AssertionError("it goes on and on")


def test_who_says_nothing_is_let_go_without_a_word() -> None:
    client = Client(comes=[(None, b"")])
    assert listen(connected(client)) == 0
    assert (client.now, client.heard) == (20, b"")


def test_a_browser_may_be_silent_longer_between_two_requests() -> None:
    client = Client(comes=[(70, b"GET / HTTP/1.1\r\n\r\n")])
    connection = connected(client)
    connection.expect(NEXT)
    assert connection.recv(8192)


def test_a_dribbled_head_is_ended_and_told_so() -> None:
    client = Client(comes=[(1, b"x")] * 10_000)
    listen(connected(client))
    assert client.now < 25
    assert client.heard.startswith(b"HTTP/1.1 408 ")


def test_a_head_in_ten_thousand_pieces_is_looked_at_a_thousand_times() -> None:
    client = Client(comes=[(0, b"x")] * 10_000)
    assert listen(connected(client)) == 1_000
    assert client.reads == 1_000
    assert client.heard.startswith(b"HTTP/1.1 431 ")


def test_a_head_without_end_is_cut_off() -> None:
    client = Client(comes=[(0, b"x" * 8192)] * 10_000)
    assert listen(connected(client)) <= 65_536 + 8192
    assert client.heard.startswith(b"HTTP/1.1 431 ")


def test_after_the_end_nothing_more_is_read_whatever_phase_begins() -> None:
    client = Client(comes=[(1, b"x")] * 10_000)
    connection = connected(client)
    listen(connection)
    reads = client.reads
    for limits in (BODY, REST, NEXT):
        connection.expect(limits)
        assert connection.recv(8192) == b""
    assert client.reads == reads


def test_a_slow_line_is_served_and_a_dribble_is_not() -> None:
    slow = Client(comes=[(2, b"x" * 1024)] * 1_000 + [(0, b"")])
    connection = connected(slow)
    connection.expect(BODY)
    assert listen(connection) == 1_024_000
    dribble = Client(comes=[(2, b"x" * 100)] * 1_000)
    connection = connected(dribble)
    connection.expect(BODY)
    assert listen(connection) < 2_000
    assert dribble.heard == b"", "the app answers"


def test_only_waiting_counts() -> None:
    client = Client(comes=[(0, b"x")] * 10)
    connection = connected(client)
    connection.expect(BODY)
    for _ in range(10):
        assert connection.recv(8192)
        client.now += 3600  # somebody of ours takes time
    assert client.timeout is None, "a live socket has no end"


def test_an_answer_nobody_reads_is_given_up() -> None:
    with pytest.raises(ConnectionResetError):
        connected(Client(takes_answers=False)).sendall(b"x")


@dataclass
class Chunks:
    """As gunicorn's reader of chunks: it takes them from `parser` only when it needs more."""

    parser: Any
    taken: int = 0

    def read(self, size: int) -> bytes:
        read = b""
        for piece in self.parser:
            self.taken += 1
            read += piece
            if len(read) >= size:
                break
        return read


def test_a_body_of_the_smallest_chunks_is_refused_after_so_many() -> None:
    chunks = Chunks(iter([b"x"] * 1_000_000))
    body = Body(chunks, ())
    with pytest.raises(ValueError, match="too small"):
        body.read(1_000_000)
    assert chunks.taken <= 1_001


def test_a_body_of_decent_chunks_is_read() -> None:
    assert len(Body(Chunks(iter([b"x" * 64] * 5_000)), ()).read(1_000_000)) == 320_000


def test_the_socket_is_otherwise_gunicorns() -> None:
    client = Client()
    assert connected(client).plain is client
    assert connected(client).takes_answers is True
    assert patience.FIRST.size < 100_000
