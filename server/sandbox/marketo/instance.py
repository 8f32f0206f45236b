"""One Marketo subscription: its API user, its limits, its failures and its odd moods."""

import secrets
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from flask import current_app

from server.errors import NotFound
from server.sandbox.crm.crm import Crm
from server.sandbox.failures import Answer, Failures
from server.sandbox.marketo.envelope import MESSAGES, failed, page
from server.sandbox.marketo.limits import Limits

PERMISSIONS = ("Read-Only Activity", "Read-Only Lead", "Read-Only Sales Person", "Execute Campaign")
LIFE = timedelta(seconds=3600)
_PAGES = {"413-html": (413, "Request Entity Too Large"), "500-html": (500, "Internal Server Error")} | {
    f"{status}-html": (status, title)
    for status, title in ((502, "Bad Gateway"), (503, "Service Unavailable"), (504, "Gateway Time-out"))
}


@dataclass(frozen=True)
class User:
    """Of the API: what LaunchPoint calls a service."""

    client_id: str = "11111111-2222-4333-8444-555555555555"
    client_secret: str = "sandbox-marketo-secret"
    name: str = "livefeed@fjordline.example"


@dataclass
class Moods:
    """What pages of activities look like: one in so many is cut short or empty though more is to come (0: never), and how many
    rows are looked at for one page. `warnings`: "", "objects" or "strings".
    """

    short_every: int = 7
    empty_every: int = 11
    look_at: int = 1500
    misspelt_every: int = 9
    warnings: str = ""


@dataclass
class Tokens:
    """One at a time; asking again gives the same until its life is over."""

    value: str = ""
    ends: datetime | None = None
    former: deque[str] = field(default_factory=lambda: deque(maxlen=200))

    def issue(self, now: datetime) -> tuple[str, int]:
        """The token and how many seconds it has left."""
        if self.ends is None or now >= self.ends:
            self.end()
            self.value, self.ends = f"{secrets.token_hex(16)}:int", now + LIFE
        return self.value, max(1, int((self.ends - now).total_seconds()) - 1)

    def end(self) -> None:
        """Early, as happens."""
        if self.value:
            self.former.append(self.value)
        self.value, self.ends = "", None


class Marketo:
    def __init__(self, crm: Crm, users: Iterable[User] = (User(),), permissions: Iterable[str] = PERMISSIONS) -> None:
        self.crm = crm
        self.users = {user.client_id: user for user in users}
        self.permissions = set(permissions)
        self.tokens = {user.client_id: Tokens() for user in self.users.values()}
        self.limits = Limits(crm.clock)
        self.failures = Failures(crm.clock, _answers())
        self.moods = Moods()
        self.triggered: list[dict[str, object]] = []

    def add_user(self, user: User) -> None:
        self.users[user.client_id] = user
        self.tokens[user.client_id] = Tokens()


def here() -> Marketo:
    """The Marketo of the current request's app. NotFound where the sandbox has none."""
    found = current_app.extensions.get("marketo")
    if not isinstance(found, Marketo):
        raise NotFound("this sandbox has no Marketo")
    return found


def _answers() -> dict[str, Answer]:
    answers: dict[str, Answer] = {code: partial(failed, code) for code in MESSAGES}
    return answers | {kind: partial(page, *told) for kind, told in _PAGES.items()}
