"""Slow, half-open and countless connections, while others are served."""

import contextlib
import resource
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import simple_websocket

from server.storage.database import Database
from server.storage.tables import metadata
from tests.hostile.conftest import House
from tests.hostile.wire import connect, read_all, read_answer
from tests.scene import Scene
from tests.web.served import ORIGIN, Server, serving, until

POST = b"POST /auth/token HTTP/1.1\r\nHost: feed.example\r\nContent-Type: application/json\r\nContent-Length: 90000\r\n\r\n"


@contextlib.contextmanager
def crowd(port: int, size: int, says: bytes) -> Iterator[list[socket.socket]]:
    """Open connections, each of which has said so much."""
    with contextlib.ExitStack() as stack, ThreadPoolExecutor(8) as several:
        them = list(several.map(lambda _: connect(port), range(size)))
        for one in them:
            stack.enter_context(one)
            one.sendall(says)
        yield them


@pytest.mark.server
@pytest.mark.parametrize(
    "says", [b"", b"GET / HTT", b"GET / HTTP/1.1\r\nX-A: b", POST + b"{"], ids=["nothing", "line", "head", "body"]
)
def test_others_are_served_while_many_requests_are_half_open(house: House, says: bytes) -> None:
    with crowd(house.port, 150, says):
        assert house.serves_recipients()


@pytest.mark.server
def test_fifteen_hundred_connections_hold_up_nobody(house: House) -> None:
    _hold(house, 1_500)


@pytest.mark.slow
@pytest.mark.server
def test_ten_thousand_connections_hold_up_nobody(house: House) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 12_000), hard))
    _hold(house, min(10_000, min(hard, 12_000) - 500))


def _hold(house: House, size: int) -> None:
    before = house.memory()
    with crowd(house.port, size, b"GET / HTTP/1.1\r\nX-A: b"):
        assert house.serves_recipients()
        # Each costs its greenlet, and of memory far less than a session of anybody's.
        assert (house.memory() - before) / size < 60_000
    assert house.serves_recipients()


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Scene]]:
    folder: Path = tmp_path_factory.mktemp("hasty")
    database = Database(f"sqlite:///{folder / 'livefeed.db'}")
    metadata.create_all(database.engine)
    with serving(str(database.engine.url), folder, application="tests.hostile.hasty:application") as server:
        yield server, Scene(database)
    database.close()


@pytest.mark.server
def test_a_half_open_request_is_ended(hasty: tuple[Server, Scene]) -> None:
    server, _ = hasty
    with connect(server.port) as silent, connect(server.port) as half:
        half.sendall(b"GET / HTTP/1.1\r\nX-A: b")
        assert read_all(half).startswith(b"HTTP/1.1 408 ")
        assert read_all(silent) == b""


@pytest.mark.server
def test_a_body_that_stops_is_refused(hasty: tuple[Server, Scene]) -> None:
    server, _ = hasty
    with connect(server.port) as half:
        half.sendall(b"POST /reads HTTP/1.1\r\nHost: feed.example\r\nContent-Length: 50\r\n\r\nhalf of it")
        assert read_all(half).startswith(b"HTTP/1.1 400 ")


@pytest.mark.server
def test_a_quiet_live_socket_stays_open(hasty: tuple[Server, Scene]) -> None:
    server, scene = hasty
    url = f"ws://127.0.0.1:{server.port}/ws/feed?ticket={scene.nora.id}"
    screen = simple_websocket.Client(url, headers={"Origin": ORIGIN})
    with connect(server.port) as half:
        half.sendall(b"GET / HTTP/1.1\r\nX-A: b")
        read_all(half)  # by now nobody else's patience would have lasted
    until(lambda: screen.receive(timeout=0.5) is None and screen.connected, "it is open", 5)
    screen.close()


@pytest.mark.server
def test_an_answer_kept_open_serves_the_next_request(hasty: tuple[Server, Scene]) -> None:
    server, _ = hasty
    with connect(server.port) as one:
        for _ in range(3):
            one.sendall(b"GET /pid HTTP/1.1\r\nHost: feed.example\r\n\r\n")
            assert read_answer(one).startswith(b"HTTP/1.1 200 ")
        assert read_all(one) == b""
