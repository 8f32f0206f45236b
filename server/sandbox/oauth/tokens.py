"""The token endpoint, revocation, and what a token is about."""

from flask import Blueprint, Response, jsonify, request

from server.sandbox.google import Google, here
from server.sandbox.oauth.claims import id_token_claims, person
from server.sandbox.oauth.clients import Client, credentials_of
from server.sandbox.oauth.grants import Rejected, Token
from server.sandbox.oauth.scopes import scopes_in

tokens = Blueprint("tokens", __name__)


@tokens.errorhandler(Rejected)
def _say(rejected: Rejected) -> tuple[Response, int]:
    return jsonify({"error": rejected.error, "error_description": rejected.description}), rejected.status


@tokens.post("/token")
def token() -> Response:
    google = here()
    given = request.form.get("refresh_token") or request.form.get("code", "")
    played = google.failures.play("oauth.token", google.grants.owner_of(given))
    if played is not None:
        return played
    client = _authenticated(google)
    match request.form.get("grant_type", ""):
        case "authorization_code":
            return _redeem(google, client)
        case "refresh_token":
            return _refresh(google, client)
        case other:
            raise Rejected("unsupported_grant_type", f"Invalid grant_type: {other}")


@tokens.route("/revoke", methods=["GET", "POST"])
@tokens.post("/o/oauth2/revoke")
def revoke() -> Response:
    google = here()
    played = google.failures.play("oauth.revoke")
    if played is not None:
        return played
    if not google.grants.revoke(request.values.get("token", "")):
        raise Rejected("invalid_token", "Token expired or revoked")
    return jsonify({})


@tokens.get("/v1/userinfo")
@tokens.get("/oauth2/v3/userinfo")
def userinfo() -> tuple[Response, int] | Response:
    google = here()
    played = google.failures.play("oauth.userinfo")
    if played is not None:
        return played
    found = google.grants.access(request.headers.get("Authorization", "").removeprefix("Bearer "))
    if found is None:
        return jsonify({"error": "invalid_request", "error_description": "Invalid Credentials"}), 401
    return jsonify(person(found.grant.account, found.scopes))


@tokens.route("/tokeninfo", methods=["GET", "POST"])
def tokeninfo() -> Response:
    google = here()
    found = google.grants.access(request.values.get("access_token", ""))
    if found is None or found.expires_at is None:
        raise Rejected("invalid_token", "Invalid Value")
    left = int((found.expires_at - google.world.clock.now()).total_seconds())
    client = found.grant.client.id
    known = {"azp": client, "aud": client, "sub": found.grant.account.sub, "scope": " ".join(found.scopes)}
    return jsonify(known | {"exp": str(int(found.expires_at.timestamp())), "expires_in": str(left)})


def _authenticated(google: Google) -> Client:
    id, secret = credentials_of(request)
    if not id:
        raise Rejected("invalid_request", "Could not determine client ID from request.")
    client = google.clients.get(id)
    if client is None:
        raise Rejected("invalid_client", "The OAuth client was not found.", 401)
    if not secret:
        raise Rejected("invalid_request", "client_secret is missing.")
    if not client.knows(secret):
        raise Rejected("invalid_client", "The provided client secret is invalid.", 401)
    return client


def _redeem(google: Google, client: Client) -> Response:
    form = request.form
    if not form.get("code"):
        raise Rejected("invalid_request", "Missing required parameter: code")
    code, access, refresh = google.grants.redeem(
        form["code"], client, form.get("redirect_uri", ""), form.get("code_verifier", "")
    )
    more = {"refresh_token": refresh.value} if refresh else {}
    return _answer(google, access, more, code.nonce)


def _refresh(google: Google, client: Client) -> Response:
    value = request.form.get("refresh_token", "")
    if not value:
        raise Rejected("invalid_request", "Missing required parameter: refresh_token")
    return _answer(google, google.grants.refresh(value, client, scopes_in(request.form.get("scope", ""))), {})


def _answer(google: Google, access: Token, more: dict[str, str], nonce: str = "") -> Response:
    body: dict[str, object] = {"access_token": access.value, "expires_in": 3599, **more}
    body |= {"scope": " ".join(access.scopes), "token_type": "Bearer"}
    if "openid" in access.scopes:
        body["id_token"] = google.keys.sign(id_token_claims(access, google.world.clock.now(), nonce))
    answer = jsonify(body)
    answer.headers["Cache-Control"] = "no-cache, no-store, max-age=0, must-revalidate"
    return answer
