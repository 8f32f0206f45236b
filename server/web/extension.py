"""How the Chrome extension signs in: an authorization code with PKCE, then short tokens that renew themselves."""

import re
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, make_response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from server.errors import BadInput
from server.services.users import Grant
from server.web import sessions
from server.web.access import Access, access
from server.web.context import here
from server.web.oauth import sign_in_page
from server.web.security import limiter

blueprint = Blueprint("extension", __name__, url_prefix="/auth")

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class BadRequestOfExtension(BadInput):
    """Nobody is sent anywhere on the word of such a request."""

    code = "extension-request"
    status = 400


class InvalidGrant(BadInput):
    code = "invalid-grant"
    status = 400


@blueprint.get("/extension")
@access(Access.PERSON)
def authorise() -> AnyResponse:
    """`login_hint`: the account that is meant. Somebody else who is signed in here is asked to sign in with it, once."""
    asked = request.args
    redirect_uri, challenge = asked.get("redirect_uri", ""), asked.get("code_challenge", "")
    if not _is_ours(redirect_uri) or asked.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(challenge):
        raise BadRequestOfExtension()
    hint = asked.get("login_hint", "")
    if hint and hint.lower() != sessions.user().address.lower() and "hinted" not in asked:
        return make_response(sign_in_page("other-account-wanted", f"{request.full_path}&hinted=1", hint))
    code = here().users.extension_code(sessions.user(), challenge, redirect_uri)
    state = {"state": asked["state"]} if "state" in asked else {}
    return redirect(f"{redirect_uri}?{urlencode({'code': code, **state})}", 303)


@blueprint.post("/token")
@access(Access.PROVEN)
@limiter.limit("60/minute")
def token() -> Response:
    given = request.form or _json_fields()
    grant = _by_code(given) if given.get("grant_type") == "authorization_code" else _by_refresh(given)
    if grant is None:
        raise InvalidGrant()
    return jsonify(
        access_token=grant.access_token,
        token_type="Bearer",  # noqa: S106  the kind, not a secret
        expires_in=grant.expires_in,
        refresh_token=grant.refresh_token,
    )


def _by_code(given: dict[str, str]) -> Grant | None:
    verifier = given.get("code_verifier", "")
    if not _VERIFIER.fullmatch(verifier):
        return None
    agent = request.user_agent.string
    return here().users.exchange_code(given.get("code", ""), verifier, given.get("redirect_uri", ""), agent, sessions.address())


def _by_refresh(given: dict[str, str]) -> Grant | None:
    if given.get("grant_type") != "refresh_token":
        raise BadInput(fields={"grant_type": "authorization_code or refresh_token"})
    return here().users.refresh(given.get("refresh_token", ""))


def _json_fields() -> dict[str, str]:
    body = request.get_json(silent=True)
    return {name: value for name, value in body.items() if isinstance(value, str)} if isinstance(body, dict) else {}


def _is_ours(redirect_uri: str) -> bool:
    return any(redirect_uri == f"https://{extension_id}.chromiumapp.org/" for extension_id in here().extension_ids)
