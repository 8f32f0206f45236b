"""What the extension costs Gmail's page: the time of its main thread in a real Chromium, with the extension and without."""

import json
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask, Response, jsonify, request
from flask.testing import FlaskClient
from werkzeug.serving import WSGIRequestHandler, make_server

from server.bench.results import Row, at_most, left_out
from server.bench.weight import built
from server.sandbox.letter import write_letter
from server.sandbox.pages.gmail import create_gmail
from server.sandbox.recipients.population import Recipients
from server.sandbox.world import World

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, CDPSession, Page, Playwright, Route

_NORA = "nora@bench.example"
_THREADS = 50
_LOAD, _SEND = 10.0, 5.0
"""Goals in milliseconds."""

_NAMES = ("main thread when Gmail loads, by the extension", "main thread at send, by the extension")
_IDLE = "() => new Promise((done) => requestIdleCallback(() => requestIdleCallback(done, { timeout: 300 }), { timeout: 300 }))"
_WRITE = """(body) => {
  for (let number = 0; number < 20; number += 1) {
    const link = document.createElement('a');
    Object.assign(link, { href: `https://bench.example/${number}`, textContent: `page ${number}` });
    body.append('See ', link, document.createElement('br'));
  }
  body.dispatchEvent(new InputEvent('input', { bubbles: true }));
}"""


def gmail_rows(quick: bool) -> Iterator[Row]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        yield from (left_out(name, "Playwright is not installed") for name in _NAMES)
        return
    with built() as extension:
        if extension is None or not (chromium := shutil.which("chromium") or shutil.which("chromium-browser")):
            yield from (left_out(name, "no Chromium or no extension is there") for name in _NAMES)
            return
        with sync_playwright() as playwright:
            rounds = 2 if quick else 21
            without = _measured(playwright, chromium, None, rounds)
            having = _measured(playwright, chromium, extension, rounds)
    for name, goal, own, gmails in zip(_NAMES, (_LOAD, _SEND), having, without, strict=True):
        yield at_most(name, max(0.0, own - gmails), goal, "ms")


def _measured(playwright: "Playwright", chromium: str, extension: Path | None, rounds: int) -> tuple[float, float]:
    """Medians of what loading the page and sending a mail take of its main thread."""
    with tempfile.TemporaryDirectory(prefix="livefeed-bench-") as profile, _product() as url:
        context = _browser(playwright, extension, profile, chromium)
        if extension:
            worker = context.service_workers[0] if context.service_workers else context.wait_for_event("serviceworker")
            worker.evaluate("kept => chrome.storage.local.set(kept)", _signed_in(url))
        context.route("https://mail.google.com/**", _answering(_gmail().test_client()))
        page = context.new_page()
        page.goto("https://mail.google.com/mail/u/0/#inbox")
        meter = context.new_cdp_session(page)
        # The time in which the thread ran, whatever else the machine had to do meanwhile.
        meter.send("Performance.enable", {"timeDomain": "threadTicks"})
        loads = [_load(page, meter, extension is not None) for _ in range(rounds)]
        sends = [_send(page, meter, extension is not None) for _ in range(rounds)]
        context.close()
        return median(loads), median(sends)


def _load(page: "Page", meter: "CDPSession", extended: bool) -> float:
    """The meter begins anew with each document."""
    page.reload()
    page.get_by_text("Question 0", exact=True).wait_for()
    if extended:
        page.wait_for_selector("#livefeed-host[data-ready='1']", state="attached")
    page.evaluate(_IDLE)
    return _spent(meter)


def _send(page: "Page", meter: "CDPSession", extended: bool) -> float:
    page.get_by_text("Compose", exact=True).click()
    page.get_by_label("To recipients").fill("lucia@ebro.example")
    page.keyboard.press("Enter")
    body = page.get_by_label("Message Body")
    body.click()
    body.evaluate(_WRITE)
    if extended:
        page.locator("[role=switch][title='Tracked']").wait_for()
    page.evaluate(_IDLE)
    before = _spent(meter)
    # Pressed inside the page, so that nothing but what the key brings about lies between the two looks.
    body.evaluate("(body) => body.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, bubbles: true }))")
    spent = _spent(meter) - before
    body.wait_for(state="detached")
    return spent


def _spent(meter: "CDPSession") -> float:
    """Milliseconds of scripts, styles and layout since the document began."""
    told = {metric["name"]: float(metric["value"]) for metric in meter.send("Performance.getMetrics")["metrics"]}
    return (told["ScriptDuration"] + told["RecalcStyleDuration"] + told["LayoutDuration"]) * 1000


def _browser(playwright: "Playwright", extension: Path | None, profile: str, chromium: str) -> "BrowserContext":
    arguments = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost"]
    if extension:
        arguments += [f"--disable-extensions-except={extension}", f"--load-extension={extension}"]
    return playwright.chromium.launch_persistent_context(profile, executable_path=chromium, headless=True, args=arguments)


def _gmail() -> Flask:
    world = World(seed=1)
    world.add_account(_NORA, "Nora Lindqvist")
    for number in range(_THREADS):
        sender, subject = (f"Customer {number}", f"customer{number}@ebro.example"), f"Question {number}"
        world.receive(write_letter(sender, [_NORA], subject, html=f"<p>{'More words. ' * 20}</p>", text="More"), _NORA)
    return create_gmail(world, Recipients(world.clock.now, world.receive, pace=None))


def _answering(client: FlaskClient) -> Any:
    """Playwright's route to a Flask app, so that the page is at Gmail's address without TLS."""

    def answer(route: "Route") -> None:
        asked = route.request
        address = urlsplit(asked.url)
        path = f"{address.path}?{address.query}" if address.query else address.path
        headers = {"Content-Type": asked.headers.get("content-type", "")}
        made = client.open(path, method=asked.method, data=asked.post_data_buffer, headers=headers)
        route.fulfill(status=made.status_code, headers=dict(made.headers), body=made.data)

    return answer


@contextmanager
def _product() -> Iterator[str]:
    """A server that acknowledges every draft: its own time is no part of what is measured."""
    app = Flask("bench.product")
    app.add_url_rule("/api/v1/messages", "prepare", _prepared, methods=["POST"])
    app.add_url_rule("/api/v1/messages/<id>", "update", _prepared, methods=["PUT"])
    app.after_request(_for_anybody)
    server = make_server("localhost", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


def _prepared(id: str = "bench") -> Response:
    links = [{"url": link["url"], "tracked_url": f"{request.host_url}c/{number}"} for number, link in enumerate(_links())]
    pixel = f"{request.host_url}o/tag/token.gif"
    tracking = {"allowed": True, "reasons": [], "recipients": []}
    return jsonify({"id": id, "pixel_url": pixel, "links": links, "notice_html": None, "tracking": tracking})


def _links() -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(request.data)["links"]
    return found


def _for_anybody(response: Response) -> Response:
    response.headers.update(
        {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*", "Access-Control-Allow-Methods": "*"}
    )
    return response


def _signed_in(url: str) -> dict[str, Any]:
    """What the extension's worker keeps of somebody who signed in."""
    me = {"address": _NORA, "api_version": 1, "tags": ["tag"], "tracking_url": url, "locale": "en", "time_zone": "UTC"}
    kept = {"access": "bench", "refresh": "bench", "until": 9e15, "me": me}
    return {"server": url, "consent": {"version": 1, "at": "2026-11-21T09:00:00Z"}, f"account:{_NORA}": kept}


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Requests of a bench are no news."""
