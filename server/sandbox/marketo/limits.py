"""What the whole company may ask for, and what it asked for."""

import threading
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from server.sandbox.clock import Clock
from server.sandbox.marketo.envelope import Refusal

CENTRAL = ZoneInfo("America/Chicago")  # where a day begins for Marketo
WINDOW = timedelta(seconds=20)
_DAYS_KEPT = 8


class Limits:
    """`daily` calls until midnight Central, `burst` in any 20 s, `parallel` at once; all by the sandbox's clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self.daily, self.burst, self.parallel = 50_000, 100, 10
        self.reset()

    def reset(self) -> None:
        """Forget what was used and measured; what runs goes on."""
        with self._lock:
            self._recent: deque[datetime] = deque()
            self._days: dict[date, Counter[str]] = {}
            self._errors: dict[date, Counter[str]] = {}
            self.calls: Counter[str] = Counter()
            self.refused: Counter[str] = Counter()
            self.parallel_peak = self.burst_peak = 0
            self._running = getattr(self, "_running", 0)

    @contextmanager
    def running(self) -> Iterator[int]:
        """How many run at once, this one among them."""
        with self._lock:
            self._running += 1
            self.parallel_peak = max(self.parallel_peak, self._running)
            now_running = self._running
        try:
            yield now_running
        finally:
            with self._lock:
                self._running -= 1

    def charge(self, user: str, method: str, running: int) -> None:
        """Refused calls cost nothing."""
        with self._lock:
            now = self._clock.now()
            today = self._days.setdefault(central_day(now), Counter())
            self._forget(now)
            if running > self.parallel:
                raise Refusal("615")
            if len(self._recent) >= self.burst:
                raise Refusal("606", f"Max rate limit '{self.burst}' exceeded with in '20' secs")
            if today.total() >= self.daily:
                raise Refusal("607")
            self._recent.append(now)
            self.burst_peak = max(self.burst_peak, len(self._recent))
            today[user] += 1
            self.calls[method] += 1

    def note(self, code: str) -> None:
        with self._lock:
            self.refused[code] += 1
            self._errors.setdefault(central_day(self._clock.now()), Counter())[code] += 1

    def used(self, day: date) -> Counter[str]:
        """Calls by user."""
        with self._lock:
            return Counter(self._days.get(day, {}))

    def errors(self, day: date) -> Counter[str]:
        with self._lock:
            return Counter(self._errors.get(day, {}))

    def _forget(self, now: datetime) -> None:
        while self._recent and self._recent[0] <= now - WINDOW:
            self._recent.popleft()
        for day in [day for day in self._days if day < central_day(now) - timedelta(days=_DAYS_KEPT)]:
            del self._days[day]
            self._errors.pop(day, None)


def central_day(moment: datetime) -> date:
    return moment.astimezone(CENTRAL).date()
