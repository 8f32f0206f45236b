import pytest
from flask import Flask
from flask.testing import FlaskClient

from server import app as composition
from server.app import Product
from server.domain.users import User
from server.web import paths
from tests.web.browser import EXTENSION


@pytest.fixture
def app(product: Product) -> Flask:
    return composition.create_app(product)


@pytest.fixture
def signed_in(app: Flask, product: Product, nora: User) -> FlaskClient:
    client = app.test_client()
    session = product.users.open_session(nora, "web", "a browser", "192.0.2.1")
    client.set_cookie("lf_session", product.tokens.sign("session", session.id))
    return client


def test_a_change_with_the_session_needs_the_pages_token(signed_in: FlaskClient) -> None:
    refused = signed_in.patch("/api/v1/me", json={"locale": "fr"})
    assert (refused.status_code, refused.json["code"]) == (400, "csrf")  # type: ignore[index]


def test_the_token_in_the_header_is_enough(signed_in: FlaskClient) -> None:
    page = signed_in.get("/help", headers={"Accept": "text/html"}).text
    token = page.partition('name="csrf-token" content="')[2].partition('"')[0]
    changed = signed_in.patch("/api/v1/me", json={"locale": "fr"}, headers={"X-CSRF-Token": token})
    assert changed.status_code == 200
    assert signed_in.get("/help", headers={"Accept": "text/html"}).text.count('lang="fr"') == 1


def test_a_bearer_needs_no_page(app: Flask, product: Product, nora: User) -> None:
    session = product.users.open_session(nora, "extension", "Chrome", None)
    bearer = {"Authorization": f"Bearer {product.tokens.sign('access', session.id)}"}
    assert app.test_client().patch("/api/v1/me", json={"locale": "fr"}, headers=bearer).status_code == 200


def test_a_bad_bearer_is_not_replaced_by_the_cookie_beside_it(signed_in: FlaskClient) -> None:
    assert signed_in.get("/api/v1/me").status_code == 200
    assert signed_in.get("/api/v1/me", headers={"Authorization": "Bearer x"}).status_code == 401


def test_pages_run_only_our_own_scripts(signed_in: FlaskClient) -> None:
    first, second = (signed_in.get("/help", headers={"Accept": "text/html"}) for _ in range(2))
    policy = first.headers["Content-Security-Policy"]
    nonce = policy.partition("'nonce-")[2].partition("'")[0]
    assert f'nonce="{nonce}"' in first.text
    assert nonce not in second.headers["Content-Security-Policy"]
    for rule in ("frame-ancestors 'none'", "object-src 'none'", "base-uri 'none'", "style-src 'self'", "default-src 'self'"):
        assert rule in policy
    assert "unsafe" not in policy
    assert first.headers["X-Content-Type-Options"] == "nosniff"
    assert first.headers["Referrer-Policy"] == "same-origin"


def test_tls_is_insisted_on_only_where_there_is_some(environment: dict[str, str], client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/auth/sign-in").headers


class TestBehindTls:
    @pytest.fixture
    def environment(self, environment: dict[str, str]) -> dict[str, str]:
        return environment | {"LIVEFEED_PUBLIC_URL": "https://feed.example", "LIVEFEED_TRUSTED_PROXIES": "127.0.0.1"}

    def test_browsers_are_told_to_stay_with_it(self, client: FlaskClient) -> None:
        answer = client.get("/auth/sign-in", base_url="http://feed.example", headers={"X-Forwarded-Proto": "https"})
        assert "max-age" in answer.headers["Strict-Transport-Security"]
        assert all("Secure" in line for line in answer.headers.getlist("Set-Cookie"))

    def test_the_socket_goes_over_it_too(self, client: FlaskClient) -> None:
        assert (
            "wss://feed.example"
            in client.get("/auth/sign-in", base_url="http://feed.example").headers["Content-Security-Policy"]
        )


def test_another_name_is_not_answered(client: FlaskClient) -> None:
    assert client.get("/auth/sign-in", base_url="http://evil.example").status_code == 421
    assert client.get("/healthz", base_url="http://10.0.0.7").status_code == 200


def test_the_extension_may_call_from_its_origin(client: FlaskClient) -> None:
    origin = f"chrome-extension://{EXTENSION}"
    asked = client.options("/api/v1/me", headers={"Origin": origin, "Access-Control-Request-Method": "PATCH"})
    assert asked.status_code == 204
    assert "PATCH" in asked.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]
    refused = client.get("/api/v1/me", headers={"Origin": origin})
    assert refused.headers["Access-Control-Allow-Origin"] == origin
    assert "Access-Control-Allow-Credentials" not in refused.headers


@pytest.mark.parametrize("origin", ["https://evil.example", "chrome-extension://" + "p" * 32, "null"])
def test_nobody_else_may(client: FlaskClient, origin: str) -> None:
    answer = client.get("/api/v1/me", headers={"Origin": origin})
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_signing_in_over_and_over_is_slowed_down(client: FlaskClient) -> None:
    codes = [client.post("/auth/token", data={"grant_type": "refresh_token"}).status_code for _ in range(70)]
    assert codes[0] == 400
    assert codes[-1] == 429


def test_a_body_too_large_is_refused(signed_in: FlaskClient) -> None:
    page = signed_in.get("/help", headers={"Accept": "text/html"}).text
    token = page.partition('name="csrf-token" content="')[2].partition('"')[0]
    answer = signed_in.patch(
        "/api/v1/me", data=b" " * 1_000_001, headers={"X-CSRF-Token": token}, content_type="application/json"
    )
    assert answer.status_code in (413, 422)


@pytest.mark.parametrize(
    "wanted", ["/", "/live", "/messages/abc?x=1#y", "/auth/extension?redirect_uri=https://a.chromiumapp.org/"]
)
def test_places_of_our_own_are_kept(wanted: str) -> None:
    assert paths.local(wanted) == wanted


@pytest.mark.parametrize(
    "wanted",
    [None, "", "live", "//evil.example", "/\\evil.example", "\\\\evil", "https://evil.example", "/\n/evil", "/\t/evil"],
)
def test_others_are_not(wanted: str | None) -> None:
    assert paths.local(wanted) == "/"


def test_what_is_logged_holds_no_secret(
    client: FlaskClient, capfd: pytest.CaptureFixture[str], product: Product, caplog: pytest.LogCaptureFixture
) -> None:
    secret = product.users.open_setup()
    client.get(f"/auth/setup/{secret}")
    client.get("/ws/feed?ticket=a-ticket-of-somebody")
    client.get("/auth/google/callback?code=a-code-of-google&state=x")
    out, err = capfd.readouterr()
    written = out + err + caplog.text
    assert "/auth/setup/<secret>" in written
    for word in (str(secret), "a-ticket-of-somebody", "a-code-of-google"):
        assert word not in written


def test_a_request_keeps_the_id_its_proxy_gave(client: FlaskClient) -> None:
    assert client.get("/healthz", headers={"X-Request-Id": "abcdef-123456"}).headers["X-Request-Id"] == "abcdef-123456"
    assert client.get("/healthz", headers={"X-Request-Id": "a b"}).headers["X-Request-Id"] != "a b"
