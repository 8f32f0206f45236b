"""A new version of the extension, while Gmail is open: in a browser of its own, as nothing of the old one may be left."""

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import needs_chromium
from tests.extension.chrome import PRODUCT
from tests.extension.stage import LUCIA, Stage
from tests.extension.ways import compose

pytestmark = [pytest.mark.browser, pytest.mark.server, needs_chromium]


@pytest.fixture(scope="module")
def signed_in(installed: Stage) -> Stage:
    installed.sign_in()
    return installed


@pytest.mark.parametrize("layout", ["boxes"])
def test_the_extension_is_updated_while_gmail_is_open(there: Stage, gmail: Page, layout: str) -> None:
    writing = compose(gmail, LUCIA, f"Written before the update, {layout}")
    writing.ready()
    there.update_extension()
    expect(gmail.locator("#livefeed-host")).to_have_count(0)
    writing.send()
    assert PRODUCT in there.letter(LUCIA, f"Written before the update, {layout}").html
    writing = compose(gmail, LUCIA, f"Written after it, {layout}")
    writing.send()
    assert PRODUCT not in there.letter(LUCIA, f"Written after it, {layout}").html
    gmail.reload()
    there.chrome.sidebar(gmail)
    writing = compose(gmail, LUCIA, f"Gmail loaded again, {layout}")
    writing.ready()
    writing.send()
    there.viewed(gmail, there.letter(LUCIA, f"Gmail loaded again, {layout}"))
