"""The rep's browser with the extension, against a strict product and the sandbox's Google."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from server.errors import OutsideError
from server.sandbox.app import create_sandbox, running
from server.sandbox.companion import Companion, Mailto, Product
from server.sandbox.letter import write_letter
from server.sandbox.oauth.clients import Client
from server.sandbox.recipients.letter import parts_of
from server.sandbox.world import World

from .conftest import NORA
from .product import CLIENT_ID, CLIENT_SECRET, EXTENSION, GMAIL, FakeProduct, running_product

BODY = (
    '<div>See <a href="https://www.fjordline.example/a?x=1&amp;y=2">prices</a>, <a href="mailto:a@b.example">write</a> '
    'or <a href="http://www.fjordline.example/b">terms</a>.</div>'
)


@dataclass
class Stage:
    fake: FakeProduct
    companion: Companion


@pytest.fixture
def stage(world: World) -> Iterator[Stage]:
    world.add_account("mateo.rivas@fjordline.example", "Mateo Rivas")
    with running_product() as fake:
        client = Client(CLIENT_ID, CLIENT_SECRET, (f"{fake.url}/auth/google/callback",), "Live Feed")
        with running(create_sandbox(world, clients=[client])) as google:
            fake.google_url = google.url
            yield Stage(fake, Companion(Product(fake.url, EXTENSION), NORA))


def test_it_signs_in_and_grants_gmail(stage: Stage) -> None:
    stage.companion.sign_in()
    assert set(GMAIL.split()) <= set(stage.fake.granted)
    assert len(stage.fake.access) == 1


def test_links_and_pixel_are_put_into_the_body(stage: Stage) -> None:
    tracked = stage.companion.track("Prices", [Mailto("Aïssatou", "a@b.example")], BODY)
    assert tracked.problem == ""
    images, links = parts_of(tracked.html)
    assert images == (f"{stage.fake.url}/o/t/1.gif",)
    assert [link.url for link in links] == [f"{stage.fake.url}/c/1.1", f"{stage.fake.url}/c/1.2"]
    assert [link["url"] for link in stage.fake.messages[0]["links"]] == [
        "https://www.fjordline.example/a?x=1&y=2",
        "http://www.fjordline.example/b",
    ]
    assert 'href="mailto:a@b.example"' in tracked.html


def test_the_pixel_stands_above_quoted_text_and_old_ones_go(stage: Stage) -> None:
    first = stage.companion.track("Prices", [Mailto("", "a@b.example")], BODY).html
    answer = f'<p>Yes</p><div class="gmail_quote">Before:<blockquote>{first}</blockquote></div>'
    tracked = stage.companion.track("Prices", [Mailto("", "a@b.example")], answer)
    assert parts_of(tracked.html)[0] == (f"{stage.fake.url}/o/t/2.gif",)
    assert tracked.html.index("/o/t/2.gif") < tracked.html.index("gmail_quote")
    assert stage.fake.messages[1]["links"] == []


def test_copies_are_told_apart(stage: Stage) -> None:
    ann, bob, cid = (Mailto("", f"{name}@b.example") for name in ("ann", "bob", "cid"))
    stage.companion.track("Prices", [ann], BODY, cc=[bob], bcc=[cid])
    registered = stage.fake.messages[0]
    assert [registered[kind][0]["address"] for kind in ("to", "cc", "bcc")] == [
        "ann@b.example",
        "bob@b.example",
        "cid@b.example",
    ]


def test_a_mail_goes_out_untouched_when_the_product_fails(stage: Stage) -> None:
    stage.companion.sign_in()
    stage.fake.broken = True
    tracked = stage.companion.track("Prices", [Mailto("", "a@b.example")], BODY)
    assert tracked.html == BODY
    assert tracked.problem == "503 The database is away."


def test_a_mail_goes_out_untouched_when_there_is_no_product() -> None:
    tracked = Companion(Product("http://127.0.0.1:9", EXTENSION), NORA).track("Prices", [Mailto("", "a@b.example")], BODY)
    assert tracked.html == BODY
    assert "ConnectionRefused" in tracked.problem or "URLError" in tracked.problem


def test_a_dead_token_is_renewed(stage: Stage) -> None:
    stage.companion.sign_in()
    stage.fake.access.clear()
    assert stage.companion.track("Prices", [Mailto("", "a@b.example")], BODY).problem == ""
    stage.fake.access.clear()
    stage.fake.refresh.clear()
    assert stage.companion.track("Prices", [Mailto("", "a@b.example")], BODY).problem == ""


def test_a_whole_mail_is_sent_by_the_product(stage: Stage) -> None:
    raw = write_letter(("Nora", NORA), ["Aïssatou Diallo <a@b.example>"], "Prix été", html=BODY, text="Prices")
    stage.companion.send_raw(raw)
    assert stage.fake.messages[0]["subject"] == "Prix été"
    assert stage.fake.messages[0]["to"] == [{"name": "Aïssatou Diallo", "address": "a@b.example"}]
    assert base64.urlsafe_b64decode(stage.fake.sent[0]["raw"]) == raw


def test_a_refused_sign_in_names_where_it_stopped(stage: Stage) -> None:
    with pytest.raises(OutsideError, match="sign-in"):
        Companion(Product(stage.fake.url, EXTENSION), "stranger@north.example").sign_in()
