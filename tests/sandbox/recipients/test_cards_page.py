"""The page that shows a card beside no Gmail: what comes through it, and what does not."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.errors import OutsideError
from server.sandbox.addon_host import AddonHost, Json
from server.sandbox.keys import Keys
from server.sandbox.pages import pages
from server.sandbox.recipients.population import Recipients
from server.sandbox.world import World

REP = "nora@fjordline.example"


@pytest.fixture
def posted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Json]]:
    """What the add-on is sent; it answers with an empty card, or refuses."""
    calls: list[tuple[str, Json]] = []

    def post(_self: AddonHost, path: str, event: Json) -> Json:
        calls.append((path, event))
        if path.endswith("/refused"):
            raise OutsideError("product", "403 Not yours", status=403)
        return {"action": {"navigations": [{"pushCard": {}}]}}

    monkeypatch.setattr(AddonHost, "post", post)
    return calls


@pytest.fixture
def client(posted: list[tuple[str, Json]]) -> FlaskClient:
    world = World(seed=1)
    world.add_account(REP, "Nora Lindqvist")
    app = Flask("sandbox")
    people = Recipients(world.clock.now, world.receive, pace=None)
    app.register_blueprint(pages(world, people, addon=AddonHost(world, Keys(), "http://127.0.0.1:9")))
    return app.test_client()


def test_a_card_of_each_kind_can_be_chosen(client: FlaskClient) -> None:
    page = client.get(f"/cards/?account={REP}&card=compose&addresses=a@b.example").text
    assert "Nora Lindqvist" in page
    assert "card=compose" in page


def test_the_add_on_is_asked_as_google_asks(client: FlaskClient, posted: list[tuple[str, Json]]) -> None:
    asked = {"addresses": "a@b.example, c@d.example", "locale": "fr-FR", "platform": "IOS"}
    client.post(f"/cards/of/{REP}/compose", json=asked)
    [(path, event)] = posted
    assert path == "/addon/compose"
    assert event["gmail"]["toRecipients"] == ["a@b.example", "c@d.example"]
    assert event["commonEventObject"]["userLocale"] == "fr-FR"
    assert event["commonEventObject"]["platform"] == "IOS"


def test_presses_go_the_same_way_and_refusals_come_back(client: FlaskClient, posted: list[tuple[str, Json]]) -> None:
    client.post(f"/cards/of/{REP}/action/refresh", json={"card": "home", "parameters": {"state": "sealed"}})
    assert posted[0][0] == "/addon/action/refresh"
    assert posted[0][1]["commonEventObject"]["parameters"] == {"state": "sealed"}
    refused = client.post(f"/cards/of/{REP}/action/refused", json={"parameters": {}})
    assert refused.status_code == 403
    assert refused.json == {"code": "outside", "detail": "403 Not yours"}


def test_beside_no_thread_there_is_no_card(client: FlaskClient) -> None:
    assert client.post(f"/cards/of/{REP}/message", json={"thread": "1"}).status_code == 404


def test_only_the_elements_files_are_fetched(client: FlaskClient) -> None:
    assert client.get("/cards/ui/../../api/v1/me").status_code == 404


def test_another_site_presses_nothing(client: FlaskClient, posted: list[tuple[str, Json]]) -> None:
    answered = client.post(f"/cards/of/{REP}/action/x", json={}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answered.status_code == 403
    assert posted == []
