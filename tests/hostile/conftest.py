"""The whole product as it is served, and what its recipients see of it while somebody attacks."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from server import app as composition
from server import settings as settings_module
from server.app import Product
from server.domain.drafts import Addressee, Draft
from server.domain.users import Identity, User
from server.storage import migrations
from server.storage.tables import messages
from server.tokens import ClickToken, OptOutToken, PixelToken
from server.web.tracking import GIF
from tests.fixtures_sandbox import sandbox
from tests.hostile.wire import Heard, ask
from tests.scene import CHROME
from tests.web.browser import EXTENSION, SECRET_KEY
from tests.web.conftest import client, clock, environment, google, nora, product
from tests.web.served import free_port, until

__all__ = ["client", "clock", "environment", "google", "nora", "product", "sandbox"]

ROOT = Path(__file__).parents[2]
PUBLIC = "https://feed.example"
TARGET = "https://b.example/offer?a=1"
NORA = "nora@fjordline.example"


@dataclass
class House:
    """The server, its product read beside it, and one mail that was sent yesterday."""

    port: int
    product: Product
    nora: User
    log: Path
    process: subprocess.Popen[bytes]
    message_id: str = ""

    @property
    def pixel(self) -> str:
        return f"/o/tag/{self.product.tokens.pixel(PixelToken(self.message_id, 1))}.gif"

    @property
    def link(self) -> str:
        return f"/c/{self.product.tokens.click(ClickToken(self.message_id, 1, 1, TARGET))}"

    @property
    def opt_out(self) -> str:
        return f"/opt-out/{self.product.tokens.opt_out(OptOutToken(self.message_id, 1))}"

    def ask(self, path: str | bytes = "/", *headers: str | bytes, **more: Any) -> Heard:
        """As a proxy of ours passes it on."""
        return ask(self.port, path, *headers, **{"host": "feed.example", **more})

    def serves_recipients(self) -> bool:
        """A recipient's mail is untouched: the image is an image, the link lands."""
        image = self.ask(self.pixel, f"User-Agent: {CHROME}", host="mail.b.example")
        landed = self.ask(self.link, f"User-Agent: {CHROME}", host="mail.b.example")
        return (image.status, image.body) == (200, GIF) and (landed.status, landed.header("Location")) == (302, TARGET)

    def lines(self) -> list[dict[str, Any]]:
        """What was logged, but for the one line of each answered request."""
        found = [_line(one) for one in self.log.read_text(errors="replace").splitlines()]
        return [one for one in found if one.get("event") != "request"]

    @property
    def worker(self) -> int:
        return int(Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()[0])

    def memory(self) -> int:
        """Bytes the web process holds."""
        return int(Path(f"/proc/{self.worker}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _line(text: str) -> dict[str, Any]:
    try:
        return dict(json.loads(text))
    except ValueError:
        return {"event": text}


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    port = free_port()
    ours = {
        "LIVEFEED_PUBLIC_URL": PUBLIC,
        "LIVEFEED_DATA_DIR": str(folder),
        "LIVEFEED_SECRET_KEYS": SECRET_KEY,
        "LIVEFEED_TRUSTED_PROXIES": "127.0.0.0/8",
        "LIVEFEED_GOOGLE_CLIENT_ID": "client",
        "LIVEFEED_GOOGLE_CLIENT_SECRET": "pretend",
    }
    built = composition.build(settings_module.read(ours))
    migrations.migrate(built.database)
    rep = built.users.sign_in(Identity("1", NORA, "Nora Lindqvist", "fjordline.example"), built.users.open_setup())
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LIVEFEED_")} | ours
    command = [sys.executable, "-m", "server.serving", "--host", "127.0.0.1", "--port", str(port)]
    log = folder / "log"
    with log.open("wb") as kept:
        process = subprocess.Popen(command, cwd=folder, env=environment | {"PYTHONPATH": str(ROOT)}, stderr=kept)
    made = House(port, built, rep, log, process)
    try:
        until(lambda: _is_up(made), "the server answers", 60)
        yield replace(made, message_id=_sent(built, rep))
    finally:
        process.terminate()
        process.wait(20)
        built.close()


@dataclass(frozen=True)
class Inside:
    """The product without its server, with one rep, for what the app itself defends. `client` is a stranger."""

    product: Product
    nora: User
    client: FlaskClient


@pytest.fixture(scope="session")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inside]:
    folder = tmp_path_factory.mktemp("inside")
    ours = {
        "LIVEFEED_PUBLIC_URL": "http://localhost",
        "LIVEFEED_DATA_DIR": str(folder),
        "LIVEFEED_SECRET_KEYS": SECRET_KEY,
        "LIVEFEED_EXTENSION_IDS": EXTENSION,
    }
    built = composition.build(settings_module.read(ours))
    migrations.migrate(built.database)
    rep = built.users.sign_in(Identity("1", NORA, "Nora Lindqvist", "fjordline.example"), built.users.open_setup())
    yield Inside(built, rep, composition.create_app(built).test_client())
    built.close()


def _is_up(house: House) -> bool:
    try:
        return house.ask("/healthz").status == 200
    except OSError:
        return False


def _sent(product: Product, nora: User) -> str:
    prepared = product.messages.prepare(nora, Draft("Pricing", (Addressee("Ana", "ana@b.example"),)))
    bound = update(messages).where(messages.c.id == prepared.id)
    sent = bound.values(state="sent", sent_at=datetime.now(UTC) - timedelta(days=1), thread_id="18c0ffee")
    product.database.write(lambda tx: tx.execute(sent))
    return prepared.id
