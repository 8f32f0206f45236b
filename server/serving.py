"""`livefeed serve`: gunicorn with gevent workers, and the jobs worker as a child that is started again when it dies."""

import argparse
import logging
import os
import resource
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.util import import_app

from server import logs
from server.errors import BadInput

APPLICATION = "server.wsgi:application"
SOCKETS = 20_000
"""Connections a web process takes at most; gunicorn's own limit of 1,000 would cap live sockets."""
GRACE = 5
_OTHER_FILES = 500
PARENT = "PARENT_PROCESS"
METRICS_DIR = "PROMETHEUS_MULTIPROC_DIR"
_KEEPALIVE = 75
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 30.0
_LOOK_FOR_PARENT = 1.0
_MALFORMED = "Invalid request from ip="
_LATEST_BEGIN = 20.0

# A web process forked in the middle of starting a child would keep that child's pipe, for which the start then waits.
_FORKING = threading.Lock()
os.register_at_fork(before=_FORKING.acquire, after_in_parent=_FORKING.release, after_in_child=_FORKING.release)

_log = logs.logger(__name__)


def serve(
    host: str,
    port: int,
    workers: int,
    *,
    redis: bool,
    metrics_dir: Path,
    worker_command: Sequence[str] = (),
    log_level: str = "INFO",
    application: str = APPLICATION,
) -> NoReturn:
    """Become the server; settings are read again from the environment. `worker_command` starts the jobs worker. Several web
    processes keep their figures in `metrics_dir`, so that each can tell those of all.

    A process of its own, because gevent must patch before the product is imported, and the caller has imported it.
    """
    if workers > 1 and not redis:
        raise BadInput("more than one web process needs Redis: set LIVEFEED_REDIS_URL, or use --workers 1")
    if workers > 1:
        _share_metrics(metrics_dir)
    options = ["--host", host, "--port", str(port), "--workers", str(workers), "--log-level", log_level]
    command = [sys.executable, "-m", __name__, *options, "--application", application, "--", *worker_command]
    sys.stdout.flush()
    os.execv(sys.executable, command)  # noqa: S606  # ourselves, no shell


def _share_metrics(folder: Path) -> None:
    """What processes of an earlier start counted is theirs. prometheus_client reads the variable when it is imported."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ[METRICS_DIR] = str(folder)


def _forget_gauges(_server: Any, worker: Any) -> None:
    """A dead process holds no sockets; what it counted stays counted. As prometheus_client does it, which must not be imported
    here: a process forked later would have it without gevent's locks."""
    if METRICS_DIR in os.environ:
        for file in Path(os.environ[METRICS_DIR]).glob(f"gauge_live*_{worker.pid}.db"):
            file.unlink(missing_ok=True)


def end_with_parent() -> None:
    """For the jobs worker: stop when the server that started it is gone, even by kill -9."""
    parent = os.environ.get(PARENT, "")
    if parent.isdigit():
        threading.Thread(target=_follow, args=(int(parent),), name="follows its parent", daemon=True).start()


def _follow(parent: int) -> None:
    never = threading.Event()
    while os.getppid() == parent:
        never.wait(_LOOK_FOR_PARENT)
    os.kill(os.getpid(), signal.SIGTERM)


class Companion:
    """A child process that lives as long as this one. It begins once `may_begin` was called, in whatever process forked from
    this one: what must be there first has the processor for itself until then."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)
        self._ending = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._begun, self._begin = os.pipe()
        self._thread = threading.Thread(target=self._keep, name="companion", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def may_begin(self) -> None:
        os.write(self._begin, b"!")

    def stop(self, seconds: float = GRACE) -> None:
        self._ending.set()
        if self._child is None:
            return
        self._child.terminate()
        self._thread.join(seconds)
        if self._thread.is_alive():
            self._child.kill()
            self._thread.join(1)

    def _keep(self) -> None:
        pause = _FIRST_PAUSE
        select.select([self._begun], [], [], _LATEST_BEGIN)
        while not self._ending.is_set():
            with _FORKING:
                self._child = subprocess.Popen(self._command, env={**os.environ, PARENT: str(os.getpid())})  # noqa: S603
            # gunicorn's master may have reaped it already: then the code is not known, but the end is.
            begun = time.monotonic()
            code = self._child.wait()
            if time.monotonic() - begun > _LONGEST_PAUSE:
                pause = _FIRST_PAUSE
            if not self._ending.is_set():
                _log.error("the jobs worker ended and is started again", code=code, seconds=pause)
                self._ending.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)


class Lines(Logger):  # type: ignore[misc]  # gunicorn is untyped
    """gunicorn's lines go where ours go. What any stranger can bring about it tells with their address, their words and a line
    each time: of these one a minute is enough."""

    _seldom = logs.Seldom()

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        if not msg.startswith(_MALFORMED):
            super().warning(msg, *args, **kwargs)
        elif (kept_back := self._seldom.due(_MALFORMED)) is not None:
            _log.warning("malformed requests are refused", others=kept_back)

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        kept_back = self._seldom.due(msg)
        if kept_back is not None:
            super().exception(msg, *args, **kwargs)


class _Gunicorn(BaseApplication):  # type: ignore[misc]  # gunicorn is untyped
    def __init__(self, application: str, options: dict[str, Any]) -> None:
        self._application = application
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return import_app(self._application)


def _options(host: str, port: int, workers: int, companion: Companion | None) -> dict[str, Any]:
    options: dict[str, Any] = {
        "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "workers": workers,
        "worker_class": "server.wsgi.Worker",
        "worker_connections": SOCKETS,
        "keepalive": _KEEPALIVE,
        "graceful_timeout": GRACE,
        "timeout": 60,
        "control_socket_disable": True,
        "proc_name": "livefeed",
        "loglevel": "warning",
        "logger_class": Lines,
        "forwarded_allow_ips": "",  # who calls is read from LIVEFEED_TRUSTED_PROXIES alone
        "limit_request_line": 8190,
        "sendfile": False,  # it would wait for a reader without end
        "child_exit": _forget_gauges,
    }
    if companion is not None:
        options["when_ready"] = lambda _server: companion.start()
        options["post_worker_init"] = lambda _worker: companion.may_begin()
        options["on_exit"] = lambda _server: companion.stop()
    return options


def _allow_sockets() -> None:
    """Many systems let a process open 1,024 files unless it asks for more: a hundred patient strangers would fill that."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = SOCKETS + _OTHER_FILES
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--log-level", default="INFO")
    parser.add_argument("--application", default=APPLICATION)
    parser.add_argument("worker_command", nargs="*")
    given = parser.parse_args()
    logs.configure(given.log_level)
    logging.captureWarnings(True)
    _allow_sockets()
    companion = Companion(given.worker_command) if given.worker_command else None
    _Gunicorn(given.application, _options(given.host, given.port, given.workers, companion)).run()


if __name__ == "__main__":
    main()
