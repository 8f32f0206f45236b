"""Past the server's own HTTP: the same answers, the same that is noted, and nothing taken for a request that is none."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.http.parser import RequestParser
from gunicorn.http.wsgi import create
from hypothesis import example, given
from hypothesis import strategies as st

from server.services.tracking import Sighting
from server.storage.database import Database
from server.storage.tables import metadata
from server.tokens import ClickToken, PixelToken, Tokens, new_id
from server.web.shortcut import MOST, Shortcut
from server.web.tracking import GIF, Edge, own_cookie
from tests.hostile.wire import answers, connect, read_answer
from tests.web import served
from tests.web.served import Server, serving, until

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TOKENS = Tokens(["a" * 40])
MESSAGE = new_id()
PIXEL = f"/o/tag/{TOKENS.pixel(PixelToken(MESSAGE, 2))}.gif"
LINK = f"/c/{TOKENS.click(ClickToken(MESSAGE, 2, 3, 'https://b.example/a?b=c&d=%20#e'))}"
PEER = "203.0.113.9"
HOST = "Host: mail.b.example"


def raw(path: str, *headers: str, method: str = "GET", version: str = "1.1") -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/{version}", *headers, "", ""]).encode("latin-1")


class Edges:
    """One edge, reached by both ways."""

    def __init__(self) -> None:
        self.noted: list[Sighting] = []
        self._edge = Edge(_nowhere, TOKENS, self.noted.append, [ip_network("203.0.113.0/24")], lambda: NOON)
        self._shortcut = Shortcut(self._edge)

    def shortly(self, request: bytes) -> tuple[bytes, list[Sighting]] | None:
        answer = self._shortcut.answer(request, PEER)
        if answer is None:
            assert not self.noted, "what is left to the server is noted there"
            return None
        return answer, self._all_noted()

    def the_long_way(self, request: bytes) -> tuple[bytes, list[Sighting]]:
        """As gunicorn reads it and writes the answer."""
        parsed = next(RequestParser(Config(), iter([request]), (PEER, 40_000)))
        wire = _Wire()
        response, environ = create(parsed, wire, (PEER, 40_000), ("127.0.0.1", 80), Config())
        for piece in self._edge(environ, response.start_response):
            response.write(piece)
        response.close()
        return wire.heard, self._all_noted()

    def _all_noted(self) -> list[Sighting]:
        found = [one._replace(id="") for one in self.noted]
        self.noted.clear()
        return found


class _Wire:
    def __init__(self) -> None:
        self.heard = b""

    def sendall(self, data: bytes) -> None:
        self.heard += data


def _nowhere(_environ: Any, _start_response: Any) -> Iterable[bytes]:
    raise AssertionError("this is no address of the edge")


def told(answer: bytes) -> tuple[int, dict[str, str], bytes]:
    """Without what tells of the moment or the server."""
    [heard] = answers(answer)
    fields = dict(line.split(": ", 1) for line in heard.head.split("\r\n")[1:])
    policy = fields.pop("Content-Security-Policy", "")
    return (
        heard.status,
        {name: fields[name] for name in fields if name not in ("Server", "Date", "Connection")},
        _quiet(heard.body, policy),
    )


def _quiet(body: bytes, policy: str) -> bytes:
    nonce = policy.partition("'nonce-")[2].partition("'")[0].encode()
    return body.replace(nonce, b"") if nonce else body


PLAIN = [
    "User-Agent: Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
    "user-agent:Mail/1 \t",
    "X-Forwarded-For: 198.51.100.7, 203.0.113.4",
    "Forwarded: for=198.51.100.8",
    "DNT: 1",
    "Sec-GPC: 1",
    "Purpose: prefetch",
    "Sec-Fetch-User: ?1",
    "Accept: image/*",
    "Accept-Language: zh-TW, fr;q=0.5",
    "Accept-Encoding: gzip",
    "Connection: keep-alive",
    "Connection: Keep-Alive",
    f"Cookie: a=b; lf_own={own_cookie(TOKENS, ['nora'])}",
    "X-Empty:",
    "If-None-Match: *",
]
UNCOMMON = [
    "Connection: close",
    "Connection: keep-alive, X-Forwarded-For",
    "Content-Length: 0",
    "Transfer-Encoding: chunked",
    "Expect: 100-continue",
    "Upgrade: websocket",
    "X_Forwarded_For: 198.51.100.9",
    "User-Agent: caf\u00e9",
    "X-Long: " + "a" * MOST,
    HOST,
]


@given(
    st.sampled_from(["GET", "HEAD"]),
    st.sampled_from([PIXEL, LINK, "/o/tag/nonsense.gif", "/o/", "/c/nonsense", "/c//../x", "/o/a/b/c/~d"]),
    st.lists(st.sampled_from(PLAIN), unique_by=lambda line: line.split(":")[0].lower()),
)
@example("GET", PIXEL, PLAIN[:1])
@example("GET", LINK, PLAIN[13:14])
def test_a_plain_request_has_the_same_answer_and_is_noted_the_same(method: str, path: str, headers: list[str]) -> None:
    edges, request = Edges(), raw(path, HOST, *headers, method=method)
    short, long = edges.shortly(request), edges.the_long_way(request)
    assert short is not None
    assert told(short[0]) == told(long[0])
    assert short[1] == long[1]


@given(
    st.lists(st.sampled_from(PLAIN + UNCOMMON), max_size=5).flatmap(st.permutations),
    st.sampled_from(UNCOMMON),
    st.integers(0, 5),
)
def test_whatever_is_uncommon_goes_the_long_way(headers: list[str], uncommon: str, place: int) -> None:
    lines = [HOST, *headers]
    lines.insert(place, uncommon)
    assert Edges().shortly(raw(PIXEL, *lines)) is None


@pytest.mark.parametrize(
    "request_",
    {
        "another method": raw(PIXEL, HOST, method="POST"),
        "an older version": raw(PIXEL, HOST, version="1.0"),
        "another address": raw("/readyz", HOST),
        "a query": raw(f"{PIXEL}?a=b", HOST),
        "an escape": raw("/o/%74ag/x.gif", HOST),
        "a whole address": raw(f"http://mail.b.example{PIXEL}", HOST),
        "no host": raw(PIXEL, "Accept: */*"),
        "a header twice": raw(PIXEL, HOST, "X-Forwarded-For: 10.0.0.1", "x-forwarded-for: 10.0.0.2"),
        "a folded header": raw(PIXEL, HOST, "X-A: b", " c"),
        "a space before the colon": raw(PIXEL, HOST, "X-A : b"),
        "no name": raw(PIXEL, HOST, ": b"),
        "a NUL": raw(PIXEL, HOST, "X-A: \0"),
        "bare line feeds": raw(PIXEL, HOST).replace(b"\r\n", b"\n"),
        "a bare carriage return": raw(PIXEL, HOST, "X-A: b\rX-B: c"),
        "a flood of headers": raw(PIXEL, HOST, *(f"X-{number}: a" for number in range(41))),
        "two at once": raw(PIXEL, HOST) * 2,
        "the beginning of a second one": raw(PIXEL, HOST) + b"G",
        "nothing": b"",
    }.items(),
    ids=lambda case: case[0],
)
def test_all_else_is_left_to_the_server(request_: tuple[str, bytes]) -> None:
    assert Edges().shortly(request_[1]) is None


@given(st.integers(0, len(raw(PIXEL, HOST, *PLAIN[:4])) - 1))
def test_a_torn_request_is_left_to_the_server(length: int) -> None:
    assert Edges().shortly(raw(PIXEL, HOST, *PLAIN[:4])[:length]) is None


@given(st.binary(max_size=60), st.integers(0, 200), st.integers(0, 20))
def test_no_bytes_raise_or_pass_unread(noise: bytes, place: int, taken: int) -> None:
    """What is taken is what gunicorn would have made of it."""
    whole = raw(PIXEL, HOST, *PLAIN[:4])
    changed = whole[:place] + noise + whole[place + taken :]
    edges = Edges()
    short = edges.shortly(changed)
    if short is not None:
        long = edges.the_long_way(changed)
        assert (told(short[0]), short[1]) == (told(long[0]), long[1])


def test_the_answer_tells_the_time() -> None:
    short = Edges().shortly(raw(PIXEL, HOST))
    assert short is not None
    [heard] = answers(short[0])
    assert (heard.header("Date") or "").endswith(" GMT")
    assert heard.header("Connection") is None  # it stays open
    assert heard.body == GIF


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("shortcut")
    database = Database(f"sqlite:///{folder / 'livefeed.db'}")
    metadata.create_all(database.engine)
    with serving(str(database.engine.url), folder) as one:
        yield one
    database.close()


PIXEL_THERE = f"/o/tag/{Tokens(served.SECRETS).pixel(PixelToken(MESSAGE, 0))}.gif"


@pytest.mark.server
def test_pixels_and_pages_share_a_connection(server: Server) -> None:
    with connect(server.port) as one:
        for path, short in ((PIXEL_THERE, True), ("/pid", False), (PIXEL_THERE, True), (LINK, True), ("/pid", False)):
            one.sendall(raw(path, HOST))
            [heard] = answers(read_answer(one))
            assert heard.status in (200, 302)
            assert (heard.header("Server") is None) is short
        one.sendall(raw("/reads", HOST, "Content-Length: 3", method="POST") + b"abc")
        assert answers(read_answer(one))[0].body == b"3"
        one.sendall(raw(PIXEL_THERE, HOST, "Connection: close"))
        assert answers(read_answer(one))[0].body == GIF
        assert one.recv(1) == b""


@pytest.mark.server
def test_a_body_that_looks_like_a_request_is_a_body(server: Server) -> None:
    inner = raw(PIXEL_THERE, HOST)
    with connect(server.port) as one:
        one.sendall(raw("/reads", HOST, f"Content-Length: {2 * len(inner)}", method="POST"))
        until(lambda: server.is_up(), "the server has read the head")
        one.sendall(inner)
        until(lambda: server.is_up(), "the server has read the first half")
        one.sendall(inner)
        assert answers(read_answer(one))[0].body == str(2 * len(inner)).encode()


@pytest.mark.server
def test_what_continues_a_request_read_ahead_is_no_request_of_its_own(server: Server) -> None:
    """The beginning of a second request came with the first one."""
    with connect(server.port) as one:
        one.sendall(raw("/pid", HOST) + b"GET /pid HTTP/1.1\r\nX-A: ")
        assert answers(read_answer(one))[0].body.isdigit()
        one.sendall(raw(PIXEL_THERE, HOST))
        assert answers(read_answer(one))[0].body.isdigit()
