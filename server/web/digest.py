"""The page that the daily mail's own link leads to: it stops the mail, and takes that back."""

from flask import Blueprint, Response, g, make_response, render_template, request

from server.domain.users import User
from server.web.access import Access, access
from server.web.context import here

blueprint = Blueprint("digest", __name__, url_prefix="/digest")


@blueprint.get("/stop/<token>")
@access(Access.PROVEN)
def show(token: str) -> Response:
    """Only shows: scanners follow links."""
    return _page(here().days.stop(token, None))


@blueprint.post("/stop/<token>")
@access(Access.PROVEN)
def stop(token: str) -> Response:
    """One click by RFC 8058 is the body `List-Unsubscribe=One-Click`; our own form may also take it back."""
    return _page(here().days.stop(token, request.form.get("action") != "resume"))


def _page(found: tuple[User, bool] | None) -> Response:
    if found is not None and found[0].locale:
        g.locale = found[0].locale
    response = make_response(render_template("stop-digest.html", found=found), 200 if found else 404)
    response.headers["Cache-Control"] = "no-store"
    return response
