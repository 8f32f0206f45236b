"""What happens in a compose window, on a small page of our own: no server, no Gmail."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from server.services.addresses import Addresses
from server.tokens import Tokens, new_id
from tests.extension.page import HOME, opened

pytestmark = pytest.mark.browser

ADDRESSES = Addresses(Tokens(["k" * 40]), HOME, "https://app.example")
MESSAGE = new_id()
PIXEL = ADDRESSES.pixel("tag", MESSAGE)
TITLE = "Inbox (3) - nora@fjordline.example - Fjordline Mail"
LINK = "https://a.example/plan"
WINDOW = """
<div role="dialog"><form><input type="hidden" name="composeid" value="1"><input type="hidden" name="ishtml" value="1">
  <div name="to"><div role="option" data-hovercard-id="Ann@Baobab.example" data-name="Ann"></div></div>
  <div name="cc"></div><div name="bcc"></div><input name="subjectbox" value="Plan"></form>
  <div><div g_editable="true" contenteditable="true" role="textbox" aria-label="Body">Hello <a href="LINK">plan</a></div></div>
  <div><div role="button" tabindex="0" data-tooltip="Send \u202a(Ctrl-Enter)\u202c">Send</div>
    <div role="button" aria-haspopup="true">v</div></div>
</div>""".replace("LINK", LINK)
WORDS = "{ name: 'Track this mail', on: 'Tracked', off: 'Not tracked', wait: 'Not tracked yet', failed: 'Failed' }"
# The product, as far as a compose window sees it.
SERVER = f"""{{
  compose: () => ({{ ok: true, home: "{HOME}", on: true, shut: "", words: {WORDS} }}),
  prepare: ({{ draft }}) => ({{ ok: true, refused: null, message: {{
    id: "{MESSAGE}", pixel_url: "{PIXEL}", notice_html: null,
    links: draft.links.map(({{ url }}, place) => ({{ url, tracked_url: "TRACKED" + (place + 1) }})) }} }}),
}}""".replace('"TRACKED"', f'"{HOME}/c/"')

Written = Callable[..., Page]


@pytest.fixture
def gmail(chromium: Browser) -> Iterator[Written]:
    pages: list[Page] = []

    def open_page(html: str = WINDOW, answers: str = SERVER, language: str = "en") -> Page:
        page = opened(chromium, "letter", "switch", "compose", html=html, answers=answers, title=TITLE, language=language)
        page.evaluate("window.outbox = []")
        # As Gmail does it, at the end of all listeners.
        page.evaluate("""addEventListener("click", ({ target }) => {
          if (target.closest('[data-tooltip^="Send"]')) outbox.push(document.querySelector("[g_editable]").innerHTML);
        })""")
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.close()


def body(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Body")


def switch(page: Page) -> Locator:
    return page.get_by_role("switch", name="Track this mail")


def asked(page: Page, kind: str) -> list[dict[str, Any]]:
    return [one for one in page.evaluate("LiveFeed.asked") if one["type"] == kind]


def says(page: Page, words: str) -> None:
    expect(switch(page)).to_have_accessible_description(words)


def test_the_draft_is_told_once_with_its_people_and_links(gmail: Written) -> None:
    page = gmail()
    says(page, "Tracked")
    [told] = asked(page, "prepare")
    assert told["account"] == "nora@fjordline.example"
    person = {"name": "Ann", "address": "Ann@Baobab.example"}
    links = [{"url": LINK, "text": "plan"}]
    assert told["draft"] == {"id": None, "subject": "Plan", "to": [person], "cc": [], "bcc": [], "links": links}


def test_what_was_acknowledged_is_in_the_mail_when_gmail_takes_it(gmail: Written) -> None:
    page = gmail()
    says(page, "Tracked")
    page.get_by_text("Send", exact=True).click()
    [mail] = page.evaluate("outbox")
    assert f'href="{HOME}/c/1"' in mail
    assert PIXEL in mail
    assert "Hello " in mail
    assert ">plan</a>" in mail


def test_whoever_goes_on_writing_sees_the_mail_as_it_was_written_and_sends_the_same_message(gmail: Written) -> None:
    tracked = ADDRESSES.click(MESSAGE, 0, 1, LINK)
    page = gmail(answers=SERVER.replace(f'"{HOME}/c/" + (place + 1)', f'"{tracked}"'))
    says(page, "Tracked")
    body(page).press("x")
    before = body(page).inner_html()
    body(page).press("Control+Enter")
    assert PIXEL in body(page).inner_html()
    body(page).press("End")
    assert body(page).inner_html() == before
    body(page).evaluate("body => body.append(Object.assign(document.createElement('a'), { href: 'https://b.example/' }))")
    page.wait_for_function("() => LiveFeed.asked.filter(({ type }) => type === 'prepare').length >= 2")
    assert asked(page, "prepare")[-1]["draft"]["id"] == MESSAGE


def test_a_draft_that_comes_back_is_the_same_message(gmail: Written) -> None:
    tracked = WINDOW.replace(LINK, ADDRESSES.click(MESSAGE, 0, 1, LINK)).replace("plan</a>", f'plan</a><img src="{PIXEL}">')
    page = gmail(tracked)
    says(page, "Tracked")
    assert body(page).inner_html() == f'Hello <a href="{LINK}">plan</a>'
    assert asked(page, "prepare")[0]["draft"]["id"] == MESSAGE


def test_a_recipient_the_server_has_not_decided_about_leaves_the_mail_untracked(gmail: Written) -> None:
    page = gmail()
    says(page, "Tracked")
    page.evaluate("void (LiveFeed.held = new Promise(() => {}))")
    page.evaluate(
        """document.querySelector('[name="cc"]').innerHTML = '<span role="option" data-hovercard-id="bo@x.example"></span>'"""
    )
    says(page, "Not tracked yet")
    body(page).press("Control+Enter")
    assert HOME not in body(page).inner_html()


def test_the_switch_works_by_key_and_leaves_the_mail_alone(gmail: Written) -> None:
    page = gmail()
    says(page, "Tracked")
    expect(switch(page)).to_be_checked()
    switch(page).press("Space")
    expect(switch(page)).not_to_be_checked()
    says(page, "Not tracked")
    page.get_by_text("Send", exact=True).click()
    assert HOME not in page.evaluate("outbox")[0]


def test_off_by_default_tells_the_server_nothing(gmail: Written) -> None:
    page = gmail(answers=SERVER.replace("on: true", "on: false"))
    says(page, "Not tracked")
    body(page).press("x")
    page.wait_for_timeout(600)
    assert asked(page, "prepare") == []


def test_what_the_server_refuses_can_not_be_switched_on(gmail: Written) -> None:
    refused = "refused: { text: 'Not tracked: no', why: 'Because of Ann' }"
    page = gmail(answers=SERVER.replace("refused: null", refused).replace(f'"{PIXEL}"', "null"))
    says(page, "Because of Ann")
    expect(switch(page)).to_contain_text("Not tracked: no")
    expect(switch(page)).to_be_disabled()
    switch(page).click(force=True)
    expect(switch(page)).not_to_be_checked()


def test_an_account_that_is_not_connected_has_no_switch(gmail: Written) -> None:
    page = gmail(answers="{ compose: { ok: true } }")
    page.wait_for_function("() => LiveFeed.asked.some(({ type }) => type === 'compose')")
    page.get_by_text("Send", exact=True).click()
    expect(switch(page)).to_have_count(0)
    assert len(page.evaluate("outbox")) == 1


def test_a_mail_leaves_whatever_breaks_in_here(gmail: Written) -> None:
    page = gmail()
    says(page, "Tracked")
    page.evaluate("() => { LiveFeed.letter.track = LiveFeed.letter.restore = () => { throw new Error('broken'); }; }")
    page.get_by_text("Send", exact=True).click()
    assert page.evaluate("outbox") == [f'Hello <a href="{LINK}">plan</a>']


def test_an_update_of_the_extension_is_said_and_what_was_acknowledged_still_holds(gmail: Written) -> None:
    page = gmail()
    says(page, "Tracked")
    page.evaluate("LiveFeed.here = false; for (const run of LiveFeed.leaving) run('updated')")
    body(page).press("Control+Enter")
    assert PIXEL in body(page).inner_html()


def test_a_mail_thrown_away_is_forgotten(gmail: Written) -> None:
    page = gmail()
    says(page, "Tracked")
    body(page).press("x")
    page.evaluate("document.querySelector('[role=dialog]').remove()")
    page.wait_for_timeout(700)
    assert len(asked(page, "prepare")) == 1


def test_a_window_that_is_taken_away_and_filled_again_keeps_gmail_going(gmail: Written) -> None:
    page = gmail()
    says(page, "Tracked")
    page.evaluate(
        """() => {
          const gone = document.querySelector("[role=dialog]");
          gone.remove();
          for (const one of gone.querySelectorAll("[data-livefeed],[name=to]")) one.remove();
        }"""
    )
    page.wait_for_timeout(700)
    assert page.evaluate("1 + 1") == 2


def test_the_switch_comes_back_when_gmail_draws_its_buttons_anew(gmail: Written) -> None:
    page = gmail()
    says(page, "Tracked")
    page.evaluate("document.querySelector('[data-livefeed]').remove()")
    says(page, "Tracked")


def test_typing_and_the_rest_of_gmail_wake_nothing_of_ours(gmail: Written) -> None:
    page = gmail()
    says(page, "Tracked")
    looks = page.evaluate(
        """async () => {
          let looks = 0;
          const former = LiveFeed.gmail.composes;
          LiveFeed.gmail.composes = function () { looks++; return former.call(this); };
          for (let count = 0; count < 300; count++) document.body.append(document.createElement("p"));
          await new Promise((done) => setTimeout(done, 500));
          return looks;
        }"""
    )
    assert looks == 0


@pytest.mark.parametrize(("background", "theme"), [("#111317", "dark"), ("#fff", "light")])
def test_the_switch_takes_the_colours_of_the_page(gmail: Written, background: str, theme: str) -> None:
    page = gmail(f'<div style="background:{background}">{WINDOW}</div>')
    says(page, "Tracked")
    expect(page.locator("[data-livefeed=switch]")).to_have_attribute("data-theme", theme)


def test_sending_takes_less_than_five_milliseconds(gmail: Written) -> None:
    page = gmail(WINDOW.replace("Hello ", "".join(f'<p>{"word " * 30}<a href="{LINK}?{n}">x</a></p>' for n in range(40))))
    says(page, "Tracked")
    taken = page.evaluate(
        """() => Array.from({ length: 9 }, () => {
          const from = performance.now();
          document.querySelector('[data-tooltip^="Send"]').click();
          return performance.now() - from;
        }).sort((a, b) => a - b)[4]"""
    )
    assert taken < 5
