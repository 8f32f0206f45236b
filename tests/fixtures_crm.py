"""A running Marketo and Salesforce for any test: `pytest_plugins = ["tests.fixtures_crm"]` or import the fixture `crm`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from server.sandbox.app import create_sandbox, marketo_of, running, salesforce_of
from server.sandbox.clock import Clock
from server.sandbox.crm.crm import Crm
from server.sandbox.crm.happenings import Happenings
from server.sandbox.keys import Keys
from server.sandbox.marketo.instance import Marketo, User
from server.sandbox.salesforce.org import Salesforce
from server.sandbox.world import World

NORA, BRAM, LIN = "nora@fjordline.example", "bram@fjordline.example", "lin@fjordline.example"
REPS = ((NORA, "Nora Lindqvist"), (BRAM, "Bram de Wit"), (LIN, "Lin Wei"))
START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
MARKETO_USER = User()


class NoKeys(Keys):
    """Google's are not asked for here, and take long to make."""

    def __init__(self) -> None:
        self._keys = []


@dataclass
class CrmSandbox:
    """`url` (no slash at its end): base of Marketo, of its identity service, of Salesforce's login and of My Domain."""

    url: str
    crm: Crm
    world: World
    marketo: Marketo
    salesforce: Salesforce
    happen: Happenings
    _session: tuple[str, datetime] = ("", datetime.min.replace(tzinfo=UTC))

    def control(self, verb: str, path: str, body: object = None, **params: str) -> Any:
        """Speaks to the control API; raises when it refuses."""
        answer = requests.request(verb, f"{self.url}/control/{path}", json=body, params=params, timeout=30)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def fail_marketo(self, method: str, kind: str, **more: Any) -> None:
        self.control("POST", "marketo/failures", {"method": method, "kind": kind, **more})

    def fail_salesforce(self, method: str, kind: str, **more: Any) -> None:
        self.control("POST", "salesforce/failures", {"method": method, "kind": kind, **more})

    def advance(self, seconds: float) -> None:
        self.world.clock.advance(seconds)

    def person(self, who: str | int) -> Any:
        """By address, Marketo id or Salesforce id; the formula's first has Marketo id 1001."""
        return self.control("GET", f"crm/people/{who}")

    def ask(self, path: str, **params: Any) -> Any:
        """Marketo's answer to a plain GET below /rest/v1, as JSON."""
        headers = {"Authorization": f"Bearer {self.marketo_token()}"}
        return requests.get(f"{self.url}/rest/v1/{path}", params=params, headers=headers, timeout=30).json()

    def marketo_token(self) -> str:
        given = {"client_id": MARKETO_USER.client_id, "client_secret": MARKETO_USER.client_secret}
        params = {"grant_type": "client_credentials", **given}
        return str(requests.get(f"{self.url}/identity/oauth/token", params=params, timeout=30).json()["access_token"])

    def query(self, soql: str, *, deleted: bool = False) -> Any:
        """Salesforce's first page, as JSON."""
        path = "queryAll" if deleted else "query"
        return self.salesforce_call("GET", path, params={"q": soql}).json()

    def salesforce_call(self, verb: str, path: str, **more: Any) -> requests.Response:
        """Below /services/data/v62.0, as the first rep; signed in anew when the clock moved by more than an hour."""
        now = self.world.clock.now()
        if now - self._session[1] > timedelta(hours=1):
            self._session = self.salesforce.open_session(self.crm.people.reps[0]), now
        headers = {"Authorization": f"Bearer {self._session[0]}", **more.pop("headers", {})}
        return requests.request(verb, f"{self.url}/services/data/v62.0/{path}", headers=headers, timeout=30, **more)


@contextmanager
def running_crm(
    *,
    people: int = 40,
    activities: int = 0,
    seed: int = 7,
    clock: Clock | None = None,
    reps: tuple[tuple[str, str], ...] = REPS,
) -> Iterator[CrmSandbox]:
    """`activities` of the 80 days before the clock's start exist by formula. By default the clock stands at START."""
    world = World(clock=clock or Clock(START, frozen=True), seed=seed)
    crm = Crm(world.clock, reps, seed=seed, people=people, activities=activities)
    app = create_sandbox(world, keys=NoKeys(), crm=crm)
    with running(app) as served:
        yield CrmSandbox(served.url, crm, world, marketo_of(app), salesforce_of(app), Happenings(crm))


@pytest.fixture
def crm() -> Iterator[CrmSandbox]:
    """Three reps, forty people and nothing that happened yet; the clock stands at START until moved."""
    with running_crm() as found:
        yield found


@pytest.fixture(scope="module")
def crm_kept() -> Iterator[CrmSandbox]:
    """The same for a whole module: for what changes nothing."""
    with running_crm() as found:
        yield found
