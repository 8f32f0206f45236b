"""The admin's page: who may read by RSS and what, ranks, hiding, tasks in Salesforce, and how connections are doing."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from server.domain.marketing import MOST_HIDE_DAYS, ContactField, Rss
from server.domain.ranks import Brackets
from server.domain.tasks import zone_of
from server.errors import BadInput
from server.i18n import long_time
from server.web import sessions
from server.web.access import Access, access
from server.web.context import here
from server.web.languages import locale
from server.web.pages.screens import framed

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

_SAVED = ("rss", "ranks", "hiding", "tasks")
_LONGEST = 12


@blueprint.get("")
@access(Access.PERSON)
def show() -> str:
    return _page()


@blueprint.post("/rss")
@access(Access.PERSON)
def choose_rss() -> Response:
    fields = frozenset(field for field in ContactField if field in request.form.getlist("field"))
    here().marketing.choose_rss(sessions.user(), Rss("on" in request.form, fields))
    return _saved("rss")


@blueprint.post("/ranks")
@access(Access.PERSON)
def choose_ranks() -> Response | tuple[str, int]:
    wanted, wrong = _brackets()
    try:
        if wrong:
            raise BadInput(fields=wrong)
        here().marketing.choose_ranks(sessions.user(), wanted)
    except BadInput as error:
        return _page(wrong=error.fields, ranks=wanted), 422
    return _saved("ranks")


@blueprint.post("/hiding")
@access(Access.PERSON)
def choose_hiding() -> Response | tuple[str, int]:
    days = _number(request.form.get("days", ""))
    try:
        here().marketing.choose_hiding(sessions.user(), days if days is not None else 0)
    except BadInput as error:
        return _page(wrong=error.fields), 422
    return _saved("hiding")


@blueprint.post("/tasks")
@access(Access.PERSON)
def choose_tasks() -> Response:
    here().marketing.choose_tasks(sessions.user(), "on" in request.form)
    return _saved("tasks")


def _page(wrong: dict[str, str] | None = None, ranks: Brackets | None = None) -> str:
    user = sessions.user()
    choices = here().marketing.choices(user)
    saved = request.args.get("saved", "")
    return framed(
        "admin.html",
        choices=replace(choices, ranks=ranks or choices.ranks),
        contact_fields=list(ContactField),
        most_days=MOST_HIDE_DAYS,
        wrong=wrong or {},
        typed=request.form,
        saved=saved if saved in _SAVED else "",
        connections=[_timed(one) for one in here().integrations.overview(user)],
    )


def _timed(connection: dict[str, Any]) -> dict[str, Any]:
    """With its times as the admin reads them."""
    zone = zone_of(sessions.user().time_zone)
    times = {name: connection[name] for name in ("succeeded_at", "failed_at")}
    shown = {name: long_time(datetime.fromisoformat(at), zone, locale()) if at else "" for name, at in times.items()}
    return {**connection, **{f"{name}_shown": words for name, words in shown.items()}}


def _saved(what: str) -> Response:
    return redirect(f"/admin?saved={what}#{what}", 303)


def _brackets() -> tuple[Brackets, dict[str, str]]:
    """As far as they can be read, and which of them can't."""
    form, usual = request.form, Brackets()
    read = {name: [_number(one) for one in form.getlist(name)] for name in ("stars", "flames")}
    wrong = {name: "number" for name, starts in read.items() if None in starts}
    stars, flames = (tuple(one for one in read[name] if one is not None) for name in ("stars", "flames"))
    method = "static" if form.get("method") == "static" else usual.method
    return Brackets(method, stars, flames, form.get("score_field", "").strip().replace("\0", "")), wrong


def _number(written: str) -> int | None:
    try:
        return int(written.strip()) if len(written) <= _LONGEST else None
    except ValueError:
        return None
