"""The card's element in a real Chromium: every widget, what is sent when it is pressed, and what an answer changes."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from flask import Flask, Response, jsonify, request
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import WSGIRequestHandler, make_server

from server.cards.context import context_card
from server.cards.words import Words
from server.i18n import LOCALES
from tests.axe import violations_light_or_dark, with_axe
from tests.cards.facts import SITE, a_context, actions, words
from tests.cards.test_whole import CARDS
from tests.web.ui.cards import another, every_widget

STATIC = Path(__file__).parents[3] / "server/web/static"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A card</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,"><link rel="stylesheet" href="/static/ui/tokens.css">
<link rel="stylesheet" href="/static/ui/components.css"><link rel="stylesheet" href="/static/ui/card.css">
<script type="module" src="/start.js"></script></head>
<body class="lf"><main><h1 class="vh">A card</h1><lf-card></lf-card></main><lf-toast></lf-toast></body></html>"""
START = """import { Api, App, loadI18n } from "/static/ui/index.js";
const asked = new URLSearchParams(location.search);
const locale = asked.get("locale") ?? "en";
document.documentElement.lang = locale === "zh-TW" ? "zh-Hant-TW" : locale;
const app = new App({ api: new Api(), i18n: await loadI18n(locale, "Europe/Oslo"), stream: {}, places: {} });
for (const element of document.querySelectorAll("lf-card, lf-toast")) element.app = app;
document.querySelector("lf-card").card = await (await fetch(`/card.json${location.search}`)).json();
"""
DRAWN: dict[str, Callable[[Words], dict[str, Any]]] = {
    "context": lambda said: context_card(a_context(), said, actions(), SITE),
    **{name: CARDS[name] for name in ("home", "menu", "task-kept", "compose-refused", "compose", "settings", "draft")},
}
SHOWN = [*(f"?which={which}&locale={locale}" for which in ("context", "home") for locale in LOCALES)]
OTHERS = [f"?which={which}" for which in DRAWN if which not in ("context", "home")]
Answer = dict[str, Any]
Visit = Callable[..., Page]


class Host:
    """A server that shows a card and answers presses as the test says."""

    def __init__(self) -> None:
        self.pressed: list[tuple[str, Any]] = []
        self.answers: dict[str, Answer | int] = {}
        self.app = Flask("cards", static_folder=str(STATIC))
        self.app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 3600
        self.app.add_url_rule("/", "page", lambda: self._guarded(PAGE, "text/html"))
        self.app.add_url_rule("/start.js", "start", lambda: self._guarded(START, "text/javascript"))
        self.app.add_url_rule("/card.json", "card", self._card)
        self.app.add_url_rule("/api/v1/cards/action/<name>", "press", self._press, methods=["POST"])

    def inputs(self) -> Any:
        return self.pressed[-1][1]["inputs"]

    def _card(self) -> Response:
        drawn = DRAWN.get(request.args.get("which", ""))
        return jsonify(drawn(words(request.args.get("locale", "en"))) if drawn else every_widget())

    def _press(self, name: str) -> Any:
        self.pressed.append((name, request.get_json()))
        answer = self.answers.get(name, {"renderActions": {"action": {}}})
        return (jsonify({"detail": "It broke"}), answer) if isinstance(answer, int) else jsonify(answer)

    def _guarded(self, body: str, kind: str) -> Response:
        return Response(body, mimetype=kind, headers={"Content-Security-Policy": POLICY})


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        pass


@pytest.fixture
def host() -> Host:
    return Host()


@pytest.fixture
def visit(chromium: Browser, host: Host) -> Iterator[Visit]:
    server = make_server("127.0.0.1", 0, host.app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    complaints: list[str] = []
    contexts = []

    def opened(query: str = "", width: int = 320, height: int = 900, **more: Any) -> Page:
        contexts.append(chromium.new_context(viewport={"width": width, "height": height}, **more))
        page = contexts[-1].new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: said.type in ("error", "warning") and complaints.append(said.text))
        page.on(
            "request",
            lambda asked: ("evil.example" in asked.url or "feed.example" in asked.url) and complaints.append(asked.url),
        )
        page.goto(f"http://127.0.0.1:{server.server_port}/{query}")
        page.locator(".c-title").wait_for()
        return page

    yield opened
    for context in contexts:
        context.close()
    server.shutdown()
    thread.join(5)
    server.server_close()
    assert [each for each in complaints if "Failed to load resource" not in each] == []


def show(page: Page, query: str) -> Page:
    """Another card, of the same server."""
    page.goto(urljoin(page.url, f"/{query}"))
    page.locator(".c-title").wait_for()
    return page


def test_markup_of_strangers_stays_text_and_runs_nothing(visit: Visit) -> None:
    page = visit()
    text = page.locator(".c-text").first
    assert "<kept as text>" in text.inner_text()
    assert text.locator("b, i, u, s, .muted, a").count() == 6
    assert page.evaluate("window.hacked") is None
    assert page.locator("[href^='javascript'], script:not([src]), lf-card img[src='x']").count() == 0


def test_inputs_go_as_google_sends_them(visit: Visit, host: Host) -> None:
    page = visit()
    page.get_by_label("Note").fill("Call")
    page.get_by_role("group", name="Check box").get_by_label("Second").check()
    page.get_by_label("With a box").check()
    page.get_by_label("This one").check()
    page.get_by_role("button", name="Save").click()
    page.wait_for_function("() => document.querySelector('.card').getAttribute('aria-busy') === 'false'")
    expect(page.locator(".c-wrong")).to_have_count(0)
    assert host.pressed[-1][0] == "save"
    assert host.pressed[-1][1]["parameters"] == {"state": "sealed save"}
    inputs = host.inputs()
    assert inputs["note"] == {"stringInputs": {"value": ["Call"]}}
    assert inputs["check_box"] == {"stringInputs": {"value": ["1", "2"]}}
    assert inputs["box"] == {"stringInputs": {"value": ["on"]}}
    assert inputs["loud"] == {"stringInputs": {"value": ["on"]}}
    assert inputs["dropdown"] == {"stringInputs": {"value": ["1"]}}
    assert inputs["day"] == {"dateInput": {"msSinceEpoch": "1795392000000"}}
    assert inputs["time"] == {"timeInput": {"hours": 9, "minutes": 30}}
    assert inputs["moment"] == {"dateTimeInput": {"msSinceEpoch": "1795426200000", "hasDate": True, "hasTime": True}}


def test_what_is_needed_is_pointed_out_before_anything_is_sent(visit: Visit, host: Host) -> None:
    page = visit()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".c-wrong")).to_have_count(2)
    expect(page.get_by_label("Note")).to_be_focused()
    assert host.pressed == []


def test_what_is_not_ticked_is_absent(visit: Visit, host: Host) -> None:
    page = visit()
    page.get_by_label("With a switch").uncheck()
    page.wait_for_function("() => document.querySelector('.card').getAttribute('aria-busy') === 'false'")
    assert host.pressed[-1][0] == "changed"
    assert "loud" not in host.inputs()


def test_one_walks_through_the_stack_of_cards(visit: Visit, host: Host) -> None:
    page = visit()
    page.get_by_role("button", name="Another card").click()
    expect(page.locator(".c-title")).to_have_text("Another card")
    expect(page.locator(".c-title")).to_be_focused()
    page.get_by_role("button", name="Back").click()
    expect(page.locator(".c-title")).to_have_text("Every widget")
    host.answers["press"] = {"renderActions": {"action": {"navigations": [{"pushCard": another()}]}}}
    page.get_by_role("button", name="Outlined").click()
    expect(page.locator(".c-title")).to_have_text("Another card")


def test_an_update_keeps_what_was_filled_in_and_says_what_was_done(visit: Visit, host: Host) -> None:
    page = visit()
    page.get_by_label("Note").fill("Keep me")
    changed = every_widget() | {"header": {"title": "Updated"}}
    action = {"navigations": [{"updateCard": changed}], "notification": {"text": "Saved <b>"}}
    host.answers["press"] = {"renderActions": {"action": action}}
    page.get_by_role("button", name="Outlined").click()
    expect(page.locator(".c-title")).to_have_text("Updated")
    expect(page.get_by_label("Note")).to_have_value("Keep me")
    expect(page.locator(".toast")).to_contain_text("Saved <b>")


def test_a_failure_is_said_in_place_and_takes_the_change_back(visit: Visit, host: Host) -> None:
    page = visit()
    host.answers["changed"] = 500
    page.get_by_label("With a switch").click()
    expect(page.get_by_role("alert")).to_contain_text("It broke")
    expect(page.get_by_label("With a switch")).to_be_checked()


def test_suggestions_come_while_typing(visit: Visit, host: Host) -> None:
    page = visit()
    host.answers["cities"] = {"autoComplete": {"items": [{"text": "Lyon"}, {"text": "Lille"}]}}
    page.get_by_label("City").press_sequentially("L")
    expect(page.locator("datalist option")).to_have_count(2)
    expect(page.locator("datalist option").first).to_have_attribute("value", "Lyon")


def test_a_pressed_cell_says_which_it_was(visit: Visit, host: Host) -> None:
    page = visit()
    page.get_by_role("button", name="Item 2").click()
    page.wait_for_function("() => document.querySelector('.card').getAttribute('aria-busy') === 'false'")
    assert host.pressed[-1][1]["parameters"]["grid_item_identifier"] == "i2"


def test_menus_hold_what_is_allowed(visit: Visit, host: Host) -> None:
    page = visit()
    page.get_by_role("button", name="More actions").click()
    expect(page.get_by_role("menuitem")).to_have_count(3)
    assert page.locator("[role=menuitem][href]").count() == 1  # the script's is no link
    page.get_by_role("menuitem", name="Refresh").click()
    page.wait_for_function("() => document.querySelector('.card').getAttribute('aria-busy') === 'false'")
    assert host.pressed[-1][0] == "refresh"


def test_a_section_unfolds(visit: Visit) -> None:
    page = visit()
    expect(page.get_by_text("Row 5")).to_have_count(0)
    page.get_by_role("button", name="Show 3 more").click()
    expect(page.get_by_text("Row 5")).to_be_visible()


def test_pictures_of_ours_are_drawn_here_and_never_fetched(visit: Visit) -> None:
    page = visit("?which=home")
    assert page.locator(".c-disc.mail").count() == 2
    assert page.locator(".c-disc.mktg").count() == 3
    assert page.locator("lf-card img").count() == 0
    expect(page.get_by_text("Your mail: Viewed")).to_be_attached()


def test_whom_a_task_is_about_is_suggested(visit: Visit, host: Host) -> None:
    page = visit("?which=task-kept")
    host.answers["suggest-people"] = {"autoComplete": {"items": [{"text": "Aïssatou Diallo <a@b.example>"}]}}
    page.get_by_label("Person").fill("Aïss")
    expect(page.locator("datalist option")).to_have_attribute("value", "Aïssatou Diallo <a@b.example>")


def test_what_only_gmail_can_do_is_handed_on(visit: Visit, host: Host) -> None:
    page = visit("?which=compose")
    page.evaluate(
        "document.querySelector('lf-card').addEventListener('host-action', (event) => (window.handed = event.detail))"
    )
    change = {"updateDraftActionMarkup": {"updateBody": {"type": "INSERT_AT_END", "insertContents": []}}}
    host.answers["insert-pixel"] = {"renderActions": {"hostAppAction": {"gmailAction": change}}}
    page.get_by_role("button", name="Insert tracking").click()
    page.wait_for_function("() => window.handed !== undefined")
    assert page.evaluate("window.handed") == {"gmailAction": change}


def test_calls_and_mails_are_links(visit: Visit) -> None:
    page = visit()
    expect(page.get_by_role("link", name="Call")).to_have_attribute("href", "tel:+33478000000")
    expect(page.get_by_role("link", name="Write")).to_have_attribute("href", "mailto:a@b.example")


def test_nothing_is_wider_than_a_narrow_panel(visit: Visit) -> None:
    page = visit(width=300)
    for query in ["", *SHOWN, *OTHERS]:
        show(page, query)
        assert page.evaluate("document.documentElement.scrollWidth") == 300, query


@with_axe
def test_axe_finds_nothing_light_or_dark(visit: Visit) -> None:
    page = visit(bypass_csp=True)
    for query in ["", SHOWN[0], SHOWN[3], *OTHERS]:
        show(page, query)
        assert violations_light_or_dark(page) == [], query
