"""The API's description is true: whatever is sent that it allows or forbids, the server answers as described."""

import contextlib
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
from server.domain.users import User

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


@pytest.fixture
def bearer(product: Product, nora: User) -> str:
    session = product.users.open_session(nora, "extension", "Chrome", None)
    return f"Bearer {product.tokens.sign('access', session.id)}"


@pytest.fixture
def schema(product: Product) -> Any:
    app: Flask = composition.create_app(product)
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, base_url="http://localhost")


FEW = settings(
    max_examples=10,
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
