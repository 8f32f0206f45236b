"""Tasks, targets and what a line's arrow can do, as a rep sees them, in a real browser."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.axe import violations_light_or_dark, with_axe
from tests.web.ui import facts
from tests.web.ui.conftest import Open, eventually
from tests.web.ui.pretend import Script

pytestmark = pytest.mark.browser


def task(page: Page, name: str) -> Locator:
    return page.locator("lf-task").filter(has_text=name)


def done_with(page: Page, row: Locator, entry: str) -> None:
    row.get_by_role("button", name=re.compile("^Actions for")).click()
    page.get_by_role("menuitem", name=entry).click()


def asked(script: Script, method: str, part: str) -> list[tuple[str, object]]:
    return [(path.removesuffix("?"), body) for verb, path, body in script.asked if verb == method and part in path]


def test_a_task_made_from_a_line_of_the_feed_is_done_and_undone(visit: Open, script: Script) -> None:
    page = visit()
    done_with(page, page.locator("lf-row").nth(1), "New task…")
    dialog = page.get_by_role("dialog", name="New task")
    expect(dialog.get_by_label("Name")).to_have_value("Follow up: Pricing for 40 vehicles")
    expect(dialog.get_by_label("Person")).to_have_value("Aïssatou Diallo")
    dialog.get_by_label("Name").fill("Call about the price")
    dialog.get_by_label("Type").select_option("call")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(page.locator(".toast")).to_contain_text("Task saved: Today, Thursday 19 November")
    _, body = eventually(page, lambda: asked(script, "POST", "/tasks"), "the task is sent")[0]
    assert isinstance(body, dict)
    assert (body["person_id"], body["message_id"]) == (facts.AISSATOU["id"], "m-pricing-")
    expect(page.get_by_role("tab", name="Tasks")).to_have_text("Tasks5")
    page.get_by_role("tab", name="Tasks").click()
    row = task(page, "Call about the price")
    row.get_by_role("checkbox").check()
    expect(row).to_have_class("task done")
    expect(page.get_by_role("tab", name="Tasks")).to_have_text("Tasks4")
    page.locator(".toast").filter(has_text="Task completed").get_by_role("button", name="Undo").click()
    expect(row.get_by_role("checkbox")).not_to_be_checked()
    expect(page.get_by_role("tab", name="Tasks")).to_have_text("Tasks5")


def test_tasks_stand_by_day_and_what_is_overdue_comes_first(visit: Open) -> None:
    page = visit("/live#tasks")
    days = page.locator("lf-tasks .day")
    expect(days).to_have_text(["Overdue", "Today, Thursday 19 November", "Tomorrow, Friday 20 November"])
    late = page.locator("lf-task").first
    expect(late.locator(".due.late")).to_have_text("Yesterday")
    expect(late.get_by_role("img", name="High priority")).to_be_visible()
    expect(page.locator("lf-task").nth(4).locator(".due")).to_have_text("Done 11:20")


def test_a_filter_is_asked_for_and_kept(visit: Open, script: Script) -> None:
    page = visit("/live#tasks")
    page.get_by_role("button", name="Next 7 days").click()
    expect(task(page, "Pilot kick-off")).to_be_visible()
    page.get_by_role("button", name="Tomorrow", exact=True).click()
    expect(page.locator("lf-task")).to_have_count(3)
    page.reload()
    expect(page.locator("lf-task")).to_have_count(3)
    expect(page.get_by_role("button", name="All", exact=True).and_(page.locator("lf-tasks button"))).to_have_count(0)
    script.tasks.clear()
    page.get_by_role("button", name="Today", exact=True).click()
    expect(page.get_by_text("Nothing due today")).to_be_visible()


def test_the_page_shows_all_that_is_due_ever(visit: Open) -> None:
    page = visit("/tasks", 1280, 860)
    page.get_by_role("button", name="All", exact=True).click()
    expect(task(page, "Renew the frame contract").locator(".due")).to_have_text("12 Feb 2027")


def test_a_field_is_checked_when_it_is_left(visit: Open, script: Script) -> None:
    page = visit("/live#tasks")
    page.keyboard.press("n")
    dialog = page.get_by_role("dialog", name="New task")
    name = dialog.get_by_label("Name")
    expect(name).to_be_focused()
    name.press("Tab")
    expect(dialog.get_by_text("Give it a name")).to_be_visible()
    expect(name).to_have_attribute("aria-invalid", "true")
    name.fill("Renew")
    name.press("Tab")
    expect(dialog.get_by_text("Give it a name")).to_have_count(0)
    dialog.get_by_label("Person").fill("Nobody I know")
    dialog.get_by_label("Due").fill("")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("Choose somebody from the list, or leave this empty")).to_be_visible()
    expect(dialog.get_by_text("Choose a day")).to_be_visible()
    expect(dialog.get_by_label("Person")).to_be_focused()
    assert asked(script, "POST", "/tasks") == []


def test_a_person_is_found_by_name_and_a_colleague_chosen(visit: Open, script: Script) -> None:
    page = visit("/live#tasks")
    page.get_by_role("button", name="New task").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Ask")
    with page.expect_response(re.compile("/people")):
        dialog.get_by_label("Person").press_sequentially("Rajesh")
    expect(page.locator("datalist option")).to_have_attribute("value", "Rajesh Iyer")
    dialog.get_by_label("Person").fill("Rajesh Iyer")
    dialog.get_by_label("Assigned to").select_option("Bram de Wit")
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator(".toast")).to_contain_text("Task given to Bram de Wit")
    _, body = eventually(page, lambda: asked(script, "POST", "/tasks"), "the task is sent")[0]
    assert isinstance(body, dict)
    assert (body["person_id"], body["assignee"]) == (facts.RAJESH["id"], "u2")


def test_who_changed_it_meanwhile_is_not_overwritten(visit: Open, script: Script) -> None:
    page = visit("/live#tasks")
    task(page, "Send the revised price").locator(".name").click()
    dialog = page.get_by_role("dialog", name="Edit task")
    expect(dialog.get_by_label("Details")).to_have_value("She asked for 40 instead of 25.")
    dialog.get_by_label("Details").fill("Two depots.")
    theirs = {"name": "Send the price again", "version": 2, "changed": {"by": "Bram de Wit", "at": facts.stamp(facts.NOON)}}
    script.tasks["t0002"] |= theirs
    dialog.get_by_role("button", name="Save").click()
    conflict = dialog.get_by_role("alert")
    expect(conflict).to_contain_text("Bram de Wit changed this task meanwhile")
    expect(conflict.get_by_role("listitem")).to_have_text(["Name is now: Send the price again"])
    assert script.tasks["t0002"]["details"] != "Two depots."
    conflict.get_by_role("button", name="Keep mine").click()
    expect(dialog).to_have_count(0)
    expect(task(page, "Send the price again")).to_be_visible()
    last = {"details": "Two depots.", "version": 2}
    eventually(page, lambda: [body for _, body in asked(script, "PATCH", "t0002")][-1:] == [last], "it is sent")
    script.tasks["t0002"] |= {"name": "Send it today", "version": 9}
    task(page, "Send the price again").locator(".name").click()
    dialog.get_by_label("Name").fill("Mine")
    dialog.get_by_role("button", name="Save").click()
    expect(conflict).to_contain_text("you changed it too")
    dialog.get_by_role("button", name="Take theirs").click()
    expect(dialog.get_by_label("Name")).to_have_value("Send it today")
    expect(dialog.get_by_label("Details")).to_have_value("Two depots.")


def is_due(page: Page, script: Script, day: str) -> None:
    eventually(page, lambda: script.tasks["t0001"]["due_on"] == day, f"due on {day}")


def test_putting_off_and_deleting_can_be_undone(visit: Open, script: Script) -> None:
    page = visit("/live#tasks")
    row = task(page, "Ask about the depot")
    done_with(page, row, "Snooze until Monday")
    expect(row).to_have_count(0)
    is_due(page, script, "2026-11-23")
    page.get_by_role("button", name="Undo").click()
    expect(row.locator(".due.late")).to_have_text("Yesterday")
    is_due(page, script, "2026-11-18")
    done_with(page, row, "Delete")
    expect(row).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(row).to_be_visible()
    eventually(page, lambda: "t0001" in script.tasks, "it is there again")


def test_what_does_not_hold_is_taken_back_and_said(visit: Open, script: Script) -> None:
    page = visit("/live#tasks")
    row = task(page, "Walk through")
    script.failing["/api/v1/tasks/t0003"] = 503
    row.get_by_role("checkbox").click()
    expect(page.get_by_role("alert")).to_contain_text("“Walk through security answers” could not be changed")
    expect(row.get_by_role("checkbox")).not_to_be_checked()
    expect(page.get_by_role("tab", name="Tasks")).to_have_text("Tasks4")
    script.failing.clear()
    script.tasks["t0003"] |= {"name": "Walk through it once more", "version": 2}
    done_with(page, row, "Snooze until tomorrow")
    expect(page.get_by_role("alert")).to_contain_text("Somebody changed “Walk through security answers” meanwhile")
    expect(task(page, "Walk through it once more")).to_be_visible()


def test_tasks_that_fail_to_load_can_be_tried_again(visit: Open, script: Script) -> None:
    script.failing["/api/v1/tasks"] = 503
    page = visit("/live#tasks")
    expect(page.get_by_role("alert")).to_contain_text("The tasks did not load")
    script.failing.clear()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("lf-task").first).to_be_visible()


def test_the_keyboard_walks_edits_and_opens_the_menu(visit: Open) -> None:
    page = visit("/live#tasks")
    page.locator("lf-task").first.wait_for()
    for key in ("j", "j", "k", "j"):
        page.keyboard.press(key)
    row = page.locator("lf-task").nth(1)
    expect(row).to_be_focused()
    page.keyboard.press(".")
    expect(page.get_by_role("menuitem", name="Edit task")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    row.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Edit task")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_another_screen_of_the_browser_follows(visit: Open) -> None:
    first = visit("/live#tasks")
    first.locator("lf-task").first.wait_for()
    second = first.context.new_page()
    second.goto(first.url.replace("/live#tasks", "/tasks"))
    second.locator("lf-task").first.wait_for()
    task(first, "Walk through").get_by_role("checkbox").click()
    expect(task(second, "Walk through")).to_have_class("task done")


def test_who_asked_not_to_be_called_or_written_to_is_not_by_accident(visit: Open) -> None:
    page = visit("/live#tasks")
    row = page.locator("lf-task").first
    row.get_by_role("button", name="Call Lucía Fernández Ortega").click()
    warning = page.get_by_role("alertdialog")
    expect(warning).to_contain_text("Lucía Fernández Ortega asked not to be called.")
    expect(warning.get_by_role("button", name="Cancel")).to_be_focused()
    expect(warning.get_by_role("link", name="Call all the same")).to_have_attribute("href", "tel:+34976001122")
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Engagement").click()
    tomasz = page.locator("lf-row").filter(has_text="Tomasz")
    done_with(page, tomasz, "Email")
    expect(warning).to_contain_text("Tomasz Wójcik unsubscribed from mail.")
    expect(warning.get_by_role("link")).to_have_attribute("href", re.compile(r"^/compose\?to=tomasz\.wojcik%40wisla\.example$"))


def test_the_arrow_offers_what_can_be_done_in_order(visit: Open) -> None:
    page = visit()
    page.locator("lf-row").nth(1).get_by_role("button", name=re.compile("^Actions")).click()
    entries = page.get_by_role("menuitem")
    expect(entries).to_have_text(
        [
            "Show all 5 views",
            re.compile(r"Call\s*\+33428004117"),
            "Email",
            "LinkedIn profile",
            "New task…",
            "Watch",
            "Subscribe",
            "Mute this message",
            "Mute this person",
            "Archive tracking",
            "Person’s page",
            "Open thread in Gmail",
            "Message details",
        ]
    )
    expect(entries.nth(1)).to_have_attribute("href", "tel:+33428004117")
    expect(entries.nth(2)).to_have_attribute("target", "_blank")
    expect(entries.nth(2)).to_have_attribute("href", re.compile(r"^/compose\?to=aissatou"))
    page.keyboard.press("Escape")
    page.locator("lf-row").filter(has_text="Someone of 3").get_by_role("button", name=re.compile("^Actions")).click()
    expect(entries).to_have_text(
        [
            "New task…",
            "Mute this message",
            "Archive tracking",
            "Open thread in Gmail",
            "Message details",
        ]
    )


def test_a_stranger_who_answered_is_added_and_taken_out_again(visit: Open, script: Script) -> None:
    page = visit()
    row = page.locator("lf-row").filter(has_text="Claire Dubois")
    expect(row).to_contain_text("Not in your people")
    done_with(page, row, "Add to people")
    expect(row).not_to_contain_text("Not in your people")
    added = eventually(page, lambda: asked(script, "POST", "/people"), "it is asked for")
    assert added == [("/api/v1/people", {"name": "Claire Dubois", "addresses": ["claire@dubois.example"]})]
    page.get_by_role("button", name="Undo").click()
    expect(row).to_contain_text("Not in your people")


def test_what_is_muted_is_shown_but_calls_nobody(visit: Open, script: Script) -> None:
    page = visit()
    row = page.locator("lf-row").nth(1)
    done_with(page, row, "Mute this message")
    expect(row).to_contain_text("Muted")
    expect(page.get_by_role("tab").first).to_have_text("Engagement2")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("tab").first).to_have_text("Engagement3")
    done_with(page, row, "Mute this person")
    expect(row).to_contain_text("Muted")
    wanted = [f"/api/v1/mutes/{what}" for what in ("message/m-pricing-", "person/aissatou.diallo@baobab.example")]
    eventually(page, lambda: [path for path, _ in asked(script, "PUT", "/mutes/")] == wanted, "both are asked for")
    known = next(item for item in facts.afternoon() if item["id"] == "000089")
    muted = known | {"who": known["who"] | {"person": known["who"]["person"] | {"muted": True}}}
    script.tell(muted | {"count": 6, "at": facts.stamp(facts.at(14, 31))})
    expect(page.locator("lf-row").first).to_contain_text("6 views")
    expect(page.get_by_role("tab").first).to_have_text("Engagement2")


def test_targets_go_by_score_and_say_what_raised_them(visit: Open) -> None:
    page = visit("/live#targets")
    rows = page.locator(".target")
    expect(rows.first.locator(".score")).to_have_text("92")
    expect(rows.first.locator(".rise")).to_have_text(re.compile(r"up\s*14"))
    expect(rows.locator(".what").first).to_have_text("Used the savings calculator twice")
    expect(rows.nth(5).locator(".what")).to_have_text("Score rose on Tue 3")
    expect(rows.first.get_by_role("img")).to_have_count(2)
    expect(rows.nth(1).get_by_role("img", name="3 of 3 stars")).to_be_visible()
    expect(page.get_by_text("7 of your people, highest score first")).to_be_visible()
    page.keyboard.press("j")
    expect(rows.first).to_be_focused()
    done_with(page, rows.first, "New task…")
    expect(page.get_by_role("dialog").get_by_label("Person")).to_have_value("Hiroshi Tanabe · Tanabe Express")


def test_without_a_source_of_scores_the_targets_say_so_and_what_to_do(visit: Open, script: Script) -> None:
    script.targets = []
    page = visit("/live#targets")
    expect(page.get_by_text("No source of scores is connected")).to_be_visible()
    expect(page.get_by_role("link", name="How to set scores")).to_have_attribute("href", "/help#scores")


def test_news_behind_another_tab_is_counted_and_its_place_kept(visit: Open, script: Script) -> None:
    page = visit("/live#tasks")
    script.tell(facts.item(100, "view", facts.at(14, 31), facts.AISSATOU, "Baobab Énergie", "Fresh offer"))
    expect(page.get_by_role("tab").first).to_have_text("Engagement4")
    page.get_by_role("tab").first.click()
    expect(page.locator("lf-row").first).to_contain_text("Fresh offer")


@with_axe
def test_axe_finds_nothing_in_what_opens(visit: Open) -> None:
    page = visit("/live#tasks", reduced_motion="reduce")
    row = page.locator("lf-task").first
    row.get_by_role("button", name=re.compile("^Actions for")).click()
    assert violations_light_or_dark(page) == []
    page.keyboard.press("Escape")
    row.get_by_role("button", name=re.compile("^Call")).click()
    assert violations_light_or_dark(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    page.get_by_text("Give it a name").wait_for()
    assert violations_light_or_dark(page) == []


def test_a_key_searches_behind_each_tab_of_the_window(visit: Open, script: Script) -> None:
    page = visit("/live#targets")
    rows, targets = page.locator("lf-row"), page.locator(".target")
    expect(targets).to_have_count(7)
    page.keyboard.press("/")
    search = page.get_by_role("searchbox", name="Search targets")
    expect(search).to_be_focused()
    search.fill("transportes")
    expect(targets).to_have_count(1)
    search.press("Enter")
    expect(targets).to_be_focused()
    search.fill("nobody like that")
    page.get_by_role("button", name="Clear the filter").click()
    expect(targets).to_have_count(7)
    expect(search).to_have_count(0)
    page.get_by_role("tab", name="Engagement").click()
    expect(rows.first).to_be_visible()
    before = rows.count()
    others = rows.filter(has_not_text="Lucía")
    expect(others).not_to_have_count(0)
    page.keyboard.press("/")
    search = page.get_by_role("searchbox", name="Search engagement")
    expect(search).to_be_focused()
    search.fill("lucía")
    expect(others).to_have_count(0)
    expect(rows.first).to_be_visible()
    search.press("Escape")
    expect(search).to_have_count(0)
    expect(rows).to_have_count(before)
