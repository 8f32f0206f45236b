import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server import app as composition
from server.app import Product
from tests.fixtures_sandbox import Sandbox
from tests.web.browser import FakeMailboxes

ACCOUNT = "push@sandbox-project.iam.gserviceaccount.com"
AUDIENCE = "http://localhost/webhooks/gmail"


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    environment["LIVEFEED_GMAIL_PUSH_ACCOUNT"] = ACCOUNT
    return environment


@pytest.fixture
def client(product: Product, google: Sandbox) -> FlaskClient:
    return composition.create_app(product).test_client()


def token(google: Sandbox, **changed: Any) -> str:
    now = int(datetime.now(UTC).timestamp())
    claims = {
        "iss": "https://accounts.google.com",
        "aud": AUDIENCE,
        "email": ACCOUNT,
        "email_verified": True,
        "sub": "1",
        "iat": now,
        "exp": now + 600,
    }
    return google.google.keys.sign(claims | changed)


def envelope(data: object) -> dict[str, object]:
    encoded = base64.b64encode(data if isinstance(data, bytes) else json.dumps(data).encode()).decode()
    return {"message": {"data": encoded, "messageId": "1", "message_id": "1"}, "subscription": "projects/p/subscriptions/s"}


def push(client: FlaskClient, bearer: str, body: object) -> TestResponse:
    return client.post("/webhooks/gmail", json=body, headers={"Authorization": f"Bearer {bearer}"})


def woken(product: Product) -> list[tuple[str, int | None]]:
    assert isinstance(product.mailboxes, FakeMailboxes)
    return product.mailboxes.woken


@pytest.mark.parametrize("history_id", [9876543210, "9876543210"])
def test_a_push_wakes_its_mailbox(client: FlaskClient, google: Sandbox, product: Product, history_id: object) -> None:
    answer = push(client, token(google), envelope({"emailAddress": "Nora@fjordline.example", "historyId": history_id}))
    assert answer.status_code == 204
    assert woken(product) == [("nora@fjordline.example", 9876543210)]


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "https://elsewhere.example/webhooks/gmail"},
        {"email": "somebody@gserviceaccount.example"},
        {"email_verified": False},
        {"iss": "https://evil.example"},
        {"exp": int((datetime.now(UTC) - timedelta(minutes=1)).timestamp())},
    ],
)
def test_a_token_that_is_not_right_is_refused(
    client: FlaskClient, google: Sandbox, product: Product, changed: dict[str, Any]
) -> None:
    answer = push(client, token(google, **changed), envelope({"emailAddress": "a@b.example", "historyId": 1}))
    assert answer.status_code == 401
    assert woken(product) == []


@pytest.mark.parametrize("bearer", ["", "x", "a.b.c", "é.é.é", "eyJhbGciOiJub25lIn0.e30."])
def test_garbage_for_a_token_is_refused(client: FlaskClient, bearer: str) -> None:
    answer = client.post("/webhooks/gmail", json={}, headers={"Authorization": f"Bearer {bearer}"})
    assert answer.status_code == 401


def test_nobody_is_believed_while_no_account_is_named(product: Product, google: Sandbox) -> None:
    from dataclasses import replace

    settings = product.settings.model_copy(update={"gmail_push_account": ""})
    client = composition.create_app(replace(product, settings=settings)).test_client()
    assert push(client, token(google, email=""), envelope({"emailAddress": "a@b.example", "historyId": 1})).status_code == 401


@pytest.mark.parametrize(
    "data", [b"\xff\xfe", b"{}", b"[1]", b'{"emailAddress": 3, "historyId": 1}', b'{"emailAddress":"a@b.example"}']
)
def test_what_no_repeat_would_mend_is_not_sent_again(
    client: FlaskClient, google: Sandbox, product: Product, data: bytes
) -> None:
    assert push(client, token(google), envelope(data)).status_code == 204
    assert woken(product) == []


@pytest.mark.parametrize("body", [None, [], {}, {"message": 3}])
def test_what_pubsub_never_sends_is_a_bad_request(client: FlaskClient, google: Sandbox, body: object) -> None:
    assert push(client, token(google), body).status_code == 400


def test_keys_are_fetched_once(client: FlaskClient, google: Sandbox) -> None:
    body = envelope({"emailAddress": "a@b.example", "historyId": 1})
    assert push(client, token(google), body).status_code == 204
    google.fail("oauth.certs", "500-plain", times=100)
    assert push(client, token(google), body).status_code == 204


def test_without_any_key_it_comes_again_later(client: FlaskClient, google: Sandbox) -> None:
    google.fail("oauth.certs", "500-plain", times=100)
    answer = push(client, token(google), envelope({"emailAddress": "a@b.example", "historyId": 1}))
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
