"""A real Chromium in front of the pretend server. A page that logs an error or breaks its policy fails its test."""

from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.web.ui.facts import NOON
from tests.web.ui.pretend import Script, UiServer, an_afternoon

EXPECTED = ("Failed to load resource", "WebSocket connection to", "Chrome currently does not support the Push API in incognito")

Open = Callable[..., Page]
T = TypeVar("T")


def eventually(page: Page, look: Callable[[], T], what: str) -> T:
    """What `look` found once it is true. Most screens show what is done before the server has heard of it."""
    for _ in range(1000):
        if found := look():
            return found
        page.wait_for_timeout(10)
    raise AssertionError(f"never came: {what}")


@pytest.fixture
def script() -> Script:
    return an_afternoon()


@pytest.fixture
def base(script: Script) -> Iterator[str]:
    with UiServer(script) as url:
        yield url


@pytest.fixture(scope="session")
def usual(chromium: Browser) -> Iterator[BrowserContext]:
    """For pages that want nothing special: a tab beside the first one takes half of what a new context does. Each test's server
    has a port of its own, and with it an origin: what its pages keep is seen by no other test's."""
    context = chromium.new_context()
    context.clock.set_fixed_time(NOON)
    first = context.new_page()
    # As long as a page of the same site is there, its process is.
    first.route("**/*", lambda route: route.fulfill(body=""))
    first.goto("http://127.0.0.1/")
    yield context
    context.close()


@pytest.fixture
def visit(chromium: Browser, usual: BrowserContext, base: str) -> Iterator[Open]:
    """`visit(path, width=…, height=…, live=False, **context)` opens a page; `live` waits until its stream is."""
    complaints: list[str] = []
    contexts = []

    def context_for(more: dict[str, object]) -> BrowserContext:
        if not more:
            return usual
        contexts.append(chromium.new_context(**more))  # type: ignore[arg-type]
        contexts[-1].clock.set_fixed_time(NOON)
        return contexts[-1]

    def open_page(path: str = "/live", width: int = 380, height: int = 640, live: bool = True, **more: object) -> Page:
        page = context_for(more).new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: message.type in ("error", "warning") and complaints.append(message.text))
        page.goto(base + path)
        if live:
            page.get_by_text("Live", exact=True).first.wait_for()
        return page

    yield open_page
    for page in usual.pages[1:]:
        page.close()
    usual.clear_cookies()
    for context in contexts:
        context.close()
    assert [each for each in complaints if not each.startswith(EXPECTED)] == []
