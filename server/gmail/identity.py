"""Google's word about who somebody is: ID tokens, verified with keys that are fetched once and kept."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from server.errors import OutsideError, SignInNeeded
from server.later import later
from server.logs import logger

if TYPE_CHECKING:
    import requests
    from google.auth import jwt
else:
    requests = later("requests")
    jwt = later("google.auth.jwt")

SKEW_SECONDS = 10
_TIMEOUT = 5
_KEEP_SECONDS = 3600.0
_RETRY_SECONDS = 60.0
"""An unknown key id asks for fresh keys at most this often, so that forged tokens can't make us hammer Google."""

Certificates = Mapping[str, str]

_log = logger(__name__)


class KeysAway(OutsideError):
    """No key of Google's was ever had, and none can be had now."""

    def __init__(self) -> None:
        super().__init__("google-keys", "Google's keys can't be had at the moment", retryable=True, retry_after=10)


class IdentityTokens:
    """`certs_url` answers X.509 certificates by key id. `monotonic` is in seconds."""

    def __init__(self, certs_url: str, issuer: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._certs_url = certs_url
        self._issuers = {issuer, issuer.removeprefix("https://")}
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._certificates: Certificates = {}
        self._asked_at: float | None = None
        self._fetched_at: float | None = None

    def claims(self, token: str, audience: str | Sequence[str]) -> Mapping[str, Any]:
        """What a good token says; SignInNeeded for any other, KeysAway while no key can be had."""
        if not audience:
            raise ValueError("an audience must be named: without one every app's token is good")
        claims = self.genuine(token)
        if claims.get("aud") not in ([audience] if isinstance(audience, str) else audience):
            raise SignInNeeded("the ID token is not good", cause="audience")
        return claims

    def genuine(self, token: str) -> Mapping[str, Any]:
        """What a token of Google's says, whomever it was made for: to explain a refusal. As `claims` otherwise."""
        certificates = self._certificates_for(_key_id(token))
        try:
            claims: Mapping[str, Any] = jwt.decode(  # type: ignore[no-untyped-call]
                token, certs=certificates, audience=None, clock_skew_in_seconds=SKEW_SECONDS
            )
        except Exception as error:  # the decoder lets through what parsers beneath it raise
            raise SignInNeeded("the ID token is not good", cause=type(error).__name__) from None
        if claims.get("iss") not in self._issuers or claims.get("email_verified") is not True:
            raise SignInNeeded("the ID token is not good", cause="issuer or address")
        return claims

    def _certificates_for(self, key_id: str) -> Certificates:
        with self._lock:
            fresh = self._fetched_at is not None and self._monotonic() - self._fetched_at < _KEEP_SECONDS
            if not (fresh and key_id in self._certificates) and self._may_ask():
                self._fetch()
            if not self._certificates:
                raise KeysAway
            return self._certificates

    def _may_ask(self) -> bool:
        return not self._certificates or self._asked_at is None or self._monotonic() - self._asked_at >= _RETRY_SECONDS

    def _fetch(self) -> None:
        self._asked_at = self._monotonic()
        try:
            answer = requests.get(self._certs_url, timeout=_TIMEOUT)
            answer.raise_for_status()
            self._certificates = {str(name): str(pem) for name, pem in answer.json().items()}
            self._fetched_at = self._monotonic()
        except (requests.RequestException, ValueError, AttributeError) as error:
            # Old keys go on being good: Google announces new ones long before using them.
            _log.warning("no fresh keys of Google's", error=type(error).__name__)


def _key_id(token: str) -> str:
    try:
        return str(jwt.decode_header(token)["kid"])  # type: ignore[no-untyped-call]
    except Exception:
        raise SignInNeeded("the ID token is not good", cause="header") from None
