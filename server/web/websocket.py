"""One live connection, past its handshake. Nothing here waits: what its client does not take at once stays in its outbox."""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable

from werkzeug.datastructures import Headers
from wsproto.connection import Connection, ConnectionState, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, Pong, TextMessage
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import ProtocolError, generate_accept_token

LONGEST_MESSAGE = 4096
"""Bytes. Clients have nothing to say."""
_PIECE = 4096
_KEY = 24
"""Characters of a handshake's key: sixteen bytes in base64."""


def is_handshake(headers: Headers) -> bool:
    asked = headers.get("Upgrade", "").lower(), headers.get("Sec-WebSocket-Version", "")
    return asked == ("websocket", "13") and len(headers.get("Sec-WebSocket-Key", "")) == _KEY


def welcome(headers: Headers) -> bytes:
    """The answer to a handshake. It agrees on no compression, though every browser offers it: that is three times the memory a
    socket."""
    accept = generate_accept_token(headers["Sec-WebSocket-Key"].encode())
    head = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
    return head + accept + b"\r\n\r\n"


class WebSocket:
    """`crowded` is called when something has to stay in the outbox; by `flush` it goes on its way."""

    __slots__ = ("_connection", "_crowded", "_heard", "_is_over", "_outbox", "_protocol", "_turn", "_waits_since", "asked")

    def __init__(self, connection: socket.socket, crowded: Callable[["WebSocket"], None]) -> None:
        connection.settimeout(0)
        self._connection = connection
        self._crowded = crowded
        self._protocol = Connection(ConnectionType.SERVER)
        self._turn = threading.Lock()
        self._outbox = b""
        self._waits_since = 0.0
        self._heard = 0
        self._is_over = False
        self.asked = False
        """Whether it still owes an answer to a ping."""

    def fileno(self) -> int:
        return self._connection.fileno()

    @property
    def is_open(self) -> bool:
        return not self._is_over and self._protocol.state is ConnectionState.OPEN

    @property
    def is_over(self) -> bool:
        """Nothing more will come; what is in the outbox may still leave."""
        return self._is_over

    @property
    def is_crowded(self) -> bool:
        return bool(self._outbox)

    def is_stuck(self, deadline: float) -> bool:
        """Whether something waits in the outbox since before this time of `time.monotonic`."""
        return bool(self._outbox) and self._waits_since < deadline

    def greet(self, answer: bytes) -> None:
        with self._turn:
            self._put(answer)

    def send(self, text: str) -> None:
        self._tell(TextMessage(data=text))

    def ping(self) -> None:
        self.asked = True
        self._tell(Ping())

    def close(self, code: int, why: str) -> None:
        """Its client answers, and is then over."""
        self._tell(CloseConnection(code, why))

    def flush(self) -> None:
        with self._turn:
            self._put(b"")

    def read(self) -> None:
        """What has come. A client that breaks the rules, or says too much, is told so and is over."""
        try:
            data = self._connection.recv(_PIECE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        with self._turn:
            if data:
                self._hear(data)
            else:
                self._is_over = True

    def cut(self) -> None:
        """At once: what the other side has not read is thrown away too."""
        with contextlib.suppress(OSError):
            self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._connection.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        self._is_over = True
        self._connection.close()

    def _tell(self, event: Event) -> None:
        with self._turn:
            if self.is_open:
                self._put(self._protocol.send(event))

    def _hear(self, data: bytes) -> None:
        try:
            self._protocol.receive_data(data)
            for event in self._protocol.events():
                self._answer(event)
        except ProtocolError:
            self._is_over = True

    def _answer(self, event: Event) -> None:
        if isinstance(event, Ping) and self.is_open:
            self._put(self._protocol.send(event.response()))
        elif isinstance(event, Pong):
            self.asked = False
        elif isinstance(event, CloseConnection):
            self._part(event.response())
        elif isinstance(event, TextMessage | BytesMessage):
            heard = self._heard + len(event.data)
            self._heard = 0 if event.message_finished else heard
            if heard > LONGEST_MESSAGE:
                self._part(CloseConnection(CloseReason.MESSAGE_TOO_BIG, "too long"))

    def _part(self, word: CloseConnection) -> None:
        """With a close frame, unless ours is what theirs answered."""
        if self._protocol.state in (ConnectionState.OPEN, ConnectionState.REMOTE_CLOSING):
            self._put(self._protocol.send(word))
        self._is_over = True

    def _put(self, data: bytes) -> None:
        """In order, whoever sends: the caller has the turn."""
        was_crowded = bool(self._outbox)
        self._outbox = self._left(self._outbox + data if was_crowded else data)
        if self._outbox and not was_crowded:
            self._waits_since = time.monotonic()
            self._crowded(self)

    def _left(self, data: bytes) -> bytes:
        sent = 0
        try:
            while sent < len(data):
                sent += self._connection.send(memoryview(data)[sent:])
        except BlockingIOError:
            return data[sent:]
        except OSError:
            self._is_over = True
            return b""
        return b""
