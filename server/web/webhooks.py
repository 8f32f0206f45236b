"""Google's pushes: something changed in a mailbox."""

import base64
import binascii
import hmac
import json
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest

from server.connectors.errors import Refused
from server.domain import causes
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
    notice = _notice(envelope["message"].get("data"))
    if notice is None:
        # Anything but success would have Pub/Sub send the same for a week.
        _log.warning("unreadable push")
    else:
        here().mailboxes.wake(*notice)
    return Response(status=204)


def _require_google() -> None:
    """SignInNeeded unless the push's own service account sends it; Unavailable while that can't be told, so it comes again."""
    context = here()
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    push, heard = context.outside().push, context.integrations.hearing("push")
    if scheme.lower() != "bearer" or not push.account:
        raise SignInNeeded()
    try:
        claims = context.identity_tokens.genuine(token.strip())
    except KeysAway as error:
        raise Unavailable("Google's keys can't be had at the moment") from error
    account, audience = str(claims.get("email", "")), str(claims.get("aud", ""))
    is_account = hmac.compare_digest(account.encode(), push.account.encode())
    if is_account and audience == push.audience:
        return heard(None)
    # Anybody has tokens of Google's: only who knows one of the two is worth telling an admin of.
    if is_account:
        heard(Refused("push", audience[:200], cause=causes.PUSH_AUDIENCE))
    elif audience == push.audience:
        heard(Refused("push", account[:200], cause=causes.PUSH_ACCOUNT))
    raise SignInNeeded()


def _notice(data: Any) -> tuple[str, int] | None:
    """The mailbox and its history id, which comes as a number or as text."""
    try:
        said = json.loads(base64.b64decode(data, altchars=b"-_"))
        address, history_id = said["emailAddress"], int(said["historyId"])
    except (binascii.Error, ValueError, TypeError, KeyError, RecursionError):
        return None
    fits = isinstance(address, str) and "@" in address and "\0" not in address and 0 <= history_id < 2**63
    return (address.lower(), history_id) if fits else None
