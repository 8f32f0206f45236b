"""Google's pushes: something changed in a mailbox."""

import base64
import binascii
import hmac
import json
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest

from server.errors import SignInNeeded, Unavailable
from server.gmail.identity import KeysAway
from server.logs import logger
from server.web.access import Access, access
from server.web.context import here

blueprint = Blueprint("webhooks", __name__, url_prefix="/webhooks")

_log = logger(__name__)


@blueprint.post("/gmail")
@access(Access.PROVEN)
def gmail() -> Response:
    _require_google()
    envelope = request.get_json(silent=True)
    if not isinstance(envelope, dict) or not isinstance(envelope.get("message"), dict):
        raise BadRequest()  # nothing that Pub/Sub ever sends, so nothing that it will send again
    address = _address(envelope["message"].get("data"))
    if address is None:
        # Anything but success would have Pub/Sub send the same for a week.
        _log.warning("unreadable push")
    else:
        here().mailboxes.wake(address)
    return Response(status=204)


def _require_google() -> None:
    """SignInNeeded unless the push's own service account sends it; Unavailable while that can't be told, so it comes again."""
    context = here()
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not context.push_account:
        raise SignInNeeded()
    try:
        claims = context.identity_tokens.claims(token.strip(), context.push_audience)
    except KeysAway as error:
        raise Unavailable("Google's keys can't be had at the moment") from error
    if not hmac.compare_digest(str(claims.get("email", "")).encode(), context.push_account.encode()):
        raise SignInNeeded()


def _address(data: Any) -> str | None:
    """The mailbox; its history id comes as number or text and is not needed: what is new is read from our own."""
    try:
        said = json.loads(base64.b64decode(data, altchars=b"-_", validate=False))
        address = said["emailAddress"]
    except (binascii.Error, ValueError, TypeError, KeyError):
        return None
    return address.lower() if isinstance(address, str) and "@" in address and "\0" not in address else None
