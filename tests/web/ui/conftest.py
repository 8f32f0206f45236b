"""A real Chromium in front of the pretend server. A page that logs an error or breaks its policy fails its test."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.web.ui.facts import NOON
from tests.web.ui.pretend import Script, UiServer, an_afternoon

EXPECTED = ("Failed to load resource", "WebSocket connection to", "Chrome currently does not support the Push API in incognito")

Open = Callable[..., Page]


@pytest.fixture
def script() -> Script:
    return an_afternoon()


@pytest.fixture
def base(script: Script) -> Iterator[str]:
    with UiServer(script) as url:
        yield url


@pytest.fixture
def visit(chromium: Browser, base: str) -> Iterator[Open]:
    """`visit(path, width=…, height=…, live=False, **context)` opens a page; `live` waits until its stream is."""
    complaints: list[str] = []
    contexts = []

    def open_page(path: str = "/live", width: int = 380, height: int = 640, live: bool = True, **more: object) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": height}, **more)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.clock.set_fixed_time(NOON)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: message.type in ("error", "warning") and complaints.append(message.text))
        page.goto(base + path)
        if live:
            page.get_by_text("Live", exact=True).first.wait_for()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [each for each in complaints if not each.startswith(EXPECTED)] == []
