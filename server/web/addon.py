"""Gmail's add-on: Google posts what its user did, cards go back.

Two tokens come with each call. Google's own says that the add-on's service account calls this very address; the user's says
whose hands it is in. Nothing of the event is believed before both are verified, and the object they stand in is never logged.
"""

import hmac
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, g, jsonify, render_template, request
from prometheus_client import Histogram
from werkzeug.exceptions import BadRequest

from server.cards import envelopes
from server.connectors.errors import Refused
from server.domain import causes
from server.domain.users import User
from server.errors import LivefeedError, NotAllowed, SignInNeeded, Unavailable
from server.gmail.identity import KeysAway
from server.logs import logger
from server.services.cards import Asked, Host, Lent
from server.web import addon_event
from server.web.access import SMALL_BODY, Access, access
from server.web.addon_event import Event
from server.web.context import here

blueprint = Blueprint("addon", __name__, url_prefix="/addon")

Card = dict[str, Any]
Drawn = Callable[[User, Host, Event], Card]

EMAIL = "https://www.googleapis.com/auth/userinfo.email"

_SECONDS = Histogram(
    "livefeed_addon_seconds", "Time to answer the Gmail add-on", ["card"], buckets=(0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 2, 5, 25)
)
_log = logger(__name__)


@blueprint.post("/home")
@access(Access.PROVEN, body=SMALL_BODY)
def home() -> Response:
    return _shown("home", lambda user, host, _event: here().cards.home(user, host))


@blueprint.post("/message")
@access(Access.PROVEN, body=SMALL_BODY)
def message() -> Response:
    return _shown("message", lambda user, host, event: here().cards.message(user, host, Asked(event.thread)))


@blueprint.post("/compose")
@access(Access.PROVEN, body=SMALL_BODY)
def compose() -> Response:
    return _shown("compose", lambda user, host, event: here().cards.compose(user, host, event.draft))


@blueprint.post("/settings")
@access(Access.PROVEN, body=SMALL_BODY)
def settings() -> Response:
    return _shown("settings", lambda user, host, _event: here().cards.settings(user, host))


@blueprint.post("/action/<name>")
@access(Access.PROVEN, body=SMALL_BODY)
def action(name: str) -> Response:
    def pressed(user: User, host: Host, event: Event) -> Card:
        try:
            return here().cards.press(user, host, name, event.parameters, event.inputs, event.draft)
        except NotAllowed as error:
            return envelopes.said(error.detail)

    return _answered("action", pressed, envelopes.pushed)


@blueprint.get("/connected")
@access(Access.PERSON)
def connected() -> str:
    """Where signing in from the add-on ends: the window closes, and Gmail draws the card again."""
    return render_template("connected.html")


def _shown(card: str, draw: Drawn) -> Response:
    return _answered(card, lambda user, host, event: envelopes.first(draw(user, host, event)), envelopes.first)


def _answered(card: str, answer: Drawn, failing: Callable[[Card], Card]) -> Response:
    """`failing` wraps the card that says that something failed: Google shows its own for anything but 200."""
    with _SECONDS.labels(card).time():
        _require_google()
        body = request.get_json(silent=True)
        if not isinstance(body, dict):
            raise BadRequest()  # nothing that Google ever sends
        event = addon_event.read(body)
        if not event.user_token:
            return jsonify(envelopes.asks_google([EMAIL]))
        user = _user(event)
        host = Host(event.locale, _address, event.zone, Lent(event.access_token, event.scopes))
        if user is None:
            return jsonify(envelopes.prompt(here().cards.connect(host, _sign_in())))
        g.locale = user.locale or event.locale
        return jsonify(_or_failed(user, host, event, answer, failing))


def _or_failed(user: User, host: Host, event: Event, answer: Drawn, failing: Callable[[Card], Card]) -> Card:
    try:
        return answer(user, host, event)
    except LivefeedError as error:
        if error.status < 500:
            raise
        _log.warning("addon.failed", code=error.code, detail=error.detail)
        return failing(here().cards.failed(user, host))


def _address(name: str) -> str:
    return f"{here().public_url}/addon/action/{name}"


def _sign_in() -> str:
    return f"{here().public_url}/auth/sign-in?{urlencode({'next': '/addon/connected'})}"


def _require_google() -> None:
    """SignInNeeded unless the add-on's own service account calls this very address; Unavailable while that can't be told."""
    expected = here().outside().add_on.account
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not expected:
        raise SignInNeeded()
    account = str(_claims(token.strip(), here().public_url + request.path).get("email", ""))
    if not hmac.compare_digest(account.encode(), expected.encode()):
        _heard(Refused("addon", account[:200], cause=causes.ADD_ON_ACCOUNT))
        raise SignInNeeded()


def _user(event: Event) -> User | None:
    """Whose hands the add-on is in; None when nobody is connected with that Google account."""
    audience = here().outside().add_on.client_id
    if not audience:
        raise SignInNeeded()
    claims = _genuine(event.user_token)
    if claims.get("aud") != audience:
        _heard(Refused("addon", str(claims.get("aud", ""))[:200], cause=causes.ADD_ON_CLIENT))
        raise SignInNeeded()
    _heard(None)
    return here().users.by_google(str(claims["sub"]))


def _heard(outcome: Refused | None) -> None:
    here().integrations.hearing("addon")(outcome)


def _claims(token: str, audience: str) -> Any:
    claims = _genuine(token)
    if claims.get("aud") != audience:
        raise SignInNeeded()
    return claims


def _genuine(token: str) -> Any:
    try:
        return here().identity_tokens.genuine(token)
    except KeysAway as error:
        _log.error("addon.no_keys", hint="Google's keys can't be had, and none were kept: the add-on is refused until they can")
        raise Unavailable("Google's keys can't be had at the moment") from error
