"""Gmail has changed: each of the attributes we look for is gone, one after the other. Mail leaves all the same."""

import pytest
from playwright.sync_api import expect

from tests.chromium import needs_chromium
from tests.extension.chrome import PRODUCT
from tests.extension.stage import LUCIA, NORA, Stage
from tests.extension.ways import ENGLISH, Writing

pytestmark = [pytest.mark.browser, pytest.mark.server, needs_chromium]

# What is gone → what the self-test says of it, and whether the mail can still be tracked: where there is a second way, it can.
BROKEN = {
    "body": ({"body": "fallback"}, True),
    "editable": ({"body": "missing"}, False),
    "draft": ({"draft": "fallback"}, True),
    "chips": ({"recipients": "missing"}, False),
    "recipients": ({"recipients": "missing"}, False),
    "subject": ({"subject": "missing"}, True),
    "send": ({"send": "fallback"}, True),
    "dialog": ({}, True),
    "main": ({}, True),
    "toolbars": ({}, True),
    "account": ({"account": "missing"}, False),
}


@pytest.mark.parametrize("gone", BROKEN)
def test_mail_leaves_whatever_is_gone(there: Stage, gone: str) -> None:
    told, tracked = BROKEN[gone]
    there.forget("selfTest")
    subject = f"Without {gone}"
    page = there.gmail(layout="tables", break_=gone)
    page.get_by_text("Compose", exact=True).click()
    writing = Writing(page)
    writing.address(LUCIA)
    page.get_by_placeholder(ENGLISH.subject).fill(subject)
    page.locator("[contenteditable]").click()
    page.keyboard.type("Here it is.")
    if tracked:
        writing.ready()
    there.self_test_says(told)
    page.get_by_text("Send", exact=True).last.click()
    writing.left()
    letter = there.letter(LUCIA, subject)
    assert "Here it is." in letter.text
    assert (PRODUCT in letter.html) == tracked


@pytest.mark.parametrize(
    ("gone", "told"), [("thread", {"thread": "missing"}), ("people", {"people": "missing"}), ("rows", {"rows": "missing"})]
)
def test_what_is_gone_of_threads_and_lists_is_said(there: Stage, gone: str, told: dict[str, str]) -> None:
    there.incoming(f"A thread without {gone}")
    there.forget("selfTest")
    page = there.gmail(layout="tables", break_=gone)
    page.get_by_text(f"A thread without {gone}").first.click()
    expect(page.get_by_role("heading", name=f"A thread without {gone}")).to_be_visible()
    if gone == "rows":
        page.evaluate("location.hash = 'inbox'")
    there.self_test_says(told)


def test_the_options_page_says_what_is_missing(there: Stage) -> None:
    page = there.gmail(layout="tables", break_="chips")
    page.get_by_text("Compose", exact=True).click()
    Writing(page).address(LUCIA)
    options = there.chrome.page("options.html")
    line = options.get_by_role("listitem").filter(has_text="recipients")
    expect(line).to_contain_text("not found")
    expect(options.get_by_text(NORA).first).to_be_visible()
