"""Many live sockets, one thread: with clients that leave, stall and fall silent."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from itertools import islice

import pytest
from wsproto.connection import Connection, ConnectionType
from wsproto.events import CloseConnection, Event, Ping, TextMessage

from server.web.switchboard import Switchboard
from server.web.websocket import WebSocket


class House:
    """A switchboard, and who was told of."""

    def __init__(self, ping: float = 25.0) -> None:
        self.gone: list[WebSocket] = []
        self.relieved: list[WebSocket] = []
        self.changed = threading.Condition()
        self.switchboard = Switchboard(partial(self._note, self.gone), partial(self._note, self.relieved), ping=ping)
        self.switchboard.start()
        self.wires: list[socket.socket] = []

    def connected(self) -> tuple[WebSocket, socket.socket]:
        ours, theirs = socket.socketpair()
        theirs.settimeout(10)
        self.wires.append(theirs)
        one = self.switchboard.connect(ours)
        self.switchboard.listen(one)
        return one, theirs

    def wait_for(self, where: list[WebSocket], one: WebSocket) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: one in where, 10)

    def _note(self, where: list[WebSocket], one: WebSocket) -> None:
        with self.changed:
            where.append(one)
            self.changed.notify_all()


@pytest.fixture
def house() -> Iterator[House]:
    made = House()
    yield made
    _leave(made)


@pytest.fixture
def curious() -> Iterator[House]:
    """Asks several times a second who is still there."""
    made = House(ping=0.2)
    yield made
    _leave(made)


def _leave(house: House) -> None:
    for wire in house.wires:
        wire.close()


def events(wire: socket.socket) -> Iterator[Event]:
    """Until the other side is gone."""
    client = Connection(ConnectionType.CLIENT)
    with suppress(ConnectionError):
        while data := wire.recv(65536):
            client.receive_data(data)
            yield from client.events()


def test_who_leaves_is_noticed_once_and_others_stay(house: House) -> None:
    several = [house.connected() for _ in range(60)]
    for one, wire in several[::2]:
        wire.close()
        house.wait_for(house.gone, one)
    for one, wire in several[1::2]:
        one.send("still here")
        assert isinstance(next(events(wire)), TextMessage)
    assert len(house.gone) == 30


def test_who_stalls_waits_for_themselves_alone(house: House) -> None:
    slow, wire = house.connected()
    brisk, other = house.connected()
    texts = [f"{number} " + "x" * 100_000 for number in range(20)]
    for text in texts:
        slow.send(text)
    assert slow.is_crowded
    brisk.send("at once")
    assert isinstance(next(events(other)), TextMessage)
    got = ""
    for event in events(wire):
        got += event.data if isinstance(event, TextMessage) else ""
        if len(got) == len("".join(texts)):
            break
    assert got == "".join(texts)
    house.wait_for(house.relieved, slow)
    assert house.relieved == [slow]
    assert not slow.is_crowded


def test_who_does_not_answer_is_sent_away_and_then_cut(curious: House) -> None:
    one, wire = curious.connected()
    heard = list(events(wire))
    assert [type(event) for event in heard] == [Ping, CloseConnection]
    assert isinstance(heard[1], CloseConnection)
    assert heard[1].code == 1008
    curious.wait_for(curious.gone, one)


def test_who_answers_is_asked_again_and_again(curious: House) -> None:
    _, wire = curious.connected()
    for event in islice(events(wire), 4):
        assert isinstance(event, Ping)
        wire.sendall(Connection(ConnectionType.CLIENT).send(event.response()))
    assert curious.gone == []


def test_those_who_came_at_once_are_not_asked_at_once() -> None:
    house = House(ping=0.6)
    try:
        wires = [house.connected()[1] for _ in range(12)]
        assert all(isinstance(next(events(wire)), Ping) for wire in wires)
        assert {len(group) for group in house.switchboard._group_of.values()} == {2}
    finally:
        _leave(house)


def test_who_never_began_to_listen_is_not_lost(house: House) -> None:
    ours, theirs = socket.socketpair()
    one = house.switchboard.connect(ours)
    theirs.close()
    house.switchboard.listen(one)
    house.wait_for(house.gone, one)
