"""Tokens. They cost no quota."""

import hmac

from flask import Response, jsonify, request

from server.sandbox.marketo.instance import here
from server.sandbox.marketo.routes import marketo


@marketo.route("/identity/oauth/token", methods=["GET", "POST"])
def token() -> tuple[Response, int] | Response:
    found, given = here(), {**request.args.to_dict(), **request.form.to_dict()}
    played = found.failures.play("identity.token")
    if played is not None:
        return played
    if given.get("grant_type") != "client_credentials":
        return _refused(400, "unsupported_grant_type", f"Unsupported grant type: {given.get('grant_type', '')}")
    user = found.users.get(given.get("client_id", ""))
    if user is None:
        return _refused(401, "unauthorized", f"No client with requested id: {given.get('client_id', '')}")
    if not hmac.compare_digest(user.client_secret.encode(), given.get("client_secret", "").encode()):
        return _refused(401, "invalid_client", "Bad client credentials")
    with found.crm.lock:
        value, left = found.tokens[user.client_id].issue(found.crm.now())
    return jsonify({"access_token": value, "token_type": "bearer", "expires_in": left, "scope": user.name})


def _refused(status: int, error: str, description: str) -> tuple[Response, int]:
    return jsonify({"error": error, "error_description": description}), status
