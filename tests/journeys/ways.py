"""The ways through a real browser that every journey takes."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.chromium import needs_chromium
from tests.journeys.installation import NORA, Stage

expect.set_options(timeout=20_000)
in_chromium = [pytest.mark.browser, pytest.mark.server, needs_chromium]


@contextmanager
def a_page(chromium: Browser, **options: Any) -> Iterator[Page]:
    context = chromium.new_context(**{"viewport": {"width": 1200, "height": 800}, **options})
    page = context.new_page()
    page.set_default_timeout(20_000)
    yield page
    context.close()


def sign_in(page: Page, stage: Stage, name: str = "Nora Lindqvist") -> None:
    """Whether Google knows the product already or asks first."""
    page.goto(f"{stage.product.url}/")
    page.get_by_role("button", name="Sign in with Google").click()
    page.get_by_role("button", name=name).click()
    consent = page.get_by_role("button", name="Continue")
    expect(consent.or_(page.get_by_role("link", name="Live Feed").first)).to_be_visible()
    if consent.is_visible():
        consent.click()
    page.wait_for_url(re.compile(re.escape(stage.product.url)))


def connect_gmail(page: Page, stage: Stage) -> None:
    page.goto(f"{stage.product.url}/auth/gmail")
    page.get_by_role("button", name="Continue to Google").click()
    page.get_by_label("Select all").check()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(re.compile(re.escape(stage.product.url)))


def compose(page: Page, stage: Stage, to: str, subject: str) -> None:
    page.goto(f"{stage.sandbox_url}/mail/u/{NORA}/")
    page.get_by_role("link", name="Compose").click()
    page.get_by_label("To recipients").fill(to)
    page.get_by_label("Subject").fill(subject)
    page.get_by_role("textbox", name="Message Body").fill("Here is the ")
    page.get_by_role("button", name="Insert link").click()
    page.locator("[data-link-text]").fill("pilot plan")
    page.locator("[data-link-url]").fill("https://www.fjordline.example/pilot")
    page.get_by_role("button", name="Add link").click()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("tracked")
