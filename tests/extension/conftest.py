from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.chromium import CHROMIUM
from tests.extension.stage import NORA, URL, Stage, connect_account, stage


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One Chromium, one product, one Gmail for all tests of a file; Nora works with the product, the extension is new."""
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    with stage(tmp_path_factory.mktemp("extension")) as made:
        connect_account(made)
        yield made


@pytest.fixture(scope="module")
def signed_in(installed: Stage) -> Stage:
    """The extension knows its server, its user has agreed and is signed in."""
    assert installed.ask("server", address=URL)["ok"]
    assert installed.ask("consent", given=True)["ok"]
    assert installed.ask("connect", account=NORA) == {"ok": True, "address": NORA}
    return installed


@pytest.fixture
def there(signed_in: Stage) -> Iterator[Stage]:
    """What the test opened is closed after it, and what it closed is open."""
    yield signed_in
    signed_in.close_tabs()
    signed_in.forget("look")


@pytest.fixture
def gmail(there: Stage, layout: str) -> Page:
    page = there.gmail(layout=layout)
    there.chrome.sidebar(page)
    return page


@pytest.fixture(params=["tables", "boxes"])
def layout(request: pytest.FixtureRequest) -> str:
    return str(request.param)
