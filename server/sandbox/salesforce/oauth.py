"""Tokens for a server: an assertion signed with the app's key, or the app's own credentials. No refresh tokens."""

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from flask import Response, jsonify, request

from server.sandbox.crm.reps import Rep
from server.sandbox.salesforce.org import Salesforce, here
from server.sandbox.salesforce.routes import salesforce

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_AUDIENCES = ("https://login.salesforce.com", "https://test.salesforce.com")
_LONGEST = timedelta(minutes=5)
_LOGIN_HOSTS = ("login.", "test.")


class Denied(Exception):
    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error, self.description, self.status = error, description, status


@salesforce.route("/services/oauth2/token", methods=["POST"])
def token() -> tuple[Response, int] | Response:
    org = here()
    played = org.failures.play("oauth.token")
    if played is not None:
        return played
    try:
        user = _user(org, request.form.to_dict())
    except Denied as denied:
        org.refused[denied.error] += 1
        return jsonify({"error": denied.error, "error_description": denied.description}), denied.status
    access, base = org.open_session(user), request.host_url.rstrip("/")
    told = {"access_token": access, "scope": "api", "instance_url": base, "token_type": "Bearer"}
    return jsonify({**told, "id": f"{base}/id/00D5g000000000SANDBOX/{user.id}"})


def _user(org: Salesforce, given: Mapping[str, str]) -> Rep:
    match given.get("grant_type"):
        case "client_credentials":
            return _by_credentials(org, given)
        case grant if grant == JWT_BEARER:
            return _by_assertion(org, given.get("assertion", ""))
        case _:
            raise Denied("unsupported_grant_type", "grant type not supported")


def _by_credentials(org: Salesforce, given: Mapping[str, str]) -> Rep:
    if request.host.startswith(_LOGIN_HOSTS):
        raise Denied("invalid_grant", "request not supported on this domain")
    basic = request.authorization
    key = (basic.username if basic else given.get("client_id")) or ""
    secret = (basic.password if basic else given.get("client_secret")) or ""
    if key != org.app.key:
        raise Denied("invalid_client_id", "client identifier invalid")
    if not hmac.compare_digest(secret.encode(), org.app.secret.encode()):
        raise Denied("invalid_client", "invalid client credentials")
    found = _named(org, org.app.run_as) if org.app.run_as else next(iter(org.crm.people.reps), None)
    if found is None or not found.active:
        raise Denied("invalid_grant", "no client credentials user enabled")
    return found


def _by_assertion(org: Salesforce, assertion: str) -> Rep:
    claims = _verified(org, assertion)
    if claims.get("iss") != org.app.key:
        raise Denied("invalid_client_id", "client identifier invalid")
    if claims.get("aud") not in _AUDIENCES:
        raise Denied("invalid_grant", "audience is invalid")
    _check_end(claims.get("exp"), org.crm.now())
    user = _named(org, str(claims.get("sub", "")))
    if user is None or not user.active or (org.app.approved is not None and user.email not in org.app.approved):
        raise Denied("invalid_grant", "user hasn't approved this consumer")
    return user


def _verified(org: Salesforce, assertion: str) -> Mapping[str, object]:
    try:
        head, body, signature = assertion.split(".")
        header, claims = json.loads(_bytes(head)), json.loads(_bytes(body))
        signed, mark = f"{head}.{body}".encode(), _bytes(signature)
    except (ValueError, binascii.Error):
        raise Denied("invalid_grant", "invalid assertion") from None
    if not isinstance(header, dict) or not isinstance(claims, dict) or header.get("alg") != "RS256":
        raise Denied("invalid_grant", "invalid assertion")
    if not any(_fits(pem, signed, mark) for pem in org.app.keys):
        raise Denied("invalid_grant", "invalid assertion")
    return claims


def _check_end(end: object, now: datetime) -> None:
    if isinstance(end, bool) or not isinstance(end, int | float):
        raise Denied("invalid_grant", "invalid assertion")
    ends = datetime.fromtimestamp(end, UTC)
    if ends <= now:
        raise Denied("invalid_grant", "expired authorization code")
    if ends > now + _LONGEST:
        raise Denied("invalid_grant", "assertion is valid for too long")


def _fits(pem: str, signed: bytes, mark: bytes) -> bool:
    key = public_key(pem)
    try:
        key.verify(mark, signed, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def public_key(pem: str) -> rsa.RSAPublicKey:
    """ValueError unless it is an RSA certificate or public key."""
    content = pem.encode()
    key = (
        x509.load_pem_x509_certificate(content).public_key()
        if b"CERTIFICATE" in content
        else serialization.load_pem_public_key(content)
    )
    if not isinstance(key, rsa.RSAPublicKey):
        raise ValueError("an RSA key is needed")
    return key


def _named(org: Salesforce, email: str) -> Rep | None:
    return next((rep for rep in org.crm.people.reps if rep.email == email.lower()), None)


def _bytes(segment: str) -> bytes:
    return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
