import base64
import hashlib
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.app import Product
from server.domain.users import REFRESH_GRACE, User
from tests.web.browser import EXTENSION, Clock

VERIFIER = "a-verifier-that-is-long-enough-for-the-standard"
REDIRECT = f"https://{EXTENSION}.chromiumapp.org/"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
ASKED = {"redirect_uri": REDIRECT, "code_challenge": CHALLENGE, "code_challenge_method": "S256", "state": "s t"}

Exchange = Callable[..., TestResponse]


@pytest.fixture
def signed_in(client: FlaskClient, product: Product, nora: User) -> FlaskClient:
    session = product.users.open_session(nora, "web", "a browser", None)
    client.set_cookie("lf_session", product.tokens.sign("session", session.id))
    return client


@pytest.fixture
def code(signed_in: FlaskClient) -> str:
    answer = signed_in.get("/auth/extension", query_string=ASKED)
    assert answer.status_code == 303
    assert answer.location.startswith(REDIRECT + "?")
    sent = parse_qs(urlsplit(answer.location).query)
    assert sent["state"] == ["s t"]
    return sent["code"][0]


@pytest.fixture
def exchange(client: FlaskClient) -> Exchange:
    def sent(**given: str) -> TestResponse:
        return client.post("/auth/token", data=given)

    return sent


def by_code(code: str, **changed: str) -> dict[str, str]:
    return {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER, "redirect_uri": REDIRECT} | changed


def by_refresh(token: str) -> dict[str, str]:
    return {"grant_type": "refresh_token", "refresh_token": token}


def is_let_in(client: FlaskClient, access: str) -> bool:
    client.delete_cookie("lf_session")
    return client.get("/api/v1/me", headers={"Authorization": f"Bearer {access}"}).status_code == 200


def test_the_extension_gets_tokens_for_its_code(client: FlaskClient, code: str, exchange: Exchange) -> None:
    tokens = exchange(**by_code(code)).json
    assert tokens is not None
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 3600)
    assert is_let_in(client, tokens["access_token"])


def test_a_code_works_once(code: str, exchange: Exchange) -> None:
    assert exchange(**by_code(code)).status_code == 200
    again = exchange(**by_code(code))
    assert (again.status_code, again.json["code"]) == (400, "invalid-grant")  # type: ignore[index]


@pytest.mark.parametrize(
    "changed", [{"code_verifier": VERIFIER + "x"}, {"redirect_uri": "https://evil.example/"}, {"code_verifier": ""}]
)
def test_a_stolen_code_is_worth_nothing(code: str, exchange: Exchange, changed: dict[str, str]) -> None:
    assert exchange(**by_code(code, **changed)).status_code == 400


def test_a_wrong_guess_burns_the_code(code: str, exchange: Exchange) -> None:
    assert exchange(**by_code(code, code_verifier="x" * 50)).status_code == 400
    assert exchange(**by_code(code)).status_code == 400


def test_a_code_is_good_for_a_minute(code: str, exchange: Exchange, clock: Clock) -> None:
    clock.advance(timedelta(seconds=61))
    assert exchange(**by_code(code)).status_code == 400


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": f"https://{'p' * 32}.chromiumapp.org/"},
        {"redirect_uri": REDIRECT + "x"},
        {"redirect_uri": REDIRECT.replace("https", "http")},
        {"code_challenge_method": "plain"},
        {"code_challenge": ""},
    ],
)
def test_a_bad_request_leads_nowhere(signed_in: FlaskClient, changed: dict[str, str]) -> None:
    answer = signed_in.get("/auth/extension", query_string=ASKED | changed)
    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_without_a_session_one_signs_in_first_and_comes_back(client: FlaskClient, nora: User) -> None:
    answer = client.get("/auth/extension", query_string=ASKED, headers={"Accept": "text/html"})
    assert answer.status_code == 303
    back = parse_qs(urlsplit(answer.location).query)["next"][0]
    assert back.startswith("/auth/extension?redirect_uri=")


def test_whoever_is_signed_in_with_another_account_is_asked_for_the_one_gmail_shows(signed_in: FlaskClient) -> None:
    answer = signed_in.get("/auth/extension", query_string=ASKED | {"login_hint": "mateo@fjordline.example"})
    assert answer.status_code == 200
    assert '<input type="hidden" name="hint" value="mateo@fjordline.example">' in answer.text


def test_who_signs_in_with_another_account_all_the_same_gets_that_one(signed_in: FlaskClient) -> None:
    again = ASKED | {"login_hint": "mateo@fjordline.example", "hinted": "1"}
    assert signed_in.get("/auth/extension", query_string=again).location.startswith(REDIRECT)


def test_the_account_that_gmail_shows_needs_no_question(signed_in: FlaskClient, nora: User) -> None:
    answer = signed_in.get("/auth/extension", query_string=ASKED | {"login_hint": nora.address.upper()})
    assert answer.location.startswith(REDIRECT)


def test_tokens_renew_themselves(client: FlaskClient, code: str, exchange: Exchange) -> None:
    first = exchange(**by_code(code)).json
    assert first is not None
    second = exchange(**by_refresh(first["refresh_token"])).json
    assert second is not None
    assert second["refresh_token"] != first["refresh_token"]
    assert is_let_in(client, second["access_token"])


def test_a_renewal_whose_answer_was_lost_is_answered_again(client: FlaskClient, code: str, exchange: Exchange) -> None:
    first = exchange(**by_code(code)).json
    assert first is not None
    lost = exchange(**by_refresh(first["refresh_token"])).json
    again = exchange(**by_refresh(first["refresh_token"])).json
    assert lost is not None
    assert again is not None
    assert exchange(**by_refresh(again["refresh_token"])).status_code == 200
    assert is_let_in(client, lost["access_token"])


def test_a_refresh_token_that_comes_back_later_ends_the_session(
    client: FlaskClient, code: str, exchange: Exchange, clock: Clock
) -> None:
    first = exchange(**by_code(code)).json
    assert first is not None
    second = exchange(**by_refresh(first["refresh_token"])).json
    assert second is not None
    clock.advance(REFRESH_GRACE + timedelta(seconds=1))
    assert exchange(**by_refresh(first["refresh_token"])).status_code == 400
    assert exchange(**by_refresh(second["refresh_token"])).status_code == 400
    assert not is_let_in(client, second["access_token"])


@pytest.mark.parametrize("token", ["", "x", "a.b.c"])
def test_a_foreign_refresh_token_is_refused(exchange: Exchange, token: str) -> None:
    assert exchange(**by_refresh(token)).status_code == 400


def test_another_kind_of_grant_is_refused(exchange: Exchange) -> None:
    assert exchange(grant_type="password", username="nora").status_code == 422
