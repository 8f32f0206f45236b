"""What gunicorn loads: the tracking edge first, then the Flask app.

    gunicorn --worker-class server.wsgi.Worker --no-control-socket server.wsgi:application

`application` is built from the environment when it is first asked for; `livefeed serve` starts the same. The product is
imported only then: gunicorn's master needs none of it, and a worker has to be patched by gevent before.
"""

import gc
import logging
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

import gevent
from gevent import monkey
from gunicorn.http.errors import ParseException
from gunicorn.workers.ggevent import GeventWorker

from server.web import patience
from server.web.shortcut import Shortcut

SWITCH = 0.0002
"""Seconds. SQLite works in native threads and gives up the interpreter at each row; with Python's own 5 ms it would wait so
long for the busy hub each time."""
_PIECE = 65_536

WARMED = ("requests", "google.auth.jwt", "server.gmail.wire", "google_auth_oauthlib.flow")
"""What the first sign-in and the first mail would wait for, and hits meanwhile: imported once pages are served."""
_BETWEEN = 0.1

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from server.app import Product


class Served:
    """One web process. `stop` when its end is near; `close` stores what is still waiting. `shortcut` answers what it can past
    gunicorn; `warmed` names modules to import once it serves."""

    def __init__(
        self,
        app: "WSGIApplication",
        stop: Callable[[], None],
        close: Callable[[], None],
        *,
        shortcut: Shortcut | None = None,
        warmed: Sequence[str] = (),
    ) -> None:
        self._app = app
        self.shortcut = shortcut
        self.warmed = warmed
        self.stop = stop
        self.close = close

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        connection = environ.get("gunicorn.socket")
        if isinstance(connection, patience.Connection):
            # A live socket stays open while nothing is said.
            environ["gunicorn.socket"] = connection.plain
        return self._app(environ, start_response)


class Worker(GeventWorker):  # type: ignore[misc]  # gunicorn is untyped
    """gunicorn's gevent worker that waits for nobody without end, sends live screens away at once and stores what is waiting
    before it ends."""

    def patch(self) -> None:
        super().patch()
        _log_natively()

    def init_process(self) -> None:
        sys.setswitchinterval(SWITCH)
        super().init_process()

    def timeout_ctx(self) -> AbstractContextManager[None]:
        return nullcontext()  # the connection itself knows

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        address = addr[0] if isinstance(addr, tuple) else ""
        super().handle(listener, patience.Connection(client, lambda request: self._shortly(request, address)), addr)

    def _shortly(self, request: bytes, address: str) -> bytes | None:
        """Not near the end, when connections are closed, nor for a log of each request."""
        served = self.wsgi
        if not self.alive or self.cfg.accesslog or not isinstance(served, Served) or served.shortcut is None:
            return None
        return served.shortcut.answer(request, address)

    def handle_request(self, listener_name: Any, req: Any, sock: Any, addr: Any) -> None:
        req.body.reader = patience.Body(req.body.reader, (ParseException,))
        sock.expect(patience.BODY)
        try:
            super().handle_request(listener_name, req, sock, addr)
        finally:
            sock.expect(patience.REST)
            with suppress(ValueError, OSError):  # gunicorn then sees that it failed, and ends the connection
                while req.body.read(_PIECE):
                    pass
            sock.expect(patience.NEXT, at_start=not req.unreader.buf.getvalue())

    def handle_exit(self, sig: int, frame: Any) -> None:
        super().handle_exit(sig, frame)
        if isinstance(self.wsgi, Served):
            # A signal's handler must not wait.
            gevent.spawn(self.wsgi.stop)

    def notify(self) -> None:
        if self.ppid != os.getppid():
            self._finish()
        super().notify()

    def run(self) -> None:
        if isinstance(self.wsgi, Served):
            gevent.spawn(_warm, self.wsgi.warmed)
        super().run()
        self._finish()

    def _finish(self) -> None:
        if isinstance(self.wsgi, Served):
            self.wsgi.stop()
            self.wsgi.close()


def _log_natively() -> None:
    """Native threads log too, and gevent's locks don't wake all of those that wait for each other. Writing a line never gives
    way to another greenlet, so a real lock does."""
    make_lock = monkey.get_original("_thread", "RLock")
    handlers = [found() for found in logging._handlerList]  # type: ignore[attr-defined]
    for owner, name in [(logging, "_lock"), *((one, "lock") for one in handlers if one is not None)]:
        setattr(owner, name, make_lock())


def _warm(names: Sequence[str]) -> None:
    for name in names:
        # In pieces: whoever comes in the meantime is served between them.
        gevent.sleep(_BETWEEN)
        import_module(name)
    # What is there by now stays. Each full collection would look at all of it, and serve nobody for 60 ms.
    gc.collect()
    gc.freeze()


def build() -> Served:
    from server import app, settings

    return served(app.build(settings.read()))


def served(product: "Product") -> Served:
    from datetime import UTC, datetime

    from gevent.event import Event

    from server import app
    from server.services.tracking import Sighting
    from server.storage.spool import Spool
    from server.web.recorder import Recorder
    from server.web.stream import stream_of
    from server.web.tracking import Edge

    values = product.settings
    flask = app.create_app(product)
    tracking = product.tracking
    recorder = Recorder(tracking.receive, Spool(values.spool), tracking.catch_up, event=Event)

    def record(seen: Sighting) -> None:
        recorder.record(tracking.line(seen))

    edge = Edge(flask, product.tokens, record, values.trusted_proxies, lambda: datetime.now(UTC))
    return Served(edge, stop=stream_of(flask).stop, close=recorder.close, shortcut=Shortcut(edge), warmed=WARMED)


def __getattr__(name: str) -> Any:
    if name == "application":
        globals()[name] = build()
        return globals()[name]
    raise AttributeError(name)
