"""One live connection, with a client that may say anything."""

import socket
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, Pong, TextMessage

from server.web.websocket import LONGEST_MESSAGE, WebSocket


class Pair:
    """A live connection and its client."""

    def __init__(self) -> None:
        ours, self.wire = socket.socketpair()
        self.wire.settimeout(5)
        self.crowded = 0
        self.ws = WebSocket(ours, self._note)
        self.client = Connection(ConnectionType.CLIENT)

    def _note(self, _one: WebSocket) -> None:
        self.crowded += 1

    def say(self, data: bytes) -> None:
        self.wire.sendall(data)
        if not self.ws.is_over:
            self.ws.read()

    def heard(self) -> list[Event]:
        """What has come until now."""
        self.wire.setblocking(False)
        try:
            while data := self.wire.recv(65536):
                self.client.receive_data(data)
        except BlockingIOError:
            pass
        return list(self.client.events())

    def close(self) -> None:
        self.ws.end()
        self.wire.close()


@pytest.fixture
def pair() -> Iterator[Pair]:
    made = Pair()
    yield made
    made.close()


def test_texts_arrive_whole_and_in_order(pair: Pair) -> None:
    pair.ws.send("one")
    pair.ws.send("zwei · 三")
    assert [event.data for event in pair.heard() if isinstance(event, TextMessage)] == ["one", "zwei · 三"]


def test_a_ping_is_answered_and_a_pong_is_taken_for_an_answer(pair: Pair) -> None:
    pair.say(pair.client.send(Ping(b"are you there")))
    assert pair.heard() == [Pong(b"are you there")]
    pair.ws.ping()
    assert pair.ws.asked
    assert pair.heard() == [Ping(b"")]
    pair.say(pair.client.send(Pong(b"")))
    assert not pair.ws.asked


def test_a_client_that_leaves_is_told_good_bye(pair: Pair) -> None:
    pair.say(pair.client.send(CloseConnection(1001, "going")))
    assert pair.ws.is_over
    assert [event.code for event in pair.heard() if isinstance(event, CloseConnection)] == [1001]
    pair.ws.send("too late")
    assert pair.heard() == []


def test_a_client_that_is_sent_away_is_over_when_it_answers(pair: Pair) -> None:
    pair.ws.close(1012, "restarting")
    assert not pair.ws.is_open
    assert not pair.ws.is_over
    [word] = [event for event in pair.heard() if isinstance(event, CloseConnection)]
    assert (word.code, word.reason) == (1012, "restarting")
    pair.say(pair.client.send(Ping()) if pair.client.state.name == "OPEN" else b"")
    pair.say(pair.client.send(word.response()))
    assert pair.ws.is_over


@pytest.mark.parametrize("kind", [TextMessage, BytesMessage])
@pytest.mark.parametrize("pieces", [1, 40])
def test_who_says_too_much_is_sent_away(pair: Pair, kind: Any, pieces: int) -> None:
    text = "x" * (LONGEST_MESSAGE + 40)
    said = text if kind is TextMessage else text.encode()
    size = len(said) // pieces
    for start in range(0, len(said), size):
        last = start + size >= len(said)
        pair.say(pair.client.send(kind(data=said[start : start + size], message_finished=last)))
    assert pair.ws.is_over or _read_to_the_end(pair)
    assert [event.code for event in pair.heard() if isinstance(event, CloseConnection)] == [1009]


def _read_to_the_end(pair: Pair) -> bool:
    pair.ws.read()
    return pair.ws.is_over


def test_what_it_says_is_not_kept(pair: Pair) -> None:
    for _ in range(50):
        pair.say(pair.client.send(TextMessage(data="hello " * 100)))
    assert pair.ws.is_open


@pytest.mark.parametrize(
    ("frame", "code"),
    [(b"\x81\x02hi", 1002), (b"\x83\x80aaaa", 1002), (b"\xf1\x80aaaa", 1002), (b"\x81\x82\0\0\0\0\xff\xfe", 1007)],
    ids=["not masked", "no such kind", "reserved bits", "no UTF-8"],
)
def test_a_client_that_breaks_the_rules_is_sent_away_with_a_word(pair: Pair, frame: bytes, code: int) -> None:
    pair.say(frame)
    assert pair.ws.is_over
    assert [event.code for event in pair.heard() if isinstance(event, CloseConnection)] == [code]


def test_a_client_that_is_gone_is_over(pair: Pair) -> None:
    pair.wire.close()
    pair.ws.read()
    assert pair.ws.is_over
    pair.ws.send("to nobody")


def test_what_is_not_taken_at_once_waits_and_leaves_in_order(pair: Pair) -> None:
    texts = [f"{number} " + "x" * 50_000 for number in range(40)]
    for text in texts:
        pair.ws.send(text)
    assert pair.ws.is_crowded
    assert pair.crowded == 1, "it is said once that something waits"
    got = ""
    while pair.ws.is_crowded:
        got += "".join(event.data for event in pair.heard() if isinstance(event, TextMessage))
        pair.ws.flush()
    got += "".join(event.data for event in pair.heard() if isinstance(event, TextMessage))
    assert got == "".join(texts)


CLIENT_EVENTS = st.one_of(
    st.builds(Ping, st.binary(max_size=100)),
    st.builds(Pong, st.binary(max_size=100)),
    st.builds(TextMessage, st.text(max_size=300)),
    st.builds(BytesMessage, st.binary(max_size=300)),
)


@given(st.lists(CLIENT_EVENTS, max_size=8), st.lists(st.integers(0, 3000), max_size=8))
def test_however_the_line_cuts_what_comes_the_answers_are_the_same(events: list[Event], cuts: list[int]) -> None:
    pair = Pair()
    said = b"".join(pair.client.send(event) for event in events) + pair.client.send(CloseConnection(1000))
    places = sorted({0, len(said), *(cut for cut in cuts if cut < len(said))})
    for start, end in pairwise(places):
        pair.say(said[start:end])
    while not pair.ws.is_over:
        pair.ws.read()
    pings = [Pong(event.payload) for event in events if isinstance(event, Ping)]
    assert pair.heard() == [*pings, CloseConnection(1000, None)] or pair.heard() == []
    pair.close()


@given(st.binary(min_size=1, max_size=2000))
def test_nothing_that_comes_breaks_more_than_its_own_connection(said: bytes) -> None:
    pair = Pair()
    pair.say(said)
    pair.ws.send("still here")
    assert all(event.data == "still here" for event in pair.heard() if isinstance(event, TextMessage))
    pair.close()
