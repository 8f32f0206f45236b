"""Gmail's add-on: Google posts what its user did, cards go back.

Two tokens come with each call. Google's own says that the add-on's service account calls this very address; the user's says whose
hands it is in. Nothing of the event is believed before both are verified, and the object they stand in is never logged.
"""

import hmac
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, g, jsonify, request
from prometheus_client import Histogram

from server.domain.users import User
from server.errors import SignInNeeded, Unavailable
from server.gmail.identity import KeysAway
from server.logs import logger
from server.web import addon_event
from server.web.access import Access, access
from server.web.addon_event import Event
from server.web.context import here

blueprint = Blueprint("addon", __name__, url_prefix="/addon")

_SECONDS = Histogram(
    "livefeed_addon_seconds", "Time to answer the Gmail add-on", ["card"], buckets=(0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 2, 5, 25)
)
_log = logger(__name__)


def _require_google() -> None:
    """SignInNeeded unless the add-on's own service account calls this very address; Unavailable while that can't be told."""
    expected = here().addon_account
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not expected:
        raise SignInNeeded()
    claims = _claims(token.strip(), here().public_url + request.path)
    if not hmac.compare_digest(str(claims.get("email", "")).encode(), expected.encode()):
        raise SignInNeeded()


def _user(event: Event) -> User | None:
    """Whose hands the add-on is in; None when nobody is connected with that Google account. In the zone Google told."""
    if not here().addon_client_id:
        raise SignInNeeded()
    found = here().users.by_google(str(_claims(event.user_token, here().addon_client_id)["sub"]))
    return replace(found, time_zone=event.zone or found.time_zone) if found else None


def _claims(token: str, audience: str) -> Any:
    try:
        return here().identity_tokens.claims(token, audience)
    except KeysAway as error:
        _log.error("addon.no_keys", hint="Google's keys can't be had, and none were kept: the add-on is refused until they can")
        raise Unavailable("Google's keys can't be had at the moment") from error
