"""Who may read by RSS and what, where stars and flames begin, how long best bets stay hidden."""

from dataclasses import replace

from flask import Blueprint, request
from werkzeug.wrappers import Response

from server.domain.marketing import MOST_HIDE_DAYS, ContactField, Rss
from server.domain.ranks import Brackets
from server.errors import BadInput
from server.web import sessions
from server.web.access import Access, access
from server.web.admin.frame import console, number, saved
from server.web.context import here

blueprint = Blueprint("admin-marketing", __name__, url_prefix="/admin")


@blueprint.get("/rss")
@access(Access.PERSON)
def rss() -> str:
    choices = here().marketing.choices(sessions.user())
    return console("rss.html", choices=choices, contact_fields=list(ContactField))


@blueprint.post("/rss")
@access(Access.PERSON)
def choose_rss() -> Response:
    fields = frozenset(field for field in ContactField if field in request.form.getlist("field"))
    here().marketing.choose_rss(sessions.user(), Rss("on" in request.form, fields))
    return saved("/admin/rss", "rss")


@blueprint.get("/ranks")
@access(Access.PERSON)
def ranks() -> str:
    return _ranks()


@blueprint.post("/ranks")
@access(Access.PERSON)
def choose_ranks() -> Response | tuple[str, int]:
    wanted, wrong = _brackets()
    try:
        if wrong:
            raise BadInput(fields=wrong)
        here().marketing.choose_ranks(sessions.user(), wanted)
    except BadInput as error:
        return _ranks(wrong=error.fields, typed=wanted), 422
    return saved("/admin/ranks", "ranks")


@blueprint.post("/hiding")
@access(Access.PERSON)
def choose_hiding() -> Response | tuple[str, int]:
    days = number(request.form.get("days", ""))
    try:
        here().marketing.choose_hiding(sessions.user(), days if days is not None else 0)
    except BadInput as error:
        return _ranks(wrong=error.fields), 422
    return saved("/admin/ranks", "hiding")


def _ranks(wrong: dict[str, str] | None = None, typed: Brackets | None = None) -> str:
    choices = here().marketing.choices(sessions.user())
    return console("ranks.html", wrong=wrong, choices=replace(choices, ranks=typed or choices.ranks), most_days=MOST_HIDE_DAYS)


def _brackets() -> tuple[Brackets, dict[str, str]]:
    """As far as they can be read, and which of them can't."""
    form, usual = request.form, Brackets()
    read = {name: [number(one) for one in form.getlist(name)] for name in ("stars", "flames")}
    wrong = {name: "number" for name, starts in read.items() if None in starts}
    stars, flames = (tuple(one for one in read[name] if one is not None) for name in ("stars", "flames"))
    method = "static" if form.get("method") == "static" else usual.method
    return Brackets(method, stars, flames, form.get("score_field", "").strip().replace("\0", "")), wrong
