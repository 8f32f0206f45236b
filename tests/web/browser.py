"""Somebody's browser, and what stands behind the pages in tests."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.domain.mailboxes import Connection, ConnectionState
from server.domain.users import User
from server.gmail.credentials import Grant
from tests.fixtures_sandbox import NORA, Sandbox

EXTENSION = "abcdefghijklmnopabcdefghijklmnop"
SECRET_KEY = "one key of the tests that is long enough"


@dataclass
class FakeMailboxes:
    connected: dict[str, tuple[Grant, frozenset[str]]] = field(default_factory=dict)
    woken: list[tuple[str, int | None]] = field(default_factory=list)
    states: dict[str, Connection] = field(default_factory=dict)
    looked_at: datetime | None = None

    def connect(self, user: User, credentials: Grant, scopes: Iterable[str]) -> ConnectionState:
        self.connected[user.address] = (credentials, frozenset(scopes))
        return self.state(user)

    def disconnect(self, user: User) -> None:
        self.connected.pop(user.address, None)

    def state(self, user: User) -> ConnectionState:
        state = self.states.get(user.address, Connection.NONE)
        return ConnectionState(state, datetime(2026, 11, 21, tzinfo=UTC), looked_at=self.looked_at)

    def wake(self, address: str, history_id: int | None = None) -> None:
        self.woken.append((address, history_id))


@dataclass
class Clock:
    """Stands where it is put."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


class Browser:
    """Somebody's browser at our pages: keeps cookies, sends the form's token."""

    def __init__(self, client: FlaskClient, sandbox: Sandbox | None = None) -> None:
        self.client = client
        self.sandbox = sandbox

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, headers={"Accept": "text/html"} | more.pop("headers", {}), **more)

    def csrf(self, page: str = "/auth/sign-in") -> str:
        html = self.get(page).text
        found = re.search(r'name="csrf[_-]token" (?:value|content)="([^"]+)"', html)
        assert found, html[:400]
        return found[1]

    def post(self, path: str, data: dict[str, str] | None = None, page: str = "/auth/sign-in") -> TestResponse:
        return self.client.post(path, data={"csrf_token": self.csrf(page), **(data or {})}, headers={"Accept": "text/html"})

    def to_google(self, path: str, data: dict[str, str] | None = None, page: str = "/auth/sign-in") -> dict[str, str]:
        """What Google is asked."""
        answer = self.post(path, data, page)
        assert answer.status_code == 303, answer.text
        return dict(parse_qsl(urlsplit(answer.location).query))

    def consent(self, asked: dict[str, str], account: str = NORA, granted: Iterable[str] | None = None) -> str:
        """Google's page, where every scope is ticked unless told otherwise; where it sends the browser back to."""
        assert self.sandbox is not None
        ticked = list(asked["scope"].split() if granted is None else granted)
        form = [*asked.items(), ("account", account), ("decision", "allow"), *(("granted", scope) for scope in ticked)]
        answer = requests.post(f"{self.sandbox.url}/signin/oauth/consent", data=form, allow_redirects=False, timeout=10)
        assert answer.is_redirect, answer.text
        parts = urlsplit(answer.headers["Location"])
        assert parts.path == "/auth/google/callback"
        return f"{parts.path}?{parts.query}"

    def sign_in(self, account: str = NORA, next: str = "/") -> TestResponse:
        return self.get(self.consent(self.to_google("/auth/google", {"next": next}), account))
