"""Signing in with Google, and Google's grant of a mailbox."""

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, make_response, redirect, render_template, request
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from server.connectors.errors import Refused
from server.domain import causes
from server.domain.mailboxes import Connection
from server.domain.users import GoogleClient, Identity
from server.errors import BadInput, NotFound, SignInNeeded
from server.gmail.consent import SIGN_IN, ConsentFailed, Return
from server.gmail.credentials import SCOPES, may_read, may_send
from server.gmail.errors import AdminBlocked
from server.services.users import RefusedSignIn
from server.web import paths, sessions
from server.web.access import Access, access
from server.web.context import here
from server.web.security import limiter

blueprint = Blueprint("auth", __name__, url_prefix="/auth")

JOURNEY_SECONDS = 600
"""How long somebody may take on Google's pages."""


@dataclass(frozen=True, slots=True)
class Journey:
    """What must be at hand when the browser comes back; sealed in a cookie of its own, so that two tabs don't mix."""

    state: str
    verifier: str
    nonce: str
    next: str
    gmail: bool = False
    setup: str | None = None


class LostJourney(BadInput):
    """Came back without having left, too late, or twice."""

    code = "sign-in-lost"
    status = 400


@blueprint.get("/sign-in")
@access(Access.ANYONE)
def sign_in() -> Response | str:
    onward = paths.local(request.args.get("next"))
    if sessions.current() is not None:
        return redirect(onward, 303)
    return sign_in_page(_said(("signed-out", "refused")) if here().outside().google else "not-set-up", onward)


def sign_in_page(notice: str = "", onward: str = "/", hint: str = "") -> str:
    """`notice` is one of those worded as sign-in.<notice>; `hint`: the address to sign in with."""
    return render_template("sign-in.html", csrf_token=generate_csrf(), notice=notice, next=onward, hint=hint)


@blueprint.post("/google")
@access(Access.ANYONE)
@limiter.limit("30/minute")
def google() -> Response:
    return leave(SIGN_IN, next=paths.local(request.form.get("next")), login_hint=request.form.get("hint", "")[:320])


@blueprint.get("/gmail")
@access(Access.PERSON)
def gmail_page() -> str:
    """What is asked for and why; where a partial grant ends up too."""
    state = here().mailboxes.state(sessions.user()).state
    why = {Connection.NOT_GRANTED: "partial", Connection.RECONNECT_NEEDED: "reconnect"}.get(state, "")
    notice = _said(("refused", "other", "partial", "api-off", "blocked")) or why
    onward = paths.local(request.args.get("next"))
    return render_template("gmail-consent.html", csrf_token=generate_csrf(), notice=notice, next=onward)


def _said(known: Sequence[str]) -> str:
    why = request.args.get("why", "")
    return why if why in known else ""


@blueprint.post("/gmail")
@access(Access.PERSON)
@limiter.limit("30/minute")
def gmail() -> Response:
    onward = paths.local(request.form.get("next"))
    return leave((*SIGN_IN[:2], *SCOPES), next=onward, gmail=True, login_hint=sessions.user().address)


def leave(scopes: Sequence[str], *, next: str, gmail: bool = False, setup: str | None = None, login_hint: str = "") -> Response:
    """Off to Google."""
    departure = here().consent.leave(_client(), scopes, login_hint=login_hint, offline=gmail)
    journey = Journey(departure.state, departure.verifier, departure.nonce, next, gmail, setup)
    response = redirect(departure.url, 303)
    sealed = here().tokens.sign("journey", here().tokens.encrypt(json.dumps(asdict(journey))))
    response.set_cookie(
        _cookie(journey.state),
        sealed,
        max_age=JOURNEY_SECONDS,
        path="/auth",
        secure=here().secure,
        httponly=True,
        samesite="Lax",
    )
    return response


@blueprint.get("/google/callback")
@access(Access.ANYONE)
@limiter.limit("60/minute")
def callback() -> Response:
    journey = _journey(request.args.get("state", ""))
    response = _refused(journey) if "error" in request.args else _arrive(journey)
    response.delete_cookie(_cookie(journey.state), **_cookie_rules())
    return response


def _refused(journey: Journey) -> Response:
    """Somebody said no on Google's page: nothing is lost, they may try again."""
    if journey.setup:
        return _explain(f"/auth/setup/{journey.setup}", "refused", journey)
    return _explain("/auth/gmail" if journey.gmail else "/auth/sign-in", "refused", journey)


def _explain(page: str, why: str, journey: Journey) -> Response:
    """On a page of its own, so that Google's code does not stay in the browser's address."""
    return redirect(f"{page}?{urlencode({'why': why, 'next': journey.next})}", 303)


def _arrive(journey: Journey) -> Response:
    client = _client()
    try:
        back = here().consent.finish(client, request.args.get("code", ""), journey.verifier)
    except ConsentFailed as error:
        cause = causes.of_google(error.code)
        if cause:
            here().integrations.hearing("google")(Refused("google", error.code, cause=cause))
        raise LostJourney(cause=error.code) from None
    here().integrations.hearing("google")(None)
    claims = here().identity_tokens.claims(back.id_token, client.id)
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), journey.nonce.encode()):
        raise LostJourney()
    return _connect(journey, back, str(claims["sub"])) if journey.gmail else _enter(journey, _identity(claims))


def _enter(journey: Journey, identity: Identity) -> Response:
    try:
        who = here().users.sign_in(identity, journey.setup)
    except RefusedSignIn as refused:
        return make_response(sign_in_page(refused.code), 403)
    response = redirect(sessions.way_in(who, journey.next), 303)
    sessions.begin(response, who)
    return response


@blueprint.get("/device/<code>")
@access(Access.ANYONE)
@limiter.limit("60/minute")
def device(code: str) -> Response:
    """At the tracking host, on the way in: what this browser opens from now on is no view of a recipient's."""
    found = here().users.redeem_device(code)
    if found is None:
        return redirect(here().public_url, 303)
    who, onward = found
    response = redirect(here().public_url + onward, 303)
    sessions.keep_device(response, who)
    return response


def _connect(journey: Journey, back: Return, sub: str) -> Response:
    who = sessions.user()
    if who.google_sub != sub:
        return _explain("/auth/gmail", "other", journey)
    try:
        here().mailboxes.connect(who, back.grant, back.scopes)
    except AdminBlocked as error:
        return _explain("/auth/gmail", "api-off" if "accessNotConfigured" in error.detail else "blocked", journey)
    if may_read(back.scopes) and may_send(back.scopes):
        return redirect(journey.next, 303)
    return _explain("/auth/gmail", "partial", journey)


@blueprint.post("/sign-out")
@access(Access.CLIENT)
def sign_out() -> Response:
    caller = sessions.current()
    if caller is not None and caller.kind == "extension":
        here().users.end_session(caller.id)
        return make_response("", 204)
    response = redirect("/auth/sign-in?why=signed-out", 303)
    sessions.end(response)
    return response


def _client() -> GoogleClient:
    client = here().outside().google
    if client is None:
        raise NotFound("no Google client is set up yet")
    return client


def _cookie(state: str) -> str:
    return f"lf_journey_{state[:12]}"


def _cookie_rules() -> dict[str, Any]:
    return {"path": "/auth", "secure": here().secure, "httponly": True, "samesite": "Lax"}


def _journey(state: str) -> Journey:
    sealed = request.cookies.get(_cookie(state), "") if state.isalnum() else ""
    encrypted = here().tokens.unsign("journey", sealed, JOURNEY_SECONDS) if sealed else None
    opened = here().tokens.decrypt(encrypted) if encrypted else None
    journey = Journey(**json.loads(opened)) if opened else None
    if journey is None or not hmac.compare_digest(journey.state.encode(), state.encode()):
        raise LostJourney()
    return journey


def _identity(claims: Mapping[str, Any]) -> Identity:
    address = str(claims.get("email", "")).lower()
    if not address:
        raise SignInNeeded("Google gave no address")
    domain = claims.get("hd")
    return Identity(
        sub=str(claims["sub"]),
        address=address,
        name=str(claims.get("name") or address.partition("@")[0]),
        domain=str(domain).lower() if domain else None,
    )
