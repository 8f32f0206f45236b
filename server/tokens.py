"""Ids, signed tokens in sent mail, signed values for browsers, and encryption of secrets at rest.

Links in mail must verify for years while encryption keys retire, so each purpose has keys derived from every
configured secret: the first signs and encrypts, all of them verify and decrypt.
"""

import hashlib
import hmac
import secrets
import struct
import time
from base64 import b32hexdecode, b32hexencode, urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from itsdangerous import BadSignature, Signer, URLSafeTimedSerializer

_PIXEL = struct.Struct(">B16sH")
_CLICK = struct.Struct(">B16sHH")
_VERSION = 1


def new_id() -> str:
    """26 characters that sort by the time they were made: 48 bits of milliseconds, 80 of chance."""
    return _text_of((time.time_ns() // 1_000_000).to_bytes(6, "big") + secrets.token_bytes(10))


def digest(secret: str) -> str:
    """What is stored of a random secret (at least 128 bits) instead of the secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class PixelToken:
    """`recipient` is 0 for a body that several recipients share, else the place of the one whose copy this is."""

    message_id: str
    recipient: int


@dataclass(frozen=True, slots=True)
class ClickToken:
    message_id: str
    recipient: int
    link: int
    url: str


@dataclass(frozen=True, slots=True)
class OptOutToken:
    """Whose tracking it stops; `recipient` as in PixelToken."""

    message_id: str
    recipient: int


class Tokens:
    """Signs and reads what leaves this server. `secret_keys`: the first signs, all verify."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        self._secrets = [key.encode() for key in secret_keys]
        self._pixels = self._signer("pixel")
        self._clicks = self._signer("click")
        self._opt_outs = self._signer("opt-out")
        self._hash_key = self._derive("address")[0]
        self._fernet = MultiFernet([Fernet(urlsafe_b64encode(key)) for key in self._derive("at-rest")])

    def pixel(self, token: PixelToken) -> str:
        return _seal(self._pixels, _PIXEL.pack(_VERSION, _bytes_of(token.message_id), token.recipient))

    def read_pixel(self, token: str) -> PixelToken | None:
        packed = _open(self._pixels, token)
        if packed is None or len(packed) != _PIXEL.size or packed[0] != _VERSION:
            return None
        _, message_id, recipient = _PIXEL.unpack(packed)
        return PixelToken(_text_of(message_id), recipient)

    def opt_out(self, token: OptOutToken) -> str:
        return _seal(self._opt_outs, _PIXEL.pack(_VERSION, _bytes_of(token.message_id), token.recipient))

    def read_opt_out(self, token: str) -> OptOutToken | None:
        packed = _open(self._opt_outs, token)
        if packed is None or len(packed) != _PIXEL.size or packed[0] != _VERSION:
            return None
        _, message_id, recipient = _PIXEL.unpack(packed)
        return OptOutToken(_text_of(message_id), recipient)

    def click(self, token: ClickToken) -> str:
        head = _CLICK.pack(_VERSION, _bytes_of(token.message_id), token.recipient, token.link)
        return _seal(self._clicks, head + token.url.encode())

    def read_click(self, token: str) -> ClickToken | None:
        packed = _open(self._clicks, token)
        if packed is None or len(packed) <= _CLICK.size or packed[0] != _VERSION:
            return None
        _, message_id, recipient, link = _CLICK.unpack_from(packed)
        return ClickToken(_text_of(message_id), recipient, link, packed[_CLICK.size :].decode(errors="replace"))

    def sign(self, purpose: str, value: Any) -> str:
        """A JSON value for a browser to keep; read it back with `unsign` and the same purpose."""
        return str(self._serializer(purpose).dumps(value))

    def unsign(self, purpose: str, token: str, max_age: float) -> Any | None:
        """The value, or None when it is foreign, changed or older than `max_age` seconds."""
        try:
            return self._serializer(purpose).loads(token, max_age=int(max_age))
        except BadSignature:
            return None

    def key(self, purpose: str) -> bytes:
        """The 32-byte key with which this purpose signs now."""
        return self._derive(purpose)[0]

    def hash_address(self, address: str) -> str:
        """A keyed hash of an IP address: equal addresses stay recognisable after the address itself is cut."""
        return hmac.digest(self._hash_key, address.encode(), "sha256")[:12].hex()

    def digests(self, purpose: str, secret: str) -> list[str]:
        """Keyed hashes of a secret, to find it by: the first is the one to store, the others are of keys before this one."""
        return [hmac.digest(key, secret.encode(), "sha256").hex() for key in self._derive(purpose)]

    def encrypt(self, secret: str) -> str:
        return self._fernet.encrypt(secret.encode()).decode()

    def decrypt(self, sealed: str) -> str | None:
        """None when no configured key opens it (all of them were replaced)."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            return None

    def resealed(self, sealed: str) -> str | None:
        """The same secret under the first key; None when it is so already, or when no configured key opens it."""
        secret = self.decrypt(sealed)
        return self.encrypt(secret) if secret is not None and not self._is_current(sealed) else None

    def _is_current(self, sealed: str) -> bool:
        try:
            Fernet(urlsafe_b64encode(self._derive("at-rest")[0])).decrypt(sealed.encode())
        except InvalidToken:
            return False
        return True

    def _derive(self, purpose: str) -> list[bytes]:
        return [hmac.digest(secret, f"livefeed:{purpose}".encode(), "sha256") for secret in self._secrets]

    def _signer(self, purpose: str) -> Signer:
        # itsdangerous signs with the last key of the list.
        return Signer(self._derive(purpose)[::-1], key_derivation="none", digest_method=hashlib.sha256)

    def _serializer(self, purpose: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self._derive(purpose)[::-1], salt=purpose)


def _seal(signer: Signer, packed: bytes) -> str:
    return signer.sign(urlsafe_b64encode(packed).rstrip(b"=")).decode("ascii")


def _open(signer: Signer, token: str) -> bytes | None:
    try:
        body = signer.unsign(token.encode("ascii"))
        return urlsafe_b64decode(body + b"=" * (-len(body) % 4))
    except (BadSignature, UnicodeEncodeError, Base64Error):
        return None


def _bytes_of(an_id: str) -> bytes:
    return b32hexdecode(an_id.upper() + "======")


def _text_of(packed: bytes) -> str:
    return b32hexencode(packed).decode("ascii").rstrip("=").lower()
