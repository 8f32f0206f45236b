from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from server.app import Product
from server.domain.users import Identity, Session, User
from tests.fixtures_sandbox import BRAM

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
Open = Callable[..., Session]


@pytest.fixture
def opened(product: Product) -> Open:
    return lambda user, kind="web", agent=CHROME: product.users.open_session(user, kind, agent, None)


@pytest.fixture
def bram(product: Product, nora: User) -> User:
    return product.users.sign_in(Identity("sub-bram", BRAM, "Bram de Wit", "fjordline.example"))


@pytest.fixture
def here(client: FlaskClient, product: Product, nora: User, opened: Open) -> Session:
    """The browser that asks."""
    session = opened(nora)
    client.set_cookie("lf_session", product.tokens.sign("session", session.id))
    return session


def devices(client: FlaskClient) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/devices")
    assert answer.json is not None
    items: list[dict[str, Any]] = answer.json["items"]
    return items


def csrf(client: FlaskClient) -> dict[str, str]:
    page = client.get("/help").text
    return {"X-CSRF-Token": page.split('name="csrf-token" content="')[1].split('"')[0]}


def test_one_sees_where_one_is_signed_in(client: FlaskClient, here: Session, nora: User, opened: Open) -> None:
    opened(nora, "extension")
    found = {one["kind"]: one for one in devices(client)}
    assert found["extension"]["device"] == {"client": "Chrome", "system": "Windows"}
    assert (found["web"]["current"], found["extension"]["current"]) == (True, False)


def test_a_device_that_is_signed_out_is_out_at_once(
    client: FlaskClient, here: Session, nora: User, product: Product, opened: Open
) -> None:
    lost = opened(nora, "extension")
    assert client.delete(f"/api/v1/devices/{lost.id}", headers=csrf(client)).status_code == 204
    assert product.users.session(lost.id, None) is None
    assert [one["id"] for one in devices(client)] == [here.id]
    assert client.delete(f"/api/v1/devices/{lost.id}", headers=csrf(client)).status_code == 404


def test_nobody_elses_device_is_shown_or_signed_out(
    client: FlaskClient, here: Session, bram: User, product: Product, opened: Open
) -> None:
    others = opened(bram)
    assert others.id not in {one["id"] for one in devices(client)}
    assert client.delete(f"/api/v1/devices/{others.id}", headers=csrf(client)).status_code == 404
    assert product.users.session(others.id, None) is not None


def test_a_browser_that_does_not_say_what_it_is_has_no_name(
    client: FlaskClient, here: Session, nora: User, opened: Open
) -> None:
    opened(nora, "extension", "")
    assert next(one for one in devices(client) if one["kind"] == "extension")["device"] is None
