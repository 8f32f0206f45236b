"""The console's pages about services outside: who may change what, and what is never shown."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server import app as composition
from server.app import Product
from server.domain import causes
from server.domain.integrations import State
from server.domain.users import Role, User
from server.services.trials import Trials
from server.storage import members as stored
from tests.fixtures_crm import CrmSandbox, crm
from tests.fixtures_sandbox import Sandbox

__all__ = ["crm"]

HTML = {"Accept": "text/html"}
PAGES = ("/admin", "/admin/google", "/admin/marketo", "/admin/salesforce", "/admin/mail")


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {
        "LIVEFEED_SMTP_URL": "smtp://feed:a-mail-password@127.0.0.1:9",
        "LIVEFEED_MAIL_FROM": "feed@a.example",
    }


class Console:
    """A signed-in browser at the console, whose forms carry their token."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client

    def get(self, path: str) -> TestResponse:
        return self._client.get(path, headers=HTML)

    def post(self, path: str, **typed: str) -> TestResponse:
        page = self.get("/settings").text
        found = re.search(r'name="csrf-token" content="([^"]+)"', page)
        assert found
        return self._client.post(path, data={"csrf_token": found[1], **typed}, headers=HTML)


Open = Callable[[User], Console]


@pytest.fixture
def enter(product: Product, google: Sandbox) -> Open:
    app = composition.create_app(product)

    def entered(user: User) -> Console:
        client = app.test_client()
        session = product.users.open_session(user, "web", "a browser", None)
        client.set_cookie("lf_session", product.tokens.sign("session", session.id))
        return Console(client)

    return entered


def with_roles(product: Product, user: User, *roles: Role) -> None:
    product.database.write(stored.set_roles, user.id, roles)


def test_reps_see_none_of_it(product: Product, nora: User, enter: Open) -> None:
    with_roles(product, nora, Role.REP)
    assert {enter(nora).get(path).status_code for path in PAGES} == {403}
    assert enter(nora).post("/admin/try/marketo").status_code == 403


def test_admins_see_it_and_only_operators_change_it(product: Product, nora: User, enter: Open) -> None:
    with_roles(product, nora, Role.REP, Role.ADMIN)
    client = enter(nora)
    assert {client.get(path).status_code for path in PAGES} == {200}
    assert client.post("/admin/set/marketo", marketo_url="https://a.example").status_code == 403
    assert client.post("/admin/forget/marketo").status_code == 403
    assert product.configuration.stored() == {}


def test_what_the_environment_sets_is_shown_as_such_and_no_secret_ever(nora: User, enter: Open) -> None:
    client = enter(nora)
    assert "Set by LIVEFEED_SMTP_URL in the environment" in client.get("/admin/mail").text
    client.post("/admin/set/marketo", marketo_client_secret="a-marketo-secret", marketo_client_id=" an id ")
    pages = "".join(client.get(path).text for path in PAGES)
    assert "a-marketo-secret" not in pages
    assert "a-mail-password" not in pages
    assert 'value="anid"' in pages


def test_an_empty_secret_stays_and_a_service_can_be_forgotten(
    product: Product, nora: User, enter: Open, crm: CrmSandbox
) -> None:
    app, client = crm.salesforce.app, enter(nora)
    given = {"salesforce_url": crm.url, "salesforce_client_id": app.key, "salesforce_client_secret": app.secret}
    client.post("/admin/set/salesforce", **given)
    client.post("/admin/set/salesforce", **{**given, "salesforce_client_secret": ""})
    assert product.integrations.current("salesforce").state is State.OK
    assert product.salesforce_sync() is not None
    client.post("/admin/forget/salesforce")
    assert product.integrations.current("salesforce").state is State.OFF
    assert product.salesforce_sync() is None


def test_what_does_not_fit_is_said_at_its_field(product: Product, nora: User, enter: Open) -> None:
    answer = enter(nora).post("/admin/set/marketo", marketo_url="a place", marketo_daily_calls="many")
    assert answer.status_code == 422
    assert {"marketo_url-wrong", "marketo_daily_calls-wrong"} <= set(re.findall(r'id="(\S+-wrong)"', answer.text))
    assert product.configuration.stored() == {}


def test_a_change_is_in_the_audit_log_without_the_value(nora: User, enter: Open) -> None:
    client = enter(nora)
    client.post("/admin/set/marketo", marketo_client_secret="a-marketo-secret")
    log = client.get("/admin/audit").text
    assert "Changed the settings of a connection" in log
    assert "marketo_client_secret" in log
    assert "a-marketo-secret" not in log


def test_a_push_that_never_comes_is_said(product: Product, nora: User, google: Sandbox) -> None:
    slept: list[float] = []
    product.configuration.keep(nora, {"gmail_topic": "projects/p/topics/t", "gmail_push_account": "push@p.example"})

    class Watching:
        def try_out(self, user: User, *, watch: bool) -> bool:
            return watch

    trials = Trials(
        product.outside,
        product.connectors,
        None,  # type: ignore[arg-type]
        Watching(),  # type: ignore[arg-type]
        product.integrations,
        product.trials._clock,
        slept.append,
    )
    trials.push(nora)
    assert product.integrations.current("push").cause == causes.PUSH_MISSING
    assert 9 < sum(slept) < 11
