"""Sandbox mail: a small Gmail-like page for the sandbox's reps, and the mailboxes of the people outside."""

from flask import Blueprint, Response, render_template

from server.errors import LivefeedError
from server.sandbox.companion import Companions
from server.sandbox.recipients.population import Recipients
from server.sandbox.visitors import refuse_other_sites
from server.sandbox.world import World

from .cards import add_cards
from .crm import add_crm, has_market
from .mail import add_mail
from .outbox import Outbox
from .outside import add_outside

_STATIC = "/sandbox-static"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)


def pages(world: World, people: Recipients, companions: Companions | None = None) -> Blueprint:
    """Without `companions` nobody has the extension, and every mail goes out untracked."""
    routes = Blueprint(
        "pages", __name__, template_folder="templates", static_folder="static", static_url_path="/sandbox-static"
    )
    routes.before_request(refuse_other_sites)
    routes.after_request(_guard)
    routes.register_error_handler(LivefeedError, _sorry)
    add_mail(routes, world, people, Outbox(world, companions))
    add_outside(routes, people)
    add_cards(routes, world, companions)
    add_crm(routes)
    routes.app_context_processor(lambda: {"has_market": has_market()})
    return routes


def _guard(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    if response.mimetype == "text/html":
        response.headers["Cache-Control"] = "no-store"
    return response


def _sorry(error: LivefeedError) -> tuple[str, int]:
    return render_template("sandbox/sorry.html", detail=error.detail or error.code), error.status
