"""What a rep chooses to be called for, and whether this browser does it."""

import pytest
from playwright.sync_api import expect

from tests.axe import violations, with_axe
from tests.web.ui import facts
from tests.web.ui.conftest import Open, eventually
from tests.web.ui.pretend import Script

pytestmark = pytest.mark.browser


@with_axe
def test_a_browser_says_how_it_stands_and_choices_count_at_once(visit: Open, script: Script) -> None:
    page = visit("/settings", 320, 720, permissions=["notifications"])
    expect(page.get_by_text("Off in this browser")).to_be_visible()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_label("After a pause of").select_option("7")
    expect(page.get_by_text("Saved", exact=True).first).to_be_attached()
    eventually(page, lambda: ("PATCH", "/api/v1/me?", {"notifications": {"again_after": 7}}) in script.asked, "it is saved")
    page.get_by_role("button", name="Turn on notifications").click()
    expect(page.get_by_text("On while a page is open").first).to_be_visible()  # no push service can be reached from a test
    page.get_by_role("button", name="Turn off").click()
    expect(page.get_by_text("Off in this browser").first).to_be_visible()


def test_a_reminder_that_comes_where_the_feed_is_in_sight_is_said_there(visit: Open, script: Script) -> None:
    script.notices = [facts.notice()]
    page = visit("/live")
    expect(page.locator("lf-toast")).to_contain_text("2 tasks due. Call Brightwave")
    assert script.notices == []
