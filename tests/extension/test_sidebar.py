"""The sidebar in Gmail and the side panel, through everything that happens to a browser, a server and an extension."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.chromium import needs_chromium
from tests.extension.chrome import PRODUCT
from tests.extension.stage import LUCIA, MATEO, NORA, Stage, until
from tests.extension.ways import compose

pytestmark = [pytest.mark.browser, pytest.mark.server, needs_chromium]
# What happens to worker, tokens and server has nothing to do with how Gmail's page is built.
once = pytest.mark.parametrize("layout", ["tables"])
TOM = "tomasz.wojcik@wisla.example"
# By name as soon as marketing has told of them, by address before.
ABOUT_LUCIA, ABOUT_TOM = re.compile("luc[ií]a", re.IGNORECASE), re.compile("tomasz", re.IGNORECASE)
# The controls of Gmail's page that one cannot click in their middle.
COVERED = """() => [...document.querySelectorAll('a, button, input, [role=button], [role=row], li')].filter((one) => {
  const { x, y, width, height } = one.getBoundingClientRect();
  const top = document.elementFromPoint(x + width / 2, y + height / 2);
  return one.id !== 'livefeed-host' && one.checkVisibility() && !(one.contains(top) || top?.contains(one));
}).map((one) => one.outerHTML)"""
FORGED = """() => [window, ...Array.from(window, (_, place) => window[place])].forEach((frame) =>
  frame.postMessage({ type: 'context', thread: '', addresses: ['x@y.example'], source: 'compose' }, '*'))"""
CHANGE = (
    "async ([key, change]) => chrome.storage.local.set({ [key]: { ...(await chrome.storage.local.get(key))[key], ...change } })"
)


@pytest.fixture(scope="module")
def signed_in(installed: Stage) -> Stage:
    """In a browser of its own: of a worker that is ended Playwright keeps a dead one, which would be asked from then on."""
    installed.sign_in()
    return installed


def change_session(stage: Stage, **change: object) -> None:
    """In what the extension keeps of Nora's tokens."""
    page = stage.chrome.page("options.html")
    page.evaluate(CHANGE, [f"account:{NORA}", change])
    page.close()


def card(stage: Stage, page: Page) -> Locator:
    return stage.chrome.sidebar(page).locator("lf-card")


def test_it_follows_the_thread_and_the_mail_being_written(there: Stage, gmail: Page, layout: str) -> None:
    subject = f"About depots, {layout}"
    there.incoming(subject)
    gmail.get_by_text(subject).filter(visible=True).first.click()
    expect(card(there, gmail)).to_contain_text(ABOUT_LUCIA)
    compose(gmail, TOM, f"To somebody else, {layout}")
    expect(card(there, gmail)).to_contain_text(ABOUT_TOM)
    there.chrome.sidebar(gmail).get_by_role("tab", name="Tasks").focus()
    expect(card(there, gmail)).to_contain_text(ABOUT_TOM)
    gmail.get_by_role("heading", name=subject).click()
    expect(card(there, gmail)).to_contain_text(ABOUT_LUCIA)
    gmail.evaluate("location.hash = 'sent'")
    expect(card(there, gmail)).to_have_count(0)


@once
def test_gmails_page_can_neither_read_nor_forge_it(there: Stage, gmail: Page) -> None:
    there.incoming("Nobody else's business")
    gmail.get_by_text("Nobody else's business").first.click()
    expect(card(there, gmail)).to_contain_text(ABOUT_LUCIA)
    assert gmail.evaluate("document.querySelector('#livefeed-host').shadowRoot") is None
    assert gmail.evaluate("typeof chrome === 'undefined' || !chrome.runtime?.sendMessage")
    gmail.evaluate(FORGED)
    expect(card(there, gmail)).to_contain_text(ABOUT_LUCIA)


def test_it_makes_room_and_gives_it_back(there: Stage, gmail: Page) -> None:
    host = gmail.locator("#livefeed-host")
    there.incoming("Something to look at")
    gmail.get_by_text("Something to look at").first.wait_for()
    assert gmail.evaluate(COVERED) == []
    there.chrome.sidebar(gmail).get_by_role("button", name="Close").click()
    expect(host).to_have_attribute("data-state", "closed")
    assert gmail.evaluate(COVERED) == []
    assert gmail.evaluate("innerWidth - document.body.clientWidth") < 60, "all of the room but the icon's"
    gmail.reload()
    gmail.wait_for_selector("#livefeed-host[data-state='closed']", state="attached")


@once
def test_a_click_opens_the_side_panel(there: Stage, gmail: Page) -> None:
    """Chrome opens it only for a person's own click; a page of the extension passes the click on as Gmail's icon does."""
    page = there.chrome.page("options.html")
    page.evaluate(
        """() => {
          const button = Object.assign(document.createElement('button'), { id: 'try', textContent: 'open' });
          button.addEventListener('click', () => chrome.runtime.sendMessage({ type: 'open-panel' }));
          document.body.prepend(button);
        }"""
    )
    page.click("#try")
    count = "async () => (await chrome.runtime.getContexts({ contextTypes: ['SIDE_PANEL'] })).length"
    assert until(lambda: page.evaluate(count), "the side panel is open", seconds=10) == 1
    panel = there.chrome.page("panel.html")
    expect(panel.get_by_role("tab", name="Engagement")).to_be_visible()
    expect(panel.get_by_role("contentinfo")).to_contain_text("Live")


@once
def test_the_tab_of_another_account_says_that_it_is_not_connected(there: Stage, layout: str) -> None:
    page = there.gmail(1, layout=layout)
    panel = there.chrome.sidebar(page)
    expect(panel.get_by_text("This account is not connected")).to_be_visible()
    expect(panel.get_by_text(MATEO)).to_be_visible()
    page.get_by_text("Compose", exact=True).click()
    expect(page.get_by_label("Message Body")).to_be_visible()
    expect(page.get_by_role("switch")).to_have_count(0)


@once
def test_a_token_that_ended_is_renewed_and_nobody_notices(there: Stage, gmail: Page, layout: str) -> None:
    writing = compose(gmail, LUCIA, f"After the token's end, {layout}")
    writing.ready()
    before = len(there.front.requests(PRODUCT, "/auth/token"))
    change_session(there, access="long-gone", until=0)
    with there.acknowledging():
        writing.write(text="More. ", link="https://www.fjordline.example/more")
    assert there.front.requests(PRODUCT, "/auth/token")[before:]
    writing.send()
    letter = there.letter(LUCIA, f"After the token's end, {layout}")
    assert [PRODUCT in link.url for link in letter.links] == [True, True]
    there.viewed(gmail, letter)


@once
def test_a_worker_that_was_ended_wakes_for_the_next_mail(there: Stage, gmail: Page, layout: str) -> None:
    writing = compose(gmail, LUCIA, f"After the worker's end, {layout}")
    writing.ready()
    there.evict_worker()
    with there.acknowledging():
        writing.write(text="More. ", link="https://www.fjordline.example/more")
    writing.send()
    letter = there.letter(LUCIA, f"After the worker's end, {layout}")
    assert [PRODUCT in link.url for link in letter.links] == [True, True]
    there.viewed(gmail, letter)
    assert there.pixels() == []


@once
def test_mail_leaves_while_the_server_is_down_and_is_tracked_when_it_is_back(there: Stage, gmail: Page, layout: str) -> None:
    panel = there.chrome.sidebar(gmail)
    expect(panel.get_by_role("contentinfo")).to_contain_text("Live")
    there.product.end()
    writing = compose(gmail, LUCIA, f"While it was down, {layout}")
    writing.ready("Not tracked: no answer from the server")
    writing.send()
    assert PRODUCT not in there.letter(LUCIA, f"While it was down, {layout}").html
    expect(panel.get_by_role("contentinfo")).to_contain_text("Offline")
    there.product.start()
    # The longer it was away, the longer the panel waits before it asks again.
    expect(panel.get_by_role("contentinfo")).to_contain_text("Live", timeout=60_000)
    writing = compose(gmail, LUCIA, f"Since it is back, {layout}")
    writing.ready()
    writing.send()
    there.viewed(gmail, there.letter(LUCIA, f"Since it is back, {layout}"))
