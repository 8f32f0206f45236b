"""The pretend server's mails that are being written, and its templates."""

import re
from typing import Any

from flask import Flask, Response, jsonify, request

from tests.web.ui import facts

Fact = dict[str, Any]
BLANK: Fact = {"to": [], "cc": [], "bcc": [], "subject": "", "html": "", "from": None}
BLANK |= {"tracked": True, "separate": False, "signed": True, "thread_id": None}
SENDERS = [
    {"address": "nora@fjordline.example", "name": "Nora Lindqvist", "signature": "Nora Lindqvist\nFjordline Fleet Software"},
    {"address": "sales@fjordline.example", "name": "Fjordline", "signature": ""},
]


def a_composition(id: str, state: str = "draft", **said: Any) -> Fact:
    one = BLANK | {"id": id, "state": state, "send_at": None, "error": "", "version": 1, "created_at": facts.stamp(facts.NOON)}
    one |= {"updated_at": facts.stamp(facts.NOON), "tracking": {"allowed": True, "reasons": [], "recipients": []}}
    return one | {"mails": {"of": 0, "sent": 0, "failed": [], "messages": []}} | said


def a_reader(name: str, address: str, unsubscribed: bool = False) -> Fact:
    return {"name": name, "address": address, "person_id": None, "unsubscribed": unsubscribed}


def add(app: Flask, script: Any) -> None:
    _add_drafts(app, script)
    _add_sending(app, script)
    _add_templates(app, script)


def _add_drafts(app: Flask, script: Any) -> None:
    @app.get("/api/v1/compositions")
    def list_drafts() -> Response:
        items = [one for one in script.written.values() if one["state"] != "sent"]
        return jsonify({"items": items, "next": None})

    @app.post("/api/v1/compositions")
    def keep_new() -> tuple[Response, int]:
        made = a_composition(f"c{len(script.written) + 1}")
        return jsonify(_kept(script, made, request.get_json())), 201

    @app.get("/api/v1/compositions/senders")
    def senders() -> Response:
        return jsonify({"items": SENDERS})

    @app.get("/api/v1/compositions/<id>")
    def read_draft(id: str) -> Response:
        return jsonify(script.written[id])

    @app.put("/api/v1/compositions/<id>")
    def change_draft(id: str) -> Any:
        known, said = script.written[id], dict(request.get_json())
        if said.pop("version") != known["version"]:
            return jsonify({"status": 409, "code": "conflict", "current": known}), 409
        return jsonify(_kept(script, known | {"version": known["version"] + 1}, said))

    @app.delete("/api/v1/compositions/<id>")
    def remove_draft(id: str) -> tuple[str, int]:
        del script.written[id]
        return "", 204


def _add_sending(app: Flask, script: Any) -> None:
    @app.get("/api/v1/compositions/<id>/preview")
    def preview_draft(id: str) -> Response:
        one = script.written[id]
        everybody = [*one["to"], *one["cc"], *one["bcc"]]
        parts = [[each] for each in everybody] if one["separate"] else [everybody]
        return jsonify({"items": [_previewed(one, part) for part in parts if part]})

    @app.post("/api/v1/compositions/<id>/send")
    def send_draft(id: str) -> Response:
        one = script.written[id]
        count = len(one["to"]) if one["separate"] else 1
        script.written[id] = one | {"state": "scheduled", "version": one["version"] + 1, "mails": one["mails"] | {"of": count}}
        return jsonify(script.written[id])

    @app.post("/api/v1/compositions/<id>/cancel")
    def cancel_draft(id: str) -> Response:
        one = script.written[id]
        script.written[id] = one | {"state": "draft", "version": one["version"] + 1}
        return jsonify(script.written[id])


def _add_templates(app: Flask, script: Any) -> None:
    @app.get("/api/v1/templates")
    def templates() -> Response:
        return jsonify({"items": list(script.templates.values())})

    @app.post("/api/v1/templates")
    def add_template() -> Any:
        said = request.get_json()
        if any(one["name"] == said["name"] for one in script.templates.values()):
            return jsonify({"status": 422, "code": "bad-input", "errors": [{"field": "name", "message": "another"}]}), 422
        made = a_template(f"t{len(script.templates) + 1}", **said)
        script.templates[made["id"]] = made
        return jsonify(made), 201

    @app.put("/api/v1/templates/<id>")
    def change_template(id: str) -> Response:
        known = script.templates[id]
        script.templates[id] = known | request.get_json() | {"version": known["version"] + 1}
        return jsonify(script.templates[id])

    @app.delete("/api/v1/templates/<id>")
    def remove_template(id: str) -> tuple[str, int]:
        del script.templates[id]
        return "", 204


def a_template(id: str, name: str, subject: str = "", html: str = "", shared: bool = False, own: bool = True) -> Fact:
    by = "Nora Lindqvist" if own else "Bram de Wit"
    told = {"id": id, "name": name, "subject": subject, "html": html, "shared": shared, "own": own, "by": by, "version": 1}
    return told | {"updated_at": facts.stamp(facts.NOON)}


def _kept(script: Any, one: Fact, said: Fact) -> Fact:
    parts = {name: [_known(script, each) for each in said[name]] for name in ("to", "cc", "bcc")}
    refused = [each for each in parts["to"] if each["address"] in script.untracked]
    reasons = [{"code": "consent-denied"}]
    allowed = not refused or (said["separate"] and len(refused) < len(parts["to"]))
    each_one = [
        {"address": each["address"], "allowed": each not in refused, "reasons": reasons}
        for each in parts["to"]
        if said["separate"]
    ]
    tracking = {"allowed": allowed, "reasons": reasons, "recipients": each_one}
    script.written[one["id"]] = one | said | parts | {"tracking": tracking}
    kept: Fact = script.written[one["id"]]
    return kept


def _known(script: Any, one: Fact) -> Fact:
    named = {"lucia@sanmartin.example": "Lucía Fernández Ortega"}
    return a_reader(one["name"] or named.get(one["address"], ""), one["address"], one["address"] in script.unsubscribed)


def _previewed(one: Fact, part: list[Fact]) -> Fact:
    name = part[0]["name"] if len(part) == 1 else ""
    first = name.split()[0] if name else ""
    asks = "{person.first}" in one["html"] + one["subject"]
    told = {"to": part, "from": "nora@fjordline.example", "missing": ["person.first"] if asks and not first else []}
    filled = {key: re.sub(r"\{person\.first\}", first, one[key]) for key in ("subject", "html")}
    return told | filled | {"tracking": {"allowed": True, "reasons": []}}
