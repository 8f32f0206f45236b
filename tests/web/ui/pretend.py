"""A pretend server for the screens: the real templates and files, the API and the stream by the contract, all of it scripted.

Run it by hand to look around: `python -m tests.web.ui.pretend` (port 8099). Files are served as they were when they were first
asked for, and browsers keep them, as of the product: a page of a hundred modules comes twice as fast.
"""

import json
import queue
import secrets
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, jsonify, render_template, request
from flask_sock import Sock
from simple_websocket import ConnectionClosed, Server
from werkzeug.serving import WSGIRequestHandler, make_server

from server.domain.consent import UNTIL_DECIDED
from server.i18n import long_day, text
from server.services.privacy import Page, Status
from server.web import assets
from server.web.pages import recipients
from tests.web.ui import facts, leads, mail_api, marketing_api, marketing_pages, office_pages, writing_api

WEB = Path(__file__).parents[3] / "server" / "web"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; worker-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
STOP = object()
Fact = dict[str, Any]


class Script:
    """What the server knows and how it behaves; a test changes it and the screens must follow."""

    def __init__(self) -> None:
        self.items: list[Fact] = []
        self.messages: dict[str, Fact] = {}
        self.listed: list[Fact] = []
        self.hits: list[Fact] = []
        self.seen: Fact | None = None
        self.hidden_today = 14
        self.page = 50
        self.searches: list[Fact] = []
        self.team: list[Fact] = []
        self.team_log: list[Fact] = []
        self.sharing: set[str] = set()
        self.team_sockets: list[queue.Queue[Any]] = []
        self.tasks: dict[str, Fact] = {}
        self.deleted: dict[str, Fact] = {}
        self.suggestions: list[Fact] = []
        self.decided: dict[str, Fact] = {}
        self.sync: Fact | None = None
        self.targets: list[Fact] = []
        self.connected = False
        self.watched: list[Fact] = []
        self.subscriptions: list[Fact] = []
        self.shared: list[Fact] = []
        self.sends = True
        self.best_bets: list[Fact] = []
        self.outcomes: dict[str, str] = {}
        self.campaigns: list[Fact] | None = leads.CAMPAIGNS
        self.written: dict[str, Fact] = {}
        self.templates: dict[str, Fact] = {}
        self.unsubscribed: set[str] = set()
        self.untracked: set[str] = set()
        self.unsendable: set[str] = set()
        self.notices: list[Fact] = []
        self.locale = "en"
        self.zone: str | None = "UTC"
        self.gmail = "ok"
        self.failing: dict[str, int] = {}
        self.refuse_sockets = False
        self.slow_catch_up = threading.Event()
        self.slow_catch_up.set()
        self.asked: list[tuple[str, str, Any]] = []
        self.log: list[Fact] = []
        self.sockets: list[queue.Queue[Any]] = []
        self.lock = threading.Lock()

    def team_cursor(self) -> str:
        return f"team{'-'.join(sorted(self.sharing))}"

    def tell_team(self, item: Fact) -> None:
        self.team.insert(0, item)
        self.team_log.append(item | {"cursor": self.team_cursor()})
        for waiting in self.team_sockets:
            waiting.put(self.team_log[-1])

    def cursor(self) -> str:
        return f"log{len(self.log)}"

    def tell(self, item: Fact) -> None:
        """A change reaches the feed and every open stream."""
        with self.lock:
            self.log.append(item | {"cursor": f"log{len(self.log) + 1}"})
            self.items = [known for known in self.items if known["id"] != item["id"]]
            if not item["removed"]:
                self.items.append(item)
            for waiting in self.sockets:
                waiting.put(self.log[-1])

    def cut(self) -> None:
        """Every stream breaks off."""
        with self.lock:
            for waiting in self.sockets:
                waiting.put(STOP)
            for waiting in self.team_sockets:
                waiting.put(None)

    def ordered(self) -> list[Fact]:
        return sorted(self.items, key=lambda item: (item["at"], item["id"]), reverse=True)


def fixture_app(script: Script) -> Flask:
    app = Flask("pretend", template_folder=str(WEB / "templates"), static_folder=None)
    assets.register(app)
    app.jinja_env.globals["t"] = lambda key, **values: text(_locale(script), key, **values)
    _add_guard(app, script)
    _add_api(app, script)
    _add_worklist(app, script)
    _add_people(app, script)
    marketing_api.add(app, script)
    mail_api.add(app, script)
    writing_api.add(app, script)
    _add_stream(app, script)
    _add_pages(app, script)
    return app


def _locale(script: Script) -> str:
    return request.args.get("locale", script.locale)


def _add_guard(app: Flask, script: Script) -> None:
    @app.before_request
    def note() -> Response | tuple[Response, int] | None:
        g.nonce = secrets.token_urlsafe(12)
        if request.path.startswith("/api/"):
            script.asked.append((request.method, request.full_path, request.get_json(silent=True)))
            for path, status in script.failing.items():
                if request.path.startswith(path):
                    return jsonify({"type": "about:blank", "status": status, "code": "scripted", "detail": "scripted"}), status
            if request.method not in ("GET", "HEAD") and request.headers.get("X-CSRF-Token") != "csrf-of-nora":
                return jsonify({"status": 400, "code": "csrf"}), 400
        return None

    @app.after_request
    def guard(response: Response) -> Response:
        policy = CONTENT_SECURITY_POLICY.format(nonce=g.get("nonce", ""))
        if request.path == "/bad-link":
            policy = f"default-src 'none'; style-src 'nonce-{g.nonce}'"
        response.headers["Content-Security-Policy"] = policy
        return response


def _add_api(app: Flask, script: Script) -> None:
    @app.get("/api/v1/feed")
    def feed() -> Response:
        asked = request.args
        lines = [
            item
            for item in script.ordered()
            if "live" in item["feeds"]
            and (asked.get("hidden") == "true" or not item["hidden"])
            and asked.get("kind") in (None, item["kind"])
            and asked.get("q", "").casefold() in json.dumps(item, ensure_ascii=False).casefold()
        ]
        start = int(asked.get("before", "0"))
        size = min(int(asked.get("limit", "50")), script.page)
        more = str(start + size) if start + size < len(lines) else None
        return jsonify(
            {
                "items": lines[start : start + size],
                "cursor": script.cursor(),
                "next": more,
                "hidden_today": script.hidden_today,
                "seen": script.seen,
            }
        )

    @app.put("/api/v1/feed/seen")
    def seen() -> tuple[str, int]:
        return "", 204

    @app.get("/api/v1/feed/<item>/hits")
    def hits(item: str) -> Response:
        return jsonify({"hits": script.hits})

    @app.get("/api/v1/messages/<id>")
    def message(id: str) -> Response:
        return jsonify(script.messages[id])

    @app.post("/api/v1/messages/<id>/<change>")
    def archive(id: str, change: str) -> Response:
        known = script.messages.setdefault(id, facts.pricing() | {"id": id})
        known["archived"] = change == "archive"
        return jsonify(known)

    @app.get("/api/v1/today")
    def today() -> Response:
        return jsonify(facts.today())

    @app.get("/api/v1/me")
    def me() -> Response:
        return jsonify(facts.me(script.locale, script.gmail))

    @app.patch("/api/v1/me")
    def change_me() -> Response:
        asked = request.get_json()
        script.locale, script.zone = asked.get("locale", script.locale), asked.get("time_zone", script.zone)
        return jsonify(facts.me(script.locale))

    @app.get("/api/v1/notices")
    def notices() -> Response:
        return jsonify({"items": script.notices, "unread": len(script.notices)})

    @app.post("/api/v1/notices/claim")
    def claim() -> Response:
        claimed, script.notices = script.notices, []
        return jsonify({"show": claimed[0] if claimed else None})

    @app.get("/api/v1/push")
    def push() -> Response:
        return jsonify({"key": facts.PUSH_KEY, "on": False, "mails": True})

    @app.put("/api/v1/push")
    @app.delete("/api/v1/push")
    @app.post("/api/v1/push/try")
    def pushed() -> tuple[str, int]:
        return "", 204

    @app.get("/sw.js")
    def service_worker() -> Response:
        """One that stands in nobody's way."""
        return Response("", mimetype="text/javascript")

    @app.get("/manifest.webmanifest")
    def manifest() -> Response:
        return jsonify({"name": "Live Feed", "start_url": "/"})

    @app.post("/api/v1/tickets")
    def ticket() -> Response:
        after = request.get_json().get("after")
        behind = len(script.log) - int(after.removeprefix("log")) if after else 0
        return jsonify({"ticket": "once", "expires_in": 30, "behind": behind})


def _add_worklist(app: Flask, script: Script) -> None:
    shown = {
        "today": lambda due: due <= facts.TODAY,
        "tomorrow": lambda due: due == "2026-11-20",
        "today-and-tomorrow": lambda due: due <= "2026-11-20",
        "next-7-days": lambda due: due <= "2026-11-26",
        "all": lambda due: True,
    }

    @app.get("/api/v1/tasks")
    def tasks() -> Response:
        asked = request.args
        fits = shown[asked["when"]]
        if "from" in asked or "to" in asked:
            fits = lambda due: asked.get("from", "") <= due <= asked.get("to", "9999")  # noqa: E731
        if "q" in asked:
            fits = shown["all"]
        found = [task for task in script.tasks.values() if fits(task["due_on"]) and asked.get("q", "") in task["name"].lower()]
        found = [task for task in found if (task["assignee"] != facts.NORA) == (asked.get("whose") == "given")]
        due = sum(not task["completed_at"] and task["due_on"] <= facts.TODAY for task in script.tasks.values())
        return jsonify({"items": found, "next": None, "due": due, "today": facts.TODAY, "salesforce": script.sync})

    @app.get("/api/v1/suggestions")
    def suggestions() -> Response:
        return jsonify({"items": script.suggestions, "on": True})

    @app.post("/api/v1/suggestions/<id>/<deed>")
    def decide(id: str, deed: str) -> Any:
        if deed == "reopen":
            script.suggestions.insert(0, script.decided[id])
            return "", 204
        [one] = [one for one in script.suggestions if one["id"] == id]
        script.suggestions.remove(one)
        script.decided[id] = one
        if deed == "dismiss":
            return "", 204
        made = facts.task(200, one["name"], facts.TODAY, one["type"]) | {"person": one["person"]}
        script.tasks[made["id"]] = made
        return jsonify(made)

    @app.post("/api/v1/tasks")
    def add() -> tuple[Response, int]:
        return jsonify(_changed(script, facts.task(100 + len(script.tasks), "", facts.TODAY), version=1)), 201

    @app.get("/api/v1/devices")
    def devices() -> Any:
        return jsonify(items=facts.devices())

    @app.get("/api/v1/tasks/assignees")
    def assignees() -> Response:
        return jsonify({"items": [facts.BRAM, facts.NORA]})

    @app.patch("/api/v1/tasks/<id>")
    def change(id: str) -> Response | tuple[Response, int]:
        return _unless_changed(script, id, request.get_json()["version"]) or jsonify(_changed(script, script.tasks[id]))

    @app.delete("/api/v1/tasks/<id>")
    def delete(id: str) -> Any:
        refused = _unless_changed(script, id, int(request.args["version"]))
        if refused is None:
            script.deleted[id] = script.tasks.pop(id)
        return refused or ("", 204)

    @app.post("/api/v1/tasks/<id>/<deed>")
    def move(id: str, deed: str) -> Any:
        if deed == "snooze" and (refused := _unless_changed(script, id, request.get_json()["version"])):
            return refused
        if deed == "restore":
            script.tasks[id] = script.deleted.pop(id)
        told = {
            "complete": {"completed_at": facts.stamp(facts.NOON)},
            "reopen": {"completed_at": None},
            "snooze": {"due_on": (request.get_json(silent=True) or {}).get("until")},
            "restore": {},
        }[deed]
        return jsonify(_changed(script, script.tasks[id] | told, body={}))

    @app.route("/api/v1/mutes/<kind>/<id>", methods=["PUT", "DELETE"])
    def mute(kind: str, id: str) -> tuple[str, int]:
        return "", 204


def _unless_changed(script: Script, id: str, version: int) -> tuple[Response, int] | None:
    current = script.tasks.get(id)
    if current is None:
        return jsonify({"status": 404, "code": "not-found"}), 404
    if current["version"] != version:
        return jsonify({"status": 409, "code": "conflict", "current": current}), 409
    return None


def _changed(script: Script, task: Fact, version: int | None = None, body: Fact | None = None) -> Fact:
    written = dict(request.get_json() if body is None else body)
    person, assignee = written.pop("person_id", None), written.pop("assignee", None)
    if body is None:
        task = task | {"person": next((facts.short(one) for one in PEOPLE if one["id"] == person), None)}
    made = task | written | {"version": version or task["version"] + 1}
    if assignee:
        made["assignee"] = next(one for one in (facts.NORA, facts.BRAM) if one["id"] == assignee)
    made["overdue"] = made["due_on"] < facts.TODAY and not made["completed_at"]
    script.tasks[made["id"]] = made
    return made


PEOPLE = [facts.AISSATOU, facts.LUCIA, facts.TOMASZ, facts.HUONG, facts.YICHUN, facts.SOREN, facts.RAJESH, facts.CLAIRE]


def _add_people(app: Flask, script: Script) -> None:
    @app.get("/api/v1/people")
    def people() -> Response:
        wanted = request.args["query"].casefold()
        found = [one for one in PEOPLE if wanted in one["name"].casefold()]
        told = [one | {"account": None, "addresses": [{"address": one["address"]}], "version": 1} for one in found]
        return jsonify({"items": told, "next": None})

    @app.post("/api/v1/people")
    def add_person() -> tuple[Response, int]:
        return jsonify({"id": request.get_json()["addresses"][0], "version": 1}), 201

    @app.delete("/api/v1/people/<id>")
    def delete_person(id: str) -> tuple[str, int]:
        return "", 204

    @app.get("/api/v1/targets")
    def targets() -> Response:
        return jsonify({"items": script.targets, "connected": script.connected})


def _add_stream(app: Flask, script: Script) -> None:
    sock = Sock(app)

    @sock.route("/ws/feed")
    def stream(ws: Server) -> None:
        if script.refuse_sockets:
            ws.close()
            return
        waiting: queue.Queue[Any] = queue.Queue()
        with script.lock:
            missed = script.log[int(request.args["after"].removeprefix("log")) :]
            script.sockets.append(waiting)
        try:
            for number, item in enumerate(missed):
                ws.send(json.dumps(item))
                if number == 0:
                    script.slow_catch_up.wait(10)
            while (item := waiting.get()) is not STOP:
                ws.send(json.dumps(item))
            ws.close()
        except ConnectionClosed:
            pass
        finally:
            with script.lock:
                script.sockets.remove(waiting)


def _add_pages(app: Flask, script: Script) -> None:
    def page(template: str, **given: Any) -> str:
        return framed(template, given)

    def framed(template: str, begun: dict[str, Any] | None = None, **shown: Any) -> str:
        locale = _locale(script)
        boot = {
            "me": facts.me(locale, script.gmail) | {"time_zone": script.zone},
            "counts": {"tasks": 4, "targets": 18},
            "csrf": "csrf-of-nora",
            "locale": locale,
            "api_base": "",
            "unsent": sum(one["state"] == "failed" for one in script.written.values()),
            "page": begun or {},
        }
        return render_template(template, boot=boot, locale=locale, nonce=g.nonce, **shown)

    def home() -> str:
        day = long_day(date.fromisoformat(facts.TODAY), _locale(script))
        return framed("home.html", {"today": facts.today(), "compose_url": "https://mail.google.com/mail/?view=cm"}, day=day)

    def live() -> str:
        """With the fourth tab, as the side panel has it, where `leads` is asked for."""
        window = page("live.html", compose_url="https://mail.google.com/mail/?view=cm")
        return window.replace("<lf-window ", "<lf-window leads ") if "leads" in request.args else window

    def letter(template: str, **given: Any) -> str:
        return render_template(template, locale=_locale(script), csrf_token="csrf-of-nora", nonce=g.nonce, **given)

    app.add_url_rule("/", "home", home)
    app.add_url_rule("/feed", "feed-page", lambda: page("feed.html", compose_url="https://mail.google.com/mail/?view=cm"))
    app.add_url_rule("/live", "live", live)
    app.add_url_rule("/tasks", "tasks-page", lambda: page("tasks.html"))
    app.add_url_rule("/targets", "targets-page", lambda: page("targets.html"))
    app.add_url_rule("/best-bets", "best-bets-page", lambda: page("best-bets.html"))
    app.add_url_rule("/subscriptions", "subscriptions-page", lambda: page("subscriptions.html"))
    app.add_url_rule("/watch-list", "watch-list-page", lambda: page("watch-list.html"))
    app.add_url_rule("/team", "team-page", lambda: page("team.html"))
    app.add_url_rule("/compose", "compose-page", lambda: page("compose.html"))
    app.add_url_rule("/messages", "messages-page", lambda: page("messages.html"))
    app.add_url_rule("/messages/<id>", "message-page", lambda id: page("message.html", message=script.messages[id]))
    app.add_url_rule("/settings", "settings", lambda: framed("settings.html", gmail_since="", address={"on": True}))
    app.add_url_rule("/help", "help", lambda: page("help.html"))
    marketing_pages.add(app, framed, letter)
    office_pages.add(app, framed)
    notice = lambda: request.args.get("notice")  # noqa: E731
    app.add_url_rule("/auth/sign-in", "sign-in", lambda: letter("sign-in.html", notice=notice()))
    app.add_url_rule("/auth/consent", "consent", lambda: letter("gmail-consent.html", notice=notice()))
    app.add_url_rule(
        "/auth/setup/once",
        "setup",
        lambda: letter(
            "setup.html",
            used=notice() == "used",
            redirect_uri="https://livefeed.fjordline.example/auth/google/callback",
            origin="https://livefeed.fjordline.example",
            wrong=notice() == "wrong",
        ),
    )
    app.add_url_rule("/error/<int:status>", "error", lambda status: letter("error.html", status=status, request_id="01j9"))
    about: dict[str, Any] = {"languages": recipients.LANGUAGES, "Status": Status, "named": False}
    app.add_url_rule("/opt-out/<kind>", "opt-out", lambda kind: letter("opt-out.html", page=opt_out_pages()[kind], **about))
    rules = {"policy": UNTIL_DECIDED, "exceptions": [("Taiwan", "always")], "places": True, "company": "Fjordline Software"}
    app.add_url_rule("/privacy", "privacy", lambda: letter("privacy.html", **rules, **about))
    app.add_url_rule("/bad-link", "bad-link", lambda: letter("bad-link.html", texts=bad_link_texts(_locale(script))))


def opt_out_pages() -> dict[str, Any]:
    """What a recipient may meet, by the last word of the address."""
    one = Page(
        Status.ON, "Nora Lindqvist", "Fjordline Software", "a•••••.d•••••@baobab.example", "privacy@fjordline.example", False
    )
    off = replace(one, status=Status.OFF, may_resume=True)
    return {
        "on": one,
        "off": off,
        "none": replace(one, status=Status.NONE),
        "shared": replace(one, address=None, contact=""),
        "shared-off": replace(off, address=None, may_resume=False),
        "bad": None,
    }


def bad_link_texts(first: str) -> list[tuple[str, str, str]]:
    locales = [first, *(locale for locale in ("en", "fr", "zh-TW") if locale != first)]
    return [
        ("zh-Hant-TW" if each == "zh-TW" else each, text(each, "bad-link.title"), text(each, "bad-link.text"))
        for each in locales
    ]


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_args: object) -> None:
        pass


class UiServer:
    """`with UiServer(script) as base_url`."""

    def __init__(self, script: Script, port: int = 0) -> None:
        self.script = script
        self.server = make_server("127.0.0.1", port, fixture_app(script), threaded=True, request_handler=_Quiet)
        self.server.daemon_threads = True  # type: ignore[attr-defined]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> str:
        self.thread.start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *failure: object) -> None:
        self.script.cut()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def an_afternoon() -> Script:
    script = Script()
    script.items = [*facts.afternoon(), *facts.machines(), *leads.moments()]
    script.watched, script.subscriptions, script.shared = leads.watched(), leads.subscriptions(), leads.shared()
    script.best_bets = leads.best_bets()
    script.messages = {message["id"]: message for message in (facts.pricing(), facts.quiet_message())}
    script.listed = facts.messages()
    mail = [line for line in facts.afternoon() if line["message"] and not line["hidden"]]
    script.team = [mail_api.team_item(line, (facts.BRAM, facts.NORA)[number % 2]) for number, line in enumerate(mail)]
    script.sharing = {facts.BRAM["id"], facts.NORA["id"]}
    saved = {"view": "messages", "created_at": facts.stamp(facts.NOON)}
    script.searches = [
        saved | {"id": "s-a", "name": "Never read", "query": {"viewed": "no"}},
        saved | {"id": "s-b", "name": "Replied", "query": {"replied": "yes"}},
    ]
    script.tasks = {task["id"]: task for task in facts.tasks()}
    script.targets = facts.targets()
    script.hits = [known for known in facts.pricing()["hits"] if known["class"] in ("human", "proxy-human")][:5]
    script.seen = {"cursor": "log0", "at": facts.stamp(facts.at(13, 50))}
    return script


if __name__ == "__main__":
    with UiServer(an_afternoon(), 8099) as url:
        print(url)  # noqa: T201
        threading.Event().wait()
