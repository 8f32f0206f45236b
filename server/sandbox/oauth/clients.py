"""The OAuth clients a developer registered in the sandbox's console."""

import base64
import binascii
import hmac
from dataclasses import dataclass
from urllib.parse import unquote_plus

from flask import Request


@dataclass(frozen=True)
class Client:
    """`testing`: refresh tokens end after seven days, as long as a consent screen is not published, and where `testers` are
    named only they get in. `internal_to`: the Workspace domain whose people alone get in."""

    id: str
    secret: str
    redirect_uris: tuple[str, ...] = ()
    name: str = "An app under development"
    testing: bool = False
    testers: tuple[str, ...] = ()
    internal_to: str = ""

    def knows(self, secret: str) -> bool:
        return hmac.compare_digest(self.secret.encode(), secret.encode())


def credentials_of(request: Request) -> tuple[str, str]:
    """(client id, secret) from HTTP Basic or from the form; empty where missing."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            id, _, secret = base64.b64decode(encoded).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return unquote_plus(id), unquote_plus(secret)
    return request.form.get("client_id", ""), request.form.get("client_secret", "")
