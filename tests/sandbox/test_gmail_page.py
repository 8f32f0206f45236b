"""The sandbox's Gmail at mail.google.com: what it sends and shows, without a browser."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from server.sandbox.clock import Clock
from server.sandbox.letter import write_letter
from server.sandbox.pages.gmail import create_gmail
from server.sandbox.recipients.population import Recipients
from server.sandbox.world import World
from tests.fixtures_sandbox import BRAM, NORA, START

LUCIA = "lucia@ebro.example"
PIXEL = "http://127.0.0.1:9/o/tag/token.gif"


@pytest.fixture
def world() -> Iterator[World]:
    made = World(clock=Clock(START, frozen=True), seed=7, undo_window=timedelta(seconds=5))
    made.add_account(NORA, "Nora Lindqvist")
    made.add_account(BRAM, "Bram de Wit")
    made.start()
    yield made
    made.stop()


@pytest.fixture
def people(world: World) -> Recipients:
    found = Recipients(world.clock.now, world.receive, pace=None)
    world.on_delivery(found.on_delivery)
    return found


@pytest.fixture
def gmail(world: World, people: Recipients) -> FlaskClient:
    return create_gmail(world, people).test_client()


def written(**more: object) -> dict[str, Any]:
    empty: dict[str, Any] = {"cc": [], "bcc": [], "draft": "", "answers": "", "text": "", "plain": False, "forwards": False}
    return {**empty, "to": [{"name": "", "address": LUCIA}], "subject": "Plan", "html": "Hello", **more}


def test_a_mail_leaves_after_the_time_in_which_it_can_be_undone(gmail: FlaskClient, world: World, people: Recipients) -> None:
    html = f'See <a href="https://x.example/">this</a><img src="{PIXEL}" width="1">'
    answer = gmail.post("/mail/u/0/x/drafts/send", json=written(html=html)).json
    assert answer is not None
    assert answer["leaving"]
    assert people.letters(LUCIA) == []
    world.clock.advance(timedelta(seconds=6))
    assert world.agenda.wait_idle(10)
    [letter] = people.letters(LUCIA)
    assert (letter.images, letter.links[0].url) == ((PIXEL,), "https://x.example/")
    assert letter.html.startswith('<div dir="ltr">See ')


def test_undone_it_is_a_draft_again_with_all_that_stood_in_it(gmail: FlaskClient, world: World) -> None:
    answer = gmail.post("/mail/u/0/x/drafts/send", json=written(html=f'Hello<img src="{PIXEL}">')).json
    assert answer is not None
    draft = gmail.post(f"/mail/u/0/x/drafts/{answer['draft']}/undo").json
    assert draft is not None
    assert PIXEL in draft["html"]
    world.clock.advance(timedelta(seconds=60))
    assert world.agenda.wait_idle(10)
    assert world.mailbox(NORA).messages(labels=("SENT",)) == []


def test_plain_text_has_no_html(gmail: FlaskClient, world: World, people: Recipients) -> None:
    gmail.post("/mail/u/0/x/drafts/send", json=written(plain=True, text="Just words", html="<b>Just words</b>"))
    world.clock.advance(timedelta(seconds=6))
    assert world.agenda.wait_idle(10)
    [letter] = people.letters(LUCIA)
    assert (letter.html, letter.text.strip()) == ("", "Just words")


def test_pictures_of_a_shown_mail_come_through_googles_proxy(gmail: FlaskClient, world: World, people: Recipients) -> None:
    html = f'<img src="{PIXEL}"><img src="cid:inline">'
    [message] = world.receive(write_letter(("Lucía", LUCIA), [NORA], "Hi", html=html, text="Hi"), NORA)
    shown = gmail.get(f"/mail/u/0/x/thread/{message.thread_id}?layout=boxes").json
    assert shown is not None
    body = shown["messages"][0]["html"]
    assert f"#{PIXEL}" in body
    assert "cid:inline" in body
    address = body.partition('src="https://')[2].partition('"')[0].partition("#")[0]
    host, _, path = address.partition("/")
    assert gmail.get(f"/{path}", headers={"Host": "mail.google.com"}).status_code == 404
    gmail.get(f"/{path}", headers={"Host": host})
    [asked] = people.requests(who="proxy@google.example")
    assert (asked.url, asked.client) == (PIXEL, "gmail")
    sent = gmail.post("/mail/u/0/x/drafts", json=written(html=body)).json
    assert sent is not None
    assert "googleusercontent" not in sent["html"], "a mail leaves with the true addresses"


def test_it_is_as_strict_as_gmail_about_frames_and_scripts(gmail: FlaskClient) -> None:
    page = gmail.get("/mail/u/0/")
    assert "require-trusted-types-for 'script'" in page.headers["Content-Security-Policy"]
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert gmail.get("/mail/u/2/").status_code == 404
    assert gmail.post("/mail/u/0/x/drafts", json=written(), headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
