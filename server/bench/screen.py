"""From the commit to the pixels: how soon a line stands on the screen of a rep, in a real Chromium, while many others have
their screens open too."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from server import app as composition
from server.bench.ground import ask, free_port, read, serving
from server.bench.places import progress
from server.bench.results import Row, at_most, left_out, middle_and_late
from server.bench.screens import Screens
from server.bench.served import COMMITS
from server.settings import read as read_settings
from server.storage import migrations
from server.storage.bench import fill
from server.tokens import PixelToken
from server.web.sessions import COOKIE

if TYPE_CHECKING:
    from playwright.sync_api import Page

_NAME = "commit → pixels on the screen"
_MIDDLE, _LATE = 50.0, 150.0
"""Goals in milliseconds."""

_KEY = "for-the-bench-alone-0123456789-abcdefghijklmnop"
PAUSE = 0.12
"""Seconds between two lines, so that each has a frame of its own; not a multiple of a frame's time."""

# A line is on the screen at the first task after the frame that drew it. Told by the time of day, as the server tells it.
_WATCH = """
window.painted = {};
const found = (row) => row.querySelector('.what .cut')?.textContent ?? '';
const look = () => {
  const newest = [...document.querySelectorAll('lf-feed lf-row')].slice(0, 5);
  const now = newest.map(found).filter((text) => text && !(text in painted));
  if (!now.length) return;
  for (const text of now) painted[text] = null;
  requestAnimationFrame(() => {
    const drawn = new MessageChannel();
    drawn.port1.onmessage = () => { for (const text of now) painted[text] = performance.timeOrigin + performance.now(); };
    drawn.port2.postMessage(null);
  });
};
new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true });
"""


@dataclass(frozen=True, slots=True)
class Size:
    lines: int
    sockets: int = 1_000

    @property
    def note(self) -> str:
        return f"{self.lines} lines, {self.sockets:,} other sockets"


def screen_rows(quick: bool) -> Iterator[Row]:
    yield from measured(Size(12, 100) if quick else Size(400))


def measured(size: Size) -> Iterator[Row]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        chromium = None
    if chromium is None:
        yield left_out(f"{_NAME}, p99", "no Chromium or no Playwright")
        return
    with _office(size) as office, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1280, "height": 860})
        context.add_cookies([{"name": COOKIE, "value": office.session, "url": office.url}])
        found = _delays(office, context.new_page())
        browser.close()
    middle, late = middle_and_late(found)
    yield at_most(f"{_NAME}, p50", middle, _MIDDLE, "ms", size.note)
    yield at_most(f"{_NAME}, p99", late, _LATE, "ms", size.note)


@dataclass(frozen=True, slots=True)
class _Office:
    """`pixels`: (subject, path) of mails of the rep whose `session` it is."""

    port: int
    rep: str
    session: str
    pixels: Sequence[tuple[str, str]]
    screens: Screens

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"


def _delays(office: _Office, page: "Page") -> list[float]:
    page.add_init_script(_WATCH)
    page.goto(f"{office.url}/feed")
    first, *others = office.pixels
    # The first line comes once the page listens, and tells that it does.
    _until_painted(page, office, first)
    for number, pixel in enumerate(others):
        progress(f"line {number + 1} of {len(others)} on the screen")
        _until_painted(page, office, pixel)
    painted: Mapping[str, float] = page.evaluate("painted")
    commits = read(office.port, COMMITS)[office.rep]
    return [_after(commits, painted[subject]) for subject, _ in others]


def _until_painted(page: "Page", office: _Office, pixel: tuple[str, str]) -> None:
    subject, path = pixel
    ask(office.port, path)
    page.wait_for_function("(subject) => painted[subject]", arg=subject)
    office.screens.rest(PAUSE)


def _after(commits: Sequence[Sequence[float]], painted: float) -> float:
    """Milliseconds since the last commit before it: one line is under way at a time."""
    return painted - max(at for _, at in commits if at * 1000 <= painted) * 1000


@contextmanager
def _office(size: Size) -> Iterator[_Office]:
    with tempfile.TemporaryDirectory(prefix="livefeed-bench-") as folder:
        port = free_port()
        url = f"http://localhost:{port}"
        given = {"LIVEFEED_DATA_DIR": folder, "LIVEFEED_SECRET_KEYS": _KEY, "LIVEFEED_PUBLIC_URL": url}
        given["LIVEFEED_TRUSTED_PROXIES"] = "127.0.0.1"
        product = composition.build(read_settings(given, Path("none")))
        migrations.migrate(product.database)
        yesterday = datetime.now(UTC) - timedelta(days=1)
        [rep], mails = fill(product.database, 1, size.lines + 1, yesterday)
        others, _ = fill(product.database, size.sockets, size.sockets, yesterday)
        user = product.users.user(rep)
        assert user is not None
        session = product.tokens.sign("session", product.users.open_session(user, "web", "bench", "127.0.0.1").id)
        pixel = product.tokens.pixel
        pixels = [(f"Offer {number}", f"/o/x/{pixel(PixelToken(one, 0))}.gif") for number, one in enumerate(mails)]
        with serving("server.bench.product:application", given, port):
            screens = Screens()
            for start in range(0, len(others), 100):
                progress(f"{start} of {len(others)} sockets open")
                known = [product.users.user(one) for one in others[start : start + 100]]
                screens.open(port, [(one.id, product.users.ticket(one)) for one in known if one])
            yield _Office(port, rep, session, pixels, screens)
            screens.close()
        product.close()
