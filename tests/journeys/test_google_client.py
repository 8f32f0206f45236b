"""The same journey without a browser: Google's own client sends, a socket sees, on PostgreSQL and Redis."""

import base64
import json
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import simple_websocket

from server.sandbox.companion import Mailto
from server.storage import migrations
from server.storage.database import Database
from server.storage.tables import metadata
from tests.journeys.installation import NORA, Stage, stage
from tests.redis_server import Redis

pytestmark = pytest.mark.server
LUCIA = "lucia.fernandez@ebro.example"
SUBJECT = "Pilot plan, two depots"


@pytest.fixture
def at_scale(tmp_path: Path, postgresql_url: str) -> Iterator[Stage]:
    database = Database(postgresql_url)
    metadata.drop_all(database.engine)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")
    migrations.migrate(database)
    database.close()
    with Redis.running() as redis, stage(tmp_path, "--workers", "2", database_url=postgresql_url, redis_url=redis.url) as made:
        yield made


class Screen:
    """A window that comes back with the cursor of the last item it saw."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.items: list[dict[str, Any]] = []
        self.cursor = stage.nora.api("GET", "/api/v1/feed")["cursor"]
        self.connect()

    def connect(self) -> None:
        ticket = self._stage.nora.api("POST", "/api/v1/tickets", {"after": self.cursor})["ticket"]
        address = f"{self._stage.product.url.replace('http', 'ws')}/ws/feed?ticket={ticket}&after={self.cursor}"
        self._socket = simple_websocket.Client(address, headers={"Origin": self._stage.product.url})

    def sees(self, kind: str) -> dict[str, Any]:
        """The first line of that kind, once it is there."""
        while not (found := [item for item in self.items if item["kind"] == kind and not item["hidden"]]):
            frame = self._socket.receive(timeout=30)
            assert frame is not None, f"no {kind} came"
            self.items.append(json.loads(frame))
            self.cursor = self.items[-1]["cursor"]
        return found[0]


def send(stage: Stage) -> None:
    """Write a draft and send it, as a mail program on Google's client would."""
    html = '<p>Here is the <a href="https://www.fjordline.example/pilot">pilot plan</a>.</p>'
    tracked = stage.nora.track(SUBJECT, [Mailto("Lucía Fernández Ortega", LUCIA)], html)
    assert not tracked.problem
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = NORA, f"Lucía Fernández Ortega <{LUCIA}>", SUBJECT
    mail.set_content("Here is the pilot plan.")
    mail.add_alternative(tracked.html, subtype="html")
    drafts = stage.google.gmail(NORA).users().drafts()
    raw = base64.urlsafe_b64encode(mail.as_bytes()).decode()
    draft = drafts.create(userId="me", body={"message": {"raw": raw}}).execute()
    drafts.send(userId="me", body={"id": draft["id"]}).execute()


def test_from_googles_client_to_a_socket_through_a_crash(at_scale: Stage) -> None:
    stage, people = at_scale, at_scale.sandbox.people
    stage.nora.sign_in()
    screen = Screen(stage)
    send(stage)
    letter = stage.letter(LUCIA)
    people.open(letter, fresh=True)
    assert screen.sees("view")["message"]["subject"] == SUBJECT
    people.click(letter, 1)
    click = screen.sees("click")
    assert click["link"]["text"] == "pilot plan"
    assert click["who"]["person"]["address"] == LUCIA

    stage.product.kill()
    people.reply(letter, "Gladly.")
    stage.product.start()
    screen.connect()
    people.bounce(letter, "hard")
    assert screen.sees("reply")["who"]["person"]["address"] == LUCIA
    assert screen.sees("bounce")["detail"]["state"] == "failed"
    assert len({item["cursor"] for item in screen.items}) == len(screen.items)
    counts = stage.nora.api("GET", f"/api/v1/messages/{click['message']['id']}")["counts"]
    assert (counts["views"], counts["clicks"], counts["replies"], counts["bounces"]) == (1, 1, 1, 1)
