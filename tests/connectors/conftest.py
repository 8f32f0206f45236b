from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from server.connectors.errors import ConnectorError
from server.connectors.http import Budget, Transport, unlimited
from tests.connectors.remote import Remote, serving

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@dataclass
class Hands:
    """Time that passes only when somebody sleeps, and what was heard of the calls."""

    now: datetime = NOW
    slept: list[float] = field(default_factory=list)
    heard: list[ConnectorError | None] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    def clock(self) -> datetime:
        return self.now

    def transport(self, service: str, budget: Budget | None = None) -> Transport:
        return Transport(
            service, budget or unlimited(), self.heard.append, sleep=self.sleep, chance=lambda: 0.5, clock=self.clock
        )


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def identity() -> Iterator[Remote]:
    """Marketo's side."""
    with serving(Remote("/identity/oauth/token")) as remote:
        yield remote


@pytest.fixture
def org() -> Iterator[Remote]:
    """Salesforce's side."""
    with serving(Remote("/services/oauth2/token")) as remote:
        yield remote
