"""Searching messages and the feed, archiving several, saved searches, and the team's feed."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.axe import violations, with_axe
from tests.web.ui import facts
from tests.web.ui.conftest import Open, eventually
from tests.web.ui.mail_api import team_item
from tests.web.ui.pretend import Script

pytestmark = pytest.mark.browser

WIDE = {"width": 1280, "height": 800}


def subjects(page: Page) -> list[str]:
    return page.locator(".messages .subject a").all_inner_texts()


def asked_of(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def archivings(script: Script) -> list[object]:
    return [body for _, path, body in script.asked if path.startswith("/api/v1/messages/archive")]


def test_words_and_filters_narrow_the_list_and_stand_in_the_address(visit: Open, script: Script) -> None:
    page = visit("/messages", **WIDE)
    page.get_by_role("searchbox").fill("p")
    expect(page.locator(".messages tbody tr")).to_have_count(3)
    expect(page.get_by_role("dialog", name="Filters")).to_be_hidden()
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Replies").select_option("yes")
    expect(page.locator(".messages tbody tr")).to_have_count(1)
    assert subjects(page) == ["Pilot plan, two depots"]
    assert asked_of(page) == {"q": ["p"], "replied": ["yes"]}
    table = page.get_by_role("link", name="Download CSV").get_attribute("href")
    assert table is not None
    assert table.endswith("/api/v1/messages/export?q=p&replied=yes")
    page.reload()
    expect(page.locator(".messages tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Remove filter: Replied").click()
    expect(page.locator(".messages tbody tr")).to_have_count(3)
    page.get_by_role("searchbox").fill("nothing like it")
    page.get_by_text("No message matches").wait_for()
    page.get_by_role("button", name="Clear the filter").click()
    expect(page.locator(".messages tbody tr")).to_have_count(len(script.listed))
    expect(page.get_by_role("searchbox")).to_have_value("")
    assert asked_of(page) == {}


def test_several_are_archived_at_once_and_it_is_taken_back(visit: Open, script: Script) -> None:
    page = visit("/messages", **WIDE)
    for subject in ("Pilot plan, two depots", "Pricing for 40 vehicles"):
        page.get_by_role("checkbox", name=f"Select “{subject}”").check()
    page.get_by_role("toolbar").get_by_role("button", name="Archive tracking").click()
    expect(page.locator(".messages .badge", has_text="Not tracked any more")).to_have_count(3)
    expect(page.get_by_role("toolbar")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".messages .badge", has_text="Not tracked any more")).to_have_count(1)
    # The screen does not wait for the server's answer.
    told = [{"messages": ["m-1", "m-pricing-"], "archived": archived} for archived in (True, False)]
    eventually(page, lambda: archivings(script) == told, "both are asked for")
    script.failing["/api/v1/messages/archive"] = 503
    page.get_by_role("checkbox", name="Select all").check()
    page.get_by_role("toolbar").get_by_role("button", name="Archive tracking").click()
    page.get_by_role("alert").wait_for()
    expect(page.locator(".messages .badge", has_text="Not tracked any more")).to_have_count(1)


def test_a_search_is_saved_chosen_renamed_and_deleted(visit: Open, script: Script) -> None:
    page = visit("/messages?q=p", **WIDE)
    page.get_by_role("button", name="Saved searches").click()
    page.get_by_label("Name of this search").fill("Never read")
    page.get_by_role("button", name="Replace").wait_for()
    page.get_by_label("Name of this search").fill("With a p")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="With a p").click()
    page.get_by_role("button", name="Never read", exact=True).click()
    expect(page.locator(".messages tbody tr")).to_have_count(2)
    assert asked_of(page) == {"viewed": ["no"]}
    page.get_by_role("button", name="Never read").click()
    page.get_by_role("button", name="Rename With a p").click()
    page.keyboard.type("Pilots")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Delete Pilots").click()
    expect(page.get_by_role("button", name="Pilots")).to_have_count(0)
    assert [one["name"] for one in script.searches] == ["Never read", "Replied"]
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Never read").first.click()
    expect(page.get_by_role("button", name="Pilots", exact=True)).to_have_count(1)


def test_the_feed_is_searched_and_only_what_fits_arrives(visit: Open, script: Script) -> None:
    page = visit("/feed?q=nobody+like+that", **WIDE)
    expect(page.locator("lf-feed lf-row")).to_have_count(0)
    page.get_by_role("searchbox").fill("pricing for")
    expect(page.locator("lf-feed lf-row")).to_have_count(2)
    for number, subject in enumerate(["Something else", "Pricing for depots"], 900):
        script.tell(facts.item(number, "click", facts.NOON, facts.LUCIA, "Transportes del Ebro", subject))
    expect(page.locator("lf-feed lf-row")).to_have_count(3)
    assert "Pricing for depots" in page.locator("lf-feed lf-row").first.inner_text()
    page.get_by_role("searchbox").fill("nothing like it")
    page.get_by_role("button", name="Clear the filter").click()
    page.get_by_text("Something else").wait_for()
    expect(page.get_by_role("searchbox")).to_have_value("")


def test_the_teams_feed_is_live_and_who_stops_sharing_is_gone(visit: Open, script: Script) -> None:
    page = visit("/team", **WIDE)
    rows = page.locator("lf-team-row")
    rows.first.wait_for()
    assert rows.locator("button[aria-haspopup]").count() == 0
    page.get_by_label("Whose feed").select_option(label="Bram de Wit")
    expect(rows.get_by_text("You", exact=True)).to_have_count(0)
    line = facts.item(901, "click", facts.NOON, facts.LUCIA, "Transportes del Ebro", "Fresh from Bram")
    for colleague, subject in ((facts.NORA, "Not his"), (facts.BRAM, "Fresh from Bram")):
        script.tell_team(team_item(line | {"id": subject, "message": line["message"] | {"subject": subject}}, colleague))
    page.get_by_text("Fresh from Bram").wait_for()
    expect(page.get_by_text("Not his")).to_have_count(0)
    script.sharing.discard(facts.BRAM["id"])
    script.cut()
    expect(page.get_by_text("Fresh from Bram")).to_have_count(0)
    page.get_by_role("switch", name="Share my Live Feed").click()
    page.get_by_text("Nobody shares a feed yet").wait_for()
    assert script.sharing == set()


@with_axe
def test_axe_finds_nothing_in_what_opens(visit: Open) -> None:
    page = visit("/messages?viewed=yes", **WIDE, reduced_motion="reduce")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.get_by_role("button", name="Filters").click()
        assert violations(page) == []
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Saved searches").click()
        page.get_by_role("button", name="Rename Replied").click()
        assert violations(page) == []
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
    page.get_by_role("checkbox", name="Select all").check()
    assert violations(page) == []


def test_a_message_is_muted_from_its_page_and_names_its_people(visit: Open, script: Script) -> None:
    page = visit("/messages/m-pricing-", **WIDE)
    assert page.get_by_role("link", name="Aïssatou Diallo").get_attribute("href") == "/people/aissatou.diallo%40baobab.example"
    page.get_by_role("button", name="Mute this message").click()
    page.get_by_role("button", name="Hear of this message again").wait_for()
    eventually(page, lambda: ("PUT", "/api/v1/mutes/message/m-pricing-?", None) in script.asked, "it is asked for")
    script.failing["/api/v1/mutes"] = 503
    page.get_by_role("button", name="Hear of this message again").click()
    page.get_by_role("alert").wait_for()
    expect(page.get_by_role("button", name="Hear of this message again")).to_have_count(1)
