"""Coming back from Google: without having left, twice, with somebody else's state, and a thousand times."""

import pytest
from flask.testing import FlaskClient

from server.app import Product
from server.domain.users import User
from server.tokens import Tokens
from tests.hostile.conftest import Inside

STATES = ["", "x", "a" * 7_000, "é", "a.b", "../x", "\u0661" * 30, "a\0b", "lf_journey_", "0" * 43]
HTML = {"Accept": "text/html"}


def callback(client: FlaskClient, state: str, **more: str) -> int:
    return client.get("/auth/google/callback", query_string={"state": state, **more}, headers=HTML).status_code


@pytest.fixture
def stranger(inside: Inside) -> FlaskClient:
    """From an address of their own, so that nobody else's tries count."""
    from server import app as composition

    return composition.create_app(inside.product).test_client()


def test_a_state_nobody_gave_leads_nowhere(stranger: FlaskClient) -> None:
    for state in STATES:
        assert callback(stranger, state, code="stolen") == 400
        assert callback(stranger, state, error="access_denied") == 400
    assert stranger.get("/auth/google/callback", headers=HTML).status_code == 400
    assert not stranger.get_cookie("lf_session")


@pytest.mark.parametrize("sealed", ["x", "a.b.c", "a" * 4_000, "{}"])
def test_a_journey_made_up_leads_nowhere(stranger: FlaskClient, inside: Inside, sealed: str) -> None:
    state = "s" * 30
    foreign = Tokens(["z" * 40])
    worded = '{"state": "' + state + '", "verifier": "v", "nonce": "n", "next": "//evil.example"}'
    for value in (
        sealed,
        foreign.sign("journey", foreign.encrypt(worded)),
        foreign.sign("journey", inside.product.tokens.encrypt(worded)),
        inside.product.tokens.sign("session", inside.product.tokens.encrypt(worded)),
        inside.product.tokens.sign("journey", "not encrypted"),
    ):
        stranger.set_cookie(f"lf_journey_{state[:12]}", value, path="/auth")
        assert callback(stranger, state, error="access_denied") == 400


def test_a_flood_of_errors_is_slowed_down_and_costs_no_line(stranger: FlaskClient, capfd: pytest.CaptureFixture[str]) -> None:
    statuses = [callback(stranger, "x", error="<script>" + "e" * 2_000) for _ in range(90)]
    assert set(statuses) == {400, 429}
    assert statuses.count(400) <= 60
    said = capfd.readouterr()
    assert "script" not in said.out + said.err
    assert "Traceback" not in said.out + said.err


def test_who_floods_from_one_network_is_one(product: Product, nora: User) -> None:
    """Of IPv6 everybody has more addresses than there are grains of sand."""
    from server import app as composition

    client = composition.create_app(product).test_client()
    statuses = [
        client.get(
            "/auth/google/callback?state=x", headers=HTML, environ_overrides={"REMOTE_ADDR": f"2001:db8:0:1::{number:x}"}
        ).status_code
        for number in range(1, 90)
    ]
    assert statuses.count(400) <= 60
    elsewhere = client.get("/auth/google/callback?state=x", headers=HTML, environ_overrides={"REMOTE_ADDR": "2001:db8:0:2::1"})
    assert elsewhere.status_code == 400
