"""Chromium with an extension in it, in a world of which this machine is all there is."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Frame, Page, Worker

from tests.chromium import CHROMIUM, driven
from tests.extension.front import Front

PRODUCT = "livefeed.example.test"
GMAIL = "https://mail.google.com/mail/u/{number}/"


@dataclass
class Chrome:
    """`id` of the extension; empty without one."""

    context: BrowserContext
    id: str = ""

    @property
    def worker(self) -> Worker:
        """The one that runs; it is woken when it sleeps."""
        while not (ours := [one for one in self.context.service_workers if one.url.startswith("chrome-extension:")]):
            self.context.wait_for_event("serviceworker", timeout=20_000)
        return ours[-1]  # the web app has one too

    def gmail(self, number: int = 0, place: str = "inbox", **query: str) -> Page:
        page = self.context.new_page()
        page.set_default_timeout(15_000)
        words = "&".join(f"{name.rstrip('_')}={value}" for name, value in query.items())
        page.goto(f"{GMAIL.format(number=number)}?{words}#{place}")
        page.wait_for_selector("html[data-loaded]")
        return page

    def page(self, path: str) -> Page:
        """A page of the extension, as a tab."""
        page = self.context.new_page()
        page.set_default_timeout(15_000)
        page.goto(f"chrome-extension://{self.id}/{path}")
        return page

    def desk(self) -> Page:
        """A page with all of the extension's rights that shows nothing and loads nothing."""
        return self.page("manifest.json")

    def sidebar(self, page: Page) -> Frame:
        page.wait_for_selector("#livefeed-host[data-ready='1']", state="attached")
        # The element is ready once its frame knows where to go; the frame gets there in its own time.
        return next(filter(self.is_mine, page.frames), None) or page.wait_for_event("framenavigated", self.is_mine)

    def is_mine(self, frame: Frame) -> bool:
        return frame.url.startswith(f"chrome-extension://{self.id}/")


@contextmanager
def started(front: Front, extension: Path | None, **options: Any) -> Iterator[Chrome]:
    assert CHROMIUM is not None
    named = [f"MAP {host} 127.0.0.1:{front.port}" for host in front.behind]
    # The last rules: nothing can leave this machine.
    rules = ", ".join([*named, "MAP * ~NOTFOUND", "EXCLUDE 127.0.0.1", "EXCLUDE localhost"])
    arguments = [
        "--no-sandbox",
        "--ignore-certificate-errors",  # an extension's worker heeds this flag, not Playwright's option
        "--disable-quic",
        "--no-first-run",
        f"--host-resolver-rules={rules}",
    ]
    if extension:
        arguments += [f"--disable-extensions-except={extension}", f"--load-extension={extension}"]
    with driven() as playwright, tempfile.TemporaryDirectory(prefix="livefeed-chrome-") as profile:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=CHROMIUM,
            headless=True,
            ignore_https_errors=True,
            args=arguments,
            **{"viewport": {"width": 1280, "height": 800}, **options},
        )
        chrome = Chrome(context)
        if extension:
            chrome.id = chrome.worker.url.split("/")[2]
        yield chrome
        context.close()
