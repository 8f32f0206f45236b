"""The pretend server's searches, messages and team."""

import json
import queue
from typing import Any

from flask import Flask, Response, jsonify, request
from flask_sock import Sock
from simple_websocket import ConnectionClosed, Server

from tests.web.ui import facts

Fact = dict[str, Any]


def add(app: Flask, script: Any) -> None:
    _add_searches(app, script)
    _add_messages(app, script)
    _add_team(app, script)


def _add_searches(app: Flask, script: Any) -> None:
    @app.get("/api/v1/searches")
    def list_searches() -> Response:
        return jsonify({"items": [one for one in script.searches if one["view"] == request.args["view"]]})

    @app.post("/api/v1/searches")
    def save_search() -> tuple[Response, int]:
        asked = request.get_json()
        if any(one["name"] == asked["name"] for one in script.searches):
            return jsonify({"status": 409, "code": "conflict"}), 409
        made = asked | {"id": f"s{len(script.searches)}", "created_at": facts.stamp(facts.NOON)}
        script.searches.append(made)
        return jsonify(made), 201

    @app.patch("/api/v1/searches/<id>")
    def change_search(id: str) -> Response:
        [found] = [one for one in script.searches if one["id"] == id]
        found |= request.get_json()
        return jsonify(found)

    @app.delete("/api/v1/searches/<id>")
    def remove_search(id: str) -> tuple[str, int]:
        script.searches = [one for one in script.searches if one["id"] != id]
        return "", 204


def _add_messages(app: Flask, script: Any) -> None:
    @app.get("/api/v1/messages")
    def list_messages() -> Response:
        wanted = request.args
        counted = {"viewed": "views", "clicked": "clicks", "replied": "replies"}
        found = [
            one
            for one in script.listed
            if wanted.get("q", "").casefold() in one["subject"].casefold()
            and all(bool(one["counts"][count]) == (wanted[name] == "yes") for name, count in counted.items() if name in wanted)
        ]
        return jsonify({"items": found, "next": None})

    @app.post("/api/v1/messages/archive")
    def archive_messages() -> Response:
        asked = request.get_json()
        changed = [one for one in script.listed if one["id"] in asked["messages"]]
        for one in changed:
            one["archived"] = asked["archived"]
        return jsonify({"changed": [one["id"] for one in changed]})

    @app.get("/api/v1/people/<id>")
    def one_person(id: str) -> Response:
        return jsonify({"id": id, "name": "Aïssatou Diallo", "addresses": []})


def team_item(line: Fact, colleague: Fact, cursor: str = "team0") -> Fact:
    """A line of a feed as the team sees it."""
    kept = ("id", "kind", "class", "count", "first_at", "at", "link", "place", "device", "forwarded", "detail")
    who = line["who"]
    known = {name: who["person"][name] for name in ("id", "name", "address", "known")} if who["person"] else None
    told = {"person": known, **{name: who[name] for name in ("account", "of", "possible")}}
    return {name: line[name] for name in kept} | {
        "cursor": cursor,
        "removed": False,
        "colleague": {"id": colleague["id"], "name": colleague["name"]},
        "subject": line["message"]["subject"],
        "who": told,
    }


def _add_team(app: Flask, script: Any) -> None:
    def colleagues() -> list[Fact]:
        sharing = [one for one in (facts.BRAM, facts.NORA) if one["id"] in script.sharing]
        return [{"id": one["id"], "name": one["name"]} for one in sharing]

    @app.get("/api/v1/team")
    def team_feed() -> Any:
        wanted = request.args
        if "after" in wanted and wanted["after"] != script.team_cursor():
            return jsonify({"status": 422, "code": "bad-input"}), 422
        shown = [one for one in script.team if one["colleague"]["id"] in script.sharing]
        items = [
            one
            for one in shown
            if wanted.get("colleague") in (None, one["colleague"]["id"]) and wanted.get("kind") in (None, one["kind"])
        ]
        page = {"items": items, "cursor": script.team_cursor(), "next": None}
        return jsonify(page | {"colleagues": colleagues(), "sharing": facts.NORA["id"] in script.sharing})

    @app.put("/api/v1/team/sharing")
    def share_feed() -> tuple[str, int]:
        change = script.sharing.add if request.get_json()["on"] else script.sharing.discard
        change(facts.NORA["id"])
        return "", 204

    @Sock(app).route("/ws/team")
    def team_stream(ws: Server) -> None:
        waiting: queue.Queue[Any] = queue.Queue()
        script.team_sockets.append(waiting)
        try:
            for item in [one for one in script.team_log if one["colleague"]["id"] in script.sharing]:
                ws.send(json.dumps(item))
            while (item := waiting.get()) is not None:
                ws.send(json.dumps(item))
            ws.close()
        except ConnectionClosed:
            pass
