"""The live stream's door: who comes without a ticket, and who has one and speaks nonsense."""

import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.hostile.conftest import PUBLIC, House
from tests.hostile.wire import Heard, connect, read_all
from tests.web.served import until

UPGRADE = (
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="
)


def hand(house: House, query: str, *headers: str) -> tuple[socket.socket, bytes]:
    one = connect(house.port)
    lines = [f"GET /ws/feed?{query} HTTP/1.1", "Host: feed.example", UPGRADE, *headers]
    one.sendall("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n")
    return one, one.recv(12)


@contextmanager
def screen(house: House) -> Iterator[socket.socket]:
    ticket = house.product.users.ticket(house.nora)
    one, said = hand(house, f"ticket={ticket}", f"Origin: {PUBLIC}")
    with one:
        assert said == b"HTTP/1.1 101"
        yield one


def frame(opcode: int, payload: bytes = b"", *, final: bool = True, masked: bool = True, length: int | None = None) -> bytes:
    """`length`: what the frame says, whatever it holds."""
    size = len(payload) if length is None else length
    head = bytes([(0x80 if final else 0) | opcode])
    bit = 0x80 if masked else 0
    head += (
        bytes([bit | size])
        if size < 126
        else bytes([bit | 126]) + struct.pack(">H", size)
        if size < 65_536
        else bytes([bit | 127]) + struct.pack(">Q", size)
    )
    return head + (bytes(4) if masked else b"") + payload


def answers_pings(one: socket.socket) -> None:
    one.sendall(frame(9, b"still here"))
    heard = b""
    while b"still here" not in heard:
        piece = one.recv(65536)
        assert piece, "it was closed"
        heard += piece


WRONG = {
    "longer than anything we read": frame(1, b"a" * 5_000),
    "as long as a frame may be": frame(1, b"a" * 9_000, length=2**62),
    "longer than a frame may be": frame(1, b"a" * 9_000, length=2**63),
    "not masked": frame(1, b"{}", masked=False),
    "no text": frame(1, b"\xff\xfe\xfd"),
    "half a character": frame(1, b"\xe2\x82", final=True),
    "pieces without end": frame(1, b"a", final=False) + frame(0, b"a" * 100, final=False) * 100,
    "a piece of nothing": frame(0, b"a"),
    "text within text": frame(1, b"a", final=False) + frame(1, b"a"),
    "a long ping": frame(9, b"a" * 200),
    "a ping in pieces": frame(9, b"a", final=False),
    "an unknown kind": frame(3, b"a"),
    "reserved bits": b"\xf1\x80" + bytes(4),
    "a close of one byte": frame(8, b"\x03"),
    "a close of no kind": frame(8, struct.pack(">H", 999)),
    "a close in bytes": frame(8, struct.pack(">H", 1000) + b"\xff\xfe"),
    "another request": b"GET / HTTP/1.1\r\nHost: feed.example\r\n\r\n" * 20,
    "noise": bytes(range(256)) * 40,
}


@pytest.mark.server
@pytest.mark.parametrize("said", WRONG.values(), ids=WRONG.keys())
def test_a_frame_that_is_none_ends_its_own_socket_alone(house: House, said: bytes) -> None:
    before = len(house.lines())
    with screen(house) as other:
        with screen(house) as one:
            one.sendall(said)
            one.shutdown(socket.SHUT_WR)
            assert b"HTTP/1.1 2" not in read_all(one)
        answers_pings(other)
    assert house.lines()[before:] == []


@pytest.mark.server
def test_chatter_is_thrown_away(house: House) -> None:
    """A screen has nothing to tell: whatever it tells takes no memory."""
    with screen(house) as one:
        before = house.memory()
        for _ in range(200):
            one.sendall(frame(1, b"a" * 4_000) * 20)
        answers_pings(one)
        assert house.memory() - before < 8_000_000


@pytest.mark.server
def test_nobody_upgrades_without_a_ticket_of_their_own(house: House) -> None:
    used = house.product.users.ticket(house.nora)
    assert house.product.users.redeem_ticket(used) is not None
    others = house.product.users.device_code(house.nora, "/")
    for ticket in ("", "x", "%00", "a" * 7_000, used, others):
        one, said = hand(house, f"ticket={ticket}", f"Origin: {PUBLIC}")
        one.close()
        assert said in (b"HTTP/1.1 401", b"HTTP/1.1 400")


@pytest.mark.server
def test_no_ticket_is_spent_by_a_stranger_page(house: House) -> None:
    ticket = house.product.users.ticket(house.nora)
    for origin in (
        "https://evil.example",
        "null",
        "http://[",
        f"{PUBLIC}.evil.example",
        "https://feed.example@evil.example",
        "",
    ):
        one, said = hand(house, f"ticket={ticket}", f"Origin: {origin}")
        one.close()
        assert said in (b"HTTP/1.1 403", b"HTTP/1.1 400"), origin
    assert house.product.users.redeem_ticket(ticket) is not None


@pytest.mark.server
@pytest.mark.parametrize("missing", ["Sec-WebSocket-Key", "Sec-WebSocket-Version", "Upgrade"])
def test_half_a_handshake_is_no_socket(house: House, missing: str) -> None:
    ticket = house.product.users.ticket(house.nora)
    lines = [line for line in UPGRADE.split("\r\n") if not line.startswith(missing)]
    heard: Heard = house.ask(f"/ws/feed?ticket={ticket}", *lines)
    assert 400 <= heard.status < 500
    assert house.serves_recipients()


@pytest.mark.server
def test_files_do_not_leak(house: House) -> None:
    def open_files() -> int:
        return len(os.listdir(f"/proc/{house.worker}/fd"))

    house.serves_recipients()
    with screen(house) as first:  # the first one brings what all share
        answers_pings(first)
    before = open_files()
    for _ in range(30):
        with screen(house) as one:
            one.sendall(frame(1, b"\xff"))
    until(lambda: open_files() <= before + 6, "closed ones are closed")
