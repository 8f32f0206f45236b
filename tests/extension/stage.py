"""The product behind TLS, a Gmail beside it, and Chromium with the built extension: everything but the world outside."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect
from werkzeug.serving import WSGIRequestHandler, make_server

from extension.build import build
from server.cli.demo import CLIENT_ID, CLIENT_SECRET, EXTENSION_ID, environment
from server.sandbox import places
from server.sandbox.demo import Demo, Options, playing
from server.sandbox.letter import write_letter
from server.sandbox.message import Message
from server.sandbox.pages.gmail import create_gmail
from server.sandbox.recipients.letter import Letter
from server.sandbox.stories import NORA
from server.sandbox.world import World
from tests.extension.chrome import PRODUCT, Chrome, started
from tests.extension.front import Asked, Front, opened
from tests.journeys.installation import Installation, adjacent_ports, until

URL = f"https://{PRODUCT}"
LUCIA = "lucia.fernandez@ebro.example"
MATEO = "mateo.rivas@fjordline.example"
ASK_SERVER = "async ([account, path]) => (await import('./worker/session.js')).api(account, 'GET', path)"
UNDO = timedelta(seconds=0.4)
expect.set_options(timeout=20_000)


@dataclass
class Backstage:
    """All but the browser: it starts once, however many browsers meet it."""

    product: Installation
    demo: Demo
    extension: Path
    behind: Mapping[str, int]

    @property
    def world(self) -> World:
        return self.demo.world


@dataclass
class Stage(Backstage):
    """`chrome` has the extension, which is new; nobody is signed in."""

    front: Front
    chrome: Chrome
    opened: list[Page] = field(default_factory=list)

    def gmail(self, number: int = 0, place: str = "inbox", **query: str) -> Page:
        page = self.chrome.gmail(number, place, **query)
        self.opened.append(page)
        return page

    def close_tabs(self) -> None:
        """Whatever a test left open."""
        for page in self.chrome.context.pages[1:]:
            page.close()

    def ask(self, type: str, **more: Any) -> Any:
        """A message as the extension's own pages send it to the worker."""
        page = self.chrome.desk()
        answer = page.evaluate("message => chrome.runtime.sendMessage(message)", {"type": type, **more})
        page.close()
        return answer

    def api(self, path: str, account: str = NORA) -> Any:
        """The server's answer to the extension."""
        page = self.chrome.desk()
        answer = page.evaluate(ASK_SERVER, [account, path])
        page.close()
        return answer

    def update_extension(self) -> None:
        """As with a new version: the old one ends, its scripts stay behind in open tabs, the new one begins."""
        page = self.chrome.context.new_page()
        page.goto("chrome://extensions/")
        turn = "([id, on]) => chrome.management.setEnabled(id, on)"
        state = "async (id) => (await chrome.management.get(id)).enabled"
        page.evaluate(turn, [self.chrome.id, False])
        self.wait(page, lambda: not page.evaluate(state, self.chrome.id), "the old version ended")
        page.evaluate(turn, [self.chrome.id, True])
        self.wait(page, lambda: page.evaluate(state, self.chrome.id), "the new version began")
        page.close()

    def evict_worker(self) -> None:
        """The browser ends the worker, as it does after half a minute without work. Nobody tells Playwright."""
        page = self.chrome.desk()
        states: list[str] = []
        tool = self.chrome.context.new_cdp_session(page)
        tool.on(
            "ServiceWorker.workerVersionUpdated", lambda event: states.extend(one["runningStatus"] for one in event["versions"])
        )
        tool.send("ServiceWorker.enable")
        tool.send("ServiceWorker.stopAllWorkers")
        self.wait(page, lambda: "stopped" in states, "the worker ended")
        page.close()

    def sign_in(self) -> None:
        """The extension knows its server, its user has agreed and is signed in."""
        assert self.ask("server", address=URL)["ok"]
        assert self.ask("consent", given=True)["ok"]
        assert self.ask("connect", account=NORA) == {"ok": True, "address": NORA}

    def catch_up(self) -> None:
        """Nora looks: whatever other tests brought about is no news any more."""
        page = self.chrome.page("panel.html")
        expect(page.get_by_role("contentinfo")).to_contain_text("Live")
        told = "async () => Object.keys(await chrome.notifications.getAll()).length + (await chrome.action.getBadgeText({}))"
        self.wait(page, lambda: page.evaluate(told) == "0", "nothing is new")
        unread = lambda: page.evaluate(ASK_SERVER, [NORA, "/api/v1/notices"])["unread"]  # noqa: E731
        self.wait(page, lambda: unread() == 0, "the server knows it too")
        page.close()

    def forget(self, key: str) -> None:
        """Of what the extension keeps."""
        page = self.chrome.desk()
        page.evaluate("key => chrome.storage.local.remove(key)", key)
        page.close()

    def self_test_says(self, told: dict[str, str]) -> None:
        page = self.chrome.desk()
        ask = "async () => (await chrome.storage.local.get('selfTest')).selfTest?.result ?? {}"
        self.wait(page, lambda: page.evaluate(ask).items() >= told.items(), f"the self-test says {told}")
        page.close()

    def wait(self, page: Page, look: Callable[[], object], what: str) -> None:
        """For what the browser itself brings about: it must be let do it meanwhile."""
        for _ in range(600):
            if look():
                return
            page.wait_for_timeout(25)
        raise AssertionError(f"never came: {what}")

    @contextmanager
    def acknowledging(self, path: str = "/api/v1/messages") -> Iterator[None]:
        """What is done inside makes the extension ask there; afterwards it has the answer."""
        before = len(self._answered(path))
        yield
        page = self.chrome.context.pages[0]
        self.wait(page, lambda: len(self._answered(path)) > before, f"an answer of {path}")
        # The worker answers one after the other: when it told this, it has told that.
        self.ask("state")

    def _answered(self, path: str) -> list[Asked]:
        return [one for one in self.front.answered if one.path.startswith(path)]

    # Mail

    def incoming(self, subject: str, html: str = "<p>Could you tell me more?</p>", to: str = NORA) -> Message:
        raw = write_letter(("Lucía Fernández", LUCIA), [to], subject, html=html, text="Could you tell me more?")
        return self.world.receive(raw, to)[0]

    def sent(self, subject: str, account: str = NORA) -> Message:
        """The mail as it lies in the account's Sent folder, once it left."""
        mailbox = self.world.mailbox(account)

        def look() -> Message | None:
            return next((one for one in mailbox.messages(labels=("SENT",)) if one.subject == subject), None)

        return until(look, f"{subject} in Sent", seconds=20)

    def letter(self, address: str, subject: str) -> Letter:
        people = self.demo.people
        return until(
            lambda: next((one for one in people.letters(address) if one.subject == subject), None),
            f"a letter for {address}",
            seconds=20,
        )

    def viewed(self, page: Page, letter: Letter) -> None:
        """Its reader opens it, and the sidebar of that page says so without a reload."""
        self.demo.people.open(letter, fresh=True)
        line = self.chrome.sidebar(page).get_by_role("listitem").filter(has_text=letter.subject)
        expect(line.filter(has_text="Viewed")).to_be_visible()

    def pixels(self) -> list[str]:
        """What this browser asked of the product's pixel."""
        return [one.path for one in self.front.requests(PRODUCT, "/o/")]

    def message(self, subject: str, account: str = NORA) -> dict[str, Any]:
        """As the server tells it, once it knows that the mail was sent."""

        page = self.chrome.desk()

        def look() -> dict[str, Any] | None:
            items = page.evaluate(ASK_SERVER, [account, "/api/v1/messages"])["items"]
            return next((one for one in items if one["subject"] == subject), None)

        found = until(look, f"the message {subject}", seconds=30)
        page.close()
        return found


@contextmanager
def backstage(home: Path) -> Iterator[Backstage]:
    port = adjacent_ports()
    places.write(home)
    extension = home / "extension"
    build(extension)
    settings = environment(port, home, home / "livefeed.db") | {
        "LIVEFEED_PUBLIC_URL": URL,
        "LIVEFEED_GMAIL_WEB_URL": "https://mail.google.com",
        "LIVEFEED_GMAIL_PUSH_AUDIENCE": f"http://localhost:{port}/webhooks/gmail",
    }
    product = Installation(home, port, settings)
    options = Options(
        product_url=URL,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        extension_id=EXTENSION_ID,
        port=port + 1,
        pace=None,
        push_url=f"{product.url}/webhooks/gmail",
    )
    world = World(seed=1, undo_window=UNDO)
    # Gmail's clock is late: what is read now was sent a while ago, and nobody reads too soon to be human.
    world.clock.advance(timedelta(minutes=-5))
    with playing(world, options, threading.Event()) as (demo, _), _gmail(world, demo) as gmail_port:
        demo.people.fetcher.served_at[PRODUCT] = ("127.0.0.1", port)
        behind = {"mail.google.com": gmail_port, "*.googleusercontent.com": gmail_port, PRODUCT: port}
        try:
            product.start()
            yield Backstage(product, demo, extension, behind)
        finally:
            product.end()


@contextmanager
def stage(back: Backstage) -> Iterator[Stage]:
    with opened(back.behind) as front, started(front, back.extension) as chrome:
        yield Stage(back.product, back.demo, back.extension, back.behind, front, chrome)


@contextmanager
def _gmail(world: World, demo: Demo) -> Iterator[int]:
    server = make_server("127.0.0.1", 0, create_gmail(world, demo.people), threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Its requests stand in the front's book."""


def sign_in(stage: Stage, name: str = "Nora Lindqvist") -> None:
    """To the web app; Google asks whether it may tell who one is the first time only."""
    with _tab(stage) as page:
        page.goto(f"{URL}/")
        page.get_by_role("button", name="Sign in with Google").click()
        page.get_by_role("button", name=name).click()
        consent = page.get_by_role("button", name="Continue")
        expect(consent.or_(page.get_by_role("link", name="Live Feed").first)).to_be_visible()
        if consent.is_visible():
            consent.click()
        page.wait_for_url(f"{URL}/**")


def connect_account(stage: Stage) -> None:
    """Google sign-in and Gmail access, in the web app, as an employee does on the first day."""
    sign_in(stage)
    with _tab(stage) as page:
        page.goto(f"{URL}/auth/gmail")
        give_access(page)


def give_access(page: Page) -> None:
    """From the page that explains what for."""
    page.get_by_role("button", name="Continue to Google").click()
    page.get_by_label("Select all").check()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"{URL}/**")


@contextmanager
def _tab(stage: Stage) -> Iterator[Page]:
    page = stage.chrome.context.new_page()
    page.set_default_timeout(20_000)
    yield page
    page.close()


def in_new_window(stage: Stage, act: Callable[[], object]) -> Page:
    with stage.chrome.context.expect_page() as found:
        act()
    return found.value


__all__ = [
    *("LUCIA", "MATEO", "NORA", "URL", "Backstage", "Stage", "backstage", "connect_account", "expect"),
    *("give_access", "in_new_window", "sign_in", "stage", "until"),
]
