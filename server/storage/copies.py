"""The mails in Sent folders that are copies of a message: what inbound mail answers."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, select

from server.domain.binding import Known
from server.domain.messages import Copy, State
from server.storage.tables import copies, mails, messages
from server.storage.upsert import insert


def add(tx: Connection, workspace_id: str, copy: Copy, *, reused: bool) -> None:
    tx.execute(
        insert(tx, copies)
        .values(
            mailbox_id=copy.mailbox_id,
            gmail_id=copy.gmail_id,
            workspace_id=workspace_id,
            message_id=copy.message_id,
            recipient=copy.recipient,
            thread_id=copy.thread_id,
            rfc_message_id=copy.rfc_message_id,
            sent_at=copy.sent_at,
            reused=reused,
        )
        .on_conflict_do_nothing(index_elements=["mailbox_id", "gmail_id"])
    )


def known_by_token(tx: Connection, workspace_id: str, message_ids: Iterable[str]) -> dict[str, Known]:
    rows = tx.execute(
        select(messages.c.id, messages.c.user_id, messages.c.state).where(
            messages.c.id.in_(set(message_ids)), messages.c.workspace_id == workspace_id
        )
    ).all()
    seen: dict[str, set[int]] = {row.id: set() for row in rows}
    for row in tx.execute(select(copies.c.message_id, copies.c.recipient).where(copies.c.message_id.in_(seen))):
        seen[row.message_id].add(row.recipient)
    return {row.id: Known(row.id, row.user_id, State(row.state), frozenset(seen[row.id])) for row in rows}


def seen(tx: Connection, mailbox_id: str, gmail_ids: Iterable[str]) -> set[str]:
    """Those that were stored before, as sent or as received."""
    wanted = set(gmail_ids)
    sent = select(copies.c.gmail_id).where(copies.c.mailbox_id == mailbox_id, copies.c.gmail_id.in_(wanted))
    received = select(mails.c.gmail_id).where(mails.c.mailbox_id == mailbox_id, mails.c.gmail_id.in_(wanted))
    return set(tx.execute(sent).scalars()) | set(tx.execute(received).scalars())


def message_of(tx: Connection, mailbox_id: str, gmail_id: str) -> str | None:
    asked = select(copies.c.message_id).where(copies.c.mailbox_id == mailbox_id, copies.c.gmail_id == gmail_id)
    found: str | None = tx.execute(asked).scalar()
    return found


def tracked_threads(tx: Connection, mailbox_id: str, thread_ids: Iterable[str]) -> set[str]:
    asked = select(copies.c.thread_id).where(copies.c.mailbox_id == mailbox_id, copies.c.thread_id.in_(set(thread_ids)))
    return set(tx.execute(asked).scalars())


def referred_to(tx: Connection, workspace_id: str, rfc_message_ids: Iterable[str]) -> dict[str, Copy]:
    """By Message-ID, whoever of the workspace sent it."""
    asked = select(copies).where(copies.c.workspace_id == workspace_id, copies.c.rfc_message_id.in_(set(rfc_message_ids)))
    return {row.rfc_message_id: _copy(row) for row in tx.execute(asked)}


def in_thread(tx: Connection, mailbox_id: str, thread_id: str) -> list[Copy]:
    """Oldest first."""
    asked = select(copies).where(copies.c.mailbox_id == mailbox_id, copies.c.thread_id == thread_id)
    return [_copy(row) for row in tx.execute(asked.order_by(copies.c.sent_at, copies.c.gmail_id))]


def _copy(row: Row[Any]) -> Copy:
    return Copy(row.message_id, row.recipient, row.mailbox_id, row.gmail_id, row.thread_id, row.rfc_message_id, row.sent_at)
