import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from server import app as composition
from server import settings as settings_module
from server.app import Product
from server.domain.users import Identity, User
from tests.fixtures_sandbox import CLIENT, NORA, Sandbox, sandbox
from tests.web.browser import EXTENSION, SECRET_KEY, Browser, Clock, FakeMailboxes

__all__ = ["sandbox"]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """As an operator would set it; a test may change it before it asks for `product`."""
    return {
        "LIVEFEED_DATA_DIR": str(tmp_path),
        "LIVEFEED_PUBLIC_URL": "http://localhost",
        "LIVEFEED_SECRET_KEYS": SECRET_KEY,
        "LIVEFEED_EXTENSION_IDS": EXTENSION,
        "LIVEFEED_GOOGLE_CLIENT_ID": CLIENT.id,
        "LIVEFEED_GOOGLE_CLIENT_SECRET": CLIENT.secret,
    }


@pytest.fixture
def product(
    environment: dict[str, str], clock: Clock, migrated_sqlite: Path, request: pytest.FixtureRequest
) -> Iterator[Product]:
    if "google" in request.fixturenames:
        request.getfixturevalue("google")  # its addresses belong to the settings
    settings = settings_module.read(environment)
    shutil.copyfile(migrated_sqlite, settings.data_dir / "livefeed.db")
    built = composition.build(settings, clock)
    yield replace(built, mailboxes=FakeMailboxes())  # type: ignore[arg-type]
    built.close()


@pytest.fixture
def google(environment: dict[str, str], sandbox: Sandbox) -> Sandbox:
    """The sandbox's Google, now, and ours pointed at it."""
    sandbox.world.clock.set(datetime.now(UTC))
    environment |= {
        "LIVEFEED_GOOGLE_AUTH_URL": f"{sandbox.url}/o/oauth2/v2/auth",
        "LIVEFEED_GOOGLE_TOKEN_URL": f"{sandbox.url}/token",
        "LIVEFEED_GOOGLE_REVOKE_URL": f"{sandbox.url}/revoke",
        "LIVEFEED_GOOGLE_CERTS_URL": f"{sandbox.url}/oauth2/v1/certs",
        "LIVEFEED_GMAIL_API_URL": sandbox.url,
        "LIVEFEED_GMAIL_WEB_URL": sandbox.url,
    }
    return sandbox


@pytest.fixture
def browsers(product: Product, google: Sandbox) -> Callable[[], Browser]:
    app = composition.create_app(product, validate=True)
    return lambda: Browser(app.test_client(), google)


@pytest.fixture
def browser(browsers: Callable[[], Browser]) -> Browser:
    return browsers()


@pytest.fixture
def client(product: Product) -> FlaskClient:
    """Nobody signed in, and no Google anywhere."""
    return composition.create_app(product, validate=True).test_client()


@pytest.fixture
def nora(product: Product) -> User:
    """The admin of an installation for fjordline.example."""
    secret = product.users.open_setup()
    return product.users.sign_in(Identity("sub-nora", NORA, "Nora Lindqvist", "fjordline.example"), secret)
