"""The secret addresses by which feed readers read somebody's Lead Feed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, update

from server.storage.tables import feed_addresses, users


@dataclass(frozen=True, slots=True)
class FeedAddress:
    """`sealed`: the secret, encrypted. `reader`: the program that read it last, at `read_at`."""

    id: str
    workspace_id: str
    user_id: str
    digest: str
    sealed: str
    created_at: datetime
    read_at: datetime | None = None
    reader: str | None = None
    revoked_at: datetime | None = None


def of_user(tx: Connection, workspace_id: str, user_id: str) -> FeedAddress | None:
    """The one in force."""
    asked = select(feed_addresses).where(*_in_force(workspace_id, user_id)).order_by(feed_addresses.c.id.desc()).limit(1)
    row = tx.execute(asked).one_or_none()
    return _address(row) if row else None


def by_digest(tx: Connection, digests: Sequence[str]) -> FeedAddress | None:
    """Revoked ones too."""
    row = tx.execute(select(feed_addresses).where(feed_addresses.c.digest.in_(digests))).one_or_none()
    return _address(row) if row else None


def add(tx: Connection, made: FeedAddress) -> None:
    tx.execute(
        insert(feed_addresses).values(
            id=made.id,
            workspace_id=made.workspace_id,
            user_id=made.user_id,
            digest=made.digest,
            secret=made.sealed,
            created_at=made.created_at,
        )
    )


def revoke(tx: Connection, workspace_id: str, user_id: str, now: datetime) -> None:
    # The user first: of two who renew at once one waits, and revokes what the other made.
    tx.execute(select(users.c.id).where(users.c.id == user_id).with_for_update())
    tx.execute(update(feed_addresses).where(*_in_force(workspace_id, user_id)).values(revoked_at=now))


def note_read(tx: Connection, address_id: str, reader: str, now: datetime, before: datetime) -> None:
    """Only when the last reading was noted before then, or none was."""
    stale = or_(feed_addresses.c.read_at.is_(None), feed_addresses.c.read_at <= before)
    tx.execute(update(feed_addresses).where(feed_addresses.c.id == address_id, stale).values(read_at=now, reader=reader))


def _in_force(workspace_id: str, user_id: str) -> tuple[Any, ...]:
    own = feed_addresses.c.workspace_id == workspace_id, feed_addresses.c.user_id == user_id
    return *own, feed_addresses.c.revoked_at.is_(None)


def _address(row: Row[Any]) -> FeedAddress:
    return FeedAddress(
        row.id, row.workspace_id, row.user_id, row.digest, row.secret, row.created_at, row.read_at, row.reader, row.revoked_at
    )
