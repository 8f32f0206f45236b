"""What a rep meets first: a page that says what will be collected, and nothing is collected before they agree."""

import json

import pytest
from playwright.sync_api import expect

from tests.chromium import needs_chromium
from tests.extension.chrome import PRODUCT
from tests.extension.stage import Stage, until

pytestmark = [pytest.mark.browser, pytest.mark.server, needs_chromium]

AISSATOU = "aissatou.diallo@baobab.example"


def test_nothing_is_collected_before_somebody_agrees_and_then_the_first_feed_comes(installed: Stage) -> None:
    until(lambda: any(page.url.endswith("/welcome.html") for page in installed.chrome.context.pages), "the first page")
    page = installed.gmail()
    before = len(installed.front.requests(PRODUCT))
    page.get_by_text("Compose", exact=True).click()
    page.get_by_label("To recipients").fill(AISSATOU)
    page.get_by_label("To recipients").press("Enter")
    page.get_by_label("Message Body").fill("Nobody else reads this")
    expect(installed.chrome.sidebar(page).get_by_text("Nothing is collected before.")).to_be_visible()
    assert not [key for key in installed.chrome.worker.evaluate("chrome.storage.session.get(null)") if "compose" in key]
    assert AISSATOU not in json.dumps(installed.chrome.worker.evaluate("chrome.storage.session.get(null)"))
    # The web app's own page may still be fetching its worker.
    assert [one for one in installed.front.requests(PRODUCT)[before:] if not one.path.startswith("/sw.js")] == []
    installed.close_tabs()

    page = installed.chrome.page("welcome.html")
    page.get_by_role("button", name="Not now").click()
    expect(page.get_by_role("status").filter(has_text="Nothing is collected")).to_be_visible()
    page.get_by_role("button", name="I agree").click()
    page.get_by_label("Address").fill("http://livefeed.example.test")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("https://")
    page.get_by_label("Address").fill("mail.google.com")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Address").fill(PRODUCT)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("This server answers")).to_be_visible()
    page.get_by_role("button", name="Connect an account").click()
    expect(page.get_by_text("All is set")).to_be_visible()
    gmail = installed.gmail()
    feed = installed.chrome.sidebar(gmail).get_by_role("region", name="Engagement")
    expect(feed.get_by_text("Nothing yet").or_(feed.get_by_role("listitem")).first).to_be_visible()
