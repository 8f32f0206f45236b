"""Tokens of Marketo: who gets one, and how long it is good for."""

import requests

from tests.fixtures_crm import MARKETO_USER, CrmSandbox, crm

__all__ = ["crm"]
GIVEN = {"client_id": MARKETO_USER.client_id, "client_secret": MARKETO_USER.client_secret, "grant_type": "client_credentials"}


def token(crm: CrmSandbox, verb: str = "GET", **changed: str) -> requests.Response:
    sent = {"params" if verb == "GET" else "data": {**GIVEN, **changed}}
    return requests.request(verb, f"{crm.url}/identity/oauth/token", timeout=10, **sent)


def code(crm: CrmSandbox, value: str) -> str | None:
    headers = {"Authorization": f"Bearer {value}"}
    told = requests.get(f"{crm.url}/rest/v1/leads/describe.json", headers=headers, timeout=10).json()
    return None if told["success"] else str(told["errors"][0]["code"])


def test_asking_again_gives_the_same_token_with_less_time_left(crm: CrmSandbox) -> None:
    first = token(crm).json()
    assert set(first) == {"access_token", "token_type", "expires_in", "scope"}
    assert (first["token_type"], first["expires_in"]) == ("bearer", 3599)
    assert first["access_token"].endswith(":int")
    assert "@" in first["scope"]
    crm.advance(600)
    again = token(crm, "POST").json()
    assert (again["access_token"], again["expires_in"]) == (first["access_token"], 2999)
    crm.advance(3000)
    assert token(crm).json()["access_token"] != first["access_token"]
    assert code(crm, first["access_token"]) == "602"


def test_bad_credentials_are_a_401(crm: CrmSandbox) -> None:
    assert token(crm, client_secret="wrong").status_code == 401
    assert token(crm, client_id="nobody").json()["error"] == "unauthorized"
    assert token(crm, grant_type="password").status_code == 400


def test_a_token_may_end_early_and_a_stranger_is_invalid(crm: CrmSandbox) -> None:
    value = crm.marketo_token()
    assert code(crm, value) is None
    assert crm.control("POST", "marketo/tokens/end") == {"ended": 1}
    assert code(crm, value) == "602"
    assert code(crm, crm.marketo_token()) is None
    assert code(crm, "made-up:int") == "601"


def test_tokens_cost_no_quota(crm: CrmSandbox) -> None:
    for _ in range(3):
        crm.marketo_token()
    assert crm.control("GET", "marketo")["total"] == 0


def test_a_second_user_has_a_token_of_its_own(crm: CrmSandbox) -> None:
    crm.control("POST", "marketo/users", {"client_id": "two", "client_secret": "second", "name": "two@fjordline.example"})
    told = token(crm, client_id="two", client_secret="second").json()
    assert told["scope"] == "two@fjordline.example"
    assert told["access_token"] != crm.marketo_token()


def test_the_token_endpoint_fails_on_request(crm: CrmSandbox) -> None:
    crm.fail_marketo("identity.token", "502-html")
    assert token(crm).headers["Content-Type"] == "text/html"
    assert token(crm).ok
