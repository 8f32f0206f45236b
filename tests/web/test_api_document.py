"""The API's description is true: whatever is sent that it allows or forbids, the server answers as described."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from server import app as composition
from server.app import Product
from server.domain.users import Identity, User
from server.settings import read as settings_of
from tests.fixtures_sandbox import NORA
from tests.web.browser import SECRET_KEY, Clock, FakeMailboxes

ROUTES = {
    ("get", "/api/v1/notices"),
    ("post", "/api/v1/notices/claim"),
    ("get", "/api/v1/push"),
    ("put", "/api/v1/push"),
    ("delete", "/api/v1/push"),
    ("post", "/api/v1/push/try"),
    ("get", "/api/v1/me"),
    ("patch", "/api/v1/me"),
    ("get", "/api/v1/devices"),
    ("delete", "/api/v1/devices/{device_id}"),
    ("get", "/api/v1/feed"),
    ("put", "/api/v1/feed/seen"),
    ("get", "/api/v1/feed/{item_id}/hits"),
    ("post", "/api/v1/tickets"),
    ("get", "/api/v1/messages"),
    ("post", "/api/v1/messages"),
    ("get", "/api/v1/messages/export"),
    ("post", "/api/v1/messages/archive"),
    ("get", "/api/v1/messages/{message_id}"),
    ("put", "/api/v1/messages/{message_id}"),
    ("post", "/api/v1/messages/{message_id}/send"),
    ("post", "/api/v1/messages/{message_id}/archive"),
    ("post", "/api/v1/messages/{message_id}/unarchive"),
    ("get", "/api/v1/compositions"),
    ("post", "/api/v1/compositions"),
    ("get", "/api/v1/compositions/senders"),
    ("get", "/api/v1/compositions/{composition_id}"),
    ("put", "/api/v1/compositions/{composition_id}"),
    ("delete", "/api/v1/compositions/{composition_id}"),
    ("get", "/api/v1/compositions/{composition_id}/preview"),
    ("post", "/api/v1/compositions/{composition_id}/send"),
    ("post", "/api/v1/compositions/{composition_id}/cancel"),
    ("get", "/api/v1/templates"),
    ("post", "/api/v1/templates"),
    ("put", "/api/v1/templates/{template_id}"),
    ("delete", "/api/v1/templates/{template_id}"),
    ("get", "/api/v1/privacy/policy"),
    ("put", "/api/v1/privacy/policy"),
    ("get", "/api/v1/people/{person_id}/consent"),
    ("put", "/api/v1/people/{person_id}/consent"),
    ("get", "/api/v1/cards/context"),
    ("post", "/api/v1/cards/action/{name}"),
    ("get", "/api/v1/tasks"),
    ("post", "/api/v1/tasks"),
    ("get", "/api/v1/tasks/assignees"),
    ("get", "/api/v1/tasks/{task_id}"),
    ("patch", "/api/v1/tasks/{task_id}"),
    ("delete", "/api/v1/tasks/{task_id}"),
    ("post", "/api/v1/tasks/{task_id}/complete"),
    ("post", "/api/v1/tasks/{task_id}/reopen"),
    ("post", "/api/v1/tasks/{task_id}/snooze"),
    ("post", "/api/v1/tasks/{task_id}/restore"),
    ("put", "/api/v1/mutes/{kind}/{target_id}"),
    ("delete", "/api/v1/mutes/{kind}/{target_id}"),
    ("get", "/api/v1/people"),
    ("post", "/api/v1/people"),
    ("post", "/api/v1/people/import"),
    ("get", "/api/v1/people/export"),
    ("get", "/api/v1/people/accounts"),
    ("get", "/api/v1/people/{person_id}/timeline"),
    ("get", "/api/v1/people/{person_id}/tasks"),
    ("get", "/api/v1/people/{person_id}"),
    ("patch", "/api/v1/people/{person_id}"),
    ("delete", "/api/v1/people/{person_id}"),
    ("post", "/api/v1/people/{person_id}/join"),
    ("post", "/api/v1/people/{person_id}/score"),
    ("get", "/api/v1/people/{person_id}/moments"),
    ("get", "/api/v1/suggestions"),
    ("post", "/api/v1/suggestions/{suggestion_id}/accept"),
    ("post", "/api/v1/suggestions/{suggestion_id}/dismiss"),
    ("post", "/api/v1/suggestions/{suggestion_id}/reopen"),
    ("get", "/api/v1/targets"),
    ("get", "/api/v1/today"),
    ("get", "/api/v1/marks"),
    ("get", "/api/v1/best-bets"),
    ("put", "/api/v1/best-bets/{person_id}/hidden"),
    ("delete", "/api/v1/best-bets/{person_id}/hidden"),
    ("post", "/api/v1/best-bets/watch"),
    ("post", "/api/v1/best-bets/task"),
    ("post", "/api/v1/best-bets/campaign"),
    ("get", "/api/v1/campaigns"),
    ("get", "/api/v1/lead-feed"),
    ("get", "/api/v1/lead-feed/items/{item_id}"),
    ("get", "/api/v1/lead-feed/address"),
    ("post", "/api/v1/lead-feed/address"),
    ("delete", "/api/v1/lead-feed/address"),
    ("get", "/api/v1/watch-list"),
    ("put", "/api/v1/watch-list/{person_id}"),
    ("delete", "/api/v1/watch-list/{person_id}"),
    ("get", "/api/v1/subscriptions"),
    ("post", "/api/v1/subscriptions"),
    ("patch", "/api/v1/subscriptions/{subscription_id}"),
    ("delete", "/api/v1/subscriptions/{subscription_id}"),
    ("put", "/api/v1/subscriptions/{subscription_id}/refusal"),
    ("delete", "/api/v1/subscriptions/{subscription_id}/refusal"),
    ("get", "/api/v1/team"),
    ("put", "/api/v1/team/sharing"),
    ("get", "/api/v1/searches"),
    ("post", "/api/v1/searches"),
    ("patch", "/api/v1/searches/{search_id}"),
    ("delete", "/api/v1/searches/{search_id}"),
    ("get", "/api/v1/integrations"),
    ("get", "/api/v1/integrations/salesforce/users"),
    ("put", "/api/v1/integrations/salesforce/users/{user_id}"),
}


def document_of(client: FlaskClient) -> dict[str, Any]:
    found = client.get("/api/v1/openapi.json").json
    assert isinstance(found, dict)
    return found


def test_the_description_has_every_route_and_readable_names(client: FlaskClient) -> None:
    document = document_of(client)
    assert document["openapi"].startswith("3.1")
    assert {(method, path) for path, methods in document["paths"].items() for method in methods} == ROUTES
    operations = {one["operationId"] for methods in document["paths"].values() for one in methods.values()}
    assert {"getMe", "readFeed", "prepareMessage"} <= operations
    assert {"FeedItem", "Hit", "Message", "Problem", "Me", "Ticket"} <= set(document["components"]["schemas"])
    assert document["components"]["schemas"]["FeedItem"]["properties"].keys() >= {"cursor", "class", "removed"}


def test_every_refusal_is_a_problem(client: FlaskClient) -> None:
    for methods in document_of(client)["paths"].values():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                if status >= "400":
                    assert list(response["content"]) == ["application/problem+json"], operation["operationId"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Product]:
    """One product for all that is sent: to read the description takes longer than to send by it."""
    folder = tmp_path_factory.mktemp("whole")
    shutil.copyfile(migrated_sqlite, folder / "livefeed.db")
    environment = {"LIVEFEED_DATA_DIR": str(folder), "LIVEFEED_PUBLIC_URL": "http://localhost"}
    built = composition.build(settings_of(environment | {"LIVEFEED_SECRET_KEYS": SECRET_KEY}), Clock())
    yield replace(built, mailboxes=FakeMailboxes())  # type: ignore[arg-type]
    built.close()


@pytest.fixture(scope="module")
def admin(whole: Product) -> User:
    identity = Identity("sub-nora", NORA, "Nora Lindqvist", "fjordline.example")
    return whole.users.sign_in(identity, whole.users.open_setup())


@pytest.fixture
def bearer(whole: Product, admin: User) -> str:
    session = whole.users.open_session(admin, "extension", "Chrome", None)
    return f"Bearer {whole.tokens.sign('access', session.id)}"


@pytest.fixture(scope="module")
def schema(whole: Product) -> Any:
    app: Flask = composition.create_app(whole)
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, base_url="http://localhost")


FEW = settings(
    max_examples=200 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 6,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    database=None,
)


@pytest.mark.parametrize(("method", "path"), sorted(ROUTES))
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_nothing_that_is_sent_breaks_the_server(schema: Any, bearer: str, method: str, path: str, mode: GenerationMode) -> None:
    """`mode`: what the description allows, and what it forbids."""
    operation = schema[path][method.upper()]

    @FEW
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        answer = case.call(headers={"Authorization": bearer})
        assert answer.status_code < 500, answer.text
        if answer.status_code >= 400:
            assert answer.headers["content-type"][0].startswith("application/problem+json")

    with contextlib.suppress(Unsatisfiable):  # where nothing is forbidden
        ask()
