"""What makes the web app one that a browser installs: its manifest, its service worker, and what is shown without a network."""

from pathlib import Path

from flask import Blueprint, Response, g, jsonify, render_template, request, send_from_directory, url_for

from server.i18n import LOCALES, html_lang
from server.web.access import Access, access
from server.web.languages import locale, t

blueprint = Blueprint("installable", __name__)

_FOLDER = Path(__file__).parent / "static"
_PAPER, _INK = "#ffffff", "#16191f"


@blueprint.get("/sw.js")
@access(Access.ANYONE)
def service_worker() -> Response:
    """At the root, for its reach is the folder it comes from. Browsers look for a new one by themselves."""
    response = send_from_directory(_FOLDER, "sw.js", mimetype="text/javascript", conditional=True)
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/manifest.webmanifest")
@access(Access.ANYONE)
def manifest() -> Response:
    pictures = [
        {"src": url_for("static", filename=f"app/{name}.png"), "sizes": sizes, "type": "image/png", "purpose": purpose}
        for name, sizes, purpose in (("192", "192x192", "any"), ("512", "512x512", "any"), ("mask", "512x512", "maskable"))
    ]
    response = jsonify(
        id="/",
        name=t("product"),
        short_name=t("product"),
        description=t("app.description"),
        lang=html_lang(locale()),
        start_url="/",
        scope="/",
        display="standalone",
        background_color=_PAPER,
        theme_color=_INK,
        icons=pictures,
        shortcuts=[{"name": t(f"nav.{section}"), "url": f"/{section}"} for section in ("feed", "tasks")],
    )
    response.mimetype = "application/manifest+json"
    response.headers["Cache-Control"] = "no-cache"
    response.vary.add("Accept-Language")
    return response


@blueprint.get("/offline")
@access(Access.ANYONE)
def offline() -> Response:
    """Kept by the service worker, in the language of the pages that asked for it."""
    wanted = request.args.get("lang", "")
    if wanted in LOCALES:
        g.locale = wanted
    response = Response(render_template("offline.html", locale=locale()), mimetype="text/html")
    response.headers["Cache-Control"] = "no-cache"
    return response
