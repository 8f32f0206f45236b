"""Moments in both feeds, whom one watches, and subscriptions, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.web.ui import facts, leads
from tests.web.ui.conftest import Open, eventually
from tests.web.ui.pretend import Script
from tests.web.ui.test_ui_tasks import asked, done_with

pytestmark = pytest.mark.browser


def lines(page: Page) -> list[str]:
    return page.locator("lf-row .who b").all_inner_texts()


def test_a_moment_is_a_purple_row_of_the_live_feed_as_it_happens(visit: Open, script: Script) -> None:
    page = visit()
    script.tell(leads.moment(200, "milestone", facts.at(14, 32), facts.SOREN, "Nordhavn Logistik", "Attended the fair"))
    first = page.locator("lf-row").first
    expect(first).to_have_attribute("data-mark", "mktg")
    expect(first.locator(".kind .vh")).to_have_text("Marketing. ")
    expect(first.locator(".what")).to_have_text(re.compile(r"Milestone\.\s*Attendedthe fair"))
    script.tell(leads.moment(200, "milestone", facts.at(14, 32), facts.SOREN, "Nordhavn Logistik", "", removed=True))
    expect(page.locator("lf-row").filter(has_text="Søren")).to_have_count(0)


def test_moments_of_the_watch_list_stand_in_the_lead_feed_alone(visit: Open, script: Script) -> None:
    page = visit("/lead-feed", 1280, 860)
    expect(page.locator("lf-row")).to_have_count(7)
    script.tell(leads.moment(201, "web", facts.at(14, 32), facts.HUONG, "Sông Hồng", "Read it", feeds=["lead"], watched=True))
    expect(page.locator("lf-row").first).to_contain_text("On your watch list")
    page.get_by_role("button", name="Mine", exact=True).click()
    expect(page.locator("lf-row")).to_have_count(2)
    page.get_by_role("button", name="Milestone", exact=True).click()
    expect(page.locator("lf-row")).to_have_count(1)
    page.goto(page.url.replace("/lead-feed", "/live"))
    page.locator("lf-row").first.wait_for()
    assert "Maeve O’Sullivan" not in lines(page)[:5]


def test_the_bell_subscribes_and_says_so(visit: Open, script: Script) -> None:
    page = visit("/lead-feed", 1280, 860)
    huong = page.locator("lf-row").filter(has_text="Hương")
    huong.get_by_role("button", name=re.compile("Get mail|mail about", re.I)).click()
    expect(page.locator(".toast")).to_be_visible()
    expect(page.locator("lf-subscriptions")).to_contain_text("Nguyễn Thị Hương")
    added = eventually(page, lambda: asked(script, "POST", "/subscriptions"), "it is asked for")
    assert added == [("/api/v1/subscriptions", {"kind": "person", "value": facts.HUONG["id"]})]
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("lf-subscriptions")).not_to_contain_text("Nguyễn Thị Hương")


def test_watching_from_a_line_fills_the_watch_list_and_can_be_undone(visit: Open, script: Script) -> None:
    page = visit()
    done_with(page, page.locator("lf-row").nth(1), "Watch")
    expect(page.locator(".toast")).to_contain_text("You watch Aïssatou Diallo now.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".toast")).to_contain_text("You no longer watch Aïssatou Diallo.")
    watched = lambda: [verb for verb, path, _ in script.asked if "/watch-list/" in path]  # noqa: E731
    eventually(page, lambda: watched() == ["PUT", "DELETE"], "both are asked for")


def test_somebody_on_the_watch_list_is_reached_and_let_go(visit: Open) -> None:
    page = visit("/watch-list", 1280, 860)
    maeve = page.locator(".slimrow").filter(has_text="Maeve")
    expect(maeve).to_contain_text("Downloaded API notes")
    maeve.get_by_role("button", name="Actions for Maeve O’Sullivan").click()
    page.get_by_role("menuitem", name="Stop watching").click()
    expect(maeve).to_have_count(0)


def test_a_subscription_for_a_team_mate_is_written_from_a_line_of_the_window(visit: Open, script: Script) -> None:
    page = visit()
    done_with(page, page.locator("lf-row").filter(has_text="Hiroshi"), "Subscribe")
    sheet = page.get_by_role("dialog", name="New subscription")
    sheet.get_by_label("A type of moment").check()
    sheet.get_by_label("Bram de Wit").check()
    sheet.get_by_role("button", name="Subscribe").click()
    expect(page.locator(".toast")).to_contain_text("Saved.")
    assert asked(script, "POST", "/subscriptions") == [
        ("/api/v1/subscriptions", {"kind": "type", "value": "web", "receivers": ["u1", "u2"]})
    ]


def test_without_a_mail_server_it_says_that_nothing_is_sent(visit: Open, script: Script) -> None:
    script.sends = False
    page = visit("/lead-feed", 1280, 860)
    expect(page.get_by_text("No mail server is set up")).to_be_visible()


@pytest.mark.parametrize("width", [320, 380, 480])
def test_the_panels_fourth_tab_shows_the_lead_feed(visit: Open, width: int) -> None:
    page = visit("/live?leads", width, 640)
    page.get_by_role("tab", name="Lead Feed").click()
    feed = page.locator("lf-lead-feed")
    expect(feed.locator("lf-row")).to_have_count(7)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tabs, tools = (page.locator(one).bounding_box() for one in (".tabs", ".window > header > .tools"))
    assert tabs
    assert tools
    assert tabs["y"] >= tools["y"] + tools["height"]
    feed.locator("lf-row").first.get_by_role("button", name="Actions for Hiroshi Tanabe").click()
    expect(page.get_by_role("menuitem", name="View in Marketo")).to_be_visible()
    expect(page.get_by_role("menuitem", name="Watch")).to_have_count(0)
