"""What the product is for, in a real browser: mail leaves Gmail, somebody acts, the window shows it without a reload."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.installation import NORA, Stage

playwright = pytest.importorskip("playwright.sync_api")
Page = playwright.Page
expect = playwright.expect
expect.set_options(timeout=20_000)
LUCIA = "lucia.fernandez@ebro.example"
SUBJECT = "Pilot plan, two depots"
CHROMIUM = next((path for path in map(Path, ("/usr/bin/chromium", "/usr/bin/google-chrome")) if path.exists()), None)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.server,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]


@pytest.fixture
def nora(on_sqlite: Stage) -> Iterator[Page]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = browser.new_context(viewport={"width": 1200, "height": 800}).new_page()
        page.set_default_timeout(15_000)
        yield page
        browser.close()


def sign_in(page: Page, stage: Stage) -> None:
    page.goto(f"{stage.product.url}/")
    page.get_by_role("button", name="Sign in with Google").click()
    page.get_by_role("button", name="Nora Lindqvist").click()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"{stage.product.url}/**")


def connect_gmail(page: Page, stage: Stage) -> None:
    page.goto(f"{stage.product.url}/auth/gmail")
    page.get_by_role("button", name="Continue to Google").click()
    page.get_by_label("Select all").check()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"{stage.product.url}/**")


def compose(page: Page, stage: Stage) -> None:
    page.goto(f"{stage.sandbox_url}/mail/u/{NORA}/")
    page.get_by_role("link", name="Compose").click()
    page.get_by_label("To recipients").fill(LUCIA)
    page.get_by_label("Subject").fill(SUBJECT)
    page.get_by_role("textbox", name="Message Body").fill("Here is the ")
    page.get_by_role("button", name="Insert link").click()
    page.locator("[data-link-text]").fill("pilot plan")
    page.locator("[data-link-url]").fill("https://www.fjordline.example/pilot")
    page.get_by_role("button", name="Add link").click()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("tracked")


def test_from_compose_to_the_live_window_through_a_crash(nora: Page, on_sqlite: Stage) -> None:
    stage, people = on_sqlite, on_sqlite.sandbox.people
    sign_in(nora, stage)
    connect_gmail(nora, stage)
    window = nora.context.new_page()
    window.set_viewport_size({"width": 380, "height": 640})
    window.goto(f"{stage.product.url}/live")
    lines = window.get_by_role("region", name="Engagement").get_by_role("listitem")
    footer = window.locator("footer")
    expect(footer).to_contain_text("Live")
    window.evaluate("window.neverReloaded = true")

    compose(nora, stage)
    letter = stage.letter(LUCIA)
    people.open(letter, fresh=True)
    expect(lines.filter(has_text="Viewed").filter(has_text=SUBJECT)).to_be_visible()
    people.click(letter, 1)
    expect(lines.filter(has_text="Clicked").filter(has_text="pilot plan")).to_be_visible()

    stage.product.kill()
    expect(footer).to_contain_text("Offline")
    people.reply(letter, "Gladly.")
    stage.product.start()
    people.open(letter, fresh=True)
    expect(footer).to_contain_text("Live")
    expect(lines.filter(has_text="Replied").filter(has_text="Lucía")).to_be_visible()
    expect(lines.filter(has_text="2 views")).to_be_visible()
    assert window.evaluate("window.neverReloaded")
