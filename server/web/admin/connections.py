"""The set-up's first page: what is done and what comes next, how connections are doing, and trying them now."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from server.domain.integrations import SERVICES
from server.domain.marketing import ContactField
from server.domain.users import Role
from server.errors import NotFound
from server.web import sessions
from server.web.access import Access, access
from server.web.admin.frame import admin, brief_time, console, saved
from server.web.causes import cause_words
from server.web.context import here
from server.web.languages import t
from server.web.security import limiter

blueprint = Blueprint("admin-connections", __name__, url_prefix="/admin")

PAGES = {
    "google": "/admin/google",
    "push": "/admin/google",
    "addon": "/admin/google",
    "marketo": "/admin/marketo",
    "salesforce": "/admin/salesforce",
    "smtp": "/admin/mail",
    "webpush": "/settings",
}
"""Where each service is set up."""

_SOON = timedelta(seconds=5)
"""What waits no longer is on its usual way."""

_LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Step:
    """Of the set-up. `text`: how it stands, or what it is for."""

    name: str
    done: bool
    text: str
    href: str


@blueprint.get("")
@access(Access.PERSON)
def show() -> str:
    user = admin()
    connections = told(user)
    optional = ("addon", "webpush")
    steps = _steps({one["service"]: one for one in connections})
    following = next((step.name for step in steps if not step.done), "")
    return console(
        "set-up.html",
        steps=steps,
        following=following,
        done=sum(step.done for step in steps),
        connections=[one for one in connections if one["service"] not in optional or one["state"] != "off"],
        pages=PAGES,
        choices=here().marketing.choices(user),
        contact_fields=list(ContactField),
        hits=_hits(),
    )


@blueprint.post("/tasks")
@access(Access.PERSON)
def choose_tasks() -> Response:
    here().marketing.choose_tasks(sessions.user(), "on" in request.form)
    return saved("/admin/salesforce", "tasks")


@blueprint.post("/try/<service>")
@access(Access.PERSON)
@limiter.limit("30/minute")
def attempt(service: str) -> Response:
    """A real call, now; the page then shows how it ended."""
    user = admin()
    if service not in SERVICES:
        raise NotFound()
    here().trials.of(service, user)
    onward = "/admin" if request.form.get("from") == "set-up" else PAGES[service]
    return redirect(f"{onward}?tried={service}#{service}", 303)


@dataclass(frozen=True, slots=True)
class Hits:
    """Views and clicks that are recorded, but not in the feed yet."""

    waiting: bool
    refused: bool
    text: str


def _hits() -> Hits:
    tracking = here().tracking
    inbox, spool = tracking.inbox(), tracking.spooled()
    since = min((one for one in (inbox.since, spool.since) if one), default=None)
    if inbox.refused:
        return Hits(True, True, t("hits.refused", count=inbox.refused))
    if tracking.age(since) < _SOON:
        return Hits(False, False, t("hits.none"))
    text = "hits.spooled" if spool.since else "hits.waiting"
    return Hits(True, False, t(text, count=inbox.waiting, since=brief_time(since), size=math.ceil(spool.size / 1000)))


def told(user: Any) -> list[dict[str, Any]]:
    """Every service with its times as the admin reads them, and its last failure in plain words."""
    return [_told(one) for one in here().integrations.overview(user)]


def _told(connection: dict[str, Any]) -> dict[str, Any]:
    times = {name: connection[name] for name in ("succeeded_at", "failed_at")}
    shown = {f"{name}_shown": brief_time(datetime.fromisoformat(at) if at else None) for name, at in times.items()}
    return {**connection, **shown, "words": cause_words(connection["cause"], connection["detail"])}


def may_operate() -> bool:
    return Role.OPERATOR in sessions.user().roles


def _steps(of: dict[str, dict[str, Any]]) -> list[Step]:
    outside, tracking = here().outside(), here().tracking_url
    reachable = tracking.startswith("https://") and (urlsplit(tracking).hostname or "") not in _LOCAL
    standing = {
        "google": (outside.google is not None, _shortened(outside.google.id) if outside.google else ""),
        "join": (bool(_domains()), ", ".join(_domains())),
        "push": (of["push"]["state"] == "ok", outside.push.topic),
        "tracking": (reachable, urlsplit(tracking).netloc),
        "marketo": (of["marketo"]["state"] == "ok", of["marketo"]["address"] or ""),
        "salesforce": (of["salesforce"]["state"] == "ok", of["salesforce"]["address"] or ""),
        "smtp": (of["smtp"]["state"] == "ok", of["smtp"]["address"] or ""),
        "addon": (of["addon"]["state"] == "ok", of["addon"]["address"] or ""),
    }
    hrefs = {**PAGES, "join": "/admin/people", "tracking": "/admin/tracking"}
    return [
        Step(name, is_done, shown if is_done else t(f"step.{name}-text"), hrefs[name])
        for name, (is_done, shown) in standing.items()
    ]


def _shortened(client_id: str) -> str:
    """Of a Google client: enough to know it by."""
    return client_id if len(client_id) <= 24 else f"{client_id[:8]}…{client_id[-12:]}"


def _domains() -> list[str]:
    workspace = here().users.workspace(sessions.user())
    return [domain.name for domain in workspace.domains if domain.joins]
