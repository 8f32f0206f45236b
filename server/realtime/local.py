"""The bus of one web process and its worker: callbacks here, a Unix datagram socket for every process that listens."""

import contextlib
import os
import socket
import threading
from collections.abc import Iterable
from pathlib import Path

from server.logs import logger
from server.realtime.bus import Callback, Listeners
from server.tokens import new_id

FOLDER = "wake"
_IDS_A_DATAGRAM = 100
_LONGEST_NAME = 100  # of a Unix socket, in bytes

_log = logger(__name__)


class LocalBus:
    """Who listens has a socket in the folder; who wakes writes to all of them. What nobody takes is lost, and may be."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER
        self._name = new_id()
        self._listeners = Listeners()
        self._inbox: socket.socket | None = None
        self._lock = threading.Lock()

    def wake(self, user_ids: Iterable[str]) -> None:
        awake = frozenset(user_ids)
        self._listeners.call(awake)
        if awake:
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
            (self._folder / self._name).unlink(missing_ok=True)

    def _post(self, user_ids: list[str]) -> None:
        datagrams = [
            " ".join(user_ids[start : start + _IDS_A_DATAGRAM]).encode() for start in range(0, len(user_ids), _IDS_A_DATAGRAM)
        ]
        with contextlib.suppress(OSError), _Folder(self._folder) as reach:
            for name in os.listdir(self._folder):
                if name != self._name:
                    _send(datagrams, reach(name))

    def _open(self) -> None:
        inbox = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _Folder(self._folder) as reach:
                inbox.bind(reach(self._name))
        except OSError:
            _log.exception("no wake-ups from other processes: screens look by themselves")
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


def _send(datagrams: Iterable[bytes], path: str) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as outbox:
        outbox.setblocking(False)
        try:
            for datagram in datagrams:
                outbox.sendto(datagram, path)
        except ConnectionRefusedError:
            # Its process was killed and could not clear up.
            Path(path).unlink(missing_ok=True)
        except OSError:
            return  # full, or just gone


class _Folder:
    """Names of sockets in a folder; by way of its descriptor where the path is too long for a socket's name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._handle: int | None = None

    def __enter__(self) -> "_Folder":
        if len(os.fsencode(self._folder)) + len(os.sep) + 26 > _LONGEST_NAME:
            self._handle = os.open(self._folder, os.O_RDONLY)
        return self

    def __exit__(self, *_error: object) -> None:
        if self._handle is not None:
            os.close(self._handle)

    def __call__(self, name: str) -> str:
        return str(self._folder / name) if self._handle is None else f"/proc/self/fd/{self._handle}/{name}"
