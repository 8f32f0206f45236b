"""The control API: on demand, at once, and with what the product answered."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.sandbox.letter import write_letter
from server.sandbox.recipients.control import control
from server.sandbox.recipients.population import Recipients
from server.sandbox.world import World

from .conftest import NORA, Recorder, make_people, tracked_html

WHO = "nobody@north.example"
BASE = f"/control/recipients/{WHO}"


@pytest.fixture
def quiet(world: World) -> Recipients:
    return make_people(world, pace=None)


@pytest.fixture
def client(world: World, quiet: Recipients, recorder: Recorder) -> Iterator[FlaskClient]:
    app = Flask("test")
    app.register_blueprint(control(quiet))
    raw = write_letter(("Nora", NORA), [WHO], "Prices", html=tracked_html(recorder.url), text="Prices")
    world.send(NORA, raw)
    with app.test_client() as found:
        yield found


def told(browser: FlaskClient, verb: str, /, **orders: Any) -> dict[str, Any]:
    answer = browser.post(f"{BASE}/{verb}", json=orders)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def test_letters_show_their_pictures_and_links(client: FlaskClient, recorder: Recorder) -> None:
    (letter,) = client.get(f"{BASE}/letters").get_json()["letters"]
    assert letter["subject"] == "Prices"
    assert letter["images"][0] == f"{recorder.url}/o/t/pixel.gif"
    assert [(link["ordinal"], link["text"]) for link in letter["links"]] == [(1, "the prices"), (2, "the terms")]
    whole = client.get(f"{BASE}/letters/{letter['id']}").get_json()
    assert "Message-ID" in whole["raw"]


def test_opening_answers_with_status_and_timing(client: FlaskClient) -> None:
    made = told(client, "open", client="safari-iphone", address="203.0.113.5")["requests"]
    assert made[0]["status"] == 200
    assert made[0]["headers"]["Content-Type"] == "image/gif"
    assert made[0]["address"] == "203.0.113.5"
    assert made[0]["seconds"] > 0


def test_a_click_answers_with_where_it_leads(client: FlaskClient) -> None:
    (made,) = told(client, "click", link=2)["requests"]
    assert (made["status"], made["location"]) == (302, "https://www.fjordline.example/landing")


def test_machines_come_when_called(client: FlaskClient, recorder: Recorder) -> None:
    told(client, "prefetch")
    assert "Edge/12.246" in recorder.seen[-1].headers["User-Agent"]
    told(client, "scan", client="barracuda")
    assert {row.method for row in recorder.seen} == {"HEAD", "GET"}
    told(client, "preview", link=1, client="whatsapp")
    assert recorder.seen[-1].headers["User-Agent"].startswith("WhatsApp")


def test_mail_comes_back_when_called_for(client: FlaskClient, world: World) -> None:
    for verb, orders in (("reply", {"words": "Yes"}), ("auto-reply", {}), ("bounce", {"kind": "full"})):
        told(client, verb, **orders)
    assert len(world.mailbox(NORA).messages(labels=["INBOX"])) == 3


def test_a_forwarded_letter_is_opened_by_the_next_reader(client: FlaskClient) -> None:
    answer = told(client, "forward", to="friend@south.example")
    assert answer["forwarded"]["owner"] == "friend@south.example"
    assert answer["requests"][0]["who"] == "friend@south.example"


@pytest.mark.parametrize(
    ("verb", "orders", "status"),
    [
        ("dance", {}, 404),
        ("click", {"link": 9}, 404),
        ("click", {"link": "x"}, 422),
        ("open", {"client": "netscape"}, 422),
        ("open", {"client": "slack"}, 422),
        ("bounce", {"kind": "soft"}, 422),
        ("open", {"letter": "99999"}, 404),
    ],
)
def test_what_makes_no_sense_is_refused(client: FlaskClient, verb: str, orders: dict[str, Any], status: int) -> None:
    answer = client.post(f"{BASE}/{verb}", json=orders)
    assert answer.status_code == status
    assert answer.get_json()["detail"]


def test_everything_asked_for_is_written_down(client: FlaskClient) -> None:
    told(client, "open", client="thunderbird")
    rows = client.get(f"/control/recipients/requests?who={WHO}").get_json()["requests"]
    assert [row["client"] for row in rows] == ["thunderbird", "thunderbird"]
    assert client.get("/control/recipients/requests?since=2").get_json()["requests"] == []


def test_people_can_be_hurried_and_stopped(client: FlaskClient, quiet: Recipients, world: World, recorder: Recorder) -> None:
    assert client.put("/control/recipients/pace", json={"pace": 1}).get_json() == {"pace": 1.0}
    raw = write_letter(("Nora", NORA), ["gmail@north.example"], "Prices", html=tracked_html(recorder.url), text="Prices")
    world.send(NORA, raw)
    assert client.get("/control/recipients/idle?timeout=0").get_json()["idle"] is False
    assert client.post("/control/recipients/hurry").get_json()["done"] > 0
    assert client.get("/control/recipients/idle?timeout=0").get_json() == {"idle": True, "waiting": 0}
    assert client.put("/control/recipients/pace", json={"pace": None}).get_json() == {"pace": None}


def test_everybody_is_listed_with_client_and_place(client: FlaskClient) -> None:
    rows = client.get("/control/recipients").get_json()["recipients"]
    found = {row["address"]: row for row in rows}
    assert found["aissatou.diallo@baobab.example"]["place"] == "Lyon"
    assert found[WHO]["letters"] == 1
    assert any(
        row["key"] == "apple-privacy" and row["by_itself"]
        for row in client.get("/control/recipients/clients").get_json()["clients"]
    )


def test_a_foreign_page_gives_no_orders(client: FlaskClient) -> None:
    assert client.post(f"{BASE}/open", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
