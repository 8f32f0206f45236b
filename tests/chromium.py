"""The one real browser of a test run."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
NO_CHROMIUM = "only a real browser can show this, it needs root to be installed, and Python alone must do: apt install chromium"
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)


_driven: list[Playwright] = []


@contextmanager
def driven() -> Iterator[Playwright]:
    """A process can have one driver only: whoever comes second takes that of the first."""
    if _driven:
        yield _driven[0]
        return
    with sync_playwright() as playwright:
        _driven.append(playwright)
        try:
            yield playwright
        finally:
            _driven.clear()


@contextmanager
def launched() -> Iterator[Browser]:
    with driven() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()
