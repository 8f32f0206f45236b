"""The Flask app: every route behind the same rules."""

from flask import Flask

from server.web import (
    access,
    addon,
    assets,
    digest,
    extension,
    feeds,
    health,
    installable,
    oauth,
    problems,
    security,
    setup,
    traffic,
    webhooks,
)
from server.web.access import Access
from server.web.admin import audit, connections, marketing, services
from server.web.admin import people as people_page
from server.web.admin import privacy as privacy_page
from server.web.admin import tracking as tracking_page
from server.web.api.document import new_app
from server.web.context import EXTENSION, Context
from server.web.languages import t
from server.web.pages import feed_address, people, recipients, screens
from server.web.stream import Stream

PARTS = (
    health,
    oauth,
    setup,
    extension,
    webhooks,
    addon,
    screens,
    people,
    recipients,
    feeds,
    feed_address,
    digest,
    installable,
    connections,
    services,
    people_page,
    tracking_page,
    privacy_page,
    marketing,
    audit,
)


def create(context: Context, *, form_key: bytes, redis_url: str = "", validate: bool = False) -> Flask:
    """`form_key` signs what forms carry; `validate` holds answers of the API against their shapes."""
    app = new_app(validate=validate)
    app.extensions[EXTENSION] = context
    app.secret_key = form_key
    app.json.sort_keys = False  # type: ignore[attr-defined]
    traffic.register(app)
    security.register(app, context, redis_url)
    problems.register(app)
    assets.register(app)
    for part in PARTS:
        app.register_blueprint(part.blueprint)
    app.context_processor(screens.words)
    app.jinja_env.globals["t"] = t
    return app


def seal(app: Flask, stream: Stream) -> Flask:
    """The last step: with the live stream every route is there, and each must say who may call it."""
    stream.init_app(app)
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/ws/"):
            access.mark(app, rule.endpoint, Access.PROVEN)  # by their tickets
    access.require_marks(app)
    return app
