"""Whoever brings a proof of their own: tickets, codes, set-up address, refresh tokens, card actions, mails to stop.

What a stranger may try without end asks the database a counted number of times, and never for its one lock.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from server.app import Product
from server.domain.users import Identity
from server.errors import NotAllowed
from server.services.cards import Host
from server.services.users import RefusedSignIn
from server.tokens import Tokens
from tests.hostile.conftest import Inside
from tests.web.browser import EXTENSION, SECRET_KEY

STRANGE = ["", "x", "a" * 7_000, "é", "\u202e", "a.b.c", "%00", "../..", "'--", "{}", "-1", "NaN"]
HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "A" * 22 + "==",
}
HTML = {"Accept": "text/html"}


@contextmanager
def counted(product: Product) -> Iterator[list[str]]:
    """The statements that are run meanwhile."""
    run: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        run.append(statement)

    # Options make engines of their own, which hear nothing of what their origin was told later.
    engines = (product.database._reads, product.database._writes)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield run
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


def taking_turns(run: list[str]) -> list[str]:
    """Those that wait for the lock, and hold up whoever comes after them."""
    return [one for one in run if one.startswith(("BEGIN IMMEDIATE", "INSERT", "UPDATE", "DELETE"))]


Try = Callable[[FlaskClient, str], TestResponse]
DOORS: dict[str, tuple[Try, int]] = {
    "ticket": (
        lambda client, value: client.get("/ws/feed", query_string={"ticket": value}, headers=HANDSHAKE),
        401,
    ),
    "team's ticket": (
        lambda client, value: client.get("/ws/team", query_string={"ticket": value}, headers=HANDSHAKE),
        401,
    ),
    "opt-out": (lambda client, value: client.get(f"/opt-out/{value}", headers=HTML), 404),
    "one click": (
        lambda client, value: client.post(f"/opt-out/{value}", data={"List-Unsubscribe": "One-Click"}),
        404,
    ),
    "a name": (lambda client, value: client.post(f"/opt-out/{value}", data={"address": value}), 404),
    "stop alerts": (lambda client, value: client.get(f"/subscriptions/stop/{value}", headers=HTML), 404),
    "stop a digest": (lambda client, value: client.get(f"/digest/stop/{value}", headers=HTML), 404),
    "a feed's address": (lambda client, value: client.get(f"/feeds/{value}/lead-feed.rss"), 404),
    "set-up": (lambda client, value: client.get(f"/auth/setup/{value}", headers=HTML), 404),
    "a device": (lambda client, value: client.get(f"/auth/device/{value}"), 303),
    "a session": (lambda client, value: client.get("/api/v1/me", headers={"Cookie": f"lf_session={value}"}), 401),
    "a bearer": (lambda client, value: client.get("/api/v1/me", headers={"Authorization": f"Bearer {value}"}), 401),
    "a code": (lambda client, value: client.post("/auth/token", json=code(value)), 400),
    "a refresh token": (lambda client, value: client.post("/auth/token", json=refresh(value)), 400),
    "metrics": (
        lambda client, value: client.get("/metrics", headers={"Authorization": f"Bearer {value}", **FAR}),
        401,
    ),
}
FAR = {"X-Forwarded-For": "203.0.113.9"}


def code(value: str) -> dict[str, str]:
    return {"grant_type": "authorization_code", "code": value, "code_verifier": "v" * 43, "redirect_uri": value}


def refresh(value: str) -> dict[str, str]:
    return {"grant_type": "refresh_token", "refresh_token": value}


def answer_at(door: str, value: str) -> int:
    """At addresses, a NUL is refused before anybody looks what it opens, and what is no name is another address."""
    status = DOORS[door][1]
    if status in (303, 404) and value == "%00":
        return 400
    return 404 if status == 303 and value in ("", "../..") else status


@pytest.mark.parametrize("door", DOORS)
def test_a_strange_proof_is_refused_with_counted_work(inside: Inside, door: str) -> None:
    tries = DOORS[door][0]
    product, nora, client = inside.product, inside.nora, inside.client
    foreign = Tokens(["z" * 40])
    signed = [foreign.sign(purpose, ["x", "y"]) for purpose in ("refresh", "session", "access")]
    misused = [product.tokens.sign("journey", "x"), product.tokens.sign("forms", nora.id)]
    for value in (*STRANGE, *signed, *misused):
        expected = answer_at(door, value)
        if not value.isascii() and door in ("a session", "a bearer", "metrics"):
            value = value.encode().decode("latin-1")
        with counted(product) as run:
            heard = tries(client, value)
        assert heard.status_code == expected, value
        assert "Traceback" not in heard.text
        assert taking_turns(run) == []
        assert len(run) <= 8, run


def test_a_ticket_opens_once(inside: Inside) -> None:
    product, nora = inside.product, inside.nora
    ticket = product.users.ticket(nora)
    assert product.users.redeem_ticket(ticket) is not None
    assert product.users.redeem_ticket(ticket) is None


def test_a_code_is_worth_nothing_at_another_door(inside: Inside) -> None:
    product, nora = inside.product, inside.nora
    for door in (product.users.redeem_device, product.users.setup_alive):
        assert not door(product.users.ticket(nora))
    assert product.users.redeem_ticket(product.users.device_code(nora, "/")) is None
    extension = product.users.extension_code(nora, "c" * 43, f"https://{EXTENSION}.chromiumapp.org/")
    assert product.users.redeem_ticket(extension) is None


def test_a_set_up_address_of_before_opens_nothing(product: Product) -> None:
    former, latest = product.users.open_setup(), product.users.open_setup()
    assert former is not None
    assert latest is not None
    assert not product.users.setup_alive(former)
    product.users.sign_in(Identity("1", "nora@fjordline.example", "Nora", "fjordline.example"), latest)
    assert not product.users.setup_alive(latest)
    with pytest.raises(RefusedSignIn):
        product.users.sign_in(Identity("2", "eve@evil.example", "Eve", "evil.example"), latest)


def test_an_invitation_lets_in_nobody_else(inside: Inside) -> None:
    product, nora = inside.product, inside.nora
    product.members.invite(nora, "bram@guest.example")
    for address in ("bram@guest.example.evil.example", "bram@guest.exampl", "bram+x@guest.example", "bram@guest.example\n"):
        with pytest.raises(RefusedSignIn):
            product.users.sign_in(Identity(address, address, "Eve", None), None)
    assert product.users.sign_in(Identity("3", "bram@guest.example", "Bram", None), None).address == "bram@guest.example"


@pytest.mark.parametrize("parameters", [{}, {"state": ""}, {"state": "x"}, {"state": "a" * 60_000}, {"other": "x"}])
def test_a_card_action_nobody_sealed_is_refused_without_a_look(inside: Inside, parameters: dict[str, str]) -> None:
    product, nora = inside.product, inside.nora
    with counted(product) as run, pytest.raises(NotAllowed):
        product.cards.press(nora, Host("en", lambda name: name), "refresh", parameters, {})
    assert run == []


def test_what_was_sealed_for_another_purpose_is_no_card_action(inside: Inside) -> None:
    product, nora = inside.product, inside.nora
    facts = {"user": nora.id, "action": "refresh", "at": {"in": "home"}, "above": 0}
    for sealed in (
        Tokens(["z" * 40]).sign("card", facts),
        product.tokens.sign("session", facts),
        Tokens([SECRET_KEY]).sign("x", 1),
    ):
        with pytest.raises(NotAllowed):
            product.cards.press(nora, Host("en", lambda name: name), "refresh", {"state": sealed}, {})
