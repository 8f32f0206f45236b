"""How far each thread's tracked mail came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, func, select

from server.domain.engagement import Class, Kind
from server.domain.messages import State
from server.storage.database import Transaction
from server.storage.tables import copies, engagements, mailboxes, messages

_THREADS: BindParameter[Any] = bindparam("threads", expanding=True)
_VIEWED = and_(
    engagements.c.message_id == messages.c.id,
    engagements.c.kind == Kind.VIEW.value,
    engagements.c["class"].in_([Class.HUMAN.value, Class.PROXY_HUMAN.value]),
)
# A message sent as several copies stands several times in its thread, each view of it but once.
_MARKS = (
    select(
        copies.c.thread_id,
        func.count(engagements.c.id.distinct()).label("views"),
        func.max(engagements.c.at).label("viewed_at"),
        func.max(messages.c.sent_at).label("sent_at"),
    )
    .join(mailboxes, mailboxes.c.id == copies.c.mailbox_id)
    .join(messages, messages.c.id == copies.c.message_id)
    .outerjoin(engagements, _VIEWED)
    .where(
        mailboxes.c.user_id == bindparam("user"),
        copies.c.thread_id.in_(_THREADS),
        messages.c.user_id == bindparam("user"),
        messages.c.tracked,
        messages.c.state.in_([State.SENT.value, State.ARCHIVED.value]),
    )
    .group_by(copies.c.thread_id)
)


@dataclass(frozen=True, slots=True)
class Mark:
    """`last_at`: the last view, or when it was sent."""

    thread: str
    views: int
    last_at: datetime


def marks(tx: Transaction, user_id: str, threads: Sequence[str]) -> list[Mark]:
    """Of the rep's own tracked mail; threads without any are left out. Indexes ix_copies_thread, ix_engagements_of_message."""
    rows = tx.execute(_MARKS, {"user": user_id, "threads": list(threads)})
    return [Mark(row.thread_id, row.views, row.viewed_at or row.sent_at) for row in rows]
