"""What is made of something that may change while we run: made when first asked for, and anew once that is another."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Source = TypeVar("Source")
Made = TypeVar("Made")


class Live(Generic[Source, Made]):
    """`source` is asked each time; `make` only when what it gives is not equal to what it gave before."""

    def __init__(self, source: Callable[[], Source], make: Callable[[Source], Made]) -> None:
        self._source = source
        self._make = make
        self._lock = threading.Lock()
        self._made: tuple[Source, Made] | None = None

    def __call__(self) -> Made:
        # Outside of the lock: it may ask the database.
        source = self._source()
        with self._lock:
            if self._made is None or (self._made[0] is not source and self._made[0] != source):
                self._made = source, self._make(source)
            return self._made[1]
