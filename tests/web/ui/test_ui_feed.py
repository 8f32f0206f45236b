"""The feed as a rep sees it, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.web.ui import facts
from tests.web.ui.conftest import Open, eventually
from tests.web.ui.pretend import Script

pytestmark = pytest.mark.browser


def news(number: int, subject: str = "Fresh offer", kind: str = "view", **more: object) -> facts.Fact:
    return facts.item(number, kind, facts.at(14, 31), facts.AISSATOU, "Baobab Énergie", subject, **more)


def lines(page: Page) -> list[str]:
    return page.locator("lf-row .what").all_inner_texts()


def test_the_lines_say_who_did_what(visit: Open) -> None:
    page = visit()
    first = page.locator("lf-row").first
    expect(first.locator(".who")).to_have_text("Lucía Fernández OrtegaTransportes del Ebro")
    expect(first.locator(".what")).to_contain_text("Replied Pilot plan, two depots")
    expect(first.locator(".kind .vh")).to_have_text("Your mail. ")
    expect(page.locator(".day").first).to_have_text("New since 13:50")
    expect(page.get_by_role("tab")).to_have_text(["Engagement3", "Tasks4", "Targets"])


def test_several_recipients_are_never_a_guess(visit: Open) -> None:
    row = visit().locator("lf-row").filter(has_text="Someone of 3")
    expect(row.locator(".fact").first).to_have_text("R. Iyer, M. Nair, S. Pillai")


def test_a_new_view_appears_without_a_reload(visit: Open, script: Script) -> None:
    page = visit()
    script.tell(news(100))
    expect(page.locator("lf-row").first).to_contain_text("Fresh offer")
    expect(page.get_by_role("tab").first).to_have_text("Engagement4")
    expect(page).to_have_title("(4) Live Feed")


def test_a_repeat_raises_its_line_and_its_count(visit: Open, script: Script) -> None:
    page = visit()
    known = next(item for item in facts.afternoon() if item["id"] == "000060")
    script.tell(known | {"count": 2, "at": facts.stamp(facts.at(14, 31))})
    first = page.locator("lf-row").first
    expect(first).to_contain_text("2 views")
    expect(page.locator("lf-row").filter(has_text="Shannon Haulage")).to_have_count(1)


def test_one_line_says_that_a_mail_is_late_and_then_how_that_ended(visit: Open, script: Script) -> None:
    page = visit()
    late = {"state": "delayed", "code": "4.4.1", "text": "connect timed out", "address": "x@baobab.example"}
    script.tell(news(100, kind="bounce", device=None, detail=late))
    row = page.locator("lf-row").first
    expect(row.locator(".what")).to_contain_text("Delayed Fresh offer")
    expect(row.locator(".kind.bad")).to_have_count(0)
    expect(row).to_contain_text("Their mail server can’t be reached")
    script.tell(news(100, kind="bounce", device=None, detail=late | {"state": "delivered"}) | {"cursor": "c000101"})
    expect(row.locator(".what")).to_contain_text("Delivered late Fresh offer")
    expect(row).not_to_contain_text("reached")
    expect(page.locator("lf-row").filter(has_text="Fresh offer")).to_have_count(1)


def test_a_line_taken_back_disappears(visit: Open, script: Script) -> None:
    page = visit()
    known = next(item for item in facts.afternoon() if item["id"] == "000090")
    script.tell(known | {"removed": True})
    expect(page.locator("lf-row").filter(has_text="Pilot plan")).to_have_count(0)


def test_while_scrolled_news_waits_behind_a_pill(visit: Open, script: Script) -> None:
    page = visit()
    page.locator("lf-feed .scroll").evaluate(
        """box => new Promise(done => {
            box.addEventListener("scroll", () => requestAnimationFrame(done), { once: true });
            box.scrollTo(0, 200);
        })"""
    )
    before = lines(page)
    script.tell(news(100))
    script.tell(news(101, "Second offer"))
    pill = page.get_by_role("button", name="2 new")
    pill.wait_for()
    assert lines(page) == before
    pill.click()
    expect(page.locator("lf-row").first).to_contain_text("Second offer")
    assert page.locator("lf-feed .scroll").evaluate("box => box.scrollTop") == 0
    expect(pill).to_have_count(0)


def test_scrolling_on_brings_older_pages_to_the_end(visit: Open, script: Script) -> None:
    script.items += facts.older(130)
    script.page = 40
    page = visit()
    page.wait_for_function(
        """() => {
            document.querySelector('.scroll').scrollTo(0, 1e6);
            return document.querySelectorAll('lf-row').length === 142;
        }"""
    )
    expect(page.get_by_text("Offer number 1", exact=True)).to_have_count(1)


def test_after_a_break_everything_missed_comes_in_order(visit: Open, script: Script) -> None:
    page = visit()
    script.slow_catch_up.clear()
    script.refuse_sockets = True
    script.cut()
    for number in range(100, 103):
        script.tell(news(number, f"Missed {number}"))
    script.refuse_sockets = False
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator(".foot")).to_contain_text("Catching up, 1 of 3")
    script.slow_catch_up.set()
    expect(page.locator(".foot")).to_contain_text("Live")
    expect(page.locator("lf-row .what").nth(0)).to_contain_text("Missed 102")
    assert [line.split("Missed ")[1] for line in lines(page)[:3]] == ["102", "101", "100"]


def test_offline_is_said_only_after_a_while_and_can_be_retried(visit: Open, script: Script) -> None:
    page = visit()
    script.refuse_sockets = True
    script.cut()
    foot = page.locator(".foot")
    expect(foot).to_contain_text("Live")
    expect(foot).to_contain_text("Offline since 14:32", timeout=9_000)
    script.refuse_sockets = False
    foot.get_by_role("button", name="Try again").click()
    expect(foot).to_contain_text("Live")


def test_a_session_that_ended_says_so(visit: Open, script: Script) -> None:
    page = visit()
    script.failing["/api/v1/tickets"] = 401
    script.cut()
    expect(page.get_by_role("link", name="Sign in")).to_have_attribute("href", "/auth/sign-in")


def test_a_feed_that_fails_says_what_is_safe_and_tries_again(visit: Open, script: Script) -> None:
    script.failing["/api/v1/feed"] = 503
    page = visit(live=False)
    expect(page.get_by_role("alert")).to_contain_text("The server answered 503 at 14:32. Nothing is lost")
    script.failing.clear()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("lf-row").first).to_be_visible()


def test_a_feed_without_a_session_leads_to_the_sign_in(visit: Open, script: Script) -> None:
    script.failing["/api/v1/feed"] = 401
    page = visit(live=False)
    expect(page.get_by_role("alert")).to_contain_text("Signed out")
    expect(page.get_by_role("link", name="Sign in")).to_have_attribute("href", "/auth/sign-in")


def test_an_empty_feed_leads_on(visit: Open, script: Script) -> None:
    script.items = []
    page = visit()
    expect(page.get_by_text("Nothing yet")).to_be_visible()
    expect(page.get_by_role("link", name="Write one now")).to_be_visible()


def test_a_filter_without_matches_can_be_cleared(visit: Open, script: Script) -> None:
    script.items = [item for item in script.items if item["kind"] != "click"]
    page = visit()
    page.get_by_role("button", name="Clicks").click()
    expect(page.get_by_text("No clicks")).to_be_visible()
    page.get_by_role("button", name="Clear the filter").click()
    expect(page.locator("lf-row").first).to_be_visible()


def test_a_filter_shows_only_its_kind_live_too(visit: Open, script: Script) -> None:
    page = visit()
    page.get_by_role("button", name="Replies").click()
    expect(page.locator("lf-row")).to_have_count(1)
    script.tell(news(100))
    script.tell(news(101, "Answered", "reply"))
    expect(page.locator("lf-row")).to_have_count(2)
    expect(page.locator("lf-row").first).to_contain_text("Answered")


def test_machine_traffic_is_one_switch_away_and_stays_chosen(visit: Open) -> None:
    page = visit()
    expect(page.locator(".item.quiet")).to_have_count(0)
    page.get_by_role("button", name="Filter and machine traffic").click()
    page.get_by_role("switch", name="Show machine traffic").check()
    quiet = page.locator(".item.quiet")
    expect(quiet).to_have_count(2)
    expect(quiet.first).to_contain_text("2 fetches")
    expect(quiet.first).to_contain_text("All links in 0.4 s")
    page.reload()
    expect(quiet).to_have_count(2)
    page.get_by_role("button", name="Hide").click()
    expect(quiet).to_have_count(0)
    expect(page.get_by_text("14 machine hits hidden today")).to_be_visible()


def test_a_machine_hit_is_counted_again_but_not_shown(visit: Open, script: Script) -> None:
    page = visit()
    script.hidden_today = 15
    script.tell(news(100, **{"class": "machine"}, hidden=True))
    expect(page.get_by_text("15 machine hits hidden today")).to_be_attached()
    expect(page.get_by_text("Fresh offer")).to_have_count(0)


def test_the_caveat_of_a_place_is_there_for_the_keyboard(visit: Open) -> None:
    page = visit()
    why = page.get_by_role("button", name="How sure is this place?").first
    why.focus()
    expect(page.get_by_role("tooltip").filter(has_text="Worked out from an IP address")).to_be_visible()
    expect(why).to_have_accessible_description(re.compile("^Worked out from an IP address"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("tooltip")).to_have_count(0)


def test_the_keyboard_walks_unfolds_and_opens_the_menu(visit: Open) -> None:
    page = visit()
    for key in ("j", "j", "k", "j"):
        page.keyboard.press(key)
    row = page.locator("lf-row").nth(1)
    expect(row).to_be_focused()
    page.keyboard.press("Enter")
    expect(row.locator(".hits li")).to_have_count(5)
    expect(row.locator(".hits li").nth(1)).to_have_text(re.compile(r"14:12\s*near Geneva, Switzerland\s*iPhone"))
    page.keyboard.press("Escape")
    expect(row.locator(".hits")).to_have_count(0)
    page.keyboard.press(".")
    expect(page.get_by_role("menuitem", name="Show all 5 views")).to_be_focused()
    for key, name in (
        ("ArrowDown", "Call"),
        ("End", "Message details"),
        ("ArrowDown", "Show all 5 views"),
        ("o", "Open thread in Gmail"),
        ("Home", "Show all 5 views"),
    ):
        page.keyboard.press(key)
        expect(page.get_by_role("menuitem", name=name)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    expect(row.locator(".side .ib")).to_be_focused()


def test_a_click_unfolds_and_a_menu_never_covers_its_own_button(visit: Open) -> None:
    page = visit()
    page.locator("lf-row").nth(1).locator(".what").click()
    expect(page.locator(".hits li")).to_have_count(5)
    page.locator("lf-row").nth(1).locator(".what").click()
    button = page.locator("lf-row").nth(6).locator(".side .ib")
    button.click()
    menu, pressed = page.locator(".menu:popover-open").bounding_box(), button.bounding_box()
    assert menu is not None
    assert pressed is not None
    assert menu["y"] + menu["height"] <= pressed["y"]
    button.click()
    expect(page.locator(".menu:popover-open")).to_have_count(0)


def test_archiving_says_so_and_can_be_undone(visit: Open, script: Script) -> None:
    page = visit()
    row = page.locator("lf-row").nth(1)
    row.locator(".side .ib").click()
    page.get_by_role("menuitem", name="Archive tracking").click()
    expect(row).to_contain_text("Not tracked any more")
    expect(page.locator(".toast")).to_contain_text("Tracking archived")
    page.get_by_role("button", name="Undo").click()
    expect(row).not_to_contain_text("Not tracked any more")
    told = [f"/api/v1/messages/m-pricing-/{deed}?" for deed in ("archive", "unarchive")]
    eventually(
        page, lambda: [path for method, path, _ in script.asked if method == "POST" and "archive" in path] == told, "both"
    )


def test_archiving_that_fails_is_said_in_place(visit: Open, script: Script) -> None:
    page = visit()
    script.failing["/api/v1/messages"] = 503
    page.locator("lf-row").nth(1).locator(".side .ib").click()
    page.get_by_role("menuitem", name="Archive tracking").click()
    expect(page.get_by_role("alert")).to_contain_text("Tracking could not be archived")


def test_news_is_read_out_summed_up(visit: Open, script: Script) -> None:
    page = visit()
    script.tell(news(100))
    script.tell(news(101, "Answered", "reply"))
    script.tell(news(102, "Another"))
    expect(page.locator("lf-feed > [aria-live=polite]")).to_have_text("3 new: 2 views, 1 reply")


def test_what_was_looked_at_counts_as_seen(visit: Open, script: Script) -> None:
    page = visit()
    with page.expect_request(lambda request: request.method == "PUT" and request.url.endswith("/feed/seen")) as asked:
        script.tell(news(100))
    assert asked.value.post_data_json["cursor"].startswith("log")


def test_the_window_goes_on_top_and_comes_back_with_its_stream(visit: Open, script: Script) -> None:
    page = visit()
    page.get_by_role("button", name="Keep on top").click()
    expect(page.get_by_text("Live Feed is on top of your other windows")).to_be_visible()
    script.tell(news(100))
    page.wait_for_function(
        """() => {
            const { document, getComputedStyle } = documentPictureInPicture.window;
            const row = document.querySelector('lf-row');
            return row?.textContent.includes('Fresh offer') && getComputedStyle(row).display === 'grid';
        }"""
    )
    assert sum(path.startswith("/api/v1/tickets") for _, path, _ in script.asked) == 1
    page.get_by_role("button", name="Bring it back here").click()
    expect(page.locator("lf-row").first).to_contain_text("Fresh offer")


def test_the_web_page_opens_the_small_window(visit: Open) -> None:
    page = visit("/feed", 1280, 860)
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Open window").click()
    opened.value.get_by_role("tab", name="Engagement").wait_for()
    assert opened.value.url.endswith("/live")


def test_where_segments_do_not_fit_a_select_takes_their_place(visit: Open) -> None:
    page = visit(width=190, height=400)
    page.get_by_role("combobox", name="Show").select_option(label="Replies")
    expect(page.locator("lf-row")).to_have_count(1)


def test_nothing_moves_for_those_who_asked_for_it(visit: Open, script: Script) -> None:
    page = visit(reduced_motion="reduce")
    script.tell(news(100))
    expect(page.locator("lf-row").first).to_contain_text("Fresh offer")
    assert page.locator("lf-row").first.evaluate("row => getComputedStyle(row).animationName") == "none"
