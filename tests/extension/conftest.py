from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.chromium import CHROMIUM, NO_CHROMIUM
from tests.extension.stage import Backstage, Stage, backstage, connect_account, sign_in, stage


@pytest.fixture(scope="session")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backstage]:
    """One product and one Gmail for all tests."""
    if CHROMIUM is None:
        pytest.skip(NO_CHROMIUM)
    with backstage(tmp_path_factory.mktemp("extension")) as made:
        yield made


@pytest.fixture(scope="session")
def at_work(behind: Backstage) -> Iterator[Stage]:
    """One Chromium for all tests that want no new one; Nora works with the product and with the extension."""
    with stage(behind) as made:
        connect_account(made)
        made.sign_in()
        yield made


@pytest.fixture(scope="module")
def installed(behind: Backstage, at_work: Stage) -> Iterator[Stage]:
    """A Chromium of its own, in which the extension is new; Nora, who works with the product, is signed in to the web app."""
    with stage(behind) as made:
        sign_in(made)
        yield made


@pytest.fixture(scope="module")
def signed_in(at_work: Stage) -> Stage:
    at_work.catch_up()
    return at_work


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


@pytest.fixture(params=["tables", pytest.param("boxes", marks=pytest.mark.slow)])
def layout(request: pytest.FixtureRequest) -> str:
    return str(request.param)
