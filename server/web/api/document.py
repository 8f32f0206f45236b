"""The API's own description, made from the code."""

import json
import re
from functools import cache
from typing import Any

from flask import Blueprint, Response, jsonify
from flask.json.provider import DefaultJSONProvider
from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI

from server.web.access import Access, access
from server.web.api import (
    best_bets,
    cards,
    compositions,
    devices,
    directory,
    feed,
    integrations,
    lead_feed,
    marks,
    me,
    messages,
    notices,
    people,
    people_tables,
    privacy,
    profiles,
    push,
    searches,
    subscriptions,
    suggestions,
    targets,
    tasks,
    team,
    templates,
    tickets,
    today,
    watch_list,
)
from server.web.api.shapes import Problem
from server.web.problems import invalid

_HALF = re.compile(rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]")

blueprint = Blueprint("document", __name__, url_prefix="/api/v1")

INFO = Info(title="Live Feed", version="1", description="Engagement with a rep's own mail. Lists go by opaque cursors.")
SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "session": {"type": "apiKey", "in": "cookie", "name": "lf_session", "description": "With X-CSRF-Token on changes"},
}
NOUNS = (
    me.api,
    devices.api,
    feed.api,
    tickets.api,
    messages.api,
    compositions.api,
    templates.api,
    marks.api,
    directory.api,
    people_tables.api,
    people.api,
    profiles.api,
    targets.api,
    today.api,
    best_bets.api,
    tasks.api,
    cards.api,
    privacy.api,
    integrations.api,
    lead_feed.api,
    watch_list.api,
    subscriptions.api,
    searches.api,
    team.api,
    suggestions.api,
    notices.api,
    push.api,
)


@blueprint.get("/openapi.json")
@access(Access.ANYONE)
def openapi() -> Response:
    return jsonify(_described())


@cache
def _described() -> Any:
    """By an app beside the one that serves: a description is put together when the nouns are registered."""
    for noun in NOUNS:
        noun.describe()
    return new_app().api_doc


class Json(DefaultJSONProvider):
    """What is nested so deep that reading it fails, or holds halves of characters, is no JSON of anybody's: their fault,
    not ours."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        try:
            read = super().loads(s, **kwargs)
        except RecursionError:
            raise ValueError("nested too deep") from None
        if _HALF.search(s if isinstance(s, bytes) else s.encode("utf-8", "surrogatepass")):
            json.dumps(read, ensure_ascii=False).encode()
        return read


def new_app(*, validate: bool = False) -> OpenAPI:
    """The Flask app with the API's routes. `validate` holds every answer against its shape: for tests."""
    app = OpenAPI(
        "server.web",
        info=INFO,
        security_schemes=SCHEMES,  # type: ignore[arg-type]
        validation_error_status=422,
        validation_error_model=Problem,
        validation_error_callback=invalid,
        validate_response=validate,
        doc_ui=False,
        static_folder=None,
    )
    app.json = Json(app)
    for noun in NOUNS:
        app.register_api(noun)
    app.register_blueprint(blueprint)
    return app
