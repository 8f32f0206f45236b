"""The page of one's own address for feed readers: to copy, to renew, to revoke."""

from datetime import datetime

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from server.domain.tasks import zone_of
from server.i18n import long_time
from server.web import sessions
from server.web.access import Access, access
from server.web.context import here
from server.web.languages import locale, t
from server.web.pages.screens import framed
from server.web.syndication import TYPES

blueprint = Blueprint("feed_address", __name__, url_prefix="/lead-feed/rss")

_NAMES = {"rss": "RSS 2.0", "atom": "Atom", "json": "JSON Feed"}


@blueprint.get("")
@access(Access.PERSON)
def show() -> str:
    user = sessions.user()
    address = here().feed_addresses.of(user)
    shown = {
        name: long_time(datetime.fromisoformat(address[name]), zone_of(user.time_zone), locale()) if address[name] else ""
        for name in ("created_at", "read_at")
    }
    return framed("feed-address.html", address=address, shown=shown, names=_NAMES, feeds=discoverable())


@blueprint.post("/renew")
@access(Access.PERSON)
def renew() -> Response:
    here().feed_addresses.renew(sessions.user())
    return redirect("/lead-feed/rss", 303)


@blueprint.post("/revoke")
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
