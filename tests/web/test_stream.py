import json
import os
import signal
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import simple_websocket
from sqlalchemy import func, select

from server.realtime import LocalBus
from server.services import engagement
from server.services.feed import cursor_of
from server.services.notices import bell
from server.storage import arrivals
from server.storage import users as stored_users
from server.storage.database import Database
from server.storage.tables import engagements
from server.tokens import PixelToken, Tokens
from tests.scene import CHROME, Scene, a_hit
from tests.web.served import ORIGIN, SECRETS, Server, serving, until

LONG_AGO = datetime.now(UTC) - timedelta(days=3)
# Of what no database decides, the second one is for `make soak`.
whichever = pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)], indirect=True
)


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database)


@pytest.fixture
def server(database_url: str, scene: Scene, tmp_path: Path) -> Iterator[Server]:
    with serving(database_url, tmp_path) as made:
        yield made


class Screen:
    """A client like a browser's: it keeps the cursor of the last item and comes back with it."""

    def __init__(self, server: Server, user_id: str, cursor: str | None = None) -> None:
        self.server, self.user_id = server, user_id
        self.cursor = cursor or cursor_of(0)
        self.items: list[dict[str, Any]] = []
        self.socket: Any = None

    def connect(self, ticket: str | None = None, origin: str = ORIGIN, *, notices: bool = False) -> "Screen":
        url = f"ws://127.0.0.1:{self.server.port}/ws/feed?ticket={ticket or self.user_id}&after={self.cursor}"
        url += "&notices=1" if notices else ""
        self.socket = simple_websocket.Client(url, headers={"Origin": origin, "Sec-WebSocket-Extensions": "permessage-deflate"})
        return self

    def read(self, count: int) -> list[dict[str, Any]]:
        """The next so many items, over reconnections."""
        got: list[dict[str, Any]] = []
        while len(got) < count:
            frame = self.socket.receive(timeout=15)
            assert frame is not None, f"only {len(got)} of {count} items came"
            item = json.loads(frame)
            self.cursor = item["cursor"]
            got.append(item)
        self.items += got
        return got

    def drop(self) -> None:
        """Whatever was still on its way is lost with the connection."""
        self.socket.sock.close()

    def is_silent(self) -> bool:
        return self.socket.receive(timeout=0.3) is None


def pixel(message_id: str, recipient: int = 0) -> str:
    return f"/o/tag/{Tokens(SECRETS).pixel(PixelToken(message_id, recipient))}.gif"


def see(server: Server, message_id: str) -> None:
    assert server.get(pixel(message_id), **{"User-Agent": CHROME})[0] == 200


def test_what_was_missed_comes_first_then_what_happens(server: Server, scene: Scene) -> None:
    missed = [scene.message(sent_at=LONG_AGO) for _ in range(3)]
    for message in missed:
        see(server, message)
    screen = Screen(server, scene.nora.id).connect()
    assert [item["message"]["id"] for item in screen.read(3)] == missed
    live = scene.message(sent_at=LONG_AGO)
    see(server, live)
    [item] = screen.read(1)
    assert item["message"]["id"] == live
    assert item == scene.feed.since(scene.nora, cursor_of(3))["items"][0]


@whichever
def test_who_asks_for_it_hears_that_there_are_notices(server: Server, scene: Scene) -> None:
    bus, screens = LocalBus(server.folder), [Screen(server, scene.nora.id).connect(notices=on) for on in (True, False)]
    heard: list[str | None] = []

    def rung() -> bool:
        bus.wake([bell(scene.nora.id)])
        heard.append(screens[0].socket.receive(timeout=0.2))
        return heard[-1] is not None

    until(rung, "a frame")
    assert heard[-1] == '{"type":"notices"}'
    assert screens[1].is_silent()
    bus.close()


def test_a_killed_server_loses_no_answered_hit_and_screens_resume(server: Server, scene: Scene) -> None:
    messages = [scene.message(sent_at=LONG_AGO) for _ in range(20)]
    screen = Screen(server, scene.nora.id).connect()
    for message in messages[:10]:
        see(server, message)
    screen.read(4)
    server.kill()
    screen.drop()
    server.start()
    for message in messages[10:]:
        see(server, message)
    screen.connect().read(16)
    assert [item["message"]["id"] for item in screen.items] == messages
    assert screen.is_silent()


def test_thousands_of_missed_items_come_in_pages_and_in_order(server: Server, scene: Scene) -> None:
    message = scene.message(sent_at=LONG_AGO, to=tuple(f"P{number}" for number in range(1200)))
    batch = [a_hit(message, recipient=ordinal, address=str(ordinal)) for ordinal in range(1, 1201)]
    scene.database.write(engagement.record_hits, batch, datetime.now(UTC))
    items = Screen(server, scene.nora.id).connect().read(1200)
    assert len({item["id"] for item in items}) == 1200
    assert [item["cursor"] for item in items] == [cursor_of(position) for position in range(1, 1201)]


def test_a_commit_nobody_told_of_is_found_within_seconds(database_url: str, scene: Scene, tmp_path: Path) -> None:
    with serving(database_url, tmp_path, SERVED_LOOK_AGAIN="0.2") as server:
        screen = Screen(server, scene.nora.id).connect()
        scene.record(a_hit(scene.message()))
        assert len(screen.read(1)) == 1


def test_a_reader_that_stops_reading_is_dropped_and_holds_nobody_up(database_url: str, scene: Scene, tmp_path: Path) -> None:
    settings = {"SERVED_LOOK_AGAIN": "0.1", "SERVED_SEND_WITHIN": "0.5"}
    with serving(database_url, tmp_path, **settings) as server, _connection(server, scene.nora.id, cursor_of(0)) as lazy:
        # Far more than the buffers of both sides take.
        names = tuple(f"{number} {'x' * 12_000}" for number in range(900))
        message = scene.message(to=names)
        scene.record(*(a_hit(message, recipient=ordinal, address=str(ordinal)) for ordinal in range(1, 901)))
        brisk = Screen(server, scene.nora.id).connect()
        assert len(brisk.read(900)) == 900
        until(lambda: _is_cut(lazy), "the reader that stopped is dropped")


def test_who_was_let_go_listens_no_longer(database_url: str, scene: Scene, tmp_path: Path) -> None:
    colleague = scene.rep("olga")
    with serving(database_url, tmp_path, SERVED_LOOK_AGAIN="0.1", SERVED_TELL_EVERY="0.1") as server:
        gone, stays = (Screen(server, one.id).connect() for one in (scene.nora, colleague))
        scene.database.write(stored_users.deactivate, scene.nora.workspace_id, scene.nora.id, datetime.now(UTC))
        with pytest.raises(simple_websocket.ConnectionClosed) as closed:
            gone.socket.receive(timeout=15)
        assert closed.value.reason == 4401
        assert stays.is_silent(), "others stay connected"


def test_more_screens_than_there_is_room_for_come_back_later(database_url: str, scene: Scene, tmp_path: Path) -> None:
    with serving(database_url, tmp_path, SERVED_MOST="2") as server:
        first, _ = (Screen(server, scene.nora.id).connect() for _ in range(2))
        with _connection(server, scene.nora.id, cursor_of(0)) as third:
            third.settimeout(15)
            assert third.recv(4096).startswith(b"HTTP/1.1 503")
        see(server, scene.message(sent_at=LONG_AGO))
        assert len(first.read(1)) == 1
        first.socket.close()
        until(lambda: _is_let_in(server, scene.nora.id), "the place of who left is free")


def _is_let_in(server: Server, user_id: str) -> bool:
    with _connection(server, user_id, cursor_of(0)) as made:
        made.settimeout(15)
        return made.recv(4096).startswith(b"HTTP/1.1 101")


def _connection(server: Server, user_id: str, cursor: str) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", server.port))
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.sendall(
        f"GET /ws/feed?ticket={user_id}&after={cursor} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    return made


def _is_cut(connection: socket.socket) -> bool:
    """The server has closed: whatever it had put on its way is followed by the end."""
    connection.settimeout(0.2)
    try:
        while connection.recv(1 << 20):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        return True
    return True


@whichever
def test_a_stranger_gets_no_socket(server: Server, scene: Scene) -> None:
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    for ticket, origin, status in (("nobody", ORIGIN, 401), (scene.nora.id, "https://elsewhere.example", 403)):
        assert server.get(f"/ws/feed?ticket={ticket}", **headers, Origin=origin)[0] == status


@whichever
def test_the_extension_may_connect(server: Server, scene: Scene) -> None:
    see(server, scene.message(sent_at=LONG_AGO))
    assert Screen(server, scene.nora.id).connect(origin="chrome-extension://abc").read(1)


@whichever
def test_a_foreign_cursor_closes_with_a_word(server: Server, scene: Scene) -> None:
    with _connection(server, scene.nora.id, "nonsense") as made:
        made.settimeout(15)
        received = b""
        while (4422).to_bytes(2, "big") not in received:
            received += made.recv(4096) or pytest.fail("closed without a word")
        assert b"\x88" in received.partition(b"\r\n\r\n")[2]


@whichever
def test_an_ending_server_sends_screens_to_the_next_one(server: Server, scene: Scene) -> None:
    screen = Screen(server, scene.nora.id).connect()
    see(server, scene.message(sent_at=LONG_AGO))
    screen.read(1)
    server.process.terminate()
    with pytest.raises(simple_websocket.ConnectionClosed) as closed:
        screen.socket.receive(timeout=15)
    assert closed.value.reason == 1012
    assert server.process.wait(8) == 0


def test_answered_hits_are_in_the_database(server: Server, scene: Scene) -> None:
    messages = [scene.message(sent_at=LONG_AGO) for _ in range(5)]
    for message in messages:
        see(server, message)
    server.kill()
    folded = scene.database.read(lambda tx: tx.execute(select(func.count()).select_from(engagements)).scalar_one())
    assert folded + scene.database.read(arrivals.backlog).waiting == 5


@whichever
def test_nothing_listens_any_more_once_the_master_was_killed(database_url: str, scene: Scene, tmp_path: Path) -> None:
    mark = tmp_path / "companion"
    script = (
        "import os, sys, pathlib, threading; from server import serving; serving.end_with_parent();"
        f"pathlib.Path({str(mark)!r}).write_text(str(os.getpid())); threading.Event().wait()"
    )
    import sys

    with serving(database_url, tmp_path, worker_command=(sys.executable, "-c", script)) as server:
        until(lambda: mark.exists() and mark.read_text(), "the jobs worker runs")
        first = int(mark.read_text())
        mark.write_text("")
        os.kill(first, signal.SIGKILL)
        until(lambda: mark.read_text() not in ("", str(first)), "the jobs worker is started again")
        companion, worker = int(mark.read_text()), server.worker()
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait(10)
        until(lambda: not _lives(worker) and not _lives(companion), "both children are gone")
        assert not server.is_up()


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
