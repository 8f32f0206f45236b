"""The one-time set-up address: the operator names the OAuth client, signs in, and is the first admin."""

import re

from flask import Blueprint, render_template, request
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from server.connectors.errors import ConnectorError
from server.errors import BadInput, NotFound
from server.gmail.consent import SIGN_IN
from server.web import oauth
from server.web.access import Access, access
from server.web.causes import cause_words
from server.web.context import here
from server.web.security import limiter

blueprint = Blueprint("setup", __name__, url_prefix="/auth/setup")

_WORD = re.compile(r"[!-~]{8,300}")


@blueprint.get("/<secret>")
@access(Access.ANYONE)
@limiter.limit("30/minute")
def show(secret: str) -> str | tuple[str, int]:
    if not here().users.setup_alive(secret):
        return render_template("setup.html", used=True), 404
    return _page()


@blueprint.post("/<secret>")
@access(Access.ANYONE)
@limiter.limit("30/minute")
def begin(secret: str) -> Response | tuple[str, int]:
    users = here().users
    if not users.setup_alive(secret):
        raise NotFound()
    if not _given() and not _is_kept():
        try:
            here().configuration.begin(secret, _pasted())
        except BadInput:
            return _page(wrong=True), 422
    refused = here().trials.google_refusal()
    if refused is not None:
        return _page(refused=refused), 422
    return oauth.leave(SIGN_IN, next="/admin", setup=secret)


def _page(wrong: bool = False, refused: ConnectorError | None = None) -> str:
    client = here().outside().google
    return render_template(
        "setup.html",
        csrf_token=generate_csrf(),
        given=_given(),
        client_id=client.id if client else "",
        redirect_uri=f"{here().public_url}/auth/google/callback",
        origin=here().public_url,
        wrong=wrong,
        problem=cause_words(refused.cause, refused.detail) if refused else "",
        said=refused.detail if refused else "",
        refused=request.args.get("why") == "refused",
    )


def _is_kept() -> bool:
    """Whether the page comes back as it was shown: with the client's id, and without its secret."""
    client = here().outside().google
    return (
        client is not None and not request.form.get("client_secret") and request.form.get("client_id", client.id) == client.id
    )


def _given() -> bool:
    """Whether the client stands in the environment, which wins."""
    return here().configuration.entries()["google_client_id"].fixed


def _pasted() -> dict[str, str]:
    found = {name: request.form.get(name, "").strip() for name in ("client_id", "client_secret")}
    if not all(_WORD.fullmatch(value) for value in found.values()):
        raise BadInput()
    return {f"google_{name}": value for name, value in found.items()}
