"""Google's signing keys, as the sandbox has its own."""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

ISSUER = "https://accounts.google.com"


@dataclass(frozen=True)
class SigningKey:
    kid: str
    private: rsa.RSAPrivateKey

    def certificate(self) -> str:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "federated-signon.sandbox")])
        built = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.private.public_key())
            .serial_number(int(self.kid, 16))
            .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=365 * 60))
            .sign(self.private, hashes.SHA256())
        )
        return built.public_bytes(serialization.Encoding.PEM).decode()

    def jwk(self) -> dict[str, str]:
        numbers = self.private.public_key().public_numbers()
        parts = {"n": numbers.n, "e": numbers.e}
        encoded = {name: base64url(value.to_bytes((value.bit_length() + 7) // 8)) for name, value in parts.items()}
        return {"kid": self.kid, "kty": "RSA", "alg": "RS256", "use": "sig", **encoded}


class Keys:
    """Two keys are published; the newer one signs."""

    def __init__(self) -> None:
        self._keys = [_new_key(), _new_key()]

    def rotate(self) -> str:
        """A new key signs from now on, the oldest is no longer published. Returns the new key's id."""
        self._keys = [self._keys[-1], _new_key()]
        return self._keys[-1].kid

    def certificates(self) -> dict[str, str]:
        return {key.kid: key.certificate() for key in self._keys}

    def jwks(self) -> dict[str, object]:
        return {"keys": [key.jwk() for key in self._keys]}

    def sign(self, claims: Mapping[str, object]) -> str:
        """A compact RS256 JWT."""
        key = self._keys[-1]
        head = _segment({"alg": "RS256", "kid": key.kid, "typ": "JWT"})
        signed = f"{head}.{_segment(claims)}"
        return f"{signed}.{base64url(key.private.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def base64url(content: bytes) -> str:
    """Without padding, as in JWTs and PKCE."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _segment(part: Mapping[str, object]) -> str:
    return base64url(json.dumps(part, separators=(",", ":")).encode())


def _new_key() -> SigningKey:
    return SigningKey(secrets.token_hex(19), rsa.generate_private_key(public_exponent=65537, key_size=2048))
