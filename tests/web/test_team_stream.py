"""The team feed's socket and API: live, and silent about who does not share."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import simple_websocket
from sqlalchemy import update

from server.app import Product
from server.domain.users import User
from server.storage.database import Database
from server.storage.tables import users
from server.tokens import PixelToken, Tokens
from tests.scene import CHROME, Rep, Scene
from tests.web.served import ORIGIN, SECRETS, Server, serving
from tests.web.test_api import Caller, bram, call, caller_of

__all__ = ["bram", "call", "caller_of"]

LONG_AGO = datetime.now(UTC) - timedelta(days=3)


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database)


@pytest.fixture
def server(database_url: str, scene: Scene, tmp_path: Path) -> Iterator[Server]:
    with serving(database_url, tmp_path, SERVED_LOOK_AGAIN="0.2") as made:
        yield made


def share(scene: Scene, rep: Rep, on: bool) -> None:
    with scene.database.engine.begin() as tx:
        tx.execute(update(users).where(users.c.id == rep.id).values(shares_feed=on))


def read(server: Server, scene: Scene, rep: Rep, subject: str) -> None:
    """Somebody reads a mail of theirs."""
    message = scene.message([f"Reader of {subject}"], rep=rep, sent_at=LONG_AGO)
    scene.change(message, subject=subject)
    pixel = Tokens(SECRETS).pixel(PixelToken(message, 0))
    assert server.get(f"/o/tag/{pixel}.gif", **{"User-Agent": CHROME})[0] == 200


def test_a_screen_hears_who_shares_and_nobody_else(server: Server, scene: Scene) -> None:
    mate, private = scene.rep("bram", scene.nora), scene.rep("carl", scene.nora)
    stranger = scene.rep("stranger")
    share(scene, mate, True)
    share(scene, stranger, True)
    url = f"ws://127.0.0.1:{server.port}/ws/team?ticket={scene.nora.id}"
    screen = simple_websocket.Client(url, headers={"Origin": ORIGIN})
    heard: list[dict[str, Any]] = []
    try:
        for number in range(3):
            read(server, scene, private, f"private {number}")
            read(server, scene, stranger, f"elsewhere {number}")
            read(server, scene, mate, f"shared {number}")
            # The socket begins with what comes after it: the first may have come before.
            frame = screen.receive(timeout=10 if number else 0.5)
            heard += [json.loads(frame)] if frame else []
        assert {item["subject"] for item in heard} <= {"shared 0", "shared 1", "shared 2"}
        assert {item["colleague"]["id"] for item in heard} == {mate.id}
        share(scene, mate, False)
        read(server, scene, mate, "not shared any more")
        with pytest.raises(simple_websocket.ConnectionClosed) as closed:
            heard += [json.loads(screen.receive(timeout=10)) for _ in range(9)]
        assert closed.value.reason == 4422
        assert "any more" not in json.dumps(heard)
    finally:
        screen.sock.close()


def test_sharing_is_switched_by_oneself_and_read_by_colleagues(
    call: Caller, caller_of: Any, bram: User, product: Product
) -> None:
    theirs = caller_of(bram)
    assert call("GET", "/team").json["colleagues"] == []  # type: ignore[index]
    assert theirs("PUT", "/team/sharing", {"on": True}).status_code == 204
    page = call("GET", "/team").json
    assert page is not None
    assert (page["colleagues"], page["sharing"]) == ([{"id": bram.id, "name": "Bram de Wit"}], False)
    assert call("GET", "/team", after=page["cursor"]).json["items"] == []  # type: ignore[index]
    assert theirs("PUT", "/team/sharing", {"on": False}).status_code == 204
    assert call("GET", "/team", after=page["cursor"]).status_code == 422
    assert call("GET", "/team", colleague=bram.id).status_code == 404
    for wrong in ({"on": "perhaps"}, {}, {"on": True, "user": bram.id}):
        assert call("PUT", "/team/sharing", wrong).status_code == 422
