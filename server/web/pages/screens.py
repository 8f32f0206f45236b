"""The screens: thin pages that carry what their elements begin with; from then on those ask the API."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, g, redirect, render_template, request
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from server.domain.tasks import zone_of
from server.i18n import long_day, long_time, short_time
from server.web import sessions
from server.web.access import Access, access
from server.web.api.me import me_of
from server.web.context import here
from server.web.languages import locale

blueprint = Blueprint("pages", __name__)


def _screen(template: str, **page: Any) -> str:
    return framed(template, page)


def framed(template: str, page: Mapping[str, Any] | None = None, **shown: Any) -> str:
    """A page of the web app's frame. `page`: what its elements begin with; `shown`: what the template itself says."""
    user = sessions.user()
    boot: dict[str, Any] = {
        "me": me_of(user),
        "counts": here().today.counts(user),
        "csrf": generate_csrf(),
        "locale": locale(),
        "api_base": "",
    }
    boot |= {"unsent": here().compositions.unsent(user), "page": page or {}}
    return render_template(template, boot=boot, **shown)


def _compose_url() -> str:
    return f"{here().gmail_web_url}/mail/u/?authuser={sessions.user().address}#inbox?compose=new"


@blueprint.get("/")
@access(Access.PERSON)
def home() -> str:
    user, told = sessions.user(), here().today.of(sessions.user())
    page = {"feed": here().feed.latest(user), "today": told, "compose_url": _compose_url()}
    return framed("home.html", page, day=long_day(date.fromisoformat(told["day"]), locale()))


@blueprint.get("/feed")
@access(Access.PERSON)
def feed() -> str:
    # A search in the address is its own to ask for.
    first = None if request.args else here().feed.latest(sessions.user())
    return _screen("feed.html", feed=first, compose_url=_compose_url())


@blueprint.get("/live")
@access(Access.PERSON)
def live() -> str:
    return _screen("live.html", feed=here().feed.latest(sessions.user()), compose_url=_compose_url())


@blueprint.get("/tasks")
@access(Access.PERSON)
def tasks() -> str:
    return _screen("tasks.html")


@blueprint.get("/targets")
@access(Access.PERSON)
def targets() -> str:
    return _screen("targets.html")


@blueprint.get("/best-bets")
@access(Access.PERSON)
def best_bets() -> str:
    return _screen("best-bets.html")


@blueprint.get("/watch-list")
@access(Access.PERSON)
def watch_list() -> str:
    return _screen("watch-list.html")


@blueprint.get("/subscriptions")
@access(Access.PERSON)
def subscriptions() -> str:
    return _screen("subscriptions.html")


@blueprint.get("/compose")
@access(Access.PERSON)
def compose() -> str:
    return _screen("compose.html")


@blueprint.get("/messages")
@access(Access.PERSON)
def messages() -> str:
    first = None if request.args else here().messages.list(sessions.user())
    return _screen("messages.html", messages=first, compose_url=_compose_url())


@blueprint.get("/messages/<message_id>")
@access(Access.PERSON)
def message(message_id: str) -> str:
    return _screen("message.html", message=here().messages.details(sessions.user(), message_id))


@blueprint.get("/team")
@access(Access.PERSON)
def team() -> str:
    return _screen("team.html")


@blueprint.get("/settings")
@access(Access.PERSON)
def settings() -> str:
    user = sessions.user()
    zone, gmail = zone_of(user.time_zone), here().mailboxes.state(user)
    since = long_time(gmail.since, zone, locale()) if gmail.since else ""
    looked_at = short_time(gmail.looked_at, zone, locale()) if gmail.looked_at else ""
    return framed("settings.html", gmail_since=since, gmail_looked_at=looked_at, address=here().feed_addresses.of(user))


@blueprint.post("/settings/gmail/disconnect")
@access(Access.PERSON)
def disconnect_gmail() -> Response:
    here().mailboxes.disconnect(sessions.user())
    return redirect("/settings", 303)


@blueprint.get("/help")
@access(Access.PERSON)
def help() -> str:
    return _screen("help.html")


def words() -> dict[str, Any]:
    """What every template may use."""
    return {
        "locale": locale(),
        "nonce": getattr(request, "csp_nonce", ""),
        "request_id": g.get("request_id", ""),
    }
