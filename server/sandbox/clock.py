"""The one clock of the sandbox: runs with an offset, faster if asked to, stands still, or is moved by hand."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

LONGEST_WAIT = 60.0


class Clock:
    """`now()` is an aware UTC datetime. Give `at` for a first moment, `frozen=True` for one that moves by hand only."""

    def __init__(self, at: datetime | None = None, *, frozen: bool = False) -> None:
        self._moved = threading.Condition()
        # When it was last set, in real time and in its own.
        self._since = datetime.now(UTC)
        self._from = self._since if at is None else _aware(at)
        self._speed = 1.0
        self._standing: datetime | None = None
        if frozen:
            self.freeze(at)

    @property
    def frozen(self) -> bool:
        return self._standing is not None

    @property
    def offset(self) -> timedelta:
        return self.now() - datetime.now(UTC)

    def now(self) -> datetime:
        with self._moved:
            return self._standing or self._from + (datetime.now(UTC) - self._since) * self._speed

    @property
    def speed(self) -> float:
        """Seconds of its own in a real one."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        if speed <= 0:
            raise ValueError("a clock runs forwards")
        with self._moved:
            self._from, self._since = self._from + (datetime.now(UTC) - self._since) * self._speed, datetime.now(UTC)
            self._speed = speed
            self._moved.notify_all()

    def set(self, moment: datetime) -> None:
        with self._moved:
            if self._standing is not None:
                self._standing = _aware(moment)
            else:
                self._from, self._since = _aware(moment), datetime.now(UTC)
            self._moved.notify_all()

    def advance(self, by: timedelta | float) -> None:
        """`by` in seconds, or a timedelta."""
        step = by if isinstance(by, timedelta) else timedelta(seconds=by)
        with self._moved:
            self.set(self.now() + step)

    def freeze(self, at: datetime | None = None) -> None:
        with self._moved:
            self._standing = _aware(at) if at is not None else self.now()
            self._moved.notify_all()

    def run(self) -> None:
        """Go on from where it stands."""
        with self._moved:
            if self._standing is not None:
                self._from, self._since = self._standing, datetime.now(UTC)
                self._standing = None
            self._moved.notify_all()

    def nudge(self) -> None:
        """Wake whoever waits, so that they look at their own state again."""
        with self._moved:
            self._moved.notify_all()

    def wait_until(self, moment: datetime | None, woken: Callable[[], bool] = lambda: False) -> bool:
        """Block until the clock shows `moment` (None = never by itself) or `woken()` holds; True when the moment came."""
        with self._moved:
            while not woken():
                left = None if moment is None else (moment - self.now()).total_seconds()
                if left is not None and left <= 0:
                    return True
                self._moved.wait(None if left is None or self.frozen else min(left / self._speed, LONGEST_WAIT))
            return False


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its zone")
    return moment.astimezone(UTC)
