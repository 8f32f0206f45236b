"""The screens: thin pages whose elements ask the API themselves."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, request
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from server.errors import BadInput
from server.i18n import LOCALES
from server.web import sessions
from server.web.access import Access, access
from server.web.api.me import Choices, me_of
from server.web.assets import asset
from server.web.context import here
from server.web.languages import html_lang, locale, t

blueprint = Blueprint("pages", __name__)


def _screen(template: str, **facts: Any) -> str:
    """`boot` is what the page's script begins with."""
    me = me_of(sessions.user())
    boot = {"me": me, "locale": locale(), "csrf": generate_csrf(), "gmail_url": here().gmail_web_url, **facts}
    return render_template(template, boot=boot, me=me, **facts)


@blueprint.get("/")
@access(Access.PERSON)
def home() -> str:
    return _screen("home.html")


@blueprint.get("/live")
@access(Access.PERSON)
def live() -> str:
    return _screen("live.html")


@blueprint.get("/messages")
@access(Access.PERSON)
def messages() -> str:
    return _screen("messages.html")


@blueprint.get("/messages/<message_id>")
@access(Access.PERSON)
def message(message_id: str) -> str:
    return _screen("message.html", message_id=message_id)


@blueprint.get("/help")
@access(Access.PERSON)
def help() -> str:
    return _screen("help.html")


@blueprint.get("/settings")
@access(Access.PERSON)
def settings() -> str:
    return _screen("settings.html", locales=list(LOCALES), saved="saved" in request.args)


@blueprint.post("/settings")
@access(Access.PERSON)
def change_settings() -> Response:
    given = {name: request.form[name] for name in ("locale", "time_zone") if request.form.get(name)}
    try:
        chosen = Choices(**given)
    except ValueError:
        raise BadInput() from None
    here().users.choose(sessions.user(), chosen.locale, chosen.time_zone)
    return redirect("/settings?saved", 303)


@blueprint.post("/settings/gmail/disconnect")
@access(Access.PERSON)
def disconnect_gmail() -> Response:
    here().mailboxes.disconnect(sessions.user())
    return redirect("/settings?saved", 303)


def words() -> dict[str, Any]:
    """What every template may use."""
    caller = g.get("caller")
    return {
        "t": t,
        "asset": asset,
        "locale": locale(),
        "html_lang": html_lang(),
        "nonce": getattr(request, "csp_nonce", ""),
        "user": caller.user if caller else None,
    }
