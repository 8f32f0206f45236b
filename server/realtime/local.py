"""The bus of one web process and its worker child: callbacks here, a Unix datagram socket between the two."""

import contextlib
import os
import socket
import threading
from collections.abc import Iterable
from pathlib import Path

from server.logs import logger
from server.realtime.bus import Callback, Listeners

SOCKET_NAME = "wake.sock"
_IDS_A_DATAGRAM = 100
_LONGEST_NAME = 100  # of a Unix socket, in bytes

_log = logger(__name__)


class LocalBus:
    """Who listens binds the socket; who only wakes writes to it. A datagram nobody takes is lost, and may be."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._listeners = Listeners()
        self._inbox: socket.socket | None = None
        self._lock = threading.Lock()

    def wake(self, user_ids: Iterable[str]) -> None:
        awake = frozenset(user_ids)
        self._listeners.call(awake)
        if awake and self._inbox is None:
            self._post(sorted(awake))

    def listen(self, callback: Callback) -> None:
        self._listeners.add(callback)
        with self._lock:
            if self._inbox is None:
                self._open()

    def healthy(self) -> bool:
        return self._inbox is not None or not self._listeners

    def close(self) -> None:
        inbox, self._inbox = self._inbox, None
        if inbox is not None:
            with contextlib.suppress(OSError):
                inbox.shutdown(socket.SHUT_RDWR)
            inbox.close()

    def _post(self, user_ids: list[str]) -> None:
        with (
            contextlib.suppress(OSError),
            _Folder(self._folder) as reach,
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as outbox,
        ):
            outbox.setblocking(False)
            for start in range(0, len(user_ids), _IDS_A_DATAGRAM):
                outbox.sendto(" ".join(user_ids[start : start + _IDS_A_DATAGRAM]).encode(), reach(SOCKET_NAME))

    def _open(self) -> None:
        inbox = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        fresh = f"{SOCKET_NAME}.{os.getpid()}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with _Folder(self._folder) as reach:
                Path(reach(fresh)).unlink(missing_ok=True)
                inbox.bind(reach(fresh))
                os.chmod(reach(fresh), 0o600)
                # In the place of what an earlier process left, without a moment in which there is none.
                os.replace(reach(fresh), reach(SOCKET_NAME))
        except OSError:
            _log.exception("no wake-ups from the worker: screens look by themselves")
            inbox.close()
            return
        self._inbox = inbox
        threading.Thread(target=self._take, args=(inbox,), name="wake-ups", daemon=True).start()

    def _take(self, inbox: socket.socket) -> None:
        while self._inbox is inbox:
            try:
                datagram = inbox.recv(65536)
            except OSError:
                return
            self._listeners.call(frozenset(datagram.decode("ascii", "replace").split()))


class _Folder:
    """Names of sockets in a folder; by way of its descriptor where the path is too long for a socket's name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._handle: int | None = None

    def __enter__(self) -> "_Folder":
        if len(os.fsencode(self._folder)) + len(SOCKET_NAME) + 12 > _LONGEST_NAME:
            self._handle = os.open(self._folder, os.O_RDONLY)
        return self

    def __exit__(self, *_error: object) -> None:
        if self._handle is not None:
            os.close(self._handle)

    def __call__(self, name: str) -> str:
        return str(self._folder / name) if self._handle is None else f"/proc/self/fd/{self._handle}/{name}"
