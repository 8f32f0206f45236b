"""The personal address of somebody's Lead Feed for feed readers: shown, renewed, revoked, and opened by whoever has it."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from server.domain.syndication import FORMS, reader_of
from server.domain.users import User
from server.errors import Gone, NotFound
from server.services.person import time_text
from server.storage import feed_addresses as stored
from server.storage import marketing
from server.storage import users as stored_users
from server.storage.database import Database, Transaction
from server.storage.feed_addresses import FeedAddress
from server.tokens import Tokens, new_id

NOTED_EVERY = timedelta(minutes=1)
"""Readings are written down at most this often."""

_PURPOSE = "feed-address"
_BYTES = 24


@dataclass(frozen=True, slots=True)
class Opened:
    """Whose feed an address is; `since` when it is theirs."""

    owner: User
    since: datetime


class FeedAddresses:
    def __init__(self, database: Database, tokens: Tokens, public_url: str, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._tokens = tokens
        self._public_url = public_url
        self._clock = clock

    def of(self, user: User) -> dict[str, Any]:
        """JSON-ready: {"on": whether an admin allows it, "urls": by form or None, "created_at", "read_at", "reader"}"""
        return self._database.read(self._of, user)

    def renew(self, user: User) -> dict[str, Any]:
        """A new address; the one before is dead at once. As `of`."""
        return self._database.write(self._renew, user)

    def revoke(self, user: User) -> None:
        self._database.write(stored.revoke, user.workspace_id, user.id, self._clock())

    def key(self, secret: str) -> str:
        """Stands for the secret where it must not stand itself."""
        return self._tokens.digests(_PURPOSE, secret)[0]

    def open(self, secret: str, user_agent: str) -> Opened:
        """NotFound while an admin has it off, or for no address of ours; Gone once it is revoked or its owner is out."""
        address, owner = self._database.read(self._open, secret)
        now = self._clock()
        if address.read_at is None or address.read_at <= now - NOTED_EVERY:
            self._database.write(stored.note_read, address.id, reader_of(user_agent), now, now - NOTED_EVERY)
        return Opened(owner, address.created_at)

    def _of(self, tx: Transaction, user: User) -> dict[str, Any]:
        found = stored.of_user(tx, user.workspace_id, user.id)
        secret = self._tokens.decrypt(found.sealed) if found else None
        return {
            "on": marketing.rss(tx, user.workspace_id).on,
            "urls": {form: self.url(secret, form) for form in FORMS} if secret else None,
            "created_at": time_text(found.created_at) if found else None,
            "read_at": time_text(found.read_at) if found else None,
            "reader": found.reader if found else None,
        }

    def url(self, secret: str, form: str) -> str:
        return f"{self._public_url}/feeds/{secret}/lead-feed.{form}"

    def _renew(self, tx: Transaction, user: User) -> dict[str, Any]:
        now, secret = self._clock(), secrets.token_urlsafe(_BYTES)
        stored.revoke(tx, user.workspace_id, user.id, now)
        digest, sealed = self.key(secret), self._tokens.encrypt(secret)
        stored.add(tx, FeedAddress(new_id(), user.workspace_id, user.id, digest, sealed, now))
        return self._of(tx, user)

    def _open(self, tx: Transaction, secret: str) -> tuple[FeedAddress, User]:
        address = stored.by_digest(tx, self._tokens.digests(_PURPOSE, secret))
        if address is None or not marketing.rss(tx, address.workspace_id).on:
            raise NotFound("no such feed")
        owner = stored_users.by_id(tx, address.user_id)
        if address.revoked_at is not None or owner is None:
            raise Gone("this address was revoked")
        return address, owner
