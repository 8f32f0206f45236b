"""The public half of the keys, and where everything is."""

from flask import Blueprint, Response, jsonify

from server.sandbox.google import here
from server.sandbox.keys import ISSUER

certificates = Blueprint("certificates", __name__)


@certificates.get("/oauth2/v1/certs")
def x509() -> Response:
    return here().failures.play("oauth.certs") or _kept_by_caches(here().keys.certificates())


@certificates.get("/oauth2/v3/certs")
def jwks() -> Response:
    return here().failures.play("oauth.certs") or _kept_by_caches(here().keys.jwks())


@certificates.get("/.well-known/openid-configuration")
def configuration() -> Response:
    url = here().url
    return _kept_by_caches(
        {
            "issuer": ISSUER,
            "authorization_endpoint": url("/o/oauth2/v2/auth"),
            "token_endpoint": url("/token"),
            "userinfo_endpoint": url("/v1/userinfo"),
            "revocation_endpoint": url("/revoke"),
            "jwks_uri": url("/oauth2/v3/certs"),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "email", "profile"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "claims_supported": [
                "aud",
                "email",
                "email_verified",
                "exp",
                "family_name",
                "given_name",
                "iat",
                "iss",
                "name",
                "sub",
            ],
            "code_challenge_methods_supported": ["plain", "S256"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
        }
    )


def _kept_by_caches(body: object) -> Response:
    answer = jsonify(body)
    answer.headers["Cache-Control"] = "public, max-age=19800, must-revalidate, no-transform"
    return answer
