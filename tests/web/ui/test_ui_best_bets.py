"""The best bets, and what is done about many of them at once, in a real browser."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.axe import violations_light_or_dark, with_axe
from tests.web.ui import facts, leads
from tests.web.ui.conftest import Open
from tests.web.ui.pretend import Script
from tests.web.ui.test_ui_tasks import asked

pytestmark = pytest.mark.browser
ROWS = ".bets tbody tr:not(.gap)"


def opened(visit: Open, **more: int) -> Page:
    page = visit("/best-bets", **{"width": 1280, "height": 860} | more)
    page.locator(ROWS).first.wait_for()
    return page


def row(page: Page, name: str) -> Locator:
    return page.locator(ROWS).filter(has_text=name)


def choose(page: Page, *names: str) -> None:
    for name in names:
        page.get_by_role("checkbox", name=f"Select {name}").check()


def test_the_rows_say_who_why_and_when(visit: Open) -> None:
    page = opened(visit)
    first = row(page, "Hiroshi Tanabe")
    expect(first.locator("td").nth(3)).to_have_text("Lead")
    expect(first.get_by_role("img", name="3 of 3 flames")).to_be_visible()
    expect(first.locator(".rise")).to_have_text(re.compile(r"up\s*14"))
    expect(first.locator(".c-moment")).to_have_text("Used the savings calculator twice")
    expect(row(page, "Tomasz").locator(".rise")).to_have_text(re.compile(r"down\s*3"))
    expect(row(page, "Lucía").locator(".c-kind")).to_have_text("Opportunity contact")
    expect(page.get_by_role("columnheader", name="Priority")).to_have_attribute("aria-sort", "descending")


def test_groups_and_order_are_asked_of_the_server(visit: Open, script: Script) -> None:
    page = opened(visit)
    page.get_by_role("button", name="Opportunity contacts 2").click()
    expect(page.locator(ROWS)).to_have_count(2)
    page.get_by_role("button", name="All 10").click()
    page.get_by_role("button", name="Person").click()
    expect(page.locator(ROWS).first).to_contain_text("Aïssatou")
    expect(page.get_by_role("columnheader", name="Person")).to_have_attribute("aria-sort", "ascending")
    assert any("sort=name" in path for path, _ in asked(script, "GET", "/best-bets"))


def test_who_is_hidden_leaves_and_can_be_brought_back(visit: Open) -> None:
    page = opened(visit)
    row(page, "Hiroshi").get_by_role("button", name="Actions for Hiroshi Tanabe").click()
    page.get_by_role("menuitem", name="Hide for 14 days").click()
    expect(row(page, "Hiroshi")).to_have_count(0)
    expect(page.locator(".toast")).to_contain_text("Hiroshi Tanabe is hidden for 14 days.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(ROWS).first).to_contain_text("Hiroshi")
    page.get_by_role("button", name="1 hidden").click()
    expect(page.locator(ROWS)).to_have_count(1)
    row(page, "Leilani").get_by_role("button", name="Actions for").click()
    page.get_by_role("menuitem", name="Show again").click()
    expect(page.get_by_text("Nobody is hidden")).to_be_visible()
    page.get_by_role("button", name="Back to the list").click()
    expect(row(page, "Leilani")).to_be_visible()


def test_watching_several_is_undone_for_those_it_was_new_for(visit: Open, script: Script) -> None:
    page = opened(visit)
    choose(page, "Aïssatou Diallo", "Rajesh Iyer")
    bar = page.get_by_role("toolbar")
    expect(bar).to_contain_text("2 selected")
    bar.get_by_role("button", name="Watch").click()
    expect(page.locator(".toast")).to_contain_text("You watch 2 people now.")
    expect(row(page, "Rajesh").get_by_role("img", name="On your watch list")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(row(page, "Rajesh").get_by_role("img", name="On your watch list")).to_have_count(0)
    assert [path for path, _ in asked(script, "DELETE", "/watch-list/")] == ["/api/v1/watch-list/iyer@kaveri.example"]


def test_a_task_each_is_written_once(visit: Open, script: Script) -> None:
    page = opened(visit)
    page.get_by_role("checkbox", name="Select everybody loaded").check()
    page.get_by_role("toolbar").get_by_role("button", name="New task").click()
    sheet = page.get_by_role("dialog", name="New task")
    expect(sheet).to_contain_text("For 10 people, one task each")
    expect(sheet.get_by_label("Person")).to_have_count(0)
    sheet.get_by_label("Name").fill("Call before the fair")
    sheet.get_by_role("button", name="Save").click()
    expect(page.locator(".toast")).to_contain_text("10 tasks were saved, one for each.")
    ((_, body),) = asked(script, "POST", "/best-bets/task")
    assert isinstance(body, dict)
    assert (len(body["people"]), body["task"]["name"]) == (10, "Call before the fair")


def test_a_campaign_says_whom_it_did_not_take_and_why(visit: Open, script: Script) -> None:
    script.outcomes = {facts.SOREN["id"]: "not-in-marketo", facts.RAJESH["id"]: "refused"}
    page = opened(visit)
    choose(page, "Hiroshi Tanabe", "Rajesh Iyer", "Søren Kjeldsen")
    page.get_by_role("toolbar").get_by_role("button", name="Add to campaign").click()
    sheet = page.get_by_role("dialog", name="Add 3 people to a Marketo campaign")
    sheet.get_by_label("Campaign").select_option("Pilot invitation (Pilots 2026)")
    sheet.get_by_role("button", name="Add").click()
    told = page.get_by_role("alert")
    expect(told).to_contain_text("1 of 3 were added to the campaign.")
    expect(told.get_by_role("listitem")).to_have_text(["Rajesh Iyer: Marketo refused", "Søren Kjeldsen: not in Marketo"])
    ((_, body),) = asked(script, "POST", "/best-bets/campaign")
    assert isinstance(body, dict)
    assert body["campaign"] == 31


def test_without_a_marketo_there_is_no_campaign_to_choose(visit: Open, script: Script) -> None:
    script.campaigns = None
    page = opened(visit)
    choose(page, "Hiroshi Tanabe")
    page.get_by_role("toolbar").get_by_role("button", name="Add to campaign").click()
    expect(page.get_by_role("alert")).to_contain_text("No Marketo is connected")
    expect(page.get_by_role("dialog").get_by_role("button", name="Add", exact=True)).to_have_count(0)


def test_a_mail_to_many_is_one_for_each_and_tells_who_has_no_address(visit: Open, script: Script) -> None:
    script.unsubscribed = {facts.TOMASZ["address"]}
    page = opened(visit)
    choose(page, "Hiroshi Tanabe", "Lucía Fernández Ortega", "Tomasz Wójcik")
    page.get_by_role("toolbar").get_by_role("button", name="Email").click()
    sheet = page.get_by_role("dialog", name="New mail")
    expect(sheet.locator(".chip")).to_have_count(3)
    expect(sheet.get_by_label("A mail of their own for each person")).to_be_checked()
    expect(sheet.locator(".chip.warn")).to_contain_text("Tomasz Wójcik")


def test_of_thousands_only_those_in_sight_are_drawn(visit: Open, script: Script) -> None:
    script.best_bets = leads.many_bets(600)
    page = opened(visit)
    table = page.get_by_role("table")
    expect(table).to_have_attribute("aria-rowcount", "601")
    page.wait_for_function(
        """() => { scrollTo(0, document.documentElement.scrollHeight);
        return document.querySelector('lf-best-bets').store.items.length === 600; }"""
    )
    expect(table.get_by_text("599", exact=False).first).to_be_visible()
    assert page.locator(ROWS).count() < 80
    expect(page.locator(ROWS).last).to_have_attribute("aria-rowindex", "601")
    page.evaluate("scrollTo(0, 0)")
    expect(page.locator(ROWS).first).to_have_attribute("aria-rowindex", "2")
    page.evaluate(
        """async () => {
            const table = document.querySelector('lf-best-bets');
            const { store } = table;
            const again = at => ({ ...store.items[at % 600].person, id: `x${at}` });
            store.items = Array.from({ length: 10_000 }, (_, at) => ({ ...store.items[at % 600], person: again(at) }));
            store.choose([]);
            await table.updateComplete;
            scrollTo(0, 180_000);
        }"""
    )
    expect(page.locator(f"{ROWS}[data-id=x5000]")).to_be_visible()
    assert page.locator(ROWS).count() < 80


def test_a_moment_of_somebody_listed_is_told_at_once(visit: Open, script: Script) -> None:
    page = opened(visit)
    page.locator(".conn:not(.waiting)").wait_for()
    script.tell(leads.moment(200, "web", facts.at(14, 32), facts.SOREN, "Nordhavn Logistik", "Read the price list"))
    expect(row(page, "Søren").locator(".c-moment")).to_have_text("Read the price list")


def test_a_list_that_fails_says_so_and_tries_again(visit: Open, script: Script) -> None:
    script.failing["/api/v1/best-bets"] = 503
    page = visit("/best-bets", width=1280, height=860)
    expect(page.get_by_role("alert")).to_contain_text("The best bets did not load")
    script.failing.clear()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(ROWS).first).to_be_visible()


@with_axe
def test_axe_finds_nothing_in_what_opens(visit: Open) -> None:
    page = visit("/best-bets", 1280, 860, reduced_motion="reduce")
    choose(page, "Hiroshi Tanabe", "Tomasz Wójcik")
    assert violations_light_or_dark(page) == []
    for name, dialog in (("Email", "New mail"), ("Add to campaign", "Add 2 people to a Marketo campaign")):
        page.get_by_role("toolbar").get_by_role("button", name=name).click()
        page.get_by_role("dialog", name=dialog).wait_for()
        assert violations_light_or_dark(page) == []
        page.keyboard.press("Escape")
    page.get_by_role("button", name="Actions for Hiroshi Tanabe").click()
    page.get_by_role("menuitem", name="Subscribe").click()
    page.get_by_role("dialog", name="New subscription").wait_for()
    assert violations_light_or_dark(page) == []
