"""A push service such as browsers have, and browsers that subscribe there. It reads and refuses as real ones do."""

import base64
import binascii
import json
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import http_ece
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Blueprint, Flask, Response, current_app, jsonify, request

from server.errors import BadInput
from server.sandbox.clock import Clock
from server.sandbox.failures import Failure, Failures

MOST_BYTES = 4096
LONGEST_CLAIM = 24 * 3600
LONGEST_TOPIC = 32
_EXTENSION = "push-service"

push_service = Blueprint("push_service", __name__)


@dataclass
class Browser:
    """`key`: of the application that it subscribed for, base64url. `messages`: what came, opened."""

    id: str
    key: str
    private: ec.EllipticCurvePrivateKey
    auth: bytes
    messages: list[dict[str, object]] = field(default_factory=list)
    left: bool = False

    def keys(self) -> dict[str, str]:
        point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"p256dh": _text(point), "auth": _text(self.auth)}


class PushService:
    """Thread-safe. Failures (`failures`) are played by the method `push`."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.failures = Failures(clock, _ANSWERS)
        self._arrived = threading.Condition()
        self._browsers: dict[str, Browser] = {}

    def subscribe(self, key: str) -> Browser:
        """As a page asks its browser to, with its application's public key."""
        made = Browser(secrets.token_hex(16), key.rstrip("="), ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(16))
        with self._arrived:
            self._browsers[made.id] = made
        return made

    def find(self, browser_id: str) -> Browser | None:
        with self._arrived:
            return self._browsers.get(browser_id)

    def leave(self, browser_id: str) -> None:
        """The browser is reset, or its user forbids notifications."""
        with self._arrived:
            self._browsers[browser_id].left = True

    def keep(self, browser: Browser, message: dict[str, object]) -> None:
        with self._arrived:
            browser.messages.append(message)
            self._arrived.notify_all()

    def wait_for(self, browser_id: str, count: int = 1, seconds: float = 20.0) -> list[dict[str, object]]:
        """Its messages once there are so many; fewer when they don't come in time."""
        browser = self._browsers[browser_id]
        with self._arrived:
            self._arrived.wait_for(lambda: len(browser.messages) >= count, seconds)
            return list(browser.messages)


def install(app: Flask, clock: Clock) -> PushService:
    app.extensions[_EXTENSION] = made = PushService(clock)
    app.register_blueprint(push_service)
    return made


def push_service_of(app: Flask) -> PushService:
    found: PushService = app.extensions[_EXTENSION]
    return found


def here() -> PushService:
    return push_service_of(current_app)


@push_service.post("/push-service/<browser_id>")
def take(browser_id: str) -> Response:
    played = here().failures.play("push")
    if played is not None:
        return played
    browser = here().find(browser_id)
    if browser is None:
        return _refusal(404, "no such subscription")
    if browser.left:
        return _refusal(410, "push subscription has unsubscribed or expired")
    return _malformed() or _unsigned(browser) or _read(browser)


@push_service.post("/control/push-service/browsers")
def add_browser() -> tuple[Response, int]:
    found = request.get_json()
    made = here().subscribe(str(found["key"]))
    return jsonify({"id": made.id, "endpoint": f"{_origin()}/push-service/{made.id}", "keys": made.keys()}), 201


@push_service.get("/control/push-service/browsers/<browser_id>")
def show_browser(browser_id: str) -> tuple[Response, int]:
    browser = here().find(browser_id)
    return (jsonify({"messages": browser.messages, "left": browser.left}), 200) if browser else (jsonify({}), 404)


@push_service.delete("/control/push-service/browsers/<browser_id>")
def remove_browser(browser_id: str) -> Response:
    here().leave(browser_id)
    return Response(status=204)


@push_service.post("/control/push-service/failures")
def fail() -> tuple[Response, int]:
    """`kind`, and `times` (1 unless told; null goes on until the sandbox ends)."""
    found = request.get_json()
    try:
        here().failures.add(Failure("push", str(found["kind"]), found.get("times", 1)))
    except BadInput as error:
        return jsonify({"error": error.code, "detail": error.detail}), error.status
    return jsonify({"kinds": here().failures.kinds}), 201


def _malformed() -> Response | None:
    if not request.headers.get("TTL", "").isdigit():
        return _refusal(400, "a TTL header is needed")
    if len(request.headers.get("Topic", "")) > LONGEST_TOPIC:
        return _refusal(400, "the topic is too long")
    if request.headers.get("Content-Encoding") != "aes128gcm":
        return _refusal(415, "aes128gcm is needed")
    if len(request.get_data()) > MOST_BYTES:
        return _refusal(413, "the payload is too large")
    return None


def _unsigned(browser: Browser) -> Response | None:
    """What is wrong with the signature (RFC 8292), if anything."""
    scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
    parts = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    if scheme.lower() != "vapid" or not {"t", "k"} <= parts.keys():
        return _refusal(401, "a VAPID authorization is needed")
    claims = _claims(parts["t"], parts["k"])
    now = here().clock.now().timestamp()
    if claims is None or claims.get("aud") != _origin() or not str(claims.get("sub", "")).startswith(("mailto:", "https:")):
        return _refusal(403, "the VAPID token is not valid")
    if not now < float(str(claims.get("exp", 0))) <= now + LONGEST_CLAIM:
        return _refusal(403, "the VAPID token has expired, or is valid for too long")
    if parts["k"].rstrip("=") != browser.key:
        return _refusal(403, "the VAPID key is not the one of the subscription")
    return None


def _claims(token: str, key: str) -> dict[str, object] | None:
    """Those of an ES256 token that this key signed."""
    try:
        head, body, signature = token.split(".")
        point, raw = _bytes(key), _bytes(signature)
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        pair = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        public.verify(pair, f"{head}.{body}".encode(), ec.ECDSA(hashes.SHA256()))
        found = json.loads(_bytes(body))
        algorithm = json.loads(_bytes(head)).get("alg")
    except (ValueError, InvalidSignature, binascii.Error):
        return None
    return found if isinstance(found, dict) and algorithm == "ES256" else None


def _read(browser: Browser) -> Response:
    try:
        opened = http_ece.decrypt(
            request.get_data(), private_key=browser.private, auth_secret=browser.auth, version="aes128gcm"
        )
    except (http_ece.ECEException, InvalidTag, ValueError):
        return _refusal(400, "the payload can't be opened")
    here().keep(browser, json.loads(opened))
    response = Response(status=201)
    response.headers["Location"] = f"{_origin()}/push-service/messages/{secrets.token_hex(8)}"
    return response


def _refusal(status: int, why: str, retry_after: int | None = None) -> Response:
    response = jsonify({"code": status, "message": why})
    response.status_code = status
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


_ANSWERS: dict[str, Callable[[], Response]] = {
    "401": partial(_refusal, 401, "a VAPID authorization is needed"),
    "403": partial(_refusal, 403, "the VAPID token is not valid"),
    "404": partial(_refusal, 404, "no such subscription"),
    "410": partial(_refusal, 410, "push subscription has unsubscribed or expired"),
    "413": partial(_refusal, 413, "the payload is too large"),
    "429": partial(_refusal, 429, "too many messages", 30),
    "503": partial(_refusal, 503, "the service is not available"),
}


def _origin() -> str:
    return request.host_url.rstrip("/")


def _text(packed: bytes) -> str:
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
