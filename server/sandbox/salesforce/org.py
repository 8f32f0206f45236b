"""One Salesforce org: its app, its sessions, its limits, its open queries."""

import secrets
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from flask import current_app

from server.errors import NotFound
from server.sandbox.crm.crm import Crm
from server.sandbox.crm.reps import Rep
from server.sandbox.failures import Answer, Failures
from server.sandbox.salesforce.refusal import KINDS, Refusal, page, refused
from server.sandbox.salesforce.soql.plan import Plan

DAY, SESSION = timedelta(hours=24), timedelta(hours=2)
_MOST_CURSORS = 10
_PAGES = {"500-html": (500, "Server Error"), "502-html": (502, "Bad Gateway"), "503-html": (503, "Service Unavailable")}


@dataclass
class App:
    """The External Client App. `keys`: PEM, certificates or public keys; any of them verifies an assertion.

    `run_as`: whose session client credentials give; the first user when empty.
    """

    key: str = "sandbox-consumer-key"
    secret: str = "sandbox-consumer-secret"
    keys: list[str] = field(default_factory=list)
    run_as: str = ""
    approved: set[str] | None = None  # addresses that may be signed for; None: every user


@dataclass(frozen=True)
class Session:
    user: Rep
    ends: datetime


@dataclass(frozen=True)
class Cursor:
    plan: Plan
    numbers: list[int]
    size: int


class Salesforce:
    """`daily` requests in any 24 h, `batch` records a page at most, by the sandbox's clock."""

    def __init__(self, crm: Crm, app: App | None = None) -> None:
        self.crm = crm
        self.app = app or App()
        self.daily, self.batch = 100_000, 2_000
        self.failures = Failures(crm.clock, _answers())
        self.cursors: dict[str, Cursor] = {}
        self._sessions: dict[str, Session] = {}
        self._recent: deque[datetime] = deque()
        self.calls: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    def open_session(self, user: Rep) -> str:
        token = f"00D5g00000SANDBOX!{secrets.token_urlsafe(60)}"
        with self.crm.lock:
            self._sessions[token] = Session(user, self.crm.now() + SESSION)
        return token

    def session(self, token: str) -> Session:
        found = self._sessions.get(token)
        if found is None or found.ends <= self.crm.now():
            raise Refusal(401, "INVALID_SESSION_ID")
        return found

    def end_sessions(self) -> int:
        with self.crm.lock:
            ended = len(self._sessions)
            self._sessions.clear()
        return ended

    def charge(self, method: str) -> None:
        """Refused calls cost nothing."""
        with self.crm.lock:
            if self.used() >= self.daily:
                raise Refusal(403, "REQUEST_LIMIT_EXCEEDED")
            self._recent.append(self.crm.now())
            self.calls[method] += 1

    def used(self) -> int:
        with self.crm.lock:
            while self._recent and self._recent[0] <= self.crm.now() - DAY:
                self._recent.popleft()
            return len(self._recent)

    def reset(self) -> None:
        with self.crm.lock:
            self._recent.clear()
            self.calls.clear()
            self.refused.clear()

    def keep(self, cursor: Cursor) -> str:
        id = f"01g{secrets.token_hex(7)}A"
        while len(self.cursors) >= _MOST_CURSORS:
            del self.cursors[next(iter(self.cursors))]
        self.cursors[id] = cursor
        return id


def here() -> Salesforce:
    """The Salesforce of the current request's app. NotFound where the sandbox has none."""
    found = current_app.extensions.get("salesforce")
    if not isinstance(found, Salesforce):
        raise NotFound("this sandbox has no Salesforce")
    return found


def _answers() -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    for kind, message in KINDS.items():
        status, _, code = kind.partition("-")
        answers[kind] = partial(refused, int(status), code, message)
    return answers | {kind: partial(page, *told) for kind, told in _PAGES.items()}
