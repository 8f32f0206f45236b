"""A running sandbox for any test: `pytest_plugins = ["tests.fixtures_sandbox"]` or import the fixture."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import google.oauth2.credentials
import googleapiclient.discovery
import pytest
import requests

from server.sandbox.app import create_sandbox, running
from server.sandbox.clock import Clock
from server.sandbox.google import Google
from server.sandbox.keys import Keys
from server.sandbox.oauth.clients import Client
from server.sandbox.world import World
from tests.gmail_discovery import discovery

NORA = "nora@fjordline.example"
BRAM = "bram@fjordline.example"
CLIENT = Client("client-1.apps.example", "pretend-secret", ("http://localhost/auth/google/callback",), "Live Feed")
START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@dataclass
class Sandbox:
    """`url` has no slash at its end. `control` speaks to the control API and raises when it refuses."""

    url: str
    google: Google
    services: list[Any] = field(default_factory=list)

    @property
    def world(self) -> World:
        return self.google.world

    def control(self, verb: str, path: str, body: object = None, **params: str) -> Any:
        answer = requests.request(verb, f"{self.url}/control/{path}", json=body, params=params, timeout=20)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def credentials(self, address: str, *scopes: str) -> google.oauth2.credentials.Credentials:
        access, refresh = self.google.grants.issue(
            CLIENT, self.world.mailbox(address).account, scopes or ("https://www.googleapis.com/auth/gmail.modify",)
        )
        return google.oauth2.credentials.Credentials(
            access.value,
            refresh_token=refresh.value,
            token_uri=f"{self.url}/token",
            client_id=CLIENT.id,
            client_secret=CLIENT.secret,
        )

    def gmail(self, address: str = NORA, *scopes: str) -> Any:
        """The real client, bound to the sandbox; by default with gmail.modify."""
        document = discovery() | {"rootUrl": f"{self.url}/", "baseUrl": f"{self.url}/"}
        service = googleapiclient.discovery.build_from_document(document, credentials=self.credentials(address, *scopes))
        self.services.append(service)
        return service

    def fail(self, method: str, kind: str, **more: Any) -> None:
        self.control("POST", "failures", {"method": method, "kind": kind, **more})

    def wait_idle(self) -> None:
        assert self.world.agenda.wait_idle(20)


@functools.cache
def _keys() -> Keys:
    """Made once a run: two RSA keys take longer than most tests."""
    return Keys()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Two reps, one OAuth client, a clock that stands at START until moved."""
    world = World(clock=Clock(START, frozen=True), seed=7)
    world.add_account(NORA, "Nora Lindqvist", ["sales@fjordline.example"])
    world.add_account(BRAM, "Bram de Wit")
    with running(create_sandbox(world, clients=[CLIENT], keys=_keys())) as served:
        found = Sandbox(served.url, served.google)
        yield found
        for service in found.services:
            service.close()
