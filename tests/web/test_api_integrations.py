"""How outside services are doing, as admins read it over the API."""

from collections.abc import Callable
from typing import Any

import pytest

from server import app as composition
from server import settings
from server.app import Product
from server.domain.users import Identity, Role, User
from server.storage import migrations
from tests.fixtures_crm import CrmSandbox, crm

__all__ = ["crm"]

Ask = Callable[..., Any]


@pytest.fixture
def environment(environment: dict[str, str], crm: CrmSandbox, request: pytest.FixtureRequest) -> dict[str, str]:
    """Salesforce is the sandbox's."""
    app = crm.salesforce.app
    return environment | {
        "LIVEFEED_SALESFORCE_URL": crm.url,
        "LIVEFEED_SALESFORCE_CLIENT_ID": app.key,
        "LIVEFEED_SALESFORCE_CLIENT_SECRET": app.secret,
    }


@pytest.fixture
def admin(product: Product) -> User:
    identity = Identity("sub-ada", "ada@fjordline.example", "Ada Admin", "fjordline.example")
    user = product.users.sign_in(identity, product.users.open_setup())
    assert Role.ADMIN in user.roles
    return user


@pytest.fixture
def ask(product: Product) -> Ask:
    client = composition.create_app(product, validate=True).test_client()

    def call(user: User, method: str, path: str, body: object = None) -> Any:
        session = product.users.open_session(user, "extension", "Chrome", None)
        bearer = {"Authorization": f"Bearer {product.tokens.sign('access', session.id)}"}
        return client.open(f"/api/v1/integrations{path}", method=method, json=body, headers=bearer)

    return call


def of_service(answer: Any, service: str) -> Any:
    return next(one for one in answer.json["items"] if one["service"] == service)


def test_an_admin_sees_each_service(product: Product, ask: Ask, admin: User, crm: CrmSandbox) -> None:
    found = ask(admin, "GET", "")
    assert of_service(found, "marketo")["state"] == "off"
    assert (of_service(found, "salesforce")["state"], of_service(found, "salesforce")["address"]) == ("new", crm.url)
    salesforce = product.salesforce_sync()
    assert salesforce
    salesforce.sync()
    told = of_service(ask(admin, "GET", ""), "salesforce")
    assert (told["state"], told["failed_at"]) == ("ok", None)
    assert told["quota"]["used"] > 0


def test_a_rep_does_not(product: Product, ask: Ask, admin: User) -> None:
    nora = product.users.sign_in(Identity("sub-nora", "nora@fjordline.example", "Nora", "fjordline.example"))
    for method, path in (("GET", ""), ("GET", "/salesforce/users"), ("PUT", f"/salesforce/users/{nora.id}")):
        assert ask(nora, method, path, {} if method == "PUT" else None).status_code == 403


def test_an_admin_says_who_is_whom(product: Product, ask: Ask, admin: User, crm: CrmSandbox) -> None:
    nora = product.users.sign_in(Identity("sub-nora", "n.lindqvist@fjordline.example", "Nora", "fjordline.example"))
    there = crm.crm.people.rep("nora@fjordline.example").id
    answer = ask(admin, "PUT", f"/salesforce/users/{nora.id}", {"salesforce_id": there[:15]})
    (row,) = (one for one in answer.json["items"] if one["id"] == nora.id)
    assert (row["salesforce_id"], row["by_hand"]) == (there, True)
    assert ask(admin, "PUT", f"/salesforce/users/{admin.id}", {"salesforce_id": there}).status_code == 409
    assert ask(admin, "PUT", f"/salesforce/users/{nora.id}", {"salesforce_id": "nobody"}).status_code == 422
    assert ask(admin, "PUT", f"/salesforce/users/{'0' * 26}", {"salesforce_id": None}).status_code == 404


def test_without_salesforce_nobody_is_anybody_there(tmp_path: Any, environment: dict[str, str], clock: Any) -> None:
    without = {name: value for name, value in environment.items() if "SALESFORCE" not in name}
    product = composition.build(settings.read(without), clock)
    migrations.migrate(product.database)
    assert product.salesforce_sync() is None
    product.close()
