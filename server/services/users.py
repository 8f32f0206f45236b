"""Users, their sessions, and the secrets that let them in: tokens, codes, tickets, the set-up address."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from server.domain import notifications
from server.domain.addresses import line_of
from server.domain.notifications import Quiet
from server.domain.users import (
    ACCESS_TOKEN_LIFE,
    CODE_LIFE,
    REFRESH_GRACE,
    SESSION_LIFE,
    SETUP_LIFE,
    TICKET_LIFE,
    Admission,
    Identity,
    OpenSession,
    Refusal,
    Role,
    Session,
    User,
    Workspace,
    admit,
    is_stale,
)
from server.errors import NotAllowed, NotFound
from server.storage import users as stored
from server.storage.database import Database, Transaction
from server.tokens import Tokens, digest, new_id

Clock = Callable[[], datetime]
Kind = Literal["web", "extension"]


@dataclass(frozen=True, slots=True)
class Grant:
    """What the extension gets for a code or a refresh token; `expires_in` in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int


class RefusedSignIn(NotAllowed):
    """Google knows this person, but they may not use this installation."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal=refusal.value)
        self.code = refusal.value


class Users:
    def __init__(
        self,
        database: Database,
        tokens: Tokens,
        admin_addresses: Sequence[str] = (),
        clock: Clock = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._tokens = tokens
        self._admin_addresses = tuple(admin_addresses)
        self._clock = clock

    # Getting in ---------------------------------------------------------------

    def sign_in(self, identity: Identity, setup: str | None = None) -> User:
        """The user of a verified identity, made if need be; RefusedSignIn. `setup`: the set-up secret that led here."""
        outcome = self._database.write(self._sign_in, identity, setup)
        if isinstance(outcome, Refusal):
            raise RefusedSignIn(outcome)
        return outcome

    def _sign_in(self, tx: Transaction, identity: Identity, setup: str | None) -> User | Refusal:
        now = self._clock()
        through_setup = setup is not None and self._is_alive(tx, setup)
        if setup is not None and not through_setup:
            return Refusal.SETUP_OVER
        known = stored.with_identity(tx, identity.sub, identity.address)
        admission = admit(
            identity,
            known=known,
            home=stored.workspace_of_domain(tx, identity.domain) if identity.domain else None,
            eldest=stored.eldest_workspace(tx),
            setup=through_setup,
            admin_addresses=self._admin_addresses,
        )
        if isinstance(admission, Refusal):
            return admission
        user = self._enter(tx, identity, known, admission, now)
        if Role.ADMIN in user.roles:
            stored.drop_codes(tx, "setup")
        return user

    def _enter(self, tx: Transaction, identity: Identity, known: User | None, admission: Admission, now: datetime) -> User:
        if known is not None:
            return stored.recognise(tx, known, identity, admission.roles)
        workspace = admission.workspace or stored.add_workspace(
            tx, Workspace(new_id(), identity.domain or "Live Feed", identity.domain), now
        )
        return stored.add(tx, _new_user(workspace.id, identity.address, identity.name, admission.roles, identity.sub), now)

    # Who they are -------------------------------------------------------------

    def user(self, user_id: str) -> User | None:
        """None when there is no such user or no longer."""
        return self._database.read(stored.by_id, user_id)

    def let_in(self, user_ids: Collection[str]) -> set[str]:
        """Those of them who still are."""
        return self._database.read(stored.let_in, user_ids)

    def by_address(self, address: str) -> User | None:
        return self._database.read(stored.by_address, address)

    def by_google(self, sub: str) -> User | None:
        """Whose Google account it is; None when nobody's here, or no longer."""
        return self._database.read(stored.by_google, sub)

    def workspace(self, user: User) -> Workspace:
        return self._database.read(stored.workspace, user.workspace_id)

    def choose(
        self,
        user: User,
        locale: str | None = None,
        time_zone: str | None = None,
        kinds: Mapping[str, bool] | None = None,
        quiet: Quiet | None = None,
        again_after: int | None = None,
    ) -> User:
        """Language, zone, what to be told of and when not; None leaves one as it is."""
        is_told = bool(kinds or quiet or again_after)
        wishes = notifications.chosen(user.notifications, kinds or {}, quiet, again_after) if is_told else None
        self._database.write(stored.choose, user.id, locale, time_zone, wishes)
        return replace(
            user,
            locale=locale or user.locale,
            time_zone=time_zone or user.time_zone,
            notifications=wishes or user.notifications,
        )

    def prefer(self, user: User, changes: Mapping[str, Any]) -> User:
        """`changes`: values of `Preferences` by name."""
        return replace(user, preferences=self._database.write(stored.prefer, user.id, changes))

    # Sessions -----------------------------------------------------------------

    def open_session(self, user: User, kind: Kind, label: str, address: str | None) -> Session:
        """`address`: the IP address it is opened from; kept as a keyed hash only."""
        return self._database.write(self._open_session, user, kind, label, address, None)

    def _open_session(
        self, tx: Transaction, user: User, kind: Kind, label: str, address: str | None, refresh_digest: str | None
    ) -> Session:
        now = self._clock()
        address_hash = self._hash_of(address)
        session = Session(new_id(), kind, user, address_hash, now, now + SESSION_LIFE)
        stored.add_session(tx, session, label[:200], refresh_digest)
        return session

    def session(self, session_id: str, address: str | None) -> Session | None:
        """The living session and its user; being used, it lives on. None once ended, or its user is out."""
        now = self._clock()
        session = self._database.read(stored.session, session_id, now)
        if session is None:
            return None
        address_hash = self._hash_of(address)
        if is_stale(session, now, address_hash):
            self._database.write(stored.touch_session, session_id, now, now + SESSION_LIFE, address_hash)
        return session

    def _hash_of(self, address: str | None) -> str | None:
        """As hits have it, so that a rep's own views are known by the line they come from."""
        line = line_of(address) if address else ""
        return self._tokens.hash_address(line) if line else None

    def end_session(self, session_id: str) -> None:
        self._database.write(stored.end_session, session_id, self._clock())

    def sessions(self, user: User) -> list[OpenSession]:
        """Where they are signed in, last used first."""
        return self._database.read(stored.open_sessions, user.id, self._clock())

    def end_session_of(self, user: User, session_id: str) -> None:
        """Sign out elsewhere; NotFound when it is not theirs."""
        if not self._database.write(stored.end_session_of, user.id, session_id, self._clock()):
            raise NotFound()

    def clear_expired(self) -> None:
        """Forget one-time codes and sessions whose time is over."""
        self._database.write(self._clear_expired)

    def _clear_expired(self, tx: Transaction) -> None:
        now = self._clock()
        stored.drop_expired_codes(tx, now)
        stored.drop_ended_sessions(tx, now - SESSION_LIFE)

    # One-time tickets for sockets ----------------------------------------------

    def ticket(self, user: User) -> str:
        """Opens one socket, once, within TICKET_LIFE."""
        secret = secrets.token_urlsafe(24)
        self._database.write(self._add_code, "ticket", secret, TICKET_LIFE, user.id, {})
        return secret

    def redeem_ticket(self, ticket: str) -> User | None:
        """The user it was made for; None when it was used, is old, or was never made."""
        return self._database.write(self._redeem_ticket, ticket) if self._is_known("ticket", ticket) else None

    def _redeem_ticket(self, tx: Transaction, ticket: str) -> User | None:
        code = stored.take_code(tx, "ticket", digest(ticket), self._clock())
        return stored.by_id(tx, code.user_id) if code and code.user_id else None

    # A device of the rep's, at another host ---------------------------------------

    def device_code(self, user: User, onward: str) -> str:
        """Carries one sign-in over to the tracking host, once, within CODE_LIFE; `onward` is the way back."""
        secret = secrets.token_urlsafe(24)
        self._database.write(self._add_code, "device", secret, CODE_LIFE, user.id, {"onward": onward})
        return secret

    def redeem_device(self, code: str) -> tuple[User, str] | None:
        """(whose device it is, the way back); None when the code was used, is old, or was never made."""
        return self._database.write(self._redeem_device, code) if self._is_known("device", code) else None

    def _redeem_device(self, tx: Transaction, code: str) -> tuple[User, str] | None:
        found = stored.take_code(tx, "device", digest(code), self._clock())
        user = stored.by_id(tx, found.user_id) if found and found.user_id else None
        return (user, found.payload["onward"]) if found and user else None

    # The extension --------------------------------------------------------------

    def extension_code(self, user: User, challenge: str, redirect_uri: str) -> str:
        """An authorization code bound to an S256 `challenge`."""
        secret = secrets.token_urlsafe(32)
        payload = {"challenge": challenge, "redirect_uri": redirect_uri}
        self._database.write(self._add_code, "extension", secret, CODE_LIFE, user.id, payload)
        return secret

    def exchange_code(self, code: str, verifier: str, redirect_uri: str, label: str, address: str | None) -> Grant | None:
        """None when the code is used, old, foreign, or does not fit; it is spent either way."""
        if not self._is_known("extension", code):
            return None
        return self._database.write(self._exchange_code, code, verifier, redirect_uri, label, address)

    def _exchange_code(
        self, tx: Transaction, code: str, verifier: str, redirect_uri: str, label: str, address: str | None
    ) -> Grant | None:
        found = stored.take_code(tx, "extension", digest(code), self._clock())
        user = stored.by_id(tx, found.user_id) if found and found.user_id else None
        if found is None or user is None:
            return None
        fits = hmac.compare_digest(found.payload["challenge"].encode(), _challenge(verifier).encode())
        if not fits or found.payload["redirect_uri"] != redirect_uri:
            return None
        secret = secrets.token_urlsafe(32)
        session = self._open_session(tx, user, "extension", label, address, digest(secret))
        return self._grant(session.id, secret)

    def refresh(self, refresh_token: str) -> Grant | None:
        """New tokens for an old one, which dies. Who asks again at once is told the same again: the answer may have been lost,
        or the browser's worker with it. One that comes back later ends the session: it leaked."""
        opened = self._tokens.unsign("refresh", refresh_token, SESSION_LIFE.total_seconds())
        return self._database.write(self._refresh, *opened) if opened is not None else None

    def _refresh(self, tx: Transaction, session_id: str, secret: str) -> Grant | None:
        now = self._clock()
        following = self._following(secret)
        if stored.session(tx, session_id, now) is None:
            return None
        rotated = stored.rotate(tx, session_id, digest(secret), digest(following), now, now + SESSION_LIFE)
        if rotated or stored.has_rotated(tx, session_id, digest(following), now - REFRESH_GRACE):
            return self._grant(session_id, following)
        stored.end_session(tx, session_id, now)
        return None

    def _following(self, secret: str) -> str:
        return hmac.new(self._tokens.key("refresh-secret"), secret.encode(), hashlib.sha256).hexdigest()

    def bearer(self, access_token: str, address: str | None) -> Session | None:
        session_id = self._tokens.unsign("access", access_token, ACCESS_TOKEN_LIFE.total_seconds())
        return self.session(session_id, address) if session_id is not None else None

    def _grant(self, session_id: str, secret: str) -> Grant:
        return Grant(
            self._tokens.sign("access", session_id),
            self._tokens.sign("refresh", [session_id, secret]),
            int(ACCESS_TOKEN_LIFE.total_seconds()),
        )

    # Set-up ---------------------------------------------------------------------

    def open_setup(self) -> str | None:
        """A new secret for the one-time set-up address (older ones die); None once there is an admin."""
        return self._database.write(self._open_setup)

    def _open_setup(self, tx: Transaction) -> str | None:
        if stored.has_admin(tx):
            return None
        secret = secrets.token_urlsafe(24)
        stored.drop_codes(tx, "setup")
        self._add_code(tx, "setup", secret, SETUP_LIFE, None, {})
        return secret

    def setup_alive(self, secret: str) -> bool:
        return self._database.read(self._is_alive, secret)

    def _is_alive(self, tx: Transaction, secret: str) -> bool:
        return setup_alive(tx, secret, self._clock())

    def _is_known(self, purpose: str, secret: str) -> bool:
        """Asked without a lock: strangers who guess must not stand in line before what recipients do."""
        return self._database.read(stored.has_code, purpose, digest(secret), self._clock())

    def _add_code(
        self, tx: Transaction, purpose: str, secret: str, life: timedelta, user_id: str | None, payload: dict[str, str]
    ) -> None:
        stored.add_code(tx, stored.Code(digest(secret), purpose, user_id, payload, self._clock() + life))


def setup_alive(tx: Transaction, secret: str, now: datetime) -> bool:
    # Looked up by its digest, so that the time it takes says nothing about the secret.
    return stored.has_code(tx, "setup", digest(secret), now) and not stored.has_admin(tx)


def _new_user(workspace_id: str, address: str, name: str, roles: frozenset[Role], sub: str | None) -> User:
    return User(new_id(), workspace_id, address, name, roles, tag=secrets.token_hex(6), google_sub=sub)


def _challenge(verifier: str) -> str:
    hashed = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()
