"""Over HTTP: what is to be told and claimed, browsers that are told, the installable app, the link that stops the digest."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from server.app import Product
from server.domain import causes
from server.domain.integrations import State
from server.domain.users import User
from server.services.days import _STOP
from tests.fixtures_sandbox import Sandbox

HTML = {"Accept": "text/html"}


@pytest.fixture
def environment(environment: dict[str, str], sandbox: Sandbox) -> dict[str, str]:
    sandbox.world.clock.set(datetime.now(UTC))
    return environment | {"LIVEFEED_PUSH_SERVICES": sandbox.url}


@pytest.fixture
def sign_in(client: FlaskClient, product: Product, nora: User) -> Callable[[], dict[str, str]]:
    """What changes must carry, once this browser is hers."""

    def signed_in() -> dict[str, str]:
        session = product.users.open_session(nora, "web", "a browser", None)
        client.set_cookie("lf_session", product.tokens.sign("session", session.id))
        found = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/settings", headers=HTML).text)
        assert found
        return {"X-CSRF-Token": found[1]}

    return signed_in


def test_a_browser_is_told_until_its_user_signs_out(
    client: FlaskClient, sandbox: Sandbox, sign_in: Callable[[], dict[str, str]]
) -> None:
    headers = sign_in()
    state = client.get("/api/v1/push").json
    assert state
    assert (state["on"], state["mails"]) == (False, False)
    made = sandbox.control("POST", "push-service/browsers", {"key": state["key"]})
    given = {name: made[name] for name in ("endpoint", "keys")}
    assert client.put("/api/v1/push", json=given, headers=headers).status_code == 204
    assert client.get("/api/v1/push").json == state | {"on": True}
    assert client.post("/api/v1/push/try", headers=headers).status_code == 204
    [message] = sandbox.control("GET", f"push-service/browsers/{made['id']}")["messages"]
    assert message["title"] == "Notifications work here"
    client.post("/auth/sign-out", headers=headers)
    headers = sign_in()
    assert client.get("/api/v1/push").json == state
    assert client.delete("/api/v1/push", headers=headers).status_code == 204
    assert client.post("/api/v1/push/try", headers=headers).status_code == 404


def test_an_admin_sees_when_a_push_service_refuses(
    client: FlaskClient, product: Product, nora: User, sandbox: Sandbox, sign_in: Callable[[], dict[str, str]]
) -> None:
    headers, clock = sign_in(), sandbox.world.clock
    assert product.integrations.current("webpush").state is State.NEW
    made = sandbox.control("POST", "push-service/browsers", {"key": client.get("/api/v1/push").json["key"]})
    client.put("/api/v1/push", json={name: made[name] for name in ("endpoint", "keys")}, headers=headers)
    clock.set(datetime.now(UTC) + timedelta(days=1))
    assert client.post("/api/v1/push/try", headers=headers).status_code == 409
    page = client.get("/admin", headers=HTML).text
    assert "A push service refuses our signature" in page
    clock.set(datetime.now(UTC))
    assert client.post("/api/v1/push/try", headers=headers).status_code == 204
    known = product.integrations.current("webpush")
    assert (known.state, known.cause, known.failed_at is not None) == (State.OK, causes.WEBPUSH_SIGNATURE, True)


def test_an_address_inside_our_own_network_is_refused(client: FlaskClient, sign_in: Callable[[], dict[str, str]]) -> None:
    given = {"endpoint": "https://10.0.0.7/internal", "keys": {"p256dh": "a", "auth": "b"}}
    answer = client.put("/api/v1/push", json=given, headers=sign_in())
    assert answer.status_code == 422
    assert answer.json
    assert {one["field"] for one in answer.json["errors"]} == {"endpoint", "keys"}


def test_the_worker_and_the_offline_page_are_there_for_everybody(client: FlaskClient) -> None:
    worker = client.get("/sw.js", buffered=True)
    assert (worker.mimetype, worker.headers["Cache-Control"]) == ("text/javascript", "no-cache")
    page = client.get("/offline?lang=fr", headers=HTML).text
    assert "Live Feed est injoignable" in page
    assert '<html lang="fr"' in page
    for address in re.findall(r'href="([^"]+\.css)"', page):
        assert client.get(address, buffered=True).status_code == 200


def test_the_app_can_be_installed_in_the_users_language(client: FlaskClient) -> None:
    answer = client.get("/manifest.webmanifest", headers={"Accept-Language": "zh-TW"})
    manifest = answer.get_json(force=True)
    assert answer.mimetype == "application/manifest+json"
    assert (manifest["lang"], manifest["display"], manifest["start_url"]) == ("zh-Hant-TW", "standalone", "/")
    for icon in manifest["icons"]:
        assert client.get(icon["src"], buffered=True).mimetype == "image/png"


def test_the_link_in_the_digest_stops_it_by_one_click_without_a_session(
    client: FlaskClient, product: Product, nora: User
) -> None:
    product.users.prefer(nora, {"digest": True})
    url = f"/digest/stop/{product.tokens.sign(_STOP, nora.id)}"
    assert "Stop the daily mail?" in client.get(url, headers=HTML).text
    assert client.post(url, data={"List-Unsubscribe": "One-Click"}, headers=HTML).status_code == 200

    def is_on() -> bool:
        found = product.users.user(nora.id)
        assert found
        return found.preferences.digest

    assert not is_on()
    client.post(url, data={"action": "resume"}, headers=HTML)
    assert is_on()
    assert client.get("/digest/stop/foreign", headers=HTML).status_code == 404
