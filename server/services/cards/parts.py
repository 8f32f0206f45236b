"""Several parts of one card, read side by side: one that is slow or fails is left out, never the card."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any, TypeVar

from server.logs import logger

PATIENCE = 0.6
"""Seconds: Google wants the whole answer within one."""

_AT_ONCE = 12
_log = logger(__name__)

Name = TypeVar("Name")


class Parts:
    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._workers = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="card-part")

    def gathered(self, asked: Mapping[Name, Callable[[], Any]]) -> dict[Name, Any]:
        """What each gave, by name; those that failed or were not ready in time are not in it."""
        running = {name: self._workers.submit(read) for name, read in asked.items()}
        wait(running.values(), timeout=self._patience)
        found = {}
        for name, future in running.items():
            if not future.done():
                future.cancel()
                _log.warning("card.part_late", part=str(name))
            elif error := future.exception():
                _log.error("card.part_failed", part=str(name), exc_info=error)
            else:
                found[name] = future.result()
        return found
