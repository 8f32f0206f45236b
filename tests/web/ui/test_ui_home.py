"""Home, the search box, settings: what a rep sees first in the morning."""

import re

from playwright.sync_api import expect

from tests.axe import violations
from tests.web.ui.conftest import Open, eventually
from tests.web.ui.pretend import Script
from tests.web.ui.test_ui_pages import missing_texts


def test_home_says_the_day_in_one_sentence_and_five_figures(visit: Open) -> None:
    page = visit("/", 1280, 860)
    expect(page.get_by_role("heading", level=1)).to_have_text("Thursday 19 November")
    expect(page.locator(".lede")).to_have_text(
        "Lucía Fernández Ortega replied 1 min ago. One task is overdue, 3 more are due today."
    )
    figures = page.locator(".figures > div")
    expect(figures).to_have_text([r"Replies todayfrom 2 people2", "Clicksby 4 people5", "Views14 machine hits not counted19",
        "Momentsfrom marketing6", "Score risesamong your people18"])  # fmt: skip
    expect(page.locator("lf-glance lf-row")).to_have_count(8)
    expect(page.locator("lf-due lf-task").first).to_be_visible()
    expect(page.locator("lf-worth .target")).to_have_count(4)


def test_the_month_is_drawn_told_and_listed(visit: Open) -> None:
    page = visit("/", 1280, 860)
    views = page.get_by_role("img", name=re.compile(r"^Views: \d+ in the last 30 days, at most \d+ a day, on \w+day \d"))
    expect(views.locator("rect")).to_have_count(30)
    page.get_by_text("As a table").click()
    expect(page.locator(".trend-table tbody tr")).to_have_count(30)
    expect(page.locator(".trend-table tbody tr").first).to_have_text("Thursday 19 November19526")


def test_home_grows_when_something_happens(visit: Open, script: Script) -> None:
    page = visit("/", 1280, 860)
    expect(page.locator("lf-count[data-of=tasks]")).to_have_text(re.compile(r"\d"))
    with page.expect_response("**/api/v1/today"):
        page.locator("lf-due").get_by_role("checkbox").first.click()
    done = lambda path: path.startswith("/api/v1/tasks/t") and "/complete" in path  # noqa: E731
    eventually(page, lambda: any(done(path) for _, path, _ in script.asked), "it is told")


def test_people_and_messages_are_found_from_anywhere_with_the_keys(visit: Open) -> None:
    page = visit("/", 1280, 860)
    page.keyboard.press("/")
    box = page.get_by_role("combobox", name="Search people and messages")
    expect(box).to_be_focused()
    box.press_sequentially("a")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    expect(page.get_by_role("group", name="Messages")).to_be_visible()
    assert violations(page) == []
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    box.press("Backspace")
    box.press_sequentially("a")
    href = options.first.get_attribute("href")
    assert href
    with page.expect_request(f"**{href}"):
        box.press("Enter")


def test_what_is_preferred_counts_at_once(visit: Open, script: Script) -> None:
    page = visit("/settings", 1280, 860)
    page.get_by_role("radio", name="Roomy").check()
    expect(page.locator("body")).to_have_attribute("data-density", "roomy")
    page.get_by_role("switch", name="A summary of the day by mail").check()
    page.get_by_label("At", exact=True).fill("06:45")
    with page.expect_response(lambda answer: b"sends_a_minute" in (answer.request.post_data_buffer or b"")):
        page.get_by_role("combobox", name="Mails sent one by one").select_option("30")
    expect(page.locator("lf-preferences [role=status]").last).to_have_text("Saved")
    told = [body["preferences"] for method, path, body in script.asked if (method, path) == ("PATCH", "/api/v1/me?")]
    assert told == [{"density": "roomy"}, {"digest": True}, {"digest_at": "06:45"}, {"sends_a_minute": 30}]


def test_home_reads_well_where_it_is_narrow_and_in_every_language(visit: Open) -> None:
    for locale in ("fr", "zh-TW"):
        page = visit(f"/?locale={locale}", 320, 700, live=False)
        page.locator("lf-today .figures").wait_for()
        page.locator("lf-worth .target").first.wait_for()
        assert missing_texts(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
