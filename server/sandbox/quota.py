"""What each call costs, and who used how much (prices of projects made since 1 May 2026)."""

import threading
from collections import Counter, deque
from datetime import datetime, timedelta

from server.sandbox.clock import Clock
from server.sandbox.envelope import Refusal

PRICES = {
    "gmail.users.getProfile": 1,
    "gmail.users.watch": 100,
    "gmail.users.stop": 50,
    "gmail.users.history.list": 2,
    "gmail.users.labels.list": 1,
    "gmail.users.messages.get": 20,
    "gmail.users.messages.list": 5,
    "gmail.users.messages.send": 100,
    "gmail.users.messages.modify": 5,
    "gmail.users.messages.trash": 5,
    "gmail.users.messages.untrash": 5,
    "gmail.users.messages.delete": 10,
    "gmail.users.messages.attachments.get": 20,
    "gmail.users.drafts.create": 10,
    "gmail.users.drafts.update": 15,
    "gmail.users.drafts.get": 20,
    "gmail.users.drafts.list": 5,
    "gmail.users.drafts.send": 100,
    "gmail.users.drafts.delete": 10,
    "gmail.users.threads.get": 40,
    "gmail.users.threads.list": 10,
    "gmail.users.settings.sendAs.list": 1,
    "gmail.users.settings.sendAs.get": 1,
}
MINUTE = timedelta(minutes=1)


class Quota:
    """`per_user` and `per_project` are units in a sliding minute of the sandbox's clock.

    `refuses_with` is the status of the refusal (Google uses both 403 and 429); None takes them in turn.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self.per_user = 6_000
        self.per_project = 1_200_000
        self.refuses_with: int | None = None
        self.refused = 0
        self._recent: dict[str, deque[tuple[datetime, int]]] = {}
        self._units: dict[str, Counter[str]] = {}
        self._calls: dict[str, Counter[str]] = {}

    def charge(self, account: str, method: str) -> None:
        """Raises the refusal when the minute is used up; a refused call costs nothing."""
        price, now = PRICES[method], self._clock.now()
        with self._lock:
            minutes = {user: self._last_minute(user, now) for user in {*self._recent, account}}
            if minutes[account] + price > self.per_user or sum(minutes.values()) + price > self.per_project:
                self.refused += 1
                raise self._refusal(minutes[account] + price > self.per_user)
            self._recent[account].append((now, price))
            self._units.setdefault(account, Counter())[method] += price
            self._calls.setdefault(account, Counter())[method] += 1

    def read(self) -> dict[str, dict[str, object]]:
        """By account: total units, and units and calls by method."""
        with self._lock:
            return {
                account: {"units": sum(units.values()), "by_method": dict(units), "calls": dict(self._calls[account])}
                for account, units in self._units.items()
            }

    def reset(self) -> None:
        with self._lock:
            self._recent, self._units, self._calls, self.refused = {}, {}, {}, 0

    def _last_minute(self, account: str, now: datetime) -> int:
        recent = self._recent.setdefault(account, deque())
        while recent and recent[0][0] <= now - MINUTE:
            recent.popleft()
        return sum(units for _, units in recent)

    def _refusal(self, of_user: bool) -> Refusal:
        code = self.refuses_with or (403 if self.refused % 2 else 429)
        limit = "Queries per minute per user" if of_user else "Queries per minute"
        message = (
            f"Quota exceeded for quota metric 'Queries' and limit '{limit}' of service 'gmail.googleapis.com' "
            "for consumer 'project_number:310000000000'."
        )
        return Refusal(code, message, "rateLimitExceeded", domain="usageLimits")
