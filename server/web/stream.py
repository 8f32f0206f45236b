"""The live streams: `GET /ws/feed` tells what was missed since a cursor, then what happens, one feed item a frame; with
`notices=1` also, by a frame of its own, that there are notifications to claim. `GET /ws/team` tells what colleagues share.

Each socket reads from its own cursor whenever it is woken, so the stored feed is the outbox: a slow reader costs no
memory, and a lost wake-up costs a few seconds, never an item.
"""

import errno
import json
import resource
import socket
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, g, request
from prometheus_client import Counter, Gauge

from server.errors import BadInput, LivefeedError, NotAllowed, SignInNeeded
from server.logs import logger
from server.realtime.bus import Bus
from server.services.feed import Ask, Feed, Page, Viewer
from server.services.notices import named_by
from server.web.switchboard import Switchboard
from server.web.websocket import WebSocket, is_handshake, welcome

LOOK_AGAIN = 3.0
"""So often every feed with an open socket is looked at without a wake-up."""
_LOOKED_AT = 250
"""Sockets at once: between them others are served."""
_READ_AT_ONCE = 50
_BREATH = 0.01
TELL_AGAIN = 30.0
"""So often it is said again who is watching."""
_GATHER = 0.1
"""Seconds: screens that come at once are told of at once."""
SEND_WITHIN = 10.0
"""A client that takes a page no faster is let go: it comes back with its cursor."""
_PAGE = 100
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
    def pages(self, asks: Sequence[Ask], limit: int = ...) -> Sequence[Page | BadInput]: ...


Watch = Callable[[Collection[Viewer]], Collection[str]]


@dataclass(slots=True, eq=False)
class _Screen:
    """One live socket, and how far into its source it has read."""

    ws: WebSocket
    user: Viewer
    source: Source
    cursor: str | None
    hears_of_notices: bool
    topics: Collection[str]
    has_notices: bool = False
    is_wanted: bool = False


class Stream:
    """All live sockets of this process. `watching` is told whose screens are open, when the first of a user opens and each
    TELL_AGAIN from then on, and tells the ids of those who are let in no longer: their sockets are closed. One thread reads
    the feeds for all, in the order in which they were woken, a page at a time; who takes a page slowly waits for nobody but
    themselves."""

    def __init__(
        self,
        feed: Feed,
        bus: Bus,
        tickets: Tickets,
        origins: Collection[str],
        watching: Watch = lambda _viewers: (),
        *,
        team: Source | None = None,
        look_again: float = LOOK_AGAIN,
        tell_every: float = TELL_AGAIN,
        send_within: float = SEND_WITHIN,
        most: int | None = None,
    ) -> None:
        """`origins`: what browsers may connect from, such as https://feed.example.com and chrome-extension://<id>.

        `most`: sockets at a time; by default as many as three quarters of the files that this process may open.
        """
        self._feed = feed
        self._team = team
        self._bus = bus
        self._tickets = tickets
        self._origins = frozenset(_origin(one) for one in origins)
        self._watching = watching
        self._told_at: dict[str, float] = {}
        self._look_again = look_again
        self._tell_every = tell_every
        self._send_within = send_within
        self._most = most
        self._lock = threading.Lock()
        self._screens: dict[WebSocket, _Screen] = {}
        self._by_topic: dict[str, set[_Screen]] = defaultdict(set)
        self._wanted: deque[_Screen] = deque()
        self._work = threading.Event()
        self._somebody_came = threading.Event()
        self._stopping = threading.Event()
        self._switchboard: Switchboard | None = None

    def init_app(self, app: Flask) -> None:
        blueprint = Blueprint("stream", __name__)
        blueprint.before_request(self._admit)
        sources = {"feed": self._feed, "team": self._team}
        for name, source in sources.items():
            if source is not None:
                blueprint.add_url_rule(f"/ws/{name}", name, self._view(source), websocket=True)
        app.register_blueprint(blueprint)
        app.extensions[_EXTENSION] = self

    def wake(self, names: Collection[str]) -> None:
        """Topics, most of them ids of users, and bells of those who have notices."""
        with self._lock:
            woken = [one for name in names for one in self._by_topic.get(name, ())]
            rung = [one for name in names for one in self._by_topic.get(named_by(name), ()) if one.hears_of_notices]
        for one in rung:
            one.has_notices = True
        for one in (*woken, *rung):
            self._want(one)

    def stop(self) -> None:
        """Close every socket so that its client comes back, to the process after this one."""
        self._stopping.set()
        for one in self._all():
            if one.ws.is_crowded:
                one.ws.cut()  # a close frame would wait behind what it does not read
            else:
                one.ws.close(_GOING_AWAY, "restarting")

    # Coming and going

    def _admit(self) -> Response | None:
        """Before the handshake: who it is, and from where."""
        if self._stopping.is_set() or len(self._screens) >= self._room():
            return Response(status=503, headers={"Retry-After": "1"})
        origin = request.headers.get("Origin")
        if origin is not None and _origin(origin) not in self._origins:
            raise NotAllowed("this origin may not listen")
        ticket = request.args.get("ticket", "")
        if ticket and not is_handshake(request.headers):
            return Response(status=400)  # before the ticket is spent
        user = self._tickets.redeem_ticket(ticket)
        if user is None:
            raise SignInNeeded("the ticket is used, foreign or too old")
        g.viewer = user
        return None

    def _room(self) -> int:
        """Recipients must always get an answer, whatever number of screens is open."""
        return self._most if self._most is not None else resource.getrlimit(resource.RLIMIT_NOFILE)[0] * 3 // 4

    def _view(self, source: Source) -> Callable[[], Response]:
        def connect() -> Response:
            return self._connect(source)

        return connect

    def _connect(self, source: Source) -> Response:
        topics = frozenset(source.topics(g.viewer))
        switchboard = self._started()
        # The connection is ours from here on: what fails before is answered by the HTTP server, whose part in it is now over.
        ws = switchboard.connect(socket.socket(fileno=_connection().detach()))
        hears_of_notices = source is self._feed and request.args.get("notices") == "1"
        one = _Screen(ws, g.viewer, source, request.args.get("after"), hears_of_notices, topics)
        ws.greet(welcome(request.headers))
        self._enter(one)
        switchboard.listen(ws)
        self._want(one)
        return _Handed()

    def _started(self) -> Switchboard:
        """In the process that serves, not in the one it was forked from."""
        with self._lock:
            if self._switchboard is None:
                self._switchboard = Switchboard(gone=self._gone, relieved=lambda ws: self._want(self._screens[ws]))
                self._switchboard.start()
                for work in (self._read, self._watch):
                    threading.Thread(target=work, name="feeds", daemon=True).start()
                self._bus.listen(self.wake)
            return self._switchboard

    def _enter(self, one: _Screen) -> None:
        with self._lock:
            self._screens[one.ws] = one
            for topic in one.topics:
                self._by_topic[topic].add(one)
        _OPEN.inc()
        if one.user.id not in self._told_at:
            self._somebody_came.set()

    def _gone(self, ws: WebSocket) -> None:
        with self._lock:
            one = self._screens.pop(ws)
            for topic in one.topics:
                self._by_topic[topic].discard(one)
                if not self._by_topic[topic]:
                    del self._by_topic[topic]
        _OPEN.dec()

    def _all(self) -> list[_Screen]:
        with self._lock:
            return list(self._screens.values())

    # Reading feeds

    def _want(self, one: _Screen) -> None:
        """Have what is new sent."""
        if not one.is_wanted:
            one.is_wanted = True
            self._wanted.append(one)
            self._work.set()

    def _read(self) -> None:
        while not self._stopping.is_set():
            self._work.wait()
            self._work.clear()
            while wanted := [self._wanted.popleft() for _ in range(min(len(self._wanted), _READ_AT_ONCE))]:
                for one in wanted:
                    one.is_wanted = False  # before the read: what comes after it asks again
                try:
                    self._catch_up([one for one in wanted if one.ws.is_open and not one.ws.is_crowded])
                except Exception:
                    _log.exception("live sockets were told nothing")

    def _catch_up(self, screens: Sequence[_Screen]) -> None:
        by_source: dict[Source, list[_Screen]] = defaultdict(list)
        for one in screens:
            by_source[one.source].append(one)
        for source, theirs in by_source.items():
            for one, page in zip(theirs, self._pages(source, theirs), strict=True):
                self._show(one, page)

    def _pages(self, source: Source, screens: Sequence[_Screen]) -> Sequence[Page | Exception | None]:
        try:
            return source.pages([(one.user, one.cursor) for one in screens], _PAGE)
        except LivefeedError as error:
            # The next look brings it: no cursor has moved.
            _log.warning("feeds could not be read", error=error.code, screens=len(screens))
            return [None] * len(screens)
        except Exception as error:
            if len(screens) > 1:  # one must not harm the others
                return [page for one in screens for page in self._pages(source, [one])]
            _log.exception("a feed could not be read")
            return [error]

    def _show(self, one: _Screen, page: Page | Exception | None) -> None:
        if isinstance(page, BadInput):
            one.ws.close(_BAD_CURSOR, "not a cursor of this feed")
        elif isinstance(page, Exception):
            one.ws.close(_FAILED, "failed")
        elif page is not None:
            for item in page["items"]:
                one.ws.send(json.dumps(item, ensure_ascii=False, separators=(",", ":")))
            _SENT.inc(len(page["items"]))
            one.cursor = page["cursor"]
            if page["more"]:
                self._want(one)
        if one.has_notices:
            one.has_notices = False
            one.ws.send(_NOTICES)

    # Looking after them

    def _watch(self) -> None:
        """Say who is watching, soon after they came; and look now and then, as wake-ups may be lost and readers may stall."""
        look_at = time.monotonic() + self._look_again
        while not self._stopping.is_set():
            if self._somebody_came.wait(max(0.0, look_at - time.monotonic())):
                self._stopping.wait(_GATHER)
                self._somebody_came.clear()
            is_time_to_look = time.monotonic() >= look_at
            if is_time_to_look:
                look_at = time.monotonic() + self._look_again
                self._let_go()
            try:
                self._tell()
                if is_time_to_look:
                    self._look()
            except LivefeedError as error:
                _log.warning("feeds could not be looked at", error=error.code)
            except Exception:
                _log.exception("feeds could not be looked at")

    def _tell(self) -> None:
        """What is told holds for a minute only."""
        now = time.monotonic()
        viewers = {one.user.id: one.user for one in self._all()}
        self._told_at = {user_id: at for user_id, at in self._told_at.items() if user_id in viewers}
        due = [user for user_id, user in viewers.items() if self._told_at.get(user_id, -inf) <= now - self._tell_every]
        for some in _slices(due):
            out = self._watching(some)
            self._told_at.update((user.id, now) for user in some)
            for one in self._all() if out else ():
                if one.user.id in out:
                    one.ws.close(_SIGNED_OUT, "signed out")

    def _let_go(self) -> None:
        """Of who does not read."""
        deadline = time.monotonic() - self._send_within
        for one in self._all():
            if one.ws.is_stuck(deadline):
                _LET_GO.inc()
                one.ws.cut()

    def _look(self) -> None:
        for some in _slices(self._all()):
            self._look_for_news(some)
            self._stopping.wait(_BREATH)

    def _look_for_news(self, screens: Sequence[_Screen]) -> None:
        viewers = {one.user.id for one in screens if one.source is self._feed}
        heads = self._feed.heads(viewers) if viewers else {}
        for one in screens:
            if one.source is not self._feed or one.cursor is None or one.cursor != heads.get(one.user.id, one.cursor):
                self._want(one)


class _Handed(Response):
    """The connection was handed over. To the HTTP server it is as if its client had gone: it writes nothing and forgets it."""

    def __call__(self, *_given: Any) -> Any:
        raise ConnectionResetError(errno.ECONNRESET, "handed over")


def _connection() -> Any:
    """The HTTP server's: gunicorn's, or werkzeug's."""
    environ = request.environ
    return environ["gunicorn.socket"] if "gunicorn.socket" in environ else environ["werkzeug.socket"]


def stream_of(app: Flask) -> Stream:
    """The one `init_app` gave this app."""
    stream: Stream = app.extensions[_EXTENSION]
    return stream


T = TypeVar("T")


def _slices(found: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(found), _LOOKED_AT):
        yield found[start : start + _LOOKED_AT]


def _origin(url: str) -> str:
    """ "" for what is no address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}".lower()
