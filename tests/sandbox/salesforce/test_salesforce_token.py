"""Tokens of Salesforce: assertions and the app's own credentials."""

import base64
import functools
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from tests.fixtures_crm import BRAM, NORA, START, CrmSandbox, crm

__all__ = ["crm"]
JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
KEY, SECRET = "sandbox-consumer-key", "sandbox-consumer-secret"


@functools.cache
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@functools.cache
def other_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate() -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "livefeed")])
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key().public_key()).serial_number(1)
    built = built.not_valid_before(datetime(2026, 1, 1, tzinfo=UTC)).not_valid_after(datetime(2036, 1, 1, tzinfo=UTC))
    return built.sign(key(), hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def assertion(*, signer: rsa.RSAPrivateKey | None = None, head: Any = None, **changed: Any) -> str:
    claims = {"iss": KEY, "sub": NORA, "aud": "https://login.salesforce.com"}
    claims |= {"exp": int((START + timedelta(minutes=3)).timestamp()), **changed}
    parts = [json.dumps(part).encode() for part in (head or {"alg": "RS256"}, claims)]
    body = ".".join(encoded(part) for part in parts)
    return f"{body}.{encoded((signer or key()).sign(body.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def token(crm: CrmSandbox, headers: dict[str, str] | None = None, **form: str) -> requests.Response:
    return requests.post(f"{crm.url}/services/oauth2/token", data=form, headers=headers, timeout=10)


def error(answer: requests.Response) -> str:
    assert answer.status_code == 400
    assert set(answer.json()) == {"error", "error_description"}
    return str(answer.json()["error"])


@pytest.fixture
def signed(crm: CrmSandbox) -> CrmSandbox:
    """The app has our certificate."""
    crm.control("PUT", "salesforce/app", {"keys": [certificate()]})
    return crm


def test_an_assertion_gives_a_session_of_its_user(signed: CrmSandbox) -> None:
    told = token(signed, grant_type=JWT, assertion=assertion(sub=BRAM)).json()
    assert {"access_token", "instance_url", "id", "token_type"} <= set(told)
    assert "refresh_token" not in told
    assert (told["instance_url"], told["token_type"]) == (signed.url, "Bearer")
    assert told["id"].endswith(signed.crm.people.rep(BRAM).id)
    headers = {"Authorization": f"Bearer {told['access_token']}"}
    query = {"q": "SELECT Id FROM User"}
    assert requests.get(f"{signed.url}/services/data/v62.0/query", params=query, headers=headers, timeout=10).ok


def test_an_assertion_has_to_be_right_in_every_part(signed: CrmSandbox) -> None:
    wrong = {
        "another key": assertion(signer=other_key()),
        "another algorithm": assertion(head={"alg": "HS256"}),
        "too long": assertion(exp=int((START + timedelta(minutes=6)).timestamp())),
        "over": assertion(exp=int(START.timestamp())),
        "no end": assertion(exp=None),
        "another audience": assertion(aud=signed.url),
        "a stranger": assertion(sub="nobody@fjordline.example"),
        "half": assertion().rpartition(".")[0],
        "none": "",
    }
    for why, sent in wrong.items():
        assert error(token(signed, grant_type=JWT, assertion=sent)) == "invalid_grant", why
    assert error(token(signed, grant_type=JWT, assertion=assertion(iss="another"))) == "invalid_client_id"
    assert token(signed, grant_type=JWT, assertion=assertion(aud="https://test.salesforce.com")).ok


def test_nobody_is_signed_for_without_the_certificate(crm: CrmSandbox) -> None:
    assert error(token(crm, grant_type=JWT, assertion=assertion())) == "invalid_grant"


def test_only_approved_and_active_users_are_signed_for(signed: CrmSandbox) -> None:
    signed.control("PUT", "salesforce/app", {"approved": [BRAM]})
    assert error(token(signed, grant_type=JWT, assertion=assertion())) == "invalid_grant"
    assert token(signed, grant_type=JWT, assertion=assertion(sub=BRAM)).ok
    signed.control("POST", "salesforce/users", {"email": BRAM, "active": False})
    assert error(token(signed, grant_type=JWT, assertion=assertion(sub=BRAM))) == "invalid_grant"


def test_client_credentials_work_at_my_domain_only(crm: CrmSandbox) -> None:
    given = {"grant_type": "client_credentials", "client_id": KEY, "client_secret": SECRET}
    assert token(crm, **given).json()["access_token"]
    assert error(token(crm, headers={"Host": "login.salesforce.test"}, **given)) == "invalid_grant"
    assert error(token(crm, **{**given, "client_secret": "wrong"})) == "invalid_client"
    assert error(token(crm, **{**given, "client_id": "wrong"})) == "invalid_client_id"
    basic = {"Authorization": "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()}
    assert token(crm, headers=basic, grant_type="client_credentials").ok
    assert error(token(crm, grant_type="password", username=NORA, password="x")) == "unsupported_grant_type"


def test_a_session_ends_and_the_call_says_so(crm: CrmSandbox) -> None:
    assert crm.query("SELECT Id FROM User")["done"]
    crm.control("POST", "salesforce/sessions/end")
    answer = crm.salesforce_call("GET", "limits")
    assert answer.status_code == 401
    assert answer.json() == [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]
