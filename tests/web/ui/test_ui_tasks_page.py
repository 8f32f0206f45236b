"""The page of tasks, what suggests itself, and the window by keyboard alone, in a real browser."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.axe import violations
from tests.web.ui import facts
from tests.web.ui.conftest import Open, eventually
from tests.web.ui.pretend import Script
from tests.web.ui.test_ui_tasks import asked, task

pytestmark = pytest.mark.browser


@pytest.fixture
def script(script: Script) -> Script:
    script.suggestions = facts.suggestions()
    return script


def test_days_of_ones_own_and_words_find_tasks(visit: Open, script: Script) -> None:
    page = visit("/tasks", 1280, 860)
    page.get_by_role("button", name="Custom range").click()
    expect(page.get_by_label("From")).to_have_value(facts.TODAY)
    page.get_by_label("to", exact=True).fill("2027-03-01")
    expect(task(page, "Renew the frame contract")).to_be_visible()
    expect(task(page, "Ask about the depot")).to_have_count(0)
    page.get_by_label("From").fill("2027-04-01")
    expect(page.get_by_text("The first day is after the last")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("/")
    search = page.get_by_role("searchbox", name="Search tasks")
    expect(search).to_be_focused()
    search.fill("depot")
    expect(page.get_by_role("status").filter(has_text="1 task with “depot”")).to_be_visible()
    search.press("Enter")
    expect(page.locator("lf-task")).to_be_focused()
    search.fill("nothing like it")
    page.get_by_role("button", name="Clear the filter").click()
    expect(page.locator("lf-tasks-page .day").first).to_have_text(re.compile("Suggested|Overdue"))


def test_a_task_is_edited_beside_the_list(visit: Open, script: Script) -> None:
    script.sync = {"at": facts.stamp(facts.at(14, 29)), "works": True}
    note = {"field": "due", "kept": "theirs", "at": facts.stamp(facts.at(14, 0))}
    script.tasks["t0003"]["salesforce"] = {"state": "synced", "detail": None, "notes": [note]}
    page = visit("/tasks", 1280, 860)
    expect(page.get_by_text("Synced with Salesforce")).to_be_visible()
    expect(task(page, "Walk through").get_by_text("Changed on both sides")).to_be_visible()
    task(page, "Walk through").locator(".name").click()
    beside = page.get_by_role("region", name="Edit task")
    expect(beside.get_by_label("Name", exact=True)).to_be_focused()
    expect(beside.get_by_text("Due day: Salesforce’s change was kept")).to_be_visible()
    assert violations(page) == []
    beside.get_by_label("Details").fill("Bring the questionnaire")
    task(page, "Connect after").locator(".name").click()
    expect(beside.get_by_label("Name", exact=True)).to_have_value("Connect after the webinar")
    page.locator(".toast").filter(has_text="What you wrote was not saved").get_by_role("button", name="Undo").click()
    expect(beside.get_by_label("Details")).to_have_value("Bring the questionnaire")
    beside.get_by_label("Assigned to").select_option("Bram de Wit")
    beside.get_by_role("button", name="Save").click()
    expect(task(page, "Walk through")).to_have_count(0)
    expect(beside).to_have_count(0)
    assert eventually(page, lambda: asked(script, "PATCH", "t0003"), "it is sent")[0][1] == {
        "details": "Bring the questionnaire",
        "assignee": "u2",
        "version": 1,
    }
    page.get_by_role("button", name="Given to others").click()
    expect(task(page, "Walk through").get_by_text("For Bram de Wit")).to_be_visible()


def test_a_suggestion_is_taken_or_dismissed_with_one_key(visit: Open, script: Script) -> None:
    page = visit("/live#tasks")
    first = page.locator(".suggestion").first
    expect(first).to_contain_text("Clicked “pricing” 2 times")
    expect(page.locator("lf-task").first).to_be_visible()
    page.keyboard.press("j")
    expect(first).to_be_focused()
    page.keyboard.press("a")
    expect(task(page, "Call Tomasz Wiśniewski")).to_be_visible()
    expect(page.locator(".suggestion")).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator(".suggestion")).to_have_count(0)
    expect(page.locator("lf-task").first).to_be_focused()
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".suggestion")).to_contain_text("Follow up: Hello")
    page.get_by_role("button", name="About suggestions").click()
    page.get_by_role("menuitem", name="Suggest nothing any more").click()
    expect(page.locator(".suggestion")).to_have_count(0)
    told = eventually(page, lambda: asked(script, "PATCH", "/me"), "it is told")
    assert told[-1][1] == {"preferences": {"suggestions": False}}


def test_nothing_is_claimed_of_a_suggestion_that_the_server_refused(visit: Open, script: Script) -> None:
    page = visit("/live#tasks")
    shown, problem = page.locator(".suggestion"), page.locator("lf-suggestions [role=alert]")
    expect(shown).to_have_count(2)
    names = shown.locator(".name").all_text_contents()
    script.failing["/api/v1/suggestions/"] = 503
    for key, said in (("a", "No task was made of this"), ("x", "This could not be dismissed")):
        shown.first.press(key)
        expect(problem).to_contain_text(said)
        assert shown.locator(".name").all_text_contents() == names
        expect(page.locator(".toast")).to_have_count(0)
    script.failing.clear()
    shown.first.press("x")
    undo = page.locator(".toast").get_by_role("button", name="Undo")
    expect(undo).to_be_visible()  # the server has heard of it
    expect(shown).to_have_count(1)
    script.failing["/api/v1/suggestions/"] = 503
    undo.click()
    expect(problem).to_contain_text("This could not be taken back")
    expect(shown).to_have_count(1)


def test_the_window_is_worked_by_keyboard_alone(visit: Open, script: Script) -> None:
    page = visit("/live#tasks", 320, 640)
    expect(page.locator("lf-task").first).to_be_visible()
    expect(page.locator(".suggestion").first).to_be_visible()
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys.get_by_text("Make a task of a suggestion")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(keys).to_have_count(0)
    for row in (*page.locator(".suggestion").all(), task(page, "Ask about the depot")):
        page.keyboard.press("ArrowDown")
        expect(row).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Edit task").get_by_label("Name")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press(".")
    expect(page.get_by_role("menuitem", name="Edit task")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("pilot")
    expect(page.locator("lf-task")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(task(page, "Ask about the depot")).to_be_visible()
    page.get_by_role("button", name="More").first.click()
    page.get_by_role("menuitem", name="Search tasks").click()
    expect(page.get_by_role("searchbox")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_is_saved_stands_in_the_list_before_the_server_answers(visit: Open, script: Script) -> None:
    page = visit("/live#tasks")
    expect(page.locator("lf-task").first).to_be_visible()
    waiting: list[Route] = []
    page.route("**/api/v1/tasks", lambda route: waiting.append(route) if route.request.method == "POST" else route.fallback())
    page.keyboard.press("n")
    dialog = page.get_by_role("dialog", name="New task")
    dialog.get_by_label("Name").fill("Book the hall")
    dialog.get_by_role("button", name="Save").click()
    expect(task(page, "Book the hall")).to_be_visible()
    expect(dialog).to_have_count(0)
    waiting[0].fulfill(status=503, content_type="application/problem+json", body='{"status": 503, "code": "unavailable"}')
    expect(dialog.get_by_role("alert")).to_contain_text("The task was not saved")
    expect(dialog.get_by_label("Name")).to_have_value("Book the hall")
    expect(task(page, "Book the hall")).to_have_count(0)
    page.unroute("**/api/v1/tasks")
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator(".toast")).to_contain_text("Task saved")
    expect(task(page, "Book the hall")).to_have_count(1)
