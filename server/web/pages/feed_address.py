"""The Lead Feed's page, and the one of its owner's address for feed readers: to copy, to renew, to revoke."""

from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from server.domain.leadfeed import WHOLE, Narrowed
from server.domain.tasks import zone_of
from server.errors import NotFound
from server.i18n import long_time
from server.web import sessions
from server.web.access import Access, access
from server.web.context import here
from server.web.languages import locale, t
from server.web.pages.screens import framed
from server.web.syndication import TYPES

blueprint = Blueprint("feed_address", __name__, url_prefix="/lead-feed")

_NAMES = {"rss": "RSS 2.0", "atom": "Atom", "json": "JSON Feed"}


@blueprint.get("")
@access(Access.PERSON)
def lead_feed() -> str:
    address = here().feed_addresses.of(sessions.user())
    person = _named("person")
    narrowed = Narrowed(person_id=person["id"]) if person else WHOLE
    page = {"lead_feed": here().lead_feed.page(sessions.user(), narrowed=narrowed), "person": person}
    page["subscribe"] = _named("subscribe")
    return framed("lead-feed.html", page, address=address, read_at=_worded(address["read_at"]), feeds=discoverable())


@blueprint.get("/rss")
@access(Access.PERSON)
def show() -> str:
    address = here().feed_addresses.of(sessions.user())
    shown = {name: _worded(address[name]) for name in ("created_at", "read_at")}
    return framed("feed-address.html", address=address, shown=shown, names=_NAMES, feeds=discoverable())


@blueprint.post("/rss/renew")
@access(Access.PERSON)
def renew() -> Response:
    here().feed_addresses.renew(sessions.user())
    return redirect("/lead-feed/rss", 303)


@blueprint.post("/rss/revoke")
@access(Access.PERSON)
def revoke() -> Response:
    here().feed_addresses.revoke(sessions.user())
    return redirect("/lead-feed/rss", 303)


def discoverable() -> list[dict[str, str]]:
    """For templates/discovery.html: the caller's own addresses, in force and allowed."""
    user = sessions.user()
    address = here().feed_addresses.of(user)
    if not address["on"] or address["urls"] is None:
        return []
    title = t("rss.title", name=user.name)
    return [
        {"type": TYPES[form].split(";")[0], "title": f"{title} ({_NAMES[form]})", "href": url}
        for form, url in address["urls"].items()
    ]


def _named(parameter: str) -> dict[str, Any] | None:
    """The person a link in a mail or feed is about; None for none, and for one who is gone."""
    try:
        found = here().people.get(sessions.user(), request.args.get(parameter, ""))
    except NotFound:
        return None
    return {
        "id": found["id"],
        "name": found["name"],
        "address": found["addresses"][0]["address"] if found["addresses"] else None,
    }


def _worded(at: str | None) -> str:
    return long_time(datetime.fromisoformat(at), zone_of(sessions.user().time_zone), locale()) if at else ""
