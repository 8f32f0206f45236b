"""The page that shows a card beside no Gmail: what comes through it, and what does not."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.errors import OutsideError
from server.sandbox.companion import Companions, Product
from server.sandbox.pages import pages
from server.sandbox.recipients.population import Recipients
from server.sandbox.world import World

REP = "nora@fjordline.example"


class Companion:
    def __init__(self) -> None:
        self.asked: list[tuple[str, str, object]] = []

    def api(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        self.asked.append((method, path, body))
        if path.endswith("/refused"):
            raise OutsideError("product", "403 Not yours", status=403)
        return {"card": {}}


@pytest.fixture
def companion(monkeypatch: pytest.MonkeyPatch) -> Companion:
    made = Companion()
    monkeypatch.setattr(Companions, "of", lambda _self, _account: made)
    return made


@pytest.fixture
def client(companion: Companion) -> FlaskClient:
    world = World(seed=1)
    world.add_account(REP, "Nora Lindqvist")
    app = Flask("sandbox")
    people = Recipients(world.clock.now, world.receive, pace=None)
    app.register_blueprint(pages(world, people, Companions(Product("http://127.0.0.1:9", "abc"))))
    return app.test_client()


def test_a_thread_and_addresses_can_be_chosen(client: FlaskClient) -> None:
    page = client.get(f"/cards/?account={REP}&addresses=a@b.example").text
    assert "Nora Lindqvist" in page
    assert "/cards/show?account=nora@fjordline.example" in page


def test_calls_go_as_the_rep_and_refusals_come_back(client: FlaskClient, companion: Companion) -> None:
    client.get(f"/cards/of/{REP}/api/v1/cards/context?addresses=a%40b.example")
    assert companion.asked == [("GET", "/api/v1/cards/context?addresses=a%40b.example", None)]
    refused = client.post(f"/cards/of/{REP}/api/v1/cards/action/refused", json={"parameters": {}})
    assert refused.status_code == 403
    assert refused.json == {"code": "outside", "detail": "403 Not yours"}


def test_only_the_elements_files_are_fetched(client: FlaskClient) -> None:
    assert client.get("/cards/ui/../../api/v1/me").status_code == 404


def test_another_site_presses_nothing(client: FlaskClient, companion: Companion) -> None:
    answered = client.post(f"/cards/of/{REP}/api/v1/cards/action/x", json={}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answered.status_code == 403
    assert companion.asked == []
