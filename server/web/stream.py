"""The live streams: `GET /ws/feed` tells what was missed since a cursor, then what happens, one feed item a frame; with
`notices=1` also, by a frame of its own, that there are notifications to claim. `GET /ws/team` tells what colleagues share.

Each socket reads from its own cursor whenever it is woken, so the stored feed is the outbox: a slow reader costs no
memory, and a lost wake-up costs a few seconds, never an item.
"""

import contextlib
import json
import socket
import struct
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from typing import Any, Protocol
from urllib.parse import urlsplit

import simple_websocket
from flask import Blueprint, Flask, Response, g, request
from flask_sock import Sock
from prometheus_client import Counter, Gauge
from werkzeug.datastructures import Headers

from server.errors import BadInput, LivefeedError, NotAllowed, SignInNeeded
from server.logs import logger
from server.realtime.bus import Bus
from server.services.feed import Feed, Viewer
from server.services.notices import named_by

PING = 25
LOOK_AGAIN = 3.0
"""So often every feed with an open socket is looked at without a wake-up."""
_LOOKED_AT = 250
"""Sockets at once: between them others are served."""
_BREATH = 0.01
TELL_AGAIN = 30.0
"""So often it is said again who is watching."""
SEND_WITHIN = 10.0
"""A client that takes a frame no faster is let go: it comes back with its cursor."""
_PAGE = 200
_LONGEST_MESSAGE = 4096
_KEY = 24
"""Characters of a handshake's key: sixteen bytes in base64."""
_GOING_AWAY = 1012  # service restart: come back
_FAILED = 1011
_BAD_CURSOR = 4422
_SIGNED_OUT = 4401
_EXTENSION = "livefeed-stream"
_NOTICES = '{"type":"notices"}'
"""The one frame that is no item, for screens that ask for it by `notices=1`: somebody is to be called."""

_OPEN = Gauge("livefeed_sockets_open", "Open live sockets", multiprocess_mode="livesum")
_SENT = Counter("livefeed_socket_items_sent", "Feed items sent on live sockets")
_LET_GO = Counter("livefeed_sockets_dropped", "Live sockets dropped because they did not read")

_log = logger(__name__)


class Tickets(Protocol):
    def redeem_ticket(self, ticket: str) -> Viewer | None:
        """Whose ticket it is; None when it is foreign, used or too old."""
        ...


class Source(Protocol):
    """What a socket reads. `topics`: names the bus wakes when there is something to read."""

    def topics(self, user: Viewer) -> Collection[str]: ...
    def head(self, user: Viewer) -> str: ...
    def since(self, user: Viewer, cursor: str, limit: int = ...) -> dict[str, Any]: ...


Watch = Callable[[Viewer, bool], bool]


class Stream:
    """All live sockets of this process. `watching(user, open)` is called when a user's first socket opens, each
    TELL_AGAIN while one is open, and when the last one closes; it must neither wait long nor fail. False: this user is let
    in no longer, so their sockets are closed."""

    def __init__(
        self,
        feed: Feed,
        bus: Bus,
        tickets: Tickets,
        origins: Collection[str],
        watching: Watch = lambda _user, _open: True,
        *,
        team: Source | None = None,
        look_again: float = LOOK_AGAIN,
        tell_every: float = TELL_AGAIN,
        send_within: float = SEND_WITHIN,
    ) -> None:
        """`origins`: what browsers may connect from, such as https://feed.example.com and chrome-extension://<id>."""
        self._feed = feed
        self._team = team
        self._bus = bus
        self._tickets = tickets
        self._origins = frozenset(_origin(one) for one in origins)
        self._watching = watching
        self._told_at = time.monotonic()
        self._look_again = look_again
        self._tell_every = tell_every
        self._send_within = send_within
        self._lock = threading.Lock()
        self._sockets: dict[str, set[_Socket]] = defaultdict(set)  # by topic
        self._stopping = threading.Event()
        self._watcher: threading.Thread | None = None

    def init_app(self, app: Flask) -> None:
        app.config["SOCK_SERVER_OPTIONS"] = {"ping_interval": PING, "max_message_size": _LONGEST_MESSAGE}
        blueprint = Blueprint("stream", __name__)
        blueprint.before_request(self._admit)
        sock = Sock(app)
        sock.route("/ws/feed", bp=blueprint, endpoint="feed")(partial(self._serve, self._feed))
        if self._team is not None:
            sock.route("/ws/team", bp=blueprint, endpoint="team")(partial(self._serve, self._team))
        app.register_blueprint(blueprint)
        app.extensions[_EXTENSION] = self

    def wake(self, names: Collection[str]) -> None:
        """Topics, most of them ids of users, and bells of those who have notices."""
        with self._lock:
            woken = [one for name in names for one in self._sockets.get(name, ())]
            rung = [one for name in names for one in self._sockets.get(named_by(name), ()) if one.hears_of_notices]
        for one in rung:
            one.has_notices = True
        for one in (*woken, *rung):
            one.want()

    def stop(self) -> None:
        """Close every socket so that its client comes back, to the process after this one."""
        self._stopping.set()
        for one in self._all():
            if one.wire.is_stuck(time.monotonic()):
                one.wire.cut()  # a close frame would wait behind what it does not read
            else:
                one.close(_GOING_AWAY, "restarting")

    def _admit(self) -> Response | None:
        """Before the handshake: who it is, from where, and what the handshake may agree on."""
        if self._stopping.is_set():
            return Response(status=503, headers={"Retry-After": "1"})
        origin = request.headers.get("Origin")
        if origin is not None and _origin(origin) not in self._origins:
            raise NotAllowed("this origin may not listen")
        ticket = request.args.get("ticket", "")
        if ticket and not _is_handshake(request.headers):
            return Response(status=400)  # before the ticket is spent
        user = self._tickets.redeem_ticket(ticket)
        if user is None:
            raise SignInNeeded("the ticket is used, foreign or too old")
        g.viewer = user
        environ = request.environ
        # A browser offers compression, and the library always accepts: three times the memory a socket.
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        for name in ("gunicorn.socket", "werkzeug.socket"):
            if name in environ:
                environ[name] = g.wire = _Wire(environ[name])
        return None

    def _serve(self, source: Source, ws: Any) -> None:
        hears_of_notices = source is self._feed and request.args.get("notices") == "1"
        one = _Socket(ws, g.wire, g.viewer, source, request.args.get("after"), hears_of_notices)
        self._enter(one)
        try:
            one.want()
            # Parked here, so that a client that leaves is noticed; it has nothing to say.
            while True:
                ws.receive()
        except simple_websocket.ConnectionClosed:
            pass
        finally:
            one.leave()
            self._exit(one)

    def _enter(self, one: "_Socket") -> None:
        with self._lock:
            if self._watcher is None:
                self._bus.listen(self.wake)
                self._watcher = threading.Thread(target=self._watch, name="feed sockets", daemon=True)
                self._watcher.start()
            first = not self._watched(one.user)
            for topic in one.topics:
                self._sockets[topic].add(one)
            first = first and self._watched(one.user)
        _OPEN.inc()
        if first:
            self._tell_watching(one.user, True)

    def _exit(self, one: "_Socket") -> None:
        with self._lock:
            last = self._watched(one.user)
            for topic in one.topics:
                self._sockets[topic].discard(one)
                if not self._sockets[topic]:
                    del self._sockets[topic]
            last = last and not self._watched(one.user)
        _OPEN.dec()
        if last:
            self._tell_watching(one.user, False)

    def _watched(self, user: Viewer) -> bool:
        """Whether a screen shows this user's own feed."""
        return any(one.source is self._feed and one.user.id == user.id for one in self._sockets.get(user.id, ()))

    def _tell_watching(self, user: Viewer, is_open: bool) -> bool:
        try:
            return self._watching(user, is_open)
        except LivefeedError as error:
            _log.warning("nobody was told who is watching", error=error.code)
            return True

    def _tell_again(self, sockets: "Collection[_Socket]") -> None:
        """What is told holds for a minute only."""
        if time.monotonic() - self._told_at < self._tell_every:
            return
        self._told_at = time.monotonic()
        users = {one.user.id: one.user for one in sockets}
        out = {user.id for user in users.values() if not self._tell_watching(user, True)}
        for one in sockets:
            if one.user.id in out:
                one.close(_SIGNED_OUT, "signed out")

    def _all(self) -> list["_Socket"]:
        with self._lock:
            return list({one for theirs in self._sockets.values() for one in theirs})

    def _watch(self) -> None:
        """Wake-ups may be lost and readers may stall: look at every feed and every socket now and then."""
        while not self._stopping.wait(self._look_again):
            try:
                self._look()
            except LivefeedError as error:
                _log.warning("feeds could not be looked at", error=error.code)
            except Exception:
                _log.exception("feeds could not be looked at")

    def _look(self) -> None:
        sockets = self._all()
        deadline = time.monotonic() - self._send_within
        for one in sockets:
            if one.wire.is_stuck(deadline):
                _LET_GO.inc()
                one.wire.cut()
        self._tell_again(sockets)
        for start in range(0, len(sockets), _LOOKED_AT):
            self._look_for_news(sockets[start : start + _LOOKED_AT])
            self._stopping.wait(_BREATH)

    def _look_for_news(self, sockets: Sequence["_Socket"]) -> None:
        viewers = {one.user.id for one in sockets if one.source is self._feed}
        heads = self._feed.heads(viewers) if viewers else {}
        for one in sockets:
            if one.source is not self._feed or one.cursor != heads.get(one.user.id, one.cursor):
                one.want()


class _Socket:
    def __init__(
        self, ws: Any, wire: "_Wire", user: Viewer, source: Source, after: str | None, hears_of_notices: bool = False
    ) -> None:
        self.source = source
        self.topics = frozenset(source.topics(user))
        self.ws = ws
        self.wire = wire
        self.user = user
        self.cursor = after
        self.hears_of_notices = hears_of_notices
        self.has_notices = False
        self._turn = threading.Lock()
        self._is_wanted = False
        self._is_writing = False
        self._left = False

    def want(self) -> None:
        """Have what is new sent. A thread of its own only while there is something: parked, it would be a third of what an idle
        socket weighs."""
        with self._turn:
            self._is_wanted = True
            if self._is_writing or self._left:
                return
            self._is_writing = True
        threading.Thread(target=self._write, name="feed socket", daemon=True).start()

    def _write(self) -> None:
        """The only place that sends items, by one thread at a time, so that frames never mix. Nobody who left gets another."""
        with contextlib.suppress(simple_websocket.ConnectionClosed, OSError):
            while self._goes_on():
                self._catch_up()
                if not self._left and self.has_notices:
                    self.has_notices = False
                    self.ws.send(_NOTICES)

    def _goes_on(self) -> bool:
        with self._turn:
            self._is_writing, self._is_wanted = self._is_wanted and not self._left, False
            return self._is_writing

    def close(self, code: int, why: str) -> None:
        with contextlib.suppress(simple_websocket.ConnectionClosed, OSError):
            # Its client answers, and the reading side then ends the handler.
            self.ws.close(code, why)

    def leave(self) -> None:
        self._left = True

    def _catch_up(self) -> None:
        try:
            more = self.cursor is not None
            self.cursor = self.cursor or self.source.head(self.user)
            while more and not self._left:
                page = self.source.since(self.user, self.cursor, _PAGE)
                self._send(page["items"])
                self.cursor, more = page["cursor"], page["more"]
        except BadInput:
            self.close(_BAD_CURSOR, "not a cursor of this feed")
        except LivefeedError as error:
            # The next look brings it: the cursor has not moved.
            _log.warning("a feed could not be read", error=error.code)
        except (OSError, simple_websocket.ConnectionClosed):
            raise
        except Exception:
            _log.exception("a live socket failed")
            self.close(_FAILED, "failed")

    def _send(self, items: Iterable[dict[str, Any]]) -> None:
        for item in items:
            self.ws.send(json.dumps(item, ensure_ascii=False, separators=(",", ":")))
            _SENT.inc()


class _Wire:
    """The connection, sent to by one at a time and always in full.

    The library calls `send` once for each frame and from several threads: a slow reader would lose bytes in the middle
    of a frame, and a ping could fall into an item.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._turn = threading.Lock()
        self._sending_since: float | None = None

    def send(self, data: bytes) -> int:
        with self._turn:
            self._sending_since = time.monotonic()
            try:
                self._connection.sendall(data)
            finally:
                self._sending_since = None
        return len(data)

    def recv(self, size: int) -> bytes:
        return self._connection.recv(size)

    def fileno(self) -> int:
        return self._connection.fileno()

    def close(self) -> None:
        self._connection.close()

    def is_stuck(self, deadline: float) -> bool:
        since = self._sending_since
        return since is not None and since < deadline

    def cut(self) -> None:
        """At once: what the other side has not read is thrown away too."""
        with contextlib.suppress(OSError):
            self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._connection.shutdown(socket.SHUT_RDWR)


def stream_of(app: Flask) -> Stream:
    """The one `init_app` gave this app."""
    stream: Stream = app.extensions[_EXTENSION]
    return stream


def _origin(url: str) -> str:
    """ "" for what is no address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}".lower()


def _is_handshake(headers: Headers) -> bool:
    asked = headers.get("Upgrade", "").lower(), headers.get("Sec-WebSocket-Version", "")
    return asked == ("websocket", "13") and len(headers.get("Sec-WebSocket-Key", "")) == _KEY
