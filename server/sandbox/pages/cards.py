"""The Gmail add-on without a Gmail: its cards, drawn by the product's own elements, before a host that signs as Google does.

The elements come through here, since a browser uses no drawing of another origin; so does every call.
"""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request

from server.errors import NotFound, OutsideError
from server.sandbox.addon_host import AddonHost, Hands, Json, opened, written
from server.sandbox.product_api import fetch
from server.sandbox.threads import threads_of
from server.sandbox.world import World

_MOST_THREADS = 50
_LOCALES = {"en-GB": "English", "fr-FR": "French", "zh-TW": "Traditional Chinese"}
_PLATFORMS = {"WEB": "Web", "ANDROID": "Android", "IOS": "iOS"}


def add_cards(routes: Blueprint, world: World, host: AddonHost | None) -> None:
    @routes.get("/cards/")
    def cards() -> str:
        accounts = list(world.accounts.values())
        asked = request.args.to_dict()
        account = asked.pop("account", "") or (accounts[0].address if accounts else "")
        mailbox = world.mailbox(account)
        threads = threads_of(one for one in mailbox.messages() if not one.labels & {"DRAFT", "SCHEDULED", "TRASH"})
        shown = {"thread": "", "addresses": "", "locale": "en-GB", "platform": "WEB"} | asked
        shown.setdefault("card", "message" if shown["thread"] else "home")
        return render_template(
            "sandbox/cards.html",
            accounts=accounts,
            account=account,
            threads=threads[:_MOST_THREADS],
            locales=_LOCALES,
            platforms=_PLATFORMS,
            **shown,
        )

    @routes.get("/cards/show")
    def show_card() -> str:
        return render_template("sandbox/card.html")

    @routes.get("/cards/ui/<path:name>")
    def card_part(name: str) -> Response:
        """A script, style, text or drawing of the product's."""
        if ".." in name:
            raise NotFound("no such file")
        body, kind = fetch(_there(host).product_url, f"/static/ui/{name}")
        return Response(body, mimetype=kind)

    @routes.post("/cards/of/<account>/<any(home, message, compose, settings):card>")
    def show(account: str, card: str) -> Any:
        said = request.get_json()
        return _told(lambda: _drawn(_there(host), _hands(world, account, said), card, _beside(world, account, card, said)))

    @routes.post("/cards/of/<account>/action/<name>")
    def press_card(account: str, name: str) -> Any:
        said = request.get_json()
        beside = _beside(world, account, str(said.get("card", "")), said)
        parameters = [{"key": key, "value": value} for key, value in said.get("parameters", {}).items()]

        def press() -> Json:
            action = {"function": f"{_there(host).product_url}/addon/action/{name}", "parameters": parameters}
            return _there(host).press(_hands(world, account, said), action, said.get("inputs", {}), beside)

        return _told(press)


def _drawn(host: AddonHost, hands: Hands, card: str, beside: Json | None) -> Json:
    return host.post(f"/addon/{card}", host.event(hands, gmail=beside))


def _beside(world: World, account: str, card: str, said: Mapping[str, Any]) -> Json | None:
    """What is open in Gmail: a thread, or a mail that is being written."""
    if card == "compose":
        named = (one.strip() for one in str(said.get("addresses", "")).split(","))
        return written(_hands(world, account, said), [one for one in named if "@" in one])
    if card != "message":
        return None
    thread = str(said.get("thread", ""))
    newest = next(
        (one for one in world.mailbox(account).messages() if one.thread_id == thread and "DRAFT" not in one.labels), None
    )
    if newest is None:
        raise NotFound("choose a thread: Gmail shows this card beside an open one only")
    return opened(newest.id, thread)


def _hands(world: World, account: str, said: Mapping[str, Any]) -> Hands:
    return Hands(world.mailbox(account).account, str(said.get("platform", "WEB")), str(said.get("locale", "en-GB")))


def _told(ask: Any) -> Any:
    """What the add-on answers, refusals too."""
    try:
        return jsonify(ask())
    except (OutsideError, NotFound) as error:
        return jsonify({"code": error.code, "detail": error.detail}), int(str(error.facts.get("status", error.status)))


def _there(host: AddonHost | None) -> AddonHost:
    if host is None:
        raise NotFound("no add-on is installed here")
    return host
