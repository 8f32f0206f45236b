"""Gmail's own page, as it stands at https://mail.google.com, on the sandbox's mailboxes: what an extension finds there.

It relies on no more than what two libraries have seen Gmail keep for years (attributes, never class names), and comes in
layouts that are built unlike each other. The query of its address chooses: `layout` (tables or boxes), `hl` (en, fr, zh-TW),
`break` (names of `static/gmail/shape.js`, with commas: these attributes are gone), `theme=dark`, `mac=1` (⌘Enter).
"""

from flask import Blueprint, Flask, Response, jsonify

from server.errors import LivefeedError
from server.sandbox.recipients.population import Recipients
from server.sandbox.visitors import refuse_other_sites
from server.sandbox.world import World

from .pictures import Pictures, add_pictures
from .reading import add_reading
from .writing import add_writing

# As strict as Gmail's where an extension could trip over it: its frames, its trusted types, its scripts.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'unsafe-inline' 'self'; img-src 'self' data: https: http:; "
    "connect-src 'self'; frame-src 'self'; object-src 'none'; base-uri 'self'; require-trusted-types-for 'script'"
)


def create_gmail(world: World, people: Recipients) -> Flask:
    """To be served over TLS as mail.google.com and *.googleusercontent.com. `people`: with whose hands pictures are fetched."""
    app = Flask("server.sandbox.pages.gmail", static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    routes = Blueprint(
        "gmail_page",
        __name__,
        template_folder="../templates",
        static_folder="../static/gmail",
        static_url_path="/mail/static",
    )
    pictures = Pictures(people)
    routes.before_request(refuse_other_sites)
    routes.after_request(_guard)
    routes.register_error_handler(LivefeedError, _refuse)
    add_reading(routes, world, pictures)
    add_writing(routes, world)
    add_pictures(routes, pictures)
    app.register_blueprint(routes)
    return app


def _guard(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    response.headers["Referrer-Policy"] = "origin"
    response.headers["Cache-Control"] = "no-store"
    return response


def _refuse(error: LivefeedError) -> tuple[Response, int]:
    return jsonify({"error": error.code, "detail": error.detail}), error.status
