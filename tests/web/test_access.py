"""Every route is public on the list below, or refuses a stranger."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from server import app as composition
from server.app import Product
from server.web.access import Access, access, access_of, require_marks

PUBLIC = {
    "GET /healthz",
    "GET /readyz",
    "GET /static/<path:filename>",
    "GET /api/v1/openapi.json",
    "GET /auth/sign-in",
    "GET /privacy",
    "GET /sw.js",
    "GET /manifest.webmanifest",
    "GET /offline",
    "POST /auth/google",
    "GET /auth/google/callback",
    "GET /auth/device/<code>",
    "GET /auth/setup/<secret>",
    "POST /auth/setup/<secret>",
}
CARRIES_ITS_PROOF = {
    "POST /addon/action/<name>",
    "POST /addon/compose",
    "POST /addon/home",
    "POST /addon/message",
    "POST /addon/settings",
    "POST /auth/token",
    "POST /webhooks/gmail",
    "GET /metrics",
    "GET /ws/feed",
    "GET /ws/team",
    "GET /opt-out/<token>",
    "POST /opt-out/<token>",
    "GET /feeds/<secret>/lead-feed.<any(rss, atom, json):form>",
    "GET /subscriptions/stop/<token>",
    "POST /subscriptions/stop/<token>",
    "GET /digest/stop/<token>",
    "POST /digest/stop/<token>",
}
NO_ID = "0" * 26
A_PATH = {
    "token": "wrong",
    **dict.fromkeys(["message_id", "person_id", "item_id", "task_id", "target_id", "device_id"], NO_ID),
    **dict.fromkeys(["search_id", "subscription_id", "suggestion_id", "user_id"], NO_ID),
    **dict.fromkeys(["composition_id", "template_id"], NO_ID),
    "kind": "person",
    "service": "marketo",
    "name": "refresh",
    "secret": "wrong",
    "form": "rss",
    "code": "wrong",
    "filename": "app.css",
    "data": "city",
}


@pytest.fixture
def app(product: Product) -> Flask:
    return composition.create_app(product)


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    return app.test_client()


def routes(app: Flask) -> list[tuple[str, Rule]]:
    return [
        (method, rule) for rule in app.url_map.iter_rules() for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def path_of(app: Flask, rule: Rule) -> str:
    with app.test_request_context(base_url="http://localhost"):
        built = app.url_map.bind("localhost").build(rule.endpoint, {name: A_PATH[name] for name in rule.arguments})
    return str(built)


def test_only_what_is_listed_is_public(app: Flask) -> None:
    found = {
        kind: {f"{method} {rule}" for method, rule in routes(app) if access_of(app, rule.endpoint) is kind} for kind in Access
    }
    assert found[Access.ANYONE] == PUBLIC
    assert found[Access.PROVEN] == CARRIES_ITS_PROOF


def test_everything_else_refuses_a_stranger(app: Flask, stranger: FlaskClient) -> None:
    for method, rule in routes(app):
        if f"{method} {rule}" in PUBLIC | CARRIES_ITS_PROOF:
            continue
        answer = stranger.open(path_of(app, rule), method=method, json={})
        assert answer.status_code == 401, f"{method} {rule}"
        assert answer.mimetype == "application/problem+json"


def test_everything_else_refuses_bad_tokens_and_cookies(app: Flask, stranger: FlaskClient) -> None:
    stranger.set_cookie("lf_session", "forged")
    for method, rule in routes(app):
        if f"{method} {rule}" in PUBLIC | CARRIES_ITS_PROOF:
            continue
        answer = stranger.open(path_of(app, rule), method=method, json={}, headers={"Authorization": "Bearer forged"})
        assert answer.status_code == 401, f"{method} {rule}"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/auth/token", 422),
        ("POST", "/webhooks/gmail", 401),
        ("GET", "/ws/feed", 401),
        ("GET", "/ws/team", 401),
        ("GET", "/metrics", 401),
        ("GET", "/opt-out/wrong", 404),
        ("POST", "/opt-out/wrong", 404),
        ("GET", "/feeds/wrong/lead-feed.rss", 404),
        ("GET", "/subscriptions/stop/wrong", 404),
        ("POST", "/subscriptions/stop/wrong", 404),
    ],
)
def test_without_its_proof_a_request_gets_nothing(stranger: FlaskClient, method: str, path: str, status: int) -> None:
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade"} if path.startswith("/ws/") else {}
    answer = stranger.open(path, method=method, headers=upgrade, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert answer.status_code == status


def test_a_route_for_which_nobody_decided_stops_the_start(app: Flask) -> None:
    app._got_first_request = False
    app.add_url_rule("/forgotten", "forgotten", lambda: "")
    with pytest.raises(RuntimeError, match="/forgotten"):
        require_marks(app)


def test_a_page_leads_a_stranger_to_sign_in_and_back(stranger: FlaskClient) -> None:
    answer = stranger.get("/messages?x=1", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.location) == (303, "/auth/sign-in?next=%2Fmessages%3Fx%3D1")


def test_the_mark_stays_on_the_view() -> None:
    @access(Access.ANYONE)
    def view() -> str:
        return ""

    assert view.access is Access.ANYONE  # type: ignore[attr-defined]
