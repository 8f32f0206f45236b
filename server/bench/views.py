"""How soon a rep with much of everything can use each view, in a Chromium that has seen none of it before."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from server import app as composition
from server.bench.ground import free_port, wait_until_up
from server.bench.places import clean_environment, running
from server.bench.results import Row, at_most, left_out
from server.settings import read
from server.storage import migrations
from server.storage.bench_day import fill_day
from server.web.sessions import COOKIE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_PAINT, _EFFECT = 1000.0, 100.0
"""Goals in milliseconds."""

# Set up before the page begins. The frame after the one that found it is the first that surely was painted with it.
_WATCH = """(() => {
  const look = () => document.querySelector(%r)
    ? requestAnimationFrame(() => { window.usefulAfter = performance.now(); })
    : requestAnimationFrame(look);
  look();
})()"""

_ACT = """async () => {
  const act = %s, shows = %s;
  const begun = performance.now();
  act();
  while (!shows()) await new Promise(requestAnimationFrame);
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return performance.now() - begun;
}"""


@dataclass(frozen=True, slots=True)
class Size:
    """Of what the rep has, and how often each view is opened."""

    rounds: int
    people: int = 10_000
    lines: int = 50_000
    tasks: int = 2_000

    @property
    def note(self) -> str:
        return f"{self.lines:,} lines, {self.tasks:,} tasks, {self.people:,} people"


@dataclass(frozen=True, slots=True)
class _View:
    """`path` may name the rep's newest {person} and {message}; `useful` is what a rep came for."""

    path: str
    useful: str


@dataclass(frozen=True, slots=True)
class _Action:
    """`act` and `shows` are functions of the page: one does it, the other tells whether its effect is there."""

    name: str
    view: _View
    act: str
    shows: str


_HOME = _View("/", "lf-glance lf-row")
_FEED = _View("/feed", "lf-feed lf-row")
_WINDOW = _View("/live", "lf-feed lf-row")
_WORK = _View("/tasks", "lf-task")
_MAIL = _View("/messages", "lf-messages tbody tr")
_EVERYBODY = _View("/people", "lf-people tbody tr a")
_VIEWS = (
    _HOME,
    _FEED,
    _WINDOW,
    _WORK,
    _View("/targets", "lf-targets li.line"),
    _View("/best-bets", "lf-best-bets tbody tr"),
    _MAIL,
    _View("/messages/{message}", "lf-message .figures dd"),
    _EVERYBODY,
    _View("/people/{person}", "lf-person lf-timeline li"),
    _View("/compose", "lf-compositions header"),
    _View("/settings", "lf-profile select"),
)
_ACTIONS = (
    _Action(
        "complete a task",
        _WORK,
        "() => document.querySelector('lf-task input').click()",
        "() => document.querySelector('.toast')",
    ),
    _Action(
        "open a task",
        _WORK,
        "() => document.querySelector('lf-task .name').click()",
        "() => document.querySelector('lf-task-form input[name=name], dialog[open]')",
    ),
    _Action(
        "open the menu of a line",
        _FEED,
        "() => document.querySelector('lf-row .ib[aria-haspopup]').click()",
        "() => document.querySelector('.menu:popover-open')",
    ),
    _Action(
        "turn to the tasks in the window",
        _WINDOW,
        "() => document.querySelectorAll('[role=tab]')[1].click()",
        "() => document.querySelectorAll('[role=tab]')[1].ariaSelected === 'true'",
    ),
    _Action(
        "archive a message",
        _MAIL,
        "() => { document.querySelector('lf-messages tbody input').click();"
        " setTimeout(() => document.querySelector('.bulk button').click()); }",
        "() => document.querySelector('.toast')",
    ),
    _Action(
        "open the menu of a person",
        _EVERYBODY,
        "() => document.querySelector('lf-people tbody .ib[aria-haspopup]').click()",
        "() => document.querySelector('.menu:popover-open')",
    ),
)


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where the product runs, what a browser needs to be the rep's there, and somebody the rep knows."""

    url: str
    session: str
    person: str
    message: str


def view_rows(quick: bool) -> Iterator[Row]:
    yield from measured(Size(1, 1_000, 5_000, 500) if quick else Size(5))


def measured(size: Size) -> Iterator[Row]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        yield left_out("first useful paint of the views", "Playwright is not installed")
        return
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        yield left_out("first useful paint of the views", "no Chromium is there")
        return
    with _desk(size) as desk, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield from _measured(browser, desk, size)
        browser.close()


def _measured(browser: "Browser", desk: _Desk, size: Size) -> Iterator[Row]:
    _painted(browser, desk, _HOME)  # the server's own first time is measured elsewhere
    for view in _VIEWS:
        found = median(_painted(browser, desk, view) for _ in range(size.rounds))
        yield at_most(f"first useful paint of {view.path}", found, _PAINT, "ms", size.note)
    for action in _ACTIONS:
        found = median(_done(browser, desk, action) for _ in range(size.rounds))
        yield at_most(f"effect of: {action.name}", found, _EFFECT, "ms")


def _painted(browser: "Browser", desk: _Desk, view: _View) -> float:
    with _opened(browser, desk, view) as page:
        return float(page.evaluate("window.usefulAfter"))


def _done(browser: "Browser", desk: _Desk, action: _Action) -> float:
    with _opened(browser, desk, action.view) as page:
        page.wait_for_load_state("networkidle")
        return float(page.evaluate(_ACT % (action.act, action.shows)))


@contextmanager
def _opened(browser: "Browser", desk: _Desk, view: _View) -> Iterator["Page"]:
    """In a browser context of its own: nothing of it is in a cache."""
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    context.add_cookies([{"name": COOKIE, "value": desk.session, "url": desk.url}])
    page = context.new_page()
    page.add_init_script(_WATCH % view.useful)
    page.goto(desk.url + view.path.format(person=desk.person, message=desk.message))
    page.wait_for_function("() => window.usefulAfter !== undefined")
    yield page
    context.close()


@contextmanager
def _desk(size: Size) -> Iterator[_Desk]:
    with tempfile.TemporaryDirectory(prefix="livefeed-bench-") as folder:
        port = free_port()
        url = f"http://localhost:{port}"
        given = {"LIVEFEED_DATA_DIR": folder, "LIVEFEED_PUBLIC_URL": url}
        session, person, message = _filled(given, size)
        command = [sys.executable, "-m", "server.cli", "serve", "--host", "127.0.0.1", "--port", str(port)]
        with running(command, clean_environment(**given)):
            wait_until_up(port, "/healthz")
            yield _Desk(url, session, person, message)


def _filled(given: dict[str, str], size: Size) -> tuple[str, str, str]:
    """A session of a rep with much of everything, and the ids of a person and a message."""
    product = composition.build(read(given, Path("none")))
    migrations.migrate(product.database)
    rep, person, message = fill_day(product.database, size.people, size.lines, size.tasks, datetime.now(UTC))
    opened = product.users.open_session(rep, "web", "bench", "127.0.0.1")
    product.close()
    return product.tokens.sign("session", opened.id), person, message
