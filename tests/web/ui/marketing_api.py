"""The pretend server's part of marketing: the Lead Feed, whom one watches, subscriptions, best bets, campaigns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Flask, Response, jsonify, request

from tests.web.ui import facts, leads

if TYPE_CHECKING:
    from tests.web.ui.pretend import Script

Fact = dict[str, Any]
GROUPS = {
    "leads": lambda one: one["kind"] == "lead",
    "contacts": lambda one: one["kind"] == "contact",
    "account-contacts": lambda one: one["kind"] == "contact" and one["stars"] > 1,
    "opportunity-contacts": lambda one: one["kind"] == "contact" and one["opportunities"] > 0,
}
ORDERS = {
    "priority": lambda one: (-one["priority"], -one["score"]),
    "score": lambda one: -one["score"],
    "urgency": lambda one: -one["urgency"],
    "name": lambda one: one["person"]["name"],
}


def add(app: Flask, script: Script) -> None:
    _add_lead_feed(app, script)
    _add_subscriptions(app, script)
    _add_best_bets(app, script)
    _add_many_at_once(app, script)


def _add_lead_feed(app: Flask, script: Script) -> None:
    @app.get("/api/v1/lead-feed")
    def lead_feed() -> Response:
        type, whose = request.args.get("type"), request.args.get("whose")
        told = [
            one
            for one in script.ordered()
            if "lead" in one["feeds"]
            and type in (None, one["moment"]["type"])
            and (whose is None or (whose == "mine") == ("live" in one["feeds"]))
        ]
        return jsonify(
            {"items": [leads.led(one, script.subscriptions) for one in told], "cursor": script.cursor(), "next": None}
        )

    @app.get("/api/v1/lead-feed/items/<id>")
    def lead_item(id: str) -> Response:
        return jsonify(leads.led(next(one for one in script.items if one["id"] == id), script.subscriptions))

    @app.get("/api/v1/watch-list")
    def watch_list() -> Response:
        return jsonify({"items": script.watched, "next": None})

    @app.route("/api/v1/watch-list/<id>", methods=["PUT", "DELETE"])
    def watch(id: str) -> tuple[str, int]:
        _watched(script, id, request.method == "PUT")
        return "", 204


def _watched(script: Script, id: str, on: bool) -> None:
    script.watched = [one for one in script.watched if one["person"]["id"] != id]
    who = next((one["who"]["person"] for one in script.items if (one["who"]["person"] or {}).get("id") == id), None)
    if on:
        script.watched.insert(0, leads.watched_one(who or facts.person(id, id), ""))
    for one in script.best_bets:
        if one["person"]["id"] == id:
            one["watched"] = on


def _add_subscriptions(app: Flask, script: Script) -> None:
    @app.get("/api/v1/subscriptions")
    def subscriptions() -> Response:
        return jsonify({"items": script.subscriptions, "shared": script.shared, "sends": script.sends})

    @app.post("/api/v1/subscriptions")
    def subscribe() -> tuple[Response, int]:
        asked = request.get_json()
        if any((one["kind"], one["value"]) == (asked["kind"], asked["value"]) for one in script.subscriptions):
            return jsonify({"status": 409, "code": "conflict"}), 409
        who = next(
            (one["who"]["person"] for one in script.items if (one["who"]["person"] or {}).get("id") == asked["value"]), None
        )
        to = [one for one in (facts.NORA, facts.BRAM) if one["id"] in asked.get("receivers", [facts.NORA["id"]])]
        made = leads.subscription(len(script.subscriptions) + 10, asked["kind"], asked["value"], *to, who=who)
        script.subscriptions.append(made)
        return jsonify(made), 201

    @app.patch("/api/v1/subscriptions/<id>")
    def readdress(id: str) -> Response:
        found = next(one for one in script.subscriptions if one["id"] == id)
        asked = request.get_json()["receivers"]
        found["receivers"] = [one | {"refused": False} for one in (facts.NORA, facts.BRAM) if one["id"] in asked]
        return jsonify(found)

    @app.delete("/api/v1/subscriptions/<id>")
    def unsubscribe(id: str) -> tuple[str, int]:
        script.subscriptions = [one for one in script.subscriptions if one["id"] != id]
        return "", 204

    @app.route("/api/v1/subscriptions/<id>/refusal", methods=["PUT", "DELETE"])
    def refuse(id: str) -> tuple[str, int]:
        for one in script.shared:
            for receiver in one["receivers"]:
                receiver["refused"] = request.method == "PUT"
        return "", 204


def _add_best_bets(app: Flask, script: Script) -> None:
    @app.get("/api/v1/best-bets")
    def best_bets() -> Response:
        asked = request.args
        groups = asked.get("filter", "contacts,leads").split(",")
        hidden = asked.get("hidden") == "true"
        shown = [one for one in script.best_bets if bool(one["hidden_until"]) == hidden]
        found = sorted(
            (one for one in shown if any(GROUPS[group](one) for group in groups)), key=ORDERS[asked.get("sort", "priority")]
        )
        start, size = int(asked.get("before", "0")), int(asked.get("limit", "50"))
        told = found[start : start + size]
        following = str(start + size) if start + size < len(found) else None
        counts = {name: sum(fits(one) for one in script.best_bets if not one["hidden_until"]) for name, fits in GROUPS.items()}
        counts["hidden"] = sum(bool(one["hidden_until"]) for one in script.best_bets)
        return jsonify({"items": told, "next": following, "counts": None if start else counts, "hide_days": 14})

    @app.route("/api/v1/best-bets/<id>/hidden", methods=["PUT", "DELETE"])
    def hide(id: str) -> Any:
        found = next(one for one in script.best_bets if one["person"]["id"] == id)
        if id in script.outcomes:
            return jsonify({"status": 403, "code": "not-allowed"}), 403
        found["hidden_until"] = facts.stamp(facts.at(14, 32, 28)) if request.method == "PUT" else None
        return jsonify({"hidden_until": found["hidden_until"]}) if request.method == "PUT" else ("", 204)


def _add_many_at_once(app: Flask, script: Script) -> None:
    def told() -> Response:
        people = request.get_json()["people"]
        return jsonify({"items": [{"person": one, "outcome": script.outcomes.get(one, "done")} for one in people]})

    @app.post("/api/v1/best-bets/watch")
    def watch_many() -> Response:
        for one in request.get_json()["people"]:
            if one not in script.outcomes:
                _watched(script, one, True)
        return told()

    @app.post("/api/v1/best-bets/task")
    def add_tasks() -> Response:
        return told()

    @app.post("/api/v1/best-bets/campaign")
    def add_to_campaign() -> Response:
        return told()

    @app.get("/api/v1/campaigns")
    def campaigns() -> Response | tuple[Response, int]:
        if script.campaigns is None:
            return jsonify({"status": 409, "code": "conflict"}), 409
        return jsonify({"items": script.campaigns})
