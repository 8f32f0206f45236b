"""Marks beside the threads of Gmail's Sent list."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.chromium import needs_chromium
from tests.extension.stage import LUCIA, Stage
from tests.extension.ways import compose

pytestmark = [pytest.mark.browser, pytest.mark.server, needs_chromium]


def row(page: Page, subject: str) -> Locator:
    return page.locator("tr[role=row], li[data-legacy-thread-id]").filter(has_text=subject)


def test_a_tracked_mail_is_marked_and_its_mark_changes_when_it_is_viewed(there: Stage, gmail: Page, layout: str) -> None:
    subject = f"With a mark, {layout}"
    writing = compose(gmail, LUCIA, subject)
    writing.ready()
    writing.send()
    there.sent(subject)
    gmail.evaluate("location.hash = 'sent'")
    mark = row(gmail, subject).get_by_role("img")
    expect(mark).to_have_text("✓")
    assert "not viewed yet" in str(mark.get_attribute("aria-label"))
    there.viewed(gmail, there.letter(LUCIA, subject))
    expect(mark).to_have_text("✓✓")
    assert "Viewed once" in str(mark.get_attribute("aria-label"))


def test_an_untracked_mail_and_the_inbox_have_none(there: Stage, gmail: Page, layout: str) -> None:
    subject = f"Without a mark, {layout}"
    writing = compose(gmail, LUCIA, subject)
    writing.ready()
    writing.switch.press("Space")
    writing.ready("Not tracked")
    writing.send()
    there.sent(subject)
    there.message(subject)
    with there.acknowledging("/api/v1/marks"):
        gmail.evaluate("location.hash = 'sent'")
    expect(row(gmail, subject)).to_be_visible()
    expect(row(gmail, subject).get_by_role("img")).to_have_count(0)
    there.incoming(f"Into the inbox, {layout}")
    gmail.evaluate("location.hash = 'inbox'")
    expect(row(gmail, f"Into the inbox, {layout}")).to_be_visible()
    expect(gmail.locator("[data-livefeed-mark]")).to_have_count(0)
