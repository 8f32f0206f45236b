"""Who allowed which client what, and the codes and tokens made from it."""

import base64
import hashlib
import hmac
import secrets
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from server.sandbox.accounts import Account
from server.sandbox.clock import Clock
from server.sandbox.oauth.clients import Client

CODE_LIFE = timedelta(minutes=10)
ACCESS_LIFE = timedelta(seconds=3599)
TESTING_LIFE = timedelta(days=7)
IDLE_LIFE = timedelta(days=180)
REFRESH_TOKENS_KEPT = 100


class Rejected(Exception):
    """An OAuth error as the token endpoint says it."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error, self.description, self.status = error, description, status


@dataclass
class Grant:
    """One account's consent to one client; grows with every further consent."""

    client: Client
    account: Account
    scopes: set[str] = field(default_factory=set)
    gave_refresh_token: bool = False


@dataclass(frozen=True)
class Code:
    grant: Grant
    redirect_uri: str
    scopes: tuple[str, ...]
    expires_at: datetime
    offline: bool
    fresh_consent: bool
    nonce: str = ""
    challenge: str = ""
    challenge_method: str = ""


@dataclass(frozen=True)
class Token:
    """An access token (with its end) or a refresh token (`expires_at` None unless the client is in testing)."""

    value: str
    grant: Grant
    scopes: tuple[str, ...]
    expires_at: datetime | None
    used_at: datetime


class Grants:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._grants: dict[tuple[str, str], Grant] = {}
        self._codes: dict[str, Code] = {}
        self._access: dict[str, Token] = {}
        self._refresh: dict[str, Token] = {}

    def granted(self, client: Client, account: Account) -> frozenset[str]:
        with self._lock:
            found = self._grants.get((client.id, account.address))
            return frozenset(found.scopes) if found else frozenset()

    def allow(self, client: Client, account: Account, scopes: Iterable[str]) -> Grant:
        with self._lock:
            grant = self._grants.setdefault((client.id, account.address), Grant(client, account))
            grant.scopes |= set(scopes)
            return grant

    def new_code(self, code: Code) -> str:
        value = f"4/0A{secrets.token_urlsafe(40)}"
        with self._lock:
            self._codes[value] = code
        return value

    def code_expiry(self) -> datetime:
        return self._clock.now() + CODE_LIFE

    def redeem(self, value: str, client: Client, redirect_uri: str, verifier: str) -> tuple[Code, Token, Token | None]:
        """The code, an access token, and a refresh token when one is due. Every try uses the code up."""
        with self._lock:
            code = self._codes.pop(value, None)
            if code is None or code.grant.client.id != client.id:
                raise Rejected("invalid_grant", "Malformed auth code.")
            if code.expires_at <= self._clock.now():
                raise Rejected("invalid_grant", "Bad Request")
            if code.redirect_uri != redirect_uri:
                raise Rejected("redirect_uri_mismatch", "Bad Request")
            _check_verifier(code, verifier)
            return code, self._new_access(code.grant, code.scopes), self._refresh_token_due(code)

    def refresh(self, value: str, client: Client, wanted: Iterable[str]) -> Token:
        """A new access token, for fewer scopes when asked so."""
        with self._lock:
            token, now = self._refresh.get(value), self._clock.now()
            if token is None or token.grant.client.id != client.id or self._ended(token, now):
                raise Rejected("invalid_grant", "Token has been expired or revoked.")
            fewer = tuple(wanted) or token.scopes
            if not set(fewer) <= set(token.scopes):
                raise Rejected("invalid_scope", "Bad Request")
            self._refresh[value] = replace(token, used_at=now)
            return self._new_access(token.grant, fewer)

    def access(self, value: str) -> Token | None:
        """None when unknown, revoked or over."""
        with self._lock:
            token = self._access.get(value)
            return None if token is None or self._ended(token, self._clock.now()) else token

    def owner_of(self, value: str) -> str | None:
        """The address behind a refresh token or a code, also one that ended by time."""
        with self._lock:
            found = self._refresh.get(value) or self._codes.get(value)
            return found.grant.account.address if found else None

    def revoke(self, value: str) -> bool:
        """By an access or refresh token: the whole grant ends. False when there is no such token."""
        with self._lock:
            token = self._access.get(value) or self._refresh.get(value)
            if token is None:
                return False
            self.end(token.grant.account.address, token.grant.client.id)
            return True

    def end(self, address: str, client_id: str | None = None) -> int:
        """As the user does in the account's settings. Returns how many grants ended."""
        with self._lock:
            gone = [key for key in self._grants if key[1] == address and client_id in (None, key[0])]
            ended = [self._grants.pop(key) for key in gone]
            for store in (self._access, self._refresh):
                for value in [value for value, token in store.items() if token.grant in ended]:
                    del store[value]
            self._codes = {value: code for value, code in self._codes.items() if code.grant not in ended}
            return len(ended)

    def expire_access(self, address: str | None = None) -> int:
        """Access tokens end now; refresh tokens stay."""
        with self._lock:
            gone = [v for v, token in self._access.items() if address in (None, token.grant.account.address)]
            for value in gone:
                del self._access[value]
            return len(gone)

    def all(self) -> list[Grant]:
        with self._lock:
            return list(self._grants.values())

    def issue(self, client: Client, account: Account, scopes: Iterable[str]) -> tuple[Token, Token]:
        """Access and refresh token without the walk through the consent page."""
        with self._lock:
            grant = self.allow(client, account, scopes)
            return self._new_access(grant, tuple(scopes)), self._new_refresh(grant, tuple(scopes))

    def _ended(self, token: Token, now: datetime) -> bool:
        return (token.expires_at is not None and token.expires_at <= now) or token.used_at + IDLE_LIFE < now

    def _new_access(self, grant: Grant, scopes: tuple[str, ...]) -> Token:
        now = self._clock.now()
        token = Token(f"ya29.a0{secrets.token_urlsafe(60)}", grant, scopes, now + ACCESS_LIFE, now)
        self._access[token.value] = token
        return token

    def _refresh_token_due(self, code: Code) -> Token | None:
        # Google gives it with offline access only, at the first consent and after each renewed one.
        if not code.offline or (code.grant.gave_refresh_token and not code.fresh_consent):
            return None
        return self._new_refresh(code.grant, code.scopes)

    def _new_refresh(self, grant: Grant, scopes: tuple[str, ...]) -> Token:
        now = self._clock.now()
        ends = now + TESTING_LIFE if grant.client.testing else None
        token = Token(f"1//0{secrets.token_urlsafe(64)}", grant, scopes, ends, now)
        self._refresh[token.value] = token
        grant.gave_refresh_token = True
        mine = [value for value, other in self._refresh.items() if other.grant is grant]
        for oldest in mine[:-REFRESH_TOKENS_KEPT]:
            del self._refresh[oldest]
        return token


def _check_verifier(code: Code, verifier: str) -> None:
    if not code.challenge:
        if verifier:
            raise Rejected("invalid_grant", "code_verifier or verifier is not needed.")
        return
    if not verifier:
        raise Rejected("invalid_grant", "Missing code verifier.")
    digest = hashlib.sha256(verifier.encode()).digest()
    made = base64.urlsafe_b64encode(digest).decode().rstrip("=") if code.challenge_method == "S256" else verifier
    if not 43 <= len(verifier) <= 128 or not hmac.compare_digest(made.encode(), code.challenge.encode()):
        raise Rejected("invalid_grant", "Invalid code verifier.")
