"""What a service outside answers: packed a thousandfold, without end, nested, or not at all what it says."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from server.connectors import http
from server.connectors.errors import ConnectorError, Refused
from server.connectors.http import Answer, Request, Transport, unlimited
from server.gmail.client import Gmail
from server.gmail.credentials import GoogleAccess, Grant
from server.gmail.errors import GmailError

CHUNK = 1 << 20


@contextmanager
def answering(headers: dict[str, str], pieces: Callable[[], Iterator[bytes]]) -> Iterator[tuple[str, list[int]]]:
    """A server that answers with these; its address, and how many bytes each answer was of before the other side left."""
    sent: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            size = 0
            try:
                for piece in pieces():
                    self.wfile.write(piece)
                    size += len(piece)
            except OSError:
                pass
            sent.append(size)

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", sent
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([*(packer.compress(bytes(CHUNK)) for _ in range(64)), packer.flush()])


def heard(url: str) -> tuple[ConnectorError | None, Answer | None]:
    outcomes: list[ConnectorError | None] = []
    transport = Transport("marketo", unlimited(), outcomes.append, tries=1)
    try:
        answer = transport.send(Request("GET", url), lambda answer: None)
    except ConnectorError as error:
        return error, None
    return outcomes[-1], answer


def test_a_packed_answer_is_unpacked_up_to_a_limit_only(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = bomb()
    assert len(packed) < CHUNK
    monkeypatch.setattr(http, "MOST_BYTES", 4_000_000)
    unpacked: list[int] = []
    whole = http.requests.Response.iter_content

    def counting(self: http.requests.Response, size: int) -> Iterator[bytes]:
        for piece in whole(self, size):
            unpacked.append(len(piece))
            yield piece

    monkeypatch.setattr(http.requests.Response, "iter_content", counting)
    with answering({"Content-Encoding": "gzip"}, lambda: iter([packed])) as (url, _):
        error, _ = heard(url)
    assert isinstance(error, Refused)
    assert sum(unpacked) < 5_000_000


def test_an_answer_without_end_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MOST_BYTES", 4_000_000)

    def endless() -> Iterator[bytes]:
        for _ in range(200):
            yield bytes(CHUNK)

    with answering({}, endless) as (url, sent):
        assert isinstance(heard(url)[0], Refused)
    assert sum(sent) < 50 * CHUNK


@pytest.mark.parametrize(
    "raw",
    [b"[" * 100_000, b"\xff\xfe", b'{"a":' + b"9" * 9_000 + b"}", b"<html>", b'"\\ud800'],
    ids=["nested", "bytes", "digits", "a page", "half"],
)
def test_what_is_no_json_is_none(raw: bytes) -> None:
    assert Answer(200, {}, raw).json() is None


def test_broken_packing_is_a_broken_connection() -> None:
    with answering({"Content-Encoding": "gzip"}, lambda: iter([gzip.compress(b"x" * 1000)[:40]])) as (url, _):
        assert heard(url)[0] is None or isinstance(heard(url)[0], ConnectorError)
    with answering({"Content-Encoding": "gzip"}, lambda: iter([b"no gzip at all"])) as (url, _):
        assert isinstance(heard(url)[0], ConnectorError)


def mailbox(url: str) -> Gmail:
    access = GoogleAccess(api_url=url, token_url=f"{url}/token", client_id="client", client_secret="pretend")
    return Gmail(access, Grant("refresh", "access", None), sleep=lambda _seconds: None)


@pytest.mark.parametrize(
    ("encoding", "raw"),
    [("gzip", bomb()), ("gzip", b"no gzip"), ("identity", b"[" * 100_000), ("identity", b"\xff\xfe")],
    ids=["a bomb", "no gzip", "nested", "bytes"],
)
def test_gmails_answers_end_in_an_error_of_ours(encoding: str, raw: bytes) -> None:
    headers = {"Content-Encoding": encoding, "Content-Type": "application/json", "Content-Length": str(len(raw))}
    with answering(headers, lambda: iter([raw])) as (url, _), pytest.raises(GmailError):
        mailbox(url).profile()
