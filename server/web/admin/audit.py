"""The audit log's page."""

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, request

from server.domain.audit import Entry, Filter
from server.domain.tasks import zone_of
from server.web import sessions
from server.web.access import Access, access
from server.web.admin.frame import console, shown_time
from server.web.context import here
from server.web.languages import has_text, t

blueprint = Blueprint("admin-audit", __name__, url_prefix="/admin")

_ASKED = ("who", "area", "from", "until")
_LONGEST = 300


@blueprint.get("/audit")
@access(Access.PERSON)
def show() -> str:
    asked = {name: request.args.get(name, "")[:_LONGEST].replace("\0", "") for name in _ASKED}
    page = here().audit.page(sessions.user(), _filter(asked), request.args.get("before", "").replace("\0", "") or None)
    given = {name: value for name, value in asked.items() if value}
    return console(
        "audit.html",
        entries=[_told(one) for one in page.entries],
        actors=page.actors,
        areas=[(name, _worded(f"audit-area.{name}", name)) for name in page.areas],
        filter=asked,
        filtered=bool(given),
        older=urlencode({**given, "before": page.older}) if page.older else "",
    )


def _filter(asked: dict[str, str]) -> Filter:
    since, until = _day(asked["from"]), _day(asked["until"])
    return Filter(
        actor=asked["who"] or None,
        area=asked["area"] or None,
        since=_midnight(since) if since else None,
        until=_midnight(until + timedelta(days=1)) if until and until < date.max else None,
    )


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    """Where the admin is."""
    return datetime.combine(day, time(), zone_of(sessions.user().time_zone))


def _told(entry: Entry) -> dict[str, Any]:
    details = [(_worded(f"audit-detail.{name}", name), _said(value)) for name, value in entry.detail.items()]
    what = _worded(f"audit.{entry.action}", entry.action)
    told = {"actor": entry.actor, "what": what, "subject": entry.subject, "details": details}
    return {"at": shown_time(entry.at), "iso": entry.at.isoformat(), **told}


def _worded(key: str, name: str) -> str:
    """A name nobody worded is told as it is."""
    return t(key) if has_text(key) else name


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{_worded('audit-detail', name)}: {_said(one)}" for name, one in value.items()) or "–"
    if isinstance(value, list):
        return ", ".join(_said(one) for one in value) or "–"
    if value is None or value == "":
        return "–"
    return t("audit.yes" if value else "audit.no") if isinstance(value, bool) else str(value)
