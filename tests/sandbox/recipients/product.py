"""A small strict product: it refuses whatever a real one would refuse of its companion."""

import base64
import hashlib
import json
import secrets
import threading
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, abort, jsonify, redirect, request
from werkzeug.serving import make_server
from werkzeug.wrappers import Response as Answer

from .conftest import PIXEL

CLIENT_ID, CLIENT_SECRET, EXTENSION = "client.apps.example", "pretend", "abcdefghijklmnopabcdefghijklmnop"
REDIRECT = f"https://{EXTENSION}.chromiumapp.org/"
SIGN_IN = "openid https://www.googleapis.com/auth/userinfo.email https://www.googleapis.com/auth/userinfo.profile"
GMAIL = "https://www.googleapis.com/auth/gmail.readonly https://www.googleapis.com/auth/gmail.send"


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@dataclass
class FakeProduct:
    google_url: str = ""
    url: str = ""
    sessions: dict[str, dict[str, str]] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    access: set[str] = field(default_factory=set)
    refresh: set[str] = field(default_factory=set)
    granted: list[str] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    hits: list[tuple[str, str, str]] = field(default_factory=list)
    broken: bool = False

    def new_tokens(self) -> dict[str, Any]:
        access, refresh = secrets.token_hex(8), secrets.token_hex(8)
        self.access.add(access)
        self.refresh.add(refresh)
        return {"access_token": access, "token_type": "Bearer", "expires_in": 3600, "refresh_token": refresh}


def product_app(fake: FakeProduct) -> Flask:
    app = Flask("fake_product")

    def session() -> dict[str, str]:
        return fake.sessions.get(request.cookies.get("sid", "")) or abort(401)

    def guarded() -> dict[str, str]:
        found = session()
        if request.form.get("csrf_token") != found["csrf"]:
            abort(400)
        return found

    def to_google(found: dict[str, str], scope: str) -> Answer:
        found["state"], found["verifier"] = secrets.token_hex(8), secrets.token_urlsafe(48)
        asked = {
            "client_id": CLIENT_ID,
            "redirect_uri": f"{fake.url}/auth/google/callback",
            "response_type": "code",
            "scope": scope,
            "state": found["state"],
            "access_type": "offline",
            "prompt": "consent",
            "include_granted_scopes": "true",
            "code_challenge": challenge_of(found["verifier"]),
            "code_challenge_method": "S256",
        }
        return redirect(f"{fake.google_url}/o/oauth2/v2/auth?{urlencode(asked)}")

    def bearer() -> None:
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in fake.access:
            abort(401)

    @app.get("/readyz")
    def ready() -> str:
        return "ok"

    @app.get("/auth/sign-in")
    def sign_in() -> Response:
        sid, csrf = secrets.token_hex(8), secrets.token_hex(8)
        fake.sessions[sid] = {"csrf": csrf}
        page = Response(
            f'<meta name="csrf-token" content="{csrf}"><form method="post" action="/auth/google">'
            f'<input type="hidden" name="csrf_token" value="{csrf}"><button>Sign in with Google</button></form>',
            content_type="text/html",
        )
        page.set_cookie("sid", sid, httponly=True, samesite="Lax")
        return page

    @app.post("/auth/google")
    def start() -> Answer:
        return to_google(guarded(), SIGN_IN)

    @app.get("/auth/google/callback")
    def callback() -> Answer:
        found = session()
        if request.args.get("state") != found.pop("state", None):
            abort(400)
        form = {
            "grant_type": "authorization_code",
            "code": request.args["code"],
            "redirect_uri": f"{fake.url}/auth/google/callback",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "code_verifier": found.pop("verifier"),
        }
        with urllib.request.urlopen(f"{fake.google_url}/token", urlencode(form).encode(), timeout=10) as answer:
            fake.granted = json.loads(answer.read())["scope"].split()
        found["user"] = "signed in"
        return redirect("/")

    @app.get("/")
    def home() -> str:
        found = session()
        return f'<meta name="csrf-token" content="{found["csrf"]}">Live Feed' if "user" in found else abort(401)

    @app.post("/auth/gmail")
    def gmail() -> Answer:
        found = guarded()
        return to_google(found, GMAIL) if "user" in found else abort(401)

    @app.get("/auth/extension")
    def extension() -> Answer:
        asked = request.args
        rules = {"response_type": "code", "redirect_uri": REDIRECT, "code_challenge_method": "S256"}
        if "user" not in session() or any(asked.get(name) != value for name, value in rules.items()):
            abort(400)
        code = secrets.token_hex(8)
        fake.codes[code] = asked["code_challenge"]
        return redirect(f"{REDIRECT}?{urlencode({'code': code, 'state': asked['state']})}")

    @app.post("/auth/token")
    def token() -> Response:
        form = request.form
        if form.get("grant_type") == "authorization_code":
            if fake.codes.pop(form["code"], None) != challenge_of(form["code_verifier"]) or form["redirect_uri"] != REDIRECT:
                abort(400)
        elif form.get("refresh_token") not in fake.refresh:
            abort(400)
        return jsonify(fake.new_tokens())

    @app.get("/api/v1/me")
    def me() -> Response:
        bearer()
        return jsonify({"address": "nora.lindqvist@fjordline.example", "tags": ["t"], "tracking_url": fake.url})

    @app.post("/api/v1/messages")
    def register() -> tuple[Response, int]:
        bearer()
        if fake.broken:
            problem = jsonify({"title": "Unavailable", "status": 503, "detail": "The database is away."})
            return problem, 503
        body = request.get_json()
        assert set(body) == {"subject", "to", "cc", "bcc", "links"}
        assert all(set(person) == {"name", "address"} for person in body["to"])
        number = len(fake.messages) + 1
        fake.messages.append(body)
        links = [
            {"ordinal": place, "url": link["url"], "tracked_url": f"{fake.url}/c/{number}.{place}"}
            for place, link in enumerate(body["links"], start=1)
        ]
        pixel = f"{fake.url}/o/t/{number}.gif"
        return jsonify({"id": f"m{number}", "token": "x", "pixel_url": pixel, "links": links, "state": "drafted"}), 201

    @app.post("/api/v1/messages/<id>/send")
    def send(id: str) -> tuple[Response, int]:
        bearer()
        fake.sent.append({"id": id, **request.get_json()})
        return jsonify({"id": id, "state": "sent"}), 202

    @app.get("/o/<tag>/<token>")
    def view(tag: str, token: str) -> Response:
        fake.hits.append(("view", request.headers["User-Agent"], request.headers.get("X-Forwarded-For", "")))
        return Response(PIXEL, content_type="image/gif")

    @app.get("/c/<token>")
    def click(token: str) -> Answer:
        fake.hits.append(("click", request.headers["User-Agent"], request.headers.get("X-Forwarded-For", "")))
        number, place = (int(part) for part in token.split("."))
        return redirect(fake.messages[number - 1]["links"][place - 1]["url"])

    return app


@contextmanager
def running_product() -> Iterator[FakeProduct]:
    fake = FakeProduct()
    server = make_server("127.0.0.1", 0, product_app(fake), threaded=True)
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield fake
    server.shutdown()
    thread.join()
    server.server_close()
