"""A rep's Gmail mailbox: the state of its connection and how often it is looked at."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

HOT = timedelta(minutes=2)
"""How long a mailbox is looked at every few seconds after a mail was registered for writing."""

WATCHED = timedelta(minutes=3)
"""How long one word that the owner is looking holds; it is said again while a window is open."""

EVERY_HOT = timedelta(seconds=5)
EVERY_WATCHED = timedelta(seconds=30)
EVERY = timedelta(minutes=10)

RENEW_BEFORE = timedelta(days=6)
"""Google's watch ends after 7 days: with less than this left it is renewed, so about once a day."""


class Connection(StrEnum):
    OK = "ok"
    DEGRADED = "degraded"  # Google fails or asks to slow down; tried again by itself
    RECONNECT_NEEDED = "reconnect-needed"  # the grant is gone; only the rep can give it again
    ADMIN_BLOCKED = "admin-blocked"  # the Google administrator or the OAuth client stands in the way
    NOT_GRANTED = "not-granted"  # signed in, but Gmail access was not given
    NONE = "none"

    @property
    def alive(self) -> bool:
        return self in (Connection.OK, Connection.DEGRADED)

    @property
    def tried(self) -> bool:
        """Whether it is looked at by itself. What an administrator forbade they may allow again, and nobody would tell us."""
        return self.alive or self is Connection.ADMIN_BLOCKED


@dataclass(frozen=True, slots=True)
class ConnectionState:
    """`looked_at`: when all there was to see in the mailbox was last seen."""

    state: Connection
    since: datetime | None = None
    detail: str = ""
    looked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Mailbox:
    """`credentials` are encrypted; None once revoked. `claim` is the worker's that syncs it now."""

    id: str
    workspace_id: str
    user_id: str
    address: str
    aliases: tuple[str, ...]
    credentials: str | None
    scopes: tuple[str, ...]
    connection: ConnectionState
    history_id: int | None = None
    watch_expires_at: datetime | None = None
    claim: str | None = None

    @property
    def looked_at(self) -> datetime | None:
        return self.connection.looked_at

    @property
    def addresses(self) -> frozenset[str]:
        """Every address this rep sends from, lower-case."""
        return frozenset((self.address, *self.aliases))
