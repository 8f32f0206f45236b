"""Wake-ups: which users have something new. Only a hint: every screen finds its own way with its cursor."""

from collections.abc import Callable, Iterable
from typing import Protocol

from server.logs import logger

Callback = Callable[[frozenset[str]], None]

_log = logger(__name__)


class Bus(Protocol):
    def wake(self, user_ids: Iterable[str]) -> None:
        """Call after the commit. Neither waits nor fails."""
        ...

    def listen(self, callback: Callback) -> None:
        """`callback` is called with sets of user ids, from any thread; it must neither wait nor fail."""
        ...

    def healthy(self) -> bool:
        """False when wake-ups of other processes do not arrive at the moment."""
        ...

    def close(self) -> None: ...


class Listeners:
    """The callbacks of this process."""

    def __init__(self) -> None:
        self._callbacks: list[Callback] = []

    def __bool__(self) -> bool:
        return bool(self._callbacks)

    def add(self, callback: Callback) -> None:
        self._callbacks.append(callback)

    def call(self, user_ids: frozenset[str]) -> None:
        for callback in self._callbacks if user_ids else ():
            try:
                callback(user_ids)
            except Exception:
                _log.exception("a listener failed")
