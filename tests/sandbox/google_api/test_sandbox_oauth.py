import base64
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import google.auth.transport.requests
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256
from google.auth.exceptions import RefreshError
from google.oauth2 import id_token
from google.oauth2.credentials import Credentials
from google_auth_oauthlib.flow import Flow
from oauthlib.oauth2.rfc6749.errors import InvalidGrantError

from server.sandbox.oauth.clients import Client
from tests.fixtures_sandbox import BRAM, CLIENT, NORA, Sandbox

REDIRECT = CLIENT.redirect_uris[0]
EMAIL = "https://www.googleapis.com/auth/userinfo.email"
READ = "https://www.googleapis.com/auth/gmail.readonly"
SEND = "https://www.googleapis.com/auth/gmail.send"


class Person:
    """Somebody with a browser: reads the page's form, ticks, and presses a button."""

    def __init__(self) -> None:
        self.session = requests.Session()

    def open(self, url: str) -> requests.Response:
        return self.session.get(url, allow_redirects=False, timeout=10)

    def press(self, page: requests.Response, decision: str, granted: tuple[str, ...]) -> dict[str, str]:
        fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
        fields = [(name, value.replace("&amp;", "&")) for name, value in fields if name != "granted"]
        fields += [("granted", scope) for scope in granted] + [("decision", decision)]
        action = re.search(r'<form method="post" action="([^"]+)"', page.text)
        assert action, page.text
        url = page.url.split("/o/oauth2")[0] + action[1]
        return back(self.session.post(url, fields, allow_redirects=False, timeout=10))


def back(answer: requests.Response) -> dict[str, str]:
    assert answer.status_code == 302, answer.text
    assert answer.headers["Location"].startswith(REDIRECT)
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Iterator[Person]:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv("OAUTHLIB_RELAX_TOKEN_SCOPE", "1")
    found = Person()
    yield found
    found.session.close()


def flow(sandbox: Sandbox, *scopes: str) -> Flow:
    urls = {"auth_uri": f"{sandbox.url}/o/oauth2/v2/auth", "token_uri": f"{sandbox.url}/token"}
    config = {"web": {"client_id": CLIENT.id, "client_secret": CLIENT.secret, **urls}}
    return Flow.from_client_config(config, scopes=["openid", EMAIL, *scopes], redirect_uri=REDIRECT)


def connect(
    sandbox: Sandbox,
    person: Person,
    scopes: tuple[str, ...] = (READ, SEND),
    granted: tuple[str, ...] | None = None,
    **more: str,
) -> Credentials:
    asking = flow(sandbox, *scopes)
    url, state = asking.authorization_url(**{"access_type": "offline", "prompt": "consent", "login_hint": NORA, **more})
    answer = person.press(person.open(url), "allow", scopes if granted is None else granted)
    assert answer["state"] == state
    asking.fetch_token(code=answer["code"])
    found = asking.credentials
    asking.oauth2session.close()
    return found


def refresh(credentials: Credentials) -> None:
    with requests.Session() as session:
        credentials.refresh(google.auth.transport.requests.Request(session=session))


def token(sandbox: Sandbox, **form: str) -> requests.Response:
    return requests.post(f"{sandbox.url}/token", {"client_id": CLIENT.id, "client_secret": CLIENT.secret, **form}, timeout=10)


def test_a_person_consents_and_the_id_token_proves_who_they_are(sandbox: Sandbox, person: Person) -> None:
    sandbox.world.clock.run()
    sandbox.world.clock.advance(-sandbox.world.clock.offset)
    credentials = connect(sandbox, person, nonce="n-1")
    with requests.Session() as session:
        request = google.auth.transport.requests.Request(session=session)
        certs = f"{sandbox.url}/oauth2/v1/certs"
        claims = id_token.verify_token(
            credentials.id_token, request, audience=CLIENT.id, certs_url=certs, clock_skew_in_seconds=10
        )
        assert claims["iss"] == "https://accounts.google.com"
        assert (claims["email"], claims["email_verified"], claims["hd"]) == (NORA, True, "fjordline.example")
        assert (claims["nonce"], claims["sub"]) == ("n-1", sandbox.world.accounts[NORA].sub)
        with pytest.raises(ValueError, match="audience"):
            id_token.verify_token(credentials.id_token, request, audience="another", certs_url=certs)


def test_the_published_key_set_verifies_an_id_token(sandbox: Sandbox, person: Person) -> None:
    signed, _, signature = str(connect(sandbox, person).id_token).rpartition(".")
    kid = json.loads(_decoded(signed.split(".")[0]))["kid"]
    keys = requests.get(f"{sandbox.url}/oauth2/v3/certs", timeout=10).json()["keys"]
    [key] = [key for key in keys if key["kid"] == kid]
    numbers = RSAPublicNumbers(*(int.from_bytes(_decoded(key[part]), "big") for part in "en"))
    numbers.public_key().verify(_decoded(signature), signed.encode(), PKCS1v15(), SHA256())


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "==")


def test_a_rotated_key_leaves_the_old_tokens_verifiable_once(sandbox: Sandbox) -> None:
    before = set(requests.get(f"{sandbox.url}/oauth2/v1/certs", timeout=10).json())
    kid = sandbox.control("POST", "keys/rotate")["kid"]
    answer = requests.get(f"{sandbox.url}/oauth2/v3/certs", timeout=10)
    after = {key["kid"] for key in answer.json()["keys"]}
    assert kid in after
    assert len(before & after) == 1
    assert "max-age" in answer.headers["Cache-Control"]


def test_only_what_was_ticked_is_granted(sandbox: Sandbox, person: Person) -> None:
    credentials = connect(sandbox, person, granted=(SEND,))
    assert set(credentials.granted_scopes) == {"openid", EMAIL, SEND}
    answer = requests.get(
        f"{sandbox.url}/gmail/v1/users/me/messages", headers={"Authorization": f"Bearer {credentials.token}"}, timeout=10
    )
    assert answer.status_code == 403
    assert answer.json()["error"]["errors"][0]["reason"] == "insufficientPermissions"


def test_granted_scopes_come_back_when_asked_to_include_them(sandbox: Sandbox, person: Person) -> None:
    connect(sandbox, person, (READ,))
    alone = connect(sandbox, person, (SEND,))
    assert READ not in alone.granted_scopes
    together = connect(sandbox, person, (SEND,), include_granted_scopes="true")
    assert {READ, SEND} <= set(together.granted_scopes)


def test_a_refusal_comes_back_as_access_denied(sandbox: Sandbox, person: Person) -> None:
    url, _ = flow(sandbox, READ, SEND).authorization_url(login_hint=NORA)
    assert person.press(person.open(url), "deny", (READ,))["error"] == "access_denied"


def test_an_account_is_chosen_on_a_page_of_its_own(sandbox: Sandbox, person: Person) -> None:
    url, _ = flow(sandbox, READ).authorization_url()
    page = person.open(url)
    assert NORA in page.text
    assert BRAM in page.text
    assert BRAM in person.open(f"{url}&account={BRAM}").text


def test_the_code_verifier_is_checked_strictly(sandbox: Sandbox, person: Person) -> None:
    for verifier, said in ((None, "Missing code verifier"), ("x" * 64, "Invalid code verifier")):
        asking = flow(sandbox, READ)
        url, _ = asking.authorization_url(login_hint=NORA, prompt="consent")
        answer = person.press(person.open(url), "allow", (READ,))
        asking.code_verifier = verifier
        with pytest.raises(InvalidGrantError, match=said):
            asking.fetch_token(code=answer["code"])
        asking.oauth2session.close()


def test_a_verifier_without_a_challenge_is_refused(sandbox: Sandbox, person: Person) -> None:
    answer = _code_without_pkce(sandbox, person)
    said = token(sandbox, grant_type="authorization_code", code=answer, redirect_uri=REDIRECT, code_verifier="v" * 50).json()
    assert said["error_description"] == "code_verifier or verifier is not needed."


def test_a_code_works_once_and_not_for_long(sandbox: Sandbox, person: Person) -> None:
    form = {"grant_type": "authorization_code", "code": _code_without_pkce(sandbox, person), "redirect_uri": REDIRECT}
    assert token(sandbox, **form).ok
    assert token(sandbox, **form).json()["error"] == "invalid_grant"
    late = {**form, "code": _code_without_pkce(sandbox, person)}
    sandbox.world.clock.advance(timedelta(minutes=11))
    assert token(sandbox, **late).json()["error"] == "invalid_grant"


def _code_without_pkce(sandbox: Sandbox, person: Person, **more: str) -> str:
    asked = {"client_id": CLIENT.id, "redirect_uri": REDIRECT, "response_type": "code", "scope": f"openid {READ}", **more}
    url = requests.Request("GET", f"{sandbox.url}/o/oauth2/v2/auth", params={**asked, "login_hint": NORA}).prepare().url
    page = person.open(str(url))
    return (back(page) if page.status_code == 302 else person.press(page, "allow", (READ,)))["code"]


def test_a_refresh_token_comes_with_the_first_offline_consent_and_each_renewed_one(sandbox: Sandbox, person: Person) -> None:
    def refresh_token(**more: str) -> bool:
        code = _code_without_pkce(sandbox, person, **more)
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT}
        return "refresh_token" in token(sandbox, **form).json()

    assert not refresh_token(access_type="online")
    assert refresh_token(access_type="offline")
    assert not refresh_token(access_type="offline")
    assert refresh_token(access_type="offline", prompt="consent")


def test_a_refreshed_token_opens_the_mailbox_until_it_ends(sandbox: Sandbox, person: Person) -> None:
    credentials = connect(sandbox, person)
    first = credentials.token
    sandbox.world.clock.advance(timedelta(hours=1))
    assert _profile(sandbox, first).status_code == 401
    refresh(credentials)
    assert credentials.token != first
    assert _profile(sandbox, credentials.token).json()["emailAddress"] == NORA


def test_a_revoked_grant_ends_every_token_of_it(sandbox: Sandbox, person: Person) -> None:
    credentials = connect(sandbox, person)
    another = connect(sandbox, person)
    assert requests.post(f"{sandbox.url}/revoke", {"token": credentials.token}, timeout=10).ok
    assert _profile(sandbox, another.token).status_code == 401
    with pytest.raises(RefreshError) as caught:
        refresh(another)
    assert caught.value.args[1]["error"] == "invalid_grant"
    assert requests.post(f"{sandbox.url}/revoke", {"token": credentials.token}, timeout=10).status_code == 400


def test_the_owner_takes_a_grant_back_in_their_settings(sandbox: Sandbox, person: Person) -> None:
    credentials = connect(sandbox, person)
    assert sandbox.control("DELETE", "grants", account=NORA) == {"ended": 1}
    with pytest.raises(RefreshError):
        refresh(credentials)


def test_tokens_of_a_client_in_testing_end_after_a_week(sandbox: Sandbox) -> None:
    sandbox.control("POST", "clients", {"id": CLIENT.id, "secret": CLIENT.secret, "redirect_uris": [REDIRECT], "testing": True})
    asked = {"account": NORA, "client_id": CLIENT.id, "scopes": [READ]}
    value = sandbox.control("POST", "grants", asked)["refresh_token"]
    sandbox.world.clock.advance(timedelta(days=6))
    assert token(sandbox, grant_type="refresh_token", refresh_token=value).ok
    sandbox.world.clock.advance(timedelta(days=2))
    assert token(sandbox, grant_type="refresh_token", refresh_token=value).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"redirect_uri": "http://localhost/elsewhere"}, 400, "redirect_uri_mismatch"),
        ({"scope": "openid https://www.googleapis.com/auth/gmail.everything"}, 400, "invalid_scope"),
        ({"response_type": "token"}, 400, "unsupported_response_type"),
        ({"prompt": "none consent"}, 400, "invalid_request"),
        ({"code_challenge_method": "MD5"}, 400, "invalid_request"),
    ],
)
def test_a_wrong_request_gets_a_page_and_nothing_goes_back(
    sandbox: Sandbox, change: dict[str, str], status: int, said: str
) -> None:
    asked = {"client_id": CLIENT.id, "redirect_uri": REDIRECT, "response_type": "code", "scope": "openid", **change}
    answer = requests.get(f"{sandbox.url}/o/oauth2/v2/auth", params=asked, timeout=10)
    assert answer.url.startswith(f"{sandbox.url}/signin/oauth/error?authError=")
    assert [step.status_code for step in answer.history] == [302]
    assert answer.status_code == status
    assert said in answer.text


@pytest.mark.parametrize(
    ("client", "said"),
    [
        (replace(CLIENT, internal_to="elsewhere.example"), "org_internal"),
        (replace(CLIENT, testing=True, testers=(BRAM,)), "access_denied"),
    ],
)
def test_a_client_is_not_for_everybody(sandbox: Sandbox, client: Client, said: str) -> None:
    sandbox.google.clients[CLIENT.id] = client
    asked = {"client_id": CLIENT.id, "redirect_uri": REDIRECT, "response_type": "code", "scope": "openid"}
    answer = requests.get(f"{sandbox.url}/o/oauth2/v2/auth", params={**asked, "login_hint": NORA}, timeout=10)
    assert answer.status_code == 403
    assert said in answer.text


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "1//nothing"}, 400, "invalid_grant"),
        ({"grant_type": "refresh_token"}, 400, "invalid_request"),
        ({"grant_type": "authorization_code"}, 400, "invalid_request"),
    ],
)
def test_the_token_endpoint_refuses_in_googles_words(sandbox: Sandbox, change: dict[str, str], status: int, said: str) -> None:
    answer = token(sandbox, **change)
    assert (answer.status_code, answer.json()["error"]) == (status, said)


def test_an_administrator_blocks_the_consent(sandbox: Sandbox, person: Person) -> None:
    sandbox.fail("oauth.auth", "admin_policy_enforced")
    url, _ = flow(sandbox, READ).authorization_url(login_hint=NORA)
    assert back(person.open(url))["error"] == "admin_policy_enforced"


def test_where_everything_is_stands_in_the_configuration(sandbox: Sandbox) -> None:
    found = requests.get(f"{sandbox.url}/.well-known/openid-configuration", timeout=10).json()
    assert found["issuer"] == "https://accounts.google.com"
    assert found["token_endpoint"] == f"{sandbox.url}/token"
    assert requests.get(found["jwks_uri"], timeout=10).json()["keys"]


def test_user_info_says_what_the_scopes_open(sandbox: Sandbox, person: Person) -> None:
    credentials = connect(sandbox, person)
    headers = {"Authorization": f"Bearer {credentials.token}"}
    found = requests.get(f"{sandbox.url}/v1/userinfo", headers=headers, timeout=10).json()
    assert found["email"] == NORA
    assert "name" not in found
    assert requests.get(f"{sandbox.url}/v1/userinfo", timeout=10).status_code == 401


def _profile(sandbox: Sandbox, token: Any) -> requests.Response:
    return requests.get(f"{sandbox.url}/gmail/v1/users/me/profile", headers={"Authorization": f"Bearer {token}"}, timeout=10)


def test_a_failure_of_one_account_leaves_the_other_alone(sandbox: Sandbox) -> None:
    sandbox.fail("oauth.token", "invalid_grant", account=NORA)
    refresh(sandbox.credentials(BRAM))
    with pytest.raises(RefreshError):
        refresh(sandbox.credentials(NORA))
