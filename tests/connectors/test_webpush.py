"""Pushed messages, against a push service that reads and refuses as real ones do."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.connectors import webpush
from server.connectors.errors import Absent, Away, Refused, Rejected, Throttled
from server.connectors.http import Transport, unlimited
from server.connectors.webpush import WebPush
from server.domain.push import Browser
from server.sandbox.app import create_sandbox, running
from server.sandbox.clock import Clock
from server.sandbox.failures import Failure
from server.sandbox.webpush import PushService, push_service_of
from server.sandbox.world import World

HOUR = timedelta(hours=1)
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class There:
    def __init__(self, service: PushService, url: str) -> None:
        self.service, self.url = service, url
        self.key = webpush.new_key()
        self.clock = Clock(NOON, frozen=True)
        self.push = WebPush(
            Transport("push", unlimited(), tries=1, clock=self.clock.now), lambda: "mailto:livefeed@fjordline.example"
        )

    def browser(self, key: str = "") -> Browser:
        made = self.service.subscribe(webpush.public_key(key or self.key))
        keys = made.keys()
        return Browser(made.id, "w", "u", f"{self.url}/push-service/{made.id}", keys["p256dh"], keys["auth"], "Chrome", None)

    def send(self, to: Browser, title: str = "Hello", topic: str = "") -> None:
        self.push.send(self.key, to, {"title": title}, HOUR, topic)

    def came(self, to: Browser) -> list[dict[str, Any]]:
        found = self.service.find(to.id)
        assert found
        return found.messages


@pytest.fixture(scope="module")
def served() -> Iterator[There]:
    app = create_sandbox(World(clock=Clock(NOON, frozen=True), seed=1))
    with running(app) as sandbox:
        yield There(push_service_of(app), sandbox.url)


@pytest.fixture
def there(served: There) -> There:
    served.service.failures.clear()
    served.clock.set(NOON)
    return served


def test_only_the_browser_it_is_for_can_read_it(there: There) -> None:
    nora, other = there.browser(), there.browser()
    there.send(nora, "Aïssatou Diallo a consulté «\u00a0Pricing\u00a0» 檢視")
    assert there.came(nora) == [{"title": "Aïssatou Diallo a consulté «\u00a0Pricing\u00a0» 檢視"}]
    with pytest.raises(Rejected):
        there.send(replace(nora, public_key=other.public_key))
    assert len(there.came(nora)) == 1


def test_a_browser_that_left_is_gone(there: There) -> None:
    browser = there.browser()
    there.service.leave(browser.id)
    for gone in (browser, replace(browser, endpoint=browser.endpoint + "0")):
        with pytest.raises(Absent):
            there.send(gone)


def test_another_key_than_the_one_it_subscribed_for_is_refused(there: There) -> None:
    with pytest.raises(Refused):
        there.send(there.browser(webpush.new_key()))


def test_a_clock_that_is_wrong_is_refused(there: There) -> None:
    browser = there.browser()
    for wrong in (timedelta(days=-1), timedelta(days=1)):
        there.clock.set(NOON + wrong)
        with pytest.raises(Refused):
            there.send(browser)


def test_what_is_too_long_is_not_even_sent(there: There) -> None:
    browser = there.browser()
    there.send(browser, "x" * (webpush.MOST_BYTES - 20))
    with pytest.raises(Rejected):
        there.send(browser, "x" * webpush.MOST_BYTES)
    assert len(there.came(browser)) == 1


def test_a_topic_that_is_too_long_is_rejected(there: There) -> None:
    with pytest.raises(Rejected):
        there.send(there.browser(), topic="x" * 33)


@pytest.mark.parametrize(
    ("kind", "meant"),
    [
        ("410", Absent),
        ("404", Absent),
        ("413", Rejected),
        ("401", Refused),
        ("403", Refused),
        ("429", Throttled),
        ("503", Away),
    ],
)
def test_each_refusal_is_understood(there: There, kind: str, meant: type[Exception]) -> None:
    browser = there.browser()
    there.service.failures.add(Failure("push", kind))
    with pytest.raises(meant) as refused:
        there.send(browser)
    if meant is Throttled:
        assert refused.value.retry_after == 30  # type: ignore[attr-defined]
    there.send(browser)
    assert len(there.came(browser)) == 1


def test_keys_that_are_none_are_known_before() -> None:
    assert not webpush.is_of_a_browser("", "")
    assert not webpush.is_of_a_browser("x" * 87, "y" * 22)
    assert webpush.public_key(webpush.new_key()) != webpush.public_key(webpush.new_key())
