"""Web Push (RFC 8030): a message encrypted for one browser (RFC 8291), signed by us (RFC 8292), left at its push service."""

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server.connectors.errors import Absent, Refused, Rejected
from server.connectors.http import Answer, Request, Transport
from server.domain import causes
from server.domain.push import Browser
from server.later import later

if TYPE_CHECKING:
    import http_ece
    import py_vapid
else:
    http_ece = later("http_ece")
    py_vapid = later("py_vapid")

MOST_BYTES = 3800
"""Of a message before it is encrypted: every service takes 4,096 afterwards."""

_SERVICE = "webpush"
_SIGNED_FOR = timedelta(hours=12)
_TIMEOUT = 10.0


def new_key() -> str:
    """A private key, base64url: 32 bytes of the curve P-256."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return _text(number.to_bytes(32, "big"))


def public_key(key: str) -> str:
    """As browsers take it: an uncompressed point, base64url."""
    return _text(_point(py_vapid.Vapid02.from_raw(key.encode()).public_key))


def is_of_a_browser(given_key: str, auth: str) -> bool:
    """Whether a message can be encrypted for these keys."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(given_key))
        return len(_bytes(auth)) == 16
    except ValueError:
        return False


class WebPush:
    """`contact` tells who answers for us, a mailto: or https: address."""

    def __init__(self, transport: Transport, contact: Callable[[], str]) -> None:
        self._transport = transport
        self._contact = contact

    def send(self, key: str, to: Browser, message: Mapping[str, Any], lifetime: timedelta, topic: str = "") -> None:
        """Left for the browser, which gets it when it is awake within `lifetime`; one with the same `topic` (up to 32 letters)
        replaces it until then. Absent: that browser is gone for good. Refused: our key or signature is not the one it asked
        for. Rejected: this message never. Throttled, Away: later."""
        headers = {
            "TTL": str(int(lifetime.total_seconds())),
            "Urgency": "normal",
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            **({"Topic": topic} if topic else {}),
            **self._signed(key, to.endpoint),
        }
        content = _encrypted(json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode(), to)
        self._transport.send(Request("POST", to.endpoint, headers, content=content, timeout=_TIMEOUT), _judge)

    def _signed(self, key: str, endpoint: str) -> dict[str, str]:
        parts = urlsplit(endpoint)
        until = self._transport.clock() + _SIGNED_FOR
        claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int(until.timestamp()), "sub": self._contact()}
        private = py_vapid.Vapid02.from_raw(key.encode()).private_key
        signed: dict[str, str] = py_vapid.Vapid02(private, {"no-strict": True}).sign(claims)
        return signed


def _encrypted(message: bytes, to: Browser) -> bytes:
    if len(message) > MOST_BYTES:
        raise Rejected(_SERVICE, "the message is too long")
    once = ec.generate_private_key(ec.SECP256R1())
    given = {"private_key": once, "dh": _bytes(to.public_key), "auth_secret": _bytes(to.auth)}
    try:
        sealed: bytes = http_ece.encrypt(message, salt=os.urandom(16), version="aes128gcm", **given)
    except (http_ece.ECEException, InvalidTag, ValueError):
        raise Rejected(_SERVICE, "the browser's keys are none") from None
    return sealed


def _judge(answer: Answer) -> None:
    number = str(answer.status)
    if answer.status in (404, 410):
        raise Absent(_SERVICE, "the browser is gone", number=number)
    if answer.status in (401, 403):
        raise Refused(_SERVICE, "our signature is refused", number=number, cause=causes.WEBPUSH_SIGNATURE)
    if answer.status >= 400:
        raise Rejected(_SERVICE, "the message is refused", number=number)


def _point(key: Any) -> bytes:
    made: bytes = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return made


def _text(packed: bytes) -> str:
    return urlsafe_b64encode(packed).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
