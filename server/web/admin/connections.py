"""How connections are doing, and whether tasks go to Salesforce."""

from datetime import datetime
from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from server.web import sessions
from server.web.access import Access, access
from server.web.admin.frame import console, saved, shown_time
from server.web.context import here

blueprint = Blueprint("admin-connections", __name__, url_prefix="/admin")


@blueprint.get("")
@access(Access.PERSON)
def show() -> str:
    user = sessions.user()
    connections = [_timed(one) for one in here().integrations.overview(user)]
    return console("set-up.html", choices=here().marketing.choices(user), connections=connections)


@blueprint.post("/tasks")
@access(Access.PERSON)
def choose_tasks() -> Response:
    here().marketing.choose_tasks(sessions.user(), "on" in request.form)
    return saved("/admin", "tasks")


def _timed(connection: dict[str, Any]) -> dict[str, Any]:
    """With its times as the admin reads them."""
    times = {name: connection[name] for name in ("succeeded_at", "failed_at")}
    shown = {f"{name}_shown": shown_time(datetime.fromisoformat(at) if at else None) for name, at in times.items()}
    return {**connection, **shown}
