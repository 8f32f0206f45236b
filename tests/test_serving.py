"""Two web processes beside each other, as on a large machine: PostgreSQL, Redis, `livefeed serve --workers 2`."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import simple_websocket
from sqlalchemy import update

from server import app as composition
from server import settings as settings_module
from server.app import Product
from server.domain.drafts import Addressee, Draft
from server.domain.users import Identity, User
from server.storage import migrations
from server.storage.database import Database
from server.storage.tables import messages, metadata
from server.web.stream import LOOK_AGAIN
from tests.fixtures_redis import Redis, redis_server
from tests.scene import CHROME
from tests.web.served import free_port, until

__all__ = ["redis_server"]

ROOT = Path(__file__).parents[1]


@dataclass
class Pair:
    """Two web processes behind one port. `alone(n)`: only the n-th runs, so that it answers."""

    port: int
    product: Product
    process: subprocess.Popen[bytes]

    @property
    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return sorted(int(pid) for pid in children.read_text().split())

    @contextmanager
    def alone(self, number: int) -> Iterator[None]:
        others = [pid for at, pid in enumerate(self.workers) if at != number]
        for pid in others:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in others:
                os.kill(pid, signal.SIGCONT)

    def get(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("GET", path, headers={"User-Agent": CHROME, "Host": f"localhost:{self.port}"})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, body

    def is_ready(self) -> bool:
        try:
            return self.get("/readyz")[0] == 200
        except OSError:
            return False


@pytest.fixture
def pair(postgresql_url: str, redis_server: Redis, tmp_path: Path) -> Iterator[Pair]:
    port = free_port()
    ours = {
        "LIVEFEED_PUBLIC_URL": f"http://localhost:{port}",
        "LIVEFEED_DATA_DIR": str(tmp_path),
        "LIVEFEED_DATABASE_URL": postgresql_url,
        "LIVEFEED_REDIS_URL": redis_server.url,
        "LIVEFEED_SECRET_KEYS": "one key of the tests that is long enough",
    }
    _empty(postgresql_url)
    product = composition.build(settings_module.read(ours))
    migrations.migrate(product.database)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LIVEFEED_")} | ours
    command = [sys.executable, "-m", "server.cli", "serve", "--port", str(port), "--workers", "2", "--no-jobs"]
    process = subprocess.Popen(command, cwd=tmp_path, env=environment | {"PYTHONPATH": str(ROOT)})
    made = Pair(port, product, process)
    try:
        until(lambda: made.is_ready() and len(made.workers) == 2, "both processes run", 60)
        for number in range(2):
            with made.alone(number):
                until(made.is_ready, "each is ready", 60)
        yield made
    finally:
        process.terminate()
        process.wait(20)
        product.close()


def _empty(url: str) -> None:
    database = Database(url)
    metadata.drop_all(database.engine)
    with database.engine.begin() as tx:
        tx.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")
    database.close()


def _sent(product: Product, nora: User) -> str:
    """A mail sent an hour ago; the path of its pixel."""
    prepared = product.messages.prepare(nora, Draft("Pricing", (Addressee("Ana", "ana@b.example"),)))
    sent_at = datetime.now(UTC) - timedelta(hours=1)
    bound = update(messages).where(messages.c.id == prepared.id).values(state="sent", sent_at=sent_at, thread_id="18c0ffee")
    product.database.write(lambda tx: tx.execute(bound))
    assert prepared.pixel_url
    return prepared.pixel_url.removeprefix(product.settings.tracking_base)


@pytest.mark.server
def test_a_view_stored_by_one_process_reaches_a_screen_of_the_other(pair: Pair) -> None:
    product = pair.product
    nora = product.users.sign_in(Identity("1", "nora@fjordline.example", "Nora", None), product.users.open_setup())
    pixels = [_sent(product, nora) for _ in range(4)]
    address = (
        f"ws://localhost:{pair.port}/ws/feed?ticket={product.users.ticket(nora)}&after={product.feed.latest(nora)['cursor']}"
    )
    with pair.alone(0):
        screen: Any = simple_websocket.Client(address, headers={"Origin": f"http://localhost:{pair.port}"})
    took = []
    for pixel in pixels:
        with pair.alone(1):
            assert pair.get(pixel)[0] == 200
        asked = time.monotonic()
        item = json.loads(screen.receive(timeout=20))
        took.append(time.monotonic() - asked)
        assert (item["kind"], item["message"]["subject"]) == ("view", "Pricing")
    # Without a word from Redis a process finds it too, but only when it looks again by itself: the second has just missed that.
    assert min(took[1:]) < LOOK_AGAIN / 2
    screen.close()


@pytest.mark.server
def test_each_process_tells_the_figures_of_both(pair: Pair) -> None:
    for number in range(2):
        with pair.alone(number):
            assert pair.get("/auth/sign-in")[0] == 200
    wanted = b'livefeed_http_requests_total{method="GET",route="/auth/sign-in",status="200"} 2.0'
    for number in range(2):
        with pair.alone(number):
            assert wanted in pair.get("/metrics")[1]
