"""Own views are never made: the rep's browser asks nobody for the rep's own pixels, and for everybody else's as ever."""

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import needs_chromium
from tests.extension.chrome import PRODUCT
from tests.extension.stage import LUCIA, MATEO, NORA, URL, Stage, until
from tests.extension.ways import compose

pytestmark = [pytest.mark.browser, pytest.mark.server, needs_chromium]
PROXIES = [f"ci{number}.googleusercontent.com" for number in range(3, 7)]


def proxied(stage: Stage) -> list[str]:
    return [one.path for host in PROXIES for one in stage.front.requests(host)]


def asked_by_google(stage: Stage) -> list[str]:
    return [one.url for one in stage.demo.people.requests(who="proxy@google.example")]


def test_the_copy_in_sent_asks_for_nothing(there: Stage, gmail: Page, layout: str) -> None:
    subject = f"Looked at again, {layout}"
    writing = compose(gmail, LUCIA, subject)
    writing.ready()
    writing.send()
    there.sent(subject)
    known = proxied(there)
    gmail.evaluate("location.hash = 'sent'")
    gmail.get_by_text(subject).filter(visible=True).first.click()
    image = gmail.locator("img[src*='googleusercontent.com']")
    expect(image).to_have_count(1)
    assert f"#{URL}/o/" in str(image.get_attribute("src"))
    # Its own mail is shown whole: the browser was done with all pictures.
    gmail.wait_for_function("() => [...document.images].every((one) => one.complete)")
    assert proxied(there) == known
    assert there.pixels() == []
    there.viewed(gmail, there.letter(LUCIA, subject))
    until(lambda: there.message(subject)["counts"]["views"], "the view of the recipient is counted")
    counts = there.message(subject)["counts"]
    assert (counts["views"], counts["own"], counts["machine"], counts["unknown"]) == (1, 0, 0, 0)


def test_the_pixel_of_a_colleague_is_loaded(there: Stage, gmail: Page, layout: str) -> None:
    pixel = f"{URL}/o/0123456789ab/{layout}.gif"
    subject = f"From a colleague, {layout}"
    there.incoming(subject, html=f'<p>See the plan.</p><img src="{pixel}" width="1" height="1">')
    gmail.get_by_text(subject).filter(visible=True).first.click()
    expect(gmail.get_by_text("See the plan.").filter(visible=True)).to_be_visible()
    gmail.wait_for_function("() => [...document.images].every((one) => one.complete)")
    assert pixel in asked_by_google(there)


def test_the_rules_follow_who_is_signed_in(there: Stage) -> None:
    page = there.chrome.page("options.html")
    rules = "async () => (await chrome.declarativeNetRequest.getDynamicRules()).map(({ condition }) => condition.urlFilter)"
    [tag] = there.api("/api/v1/me")["tags"]
    own = f"{URL}/o/{tag}/"
    assert page.evaluate(rules) == [f"#{own}", f"|{own}"]
    there.ask("disconnect", account=NORA)
    there.wait(page, lambda: page.evaluate(rules) == [], "the rules are gone")
    assert there.ask("connect", account=NORA)["ok"]
    there.wait(page, lambda: page.evaluate(rules) == [f"#{own}", f"|{own}"], "the rules are back")
    assert PRODUCT in own
    assert MATEO not in str(there.ask("state")["accounts"])
