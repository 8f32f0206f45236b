"""Ids, signed tokens in sent mail, signed values for browsers, and encryption of secrets at rest.

Links in mail must verify for years while encryption keys retire, so each purpose has keys derived from every
configured secret: the first signs and encrypts, all of them verify and decrypt.
"""

import hashlib
import hmac
import secrets
import struct
import time
from base64 import b32hexdecode, urlsafe_b64encode
from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from itsdangerous import BadSignature, Signer, URLSafeTimedSerializer

_PIXEL = struct.Struct(">B16sH")
_CLICK = struct.Struct(">B16sHH")
_VERSION = 1
_STANDARD = bytes.maketrans(b"-_", b"+/")
_DIGITS = "0123456789abcdefghijklmnopqrstuv"
_PAIRS = [first + second for first in _DIGITS for second in _DIGITS]
_SHIFTS = range(120, -1, -10)


def new_id() -> str:
    """26 characters that sort by the time they were made: 58 bits of it, to the microsecond, and 70 of chance."""
    moment = (time.time_ns() << 10) // 1_000_000
    return _text_of((moment << 70 | int.from_bytes(secrets.token_bytes(9)) >> 2).to_bytes(16))


def digest(secret: str) -> str:
    """What is stored of a random secret (at least 128 bits) instead of the secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


class PixelToken(NamedTuple):
    """`recipient` is 0 for a body that several recipients share, else the place of the one whose copy this is."""

    message_id: str
    recipient: int


class ClickToken(NamedTuple):
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
        self._pixels = _Links(self._derive("pixel"))
        self._clicks = _Links(self._derive("click"))
        self._opt_outs = _Links(self._derive("opt-out"))
        self._hash_key = self._derive("address")[0]
        self._fernet = MultiFernet([Fernet(urlsafe_b64encode(key)) for key in self._derive("at-rest")])

    def pixel(self, token: PixelToken) -> str:
        return self._pixels.seal(_PIXEL.pack(_VERSION, _bytes_of(token.message_id), token.recipient))

    def read_pixel(self, token: str) -> PixelToken | None:
        packed = self._pixels.open(token)
        if packed is None or len(packed) != _PIXEL.size or packed[0] != _VERSION:
            return None
        _, message_id, recipient = _PIXEL.unpack(packed)
        return PixelToken(_text_of(message_id), recipient)

    def opt_out(self, token: OptOutToken) -> str:
        return self._opt_outs.seal(_PIXEL.pack(_VERSION, _bytes_of(token.message_id), token.recipient))

    def read_opt_out(self, token: str) -> OptOutToken | None:
        packed = self._opt_outs.open(token)
        if packed is None or len(packed) != _PIXEL.size or packed[0] != _VERSION:
            return None
        _, message_id, recipient = _PIXEL.unpack(packed)
        return OptOutToken(_text_of(message_id), recipient)

    def click(self, token: ClickToken) -> str:
        head = _CLICK.pack(_VERSION, _bytes_of(token.message_id), token.recipient, token.link)
        return self._clicks.seal(head + token.url.encode())

    def read_click(self, token: str) -> ClickToken | None:
        packed = self._clicks.open(token)
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

    def _serializer(self, purpose: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self._derive(purpose)[::-1], salt=purpose)


class _Links:
    """What stands in sent mail: packed bytes, signed as itsdangerous does it. Read on every hit, so without its layers, which
    cost four times as much as the signature itself."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = tuple(keys)
        # itsdangerous signs with the last key of the list.
        self._signer = Signer(list(keys)[::-1], key_derivation="none", digest_method=hashlib.sha256)

    def seal(self, packed: bytes) -> str:
        return self._signer.sign(urlsafe_b64encode(packed).rstrip(b"=")).decode("ascii")

    def open(self, token: str) -> bytes | None:
        try:
            body, _, signature = token.encode("ascii").rpartition(b".")
            signed = _from_base64(signature)
            for key in self._keys:
                if hmac.compare_digest(hmac.digest(key, body, "sha256"), signed):
                    return _from_base64(body)
        except (UnicodeEncodeError, Base64Error):
            pass
        return None


def _from_base64(text: bytes) -> bytes:
    return a2b_base64(text.translate(_STANDARD) + b"=" * (-len(text) % 4))


def _bytes_of(an_id: str) -> bytes:
    return b32hexdecode(an_id.upper() + "======")


def _text_of(packed: bytes) -> str:
    """Of 16 bytes: as in base32hex, in lower case and without padding."""
    number = int.from_bytes(packed) << 2
    return "".join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])
