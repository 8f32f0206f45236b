"""From the first page to the notification: what a rep sees of the extension besides Gmail, in a real browser."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from server.sandbox.app import google_of
from tests.axe import AXE, with_axe
from tests.chromium import needs_chromium
from tests.extension.chrome import PRODUCT
from tests.extension.stage import ASK_SERVER, NORA, URL, Stage, backstage, connect_account, give_access, in_new_window, stage
from tests.extension.ways import compose

pytestmark = [pytest.mark.browser, pytest.mark.server, needs_chromium]

AISSATOU = "aissatou.diallo@baobab.example"
CLAIRE = "claire.dubois@atelier.example"
NARROWEST = {"width": 320, "height": 720}


@pytest.fixture(scope="module")
def signed_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """All of its own: these tests count devices, and who is called when."""
    with backstage(tmp_path_factory.mktemp("panel")) as behind, stage(behind) as made:
        connect_account(made)
        made.sign_in()
        yield made


@pytest.fixture
def caught_up(there: Stage) -> Stage:
    """For tests that count what is new: whatever came before them has been looked at."""
    there.catch_up()
    return there


def kept(there: Stage) -> dict[str, Any]:
    found: dict[str, Any] = there.chrome.worker.evaluate("chrome.storage.local.get(null)")
    return found


def notices(there: Stage) -> list[str]:
    found: dict[str, bool] = there.chrome.worker.evaluate("chrome.notifications.getAll()")
    return list(found)


def badge(there: Stage) -> str:
    return str(there.chrome.worker.evaluate("chrome.action.getBadgeText({})"))


def looked(there: Stage) -> None:
    """The alarm rings, as it does each half minute, and the server is asked."""
    before = len(there.front.requests(PRODUCT, "/api/v1/notices"))
    there.chrome.worker.evaluate("chrome.alarms.onAlarm.dispatch({ name: 'look' })")
    page = there.chrome.context.pages[0]
    eventually(page, lambda: len(there.front.requests(PRODUCT, "/api/v1/notices")) > before, "the server is asked")


def eventually(page: Page, look: Any, what: str) -> None:
    """What the browser brings about itself: it must be let do it meanwhile."""
    for _ in range(1200):
        if look():
            return
        page.wait_for_timeout(25)
    raise AssertionError(f"never came: {what}")


def asked(page: Page, path: str) -> Any:
    """What the server answers the extension."""
    return page.evaluate(ASK_SERVER, [NORA, f"/api/v1/{path}"])


def unread(page: Page) -> int:
    return int(asked(page, "notices")["unread"])


def sent(there: Stage, page: Page, subject: str) -> Any:
    writing = compose(page, AISSATOU, subject)
    writing.ready()
    writing.send()
    there.message(subject)
    return there.letter(AISSATOU, subject)


def axe(page: Any) -> list[str]:
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


def test_tokens_stay_out_of_gmails_reach(there: Stage) -> None:
    page = there.gmail()
    tool = there.chrome.context.new_cdp_session(page)
    worlds: list[dict[str, Any]] = []
    tool.on("Runtime.executionContextCreated", lambda event: worlds.append(event["context"]))
    tool.send("Runtime.enable")
    eventually(page, lambda: any(there.chrome.id in one["origin"] for one in worlds), "the script's world")
    world = next(one for one in worlds if there.chrome.id in one["origin"] and one["auxData"]["type"] == "isolated")

    def said(script: str) -> Any:
        asked = {"expression": script, "contextId": world["id"], "awaitPromise": True, "returnByValue": True}
        return tool.send("Runtime.evaluate", asked)["result"].get("value")

    assert said("chrome.storage.local.get(null).then(() => 'read', () => 'refused')") == "refused"
    for type in ("token", "state", "connect", "disconnect", "consent", "server"):
        asked = f"chrome.runtime.sendMessage({{ type: '{type}', account: '{NORA}' }}).then((answer) => answer.code)"
        assert said(asked) == "not-allowed", type


def test_somebody_reads_while_nobody_looks_and_is_told_once(caught_up: Stage) -> None:
    there = caught_up
    page = there.gmail()
    letter = sent(there, page, "Told while nobody looks")
    page.close()
    page = there.chrome.page("options.html")
    there.demo.people.open(letter, fresh=True)
    there.message("Told while nobody looks")
    eventually(page, lambda: looked(there) or notices(there), "the notification")
    assert len(notices(there)) == 1
    # It is counted once it was told.
    eventually(page, lambda: badge(there) == "1", "the number on the icon")
    there.demo.people.open(letter, fresh=True)
    eventually(page, lambda: asked(page, "feed?kind=view&limit=1")["items"][0]["count"] == 2, "the second view")
    looked(there)
    assert len(notices(there)) == 1
    panel = there.chrome.page("panel.html")
    expect(panel.get_by_role("listitem").filter(has_text="Told while nobody looks").first).to_be_visible()
    eventually(page, lambda: not notices(there) and not badge(there), "what was looked at is no news")


def test_what_is_on_screen_calls_nobody(there: Stage) -> None:
    page = there.gmail()
    letter = sent(there, page, "Seen as it happens")
    there.demo.people.open(letter, fresh=True)
    expect(there.chrome.sidebar(page).get_by_role("listitem").filter(has_text="Seen as it happens").first).to_be_visible()
    looked(there)
    assert (notices(there), badge(there)) == ([], "")


def test_a_folded_sidebar_does_not_count_as_looking(caught_up: Stage) -> None:
    there = caught_up
    page = there.gmail()
    letter = sent(there, page, "Read behind the icon")
    there.chrome.sidebar(page).get_by_role("button", name="Close").click()
    expect(page.locator("#livefeed-host")).to_have_attribute("data-state", "closed")
    # The frame hears of it after the page around it, and tells the worker before it draws its icon.
    expect(there.chrome.sidebar(page).get_by_role("button", name="Open window")).to_be_visible()
    there.demo.people.open(letter, fresh=True)
    eventually(page, lambda: notices(there), "the panel behind the icon heard it")
    there.chrome.sidebar(page).get_by_role("button", name="Open window").click()
    expect(page.locator("#livefeed-host")).to_have_attribute("data-state", "open")
    eventually(page, lambda: not notices(there), "it was looked at")


def test_a_notification_leads_to_the_thread_and_to_a_task(caught_up: Stage) -> None:
    there = caught_up
    page = there.gmail()
    letter = sent(there, page, "Worth a call")
    page.close()
    page = there.chrome.page("options.html")
    there.demo.people.open(letter, fresh=True)
    eventually(page, lambda: looked(there) or notices(there), "the notification")
    id = notices(there)[0]
    click = "([id, on, button]) => chrome.notifications[on].dispatch(id, button)"
    panel = in_new_window(there, lambda: there.chrome.worker.evaluate(click, [id, "onButtonClicked", 0]))
    expect(panel.get_by_role("dialog").get_by_label("Name")).to_have_value("Follow up: Worth a call")
    panel.close()
    there.demo.people.click(letter, letter.links[0].ordinal)
    eventually(page, lambda: looked(there) or notices(there), "the click")
    thread = in_new_window(there, lambda: there.chrome.worker.evaluate(click, [notices(there)[0], "onClicked", 0]))
    thread.wait_for_url("https://mail.google.com/**")


def test_what_comes_in_quiet_hours_is_told_afterwards_in_one(caught_up: Stage) -> None:
    there = caught_up
    page = there.gmail()
    letters = [sent(there, page, f"At night {number}") for number in (1, 2)]
    page.close()
    page = there.chrome.page("options.html")
    page.get_by_label("Quiet hours").check()
    page.get_by_label("From").fill("00:00")
    page.get_by_label("To", exact=True).fill("23:59")
    eventually(page, lambda: kept(there)[f"account:{NORA}"]["me"]["notifications"]["quiet"]["end"] == "23:59", "it is saved")
    before = unread(page)
    for letter in letters:
        there.demo.people.open(letter, fresh=True)
    eventually(page, lambda: unread(page) == before + 2, "both are held")
    looked(there)
    assert notices(there) == []
    page.get_by_label("Quiet hours").uncheck()
    eventually(page, lambda: not kept(there)[f"account:{NORA}"]["me"]["notifications"]["quiet"]["on"], "it is saved")
    eventually(page, lambda: looked(there) or notices(there), "both in one")
    assert ["|several-" in id for id in notices(there)] == [True]


@pytest.mark.parametrize(
    ("click", "shown"),
    [
        ({"menuItemId": "selection", "selectionText": f"write to {CLAIRE.upper()}, please"}, "Claire"),
        ({"menuItemId": "link", "linkUrl": "https://fr.linkedin.com/in/claire-dubois?trk=x"}, "Claire"),
        ({"menuItemId": "selection", "selectionText": "  dubois \n claire "}, "Claire"),
        ({"menuItemId": "selection", "selectionText": "Nobody Of That Name"}, "Nobody among your people"),
    ],
)
def test_whoever_is_pointed_at_on_any_page_is_found(there: Stage, click: dict[str, str], shown: str) -> None:
    person = {"name": "Claire Dubois", "addresses": [CLAIRE], "linkedin": "https://www.linkedin.com/in/claire-dubois"}
    page = there.chrome.page("options.html")
    add = (
        "async ([account, body]) => (await import('./worker/session.js'))"
        ".api(account, 'POST', '/api/v1/people', body).catch(() => 0)"
    )
    page.evaluate(add, [NORA, person])
    panel = there.chrome.page("panel.html")
    expect(panel.get_by_role("tab", name="Engagement")).to_be_visible()
    tab = panel.evaluate("chrome.tabs.getCurrent()")
    there.chrome.worker.evaluate("([click, tab]) => chrome.contextMenus.onClicked.dispatch(click, tab)", [click, tab])
    beside = panel.get_by_role("region", name="About this mail").first
    expect(beside).to_contain_text(shown)
    panel.get_by_role("button", name="Close", exact=True).click()
    expect(beside).to_have_count(0)


def test_two_who_need_a_token_at_once_renew_it_once(there: Stage) -> None:
    page = there.chrome.page("options.html")
    spoil = """async (key) => {
      const kept = (await chrome.storage.local.get(key))[key];
      await chrome.storage.local.set({ [key]: { ...kept, until: 0, access: 'x' } });
    }"""
    page.evaluate(spoil, f"account:{NORA}")
    before = len(there.front.requests(PRODUCT, "/auth/token"))
    asked = "account => Promise.all([1, 2, 3].map(() => chrome.runtime.sendMessage({ type: 'token', account, refused: 'x' })))"
    answers = page.evaluate(asked, NORA)
    assert len({answer["token"] for answer in answers}) == 1
    assert len(there.front.requests(PRODUCT, "/auth/token")) == before + 1


def test_a_server_that_speaks_otherwise_asks_for_an_update(there: Stage) -> None:
    page = there.chrome.page("options.html")
    me = kept(there)[f"account:{NORA}"]["me"]
    tell = "([account, me]) => chrome.runtime.sendMessage({ type: 'me-is', account, me })"
    page.evaluate(tell, [NORA, me | {"api_version": 2}])
    panel = there.chrome.page("panel.html")
    expect(panel.get_by_text("Please update Live Feed")).to_be_visible()
    asked = there.ask("me", account=NORA)
    assert (asked["signedIn"], asked["tags"]) == (False, [])
    panel.get_by_role("button", name="Try again").click()
    expect(panel.get_by_role("tab", name="Engagement")).to_be_visible()


def test_gmail_that_must_be_reconnected_is_told_until_it_is(there: Stage) -> None:
    panel = there.chrome.page("panel.html")
    note = panel.locator("lf-mailbox")
    expect(panel.get_by_role("tab", name="Engagement")).to_be_visible()
    expect(note).to_be_empty()
    google_of(there.demo.app).grants.end(NORA)
    there.incoming("Is anybody there?")
    eventually(panel, lambda: asked(panel, "me")["gmail"]["state"] == "reconnect-needed", "Google refuses")
    panel.evaluate("document.querySelector('lf-mailbox').load()")  # as it does each minute
    expect(note).to_contain_text("Google no longer lets us see your sent mail")
    give_access(in_new_window(there, note.get_by_role("link", name="Reconnect Gmail").click))
    panel.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(note).to_be_empty()


@with_axe
def test_nothing_stands_in_a_screen_readers_way(there: Stage) -> None:
    there.ask("self-test", account=NORA, result={"body": "found", "recipients": "fallback", "thread": "missing"})
    gmail = there.gmail()
    compose(gmail, AISSATOU, "Accessible")
    sidebar = there.chrome.sidebar(gmail)
    expect(sidebar.get_by_role("region", name="About this mail").first).to_be_visible()
    assert axe(sidebar) == []
    for scheme in ("light", "dark"):
        for path in ("panel.html", "options.html", "welcome.html"):
            page = there.chrome.page(path)
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.set_viewport_size(NARROWEST)  # type: ignore[arg-type]
            page.locator("main").wait_for()
            assert axe(page) == [], (path, scheme)
            assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST["width"], path
            page.close()


def test_a_device_that_is_signed_out_in_the_web_app_is_out_here(there: Stage) -> None:
    panel = there.chrome.page("panel.html")
    expect(panel.get_by_role("tab", name="Engagement")).to_be_visible()
    settings = there.chrome.context.new_page()
    settings.goto(f"{URL}/settings")
    device = settings.locator(".devices li").filter(has_text="Chrome extension")
    device.get_by_role("button", name="Sign out").click()
    expect(device).to_have_count(0)
    assert there.ask("me-again", account=NORA)["status"] == 401
    expect(panel.get_by_role("button", name="Sign in")).to_be_visible()
    eventually(panel, lambda: f"watch:{NORA}" not in kept(there), "nothing is kept of it")
    panel.get_by_role("button", name="Sign in").click()
    expect(panel.get_by_role("tab", name="Engagement")).to_be_visible()
