"""The card of a thread or of addresses, beside no Gmail at all: pick one and press what is on it.

The product's elements come through here, since a browser uses no drawing of another origin; so do the calls, signed in as the
rep by their companion.
"""

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request

from server.errors import NotFound, OutsideError
from server.sandbox.companion import Companions
from server.sandbox.product_api import fetch
from server.sandbox.threads import threads_of
from server.sandbox.world import World

_MOST_THREADS = 50


def add_cards(routes: Blueprint, world: World, companions: Companions | None) -> None:
    @routes.get("/cards/")
    def cards() -> str:
        accounts = list(world.accounts.values())
        account = request.args.get("account") or (accounts[0].address if accounts else "")
        mailbox = world.mailbox(account)
        threads = threads_of(one for one in mailbox.messages() if not one.labels & {"DRAFT", "SCHEDULED", "TRASH"})
        asked = {"thread": request.args.get("thread", ""), "addresses": request.args.get("addresses", "")}
        return render_template(
            "sandbox/cards.html", accounts=accounts, account=account, threads=threads[:_MOST_THREADS], **asked
        )

    @routes.get("/cards/show")
    def show_card() -> str:
        return render_template("sandbox/card.html")

    @routes.get("/cards/ui/<path:name>")
    def card_part(name: str) -> Response:
        """A script, style, text or drawing of the product's."""
        if ".." in name:
            raise NotFound("no such file")
        body, kind = fetch(_url(companions), f"/static/ui/{name}")
        return Response(body, mimetype=kind)

    @routes.get("/cards/of/<account>/me")
    def card_reader(account: str) -> Any:
        return _told(companions, account, "GET", "/api/v1/me")

    @routes.get("/cards/of/<account>/api/v1/cards/context")
    def read_card(account: str) -> Any:
        return _told(companions, account, "GET", f"/api/v1/cards/context?{request.query_string.decode('ascii', 'replace')}")

    @routes.post("/cards/of/<account>/api/v1/cards/action/<name>")
    def press_card(account: str, name: str) -> Any:
        return _told(companions, account, "POST", f"/api/v1/cards/action/{name}", request.get_json())


def _told(companions: Companions | None, account: str, method: str, path: str, body: object = None) -> Any:
    """What the product answers, refusals too."""
    try:
        return jsonify(_any(companions).of(account).api(method, path, body))
    except OutsideError as error:
        return jsonify({"code": error.code, "detail": error.detail}), int(str(error.facts.get("status", 502)))


def _url(companions: Companions | None) -> str:
    return _any(companions).product.url


def _any(companions: Companions | None) -> Companions:
    if companions is None:
        raise NotFound("nobody here has the extension")
    return companions
