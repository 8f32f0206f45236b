"""The users of a workspace as its admins see them, and what somebody who leaves holds."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, delete, exists, func, select, update

from server.domain.mailboxes import Connection as Gmail
from server.domain.members import Holding, Member
from server.domain.messages import State
from server.domain.users import Role, User
from server.storage.compositions import drop_unsent
from server.storage.tables import (
    compositions,
    feed_items,
    mailboxes,
    messages,
    people,
    push_subscriptions,
    recipients,
    sessions,
    tasks,
    users,
)
from server.storage.users import user_of

_SEEN = select(func.max(sessions.c.seen_at)).where(sessions.c.user_id == users.c.id).scalar_subquery()
_MEMBERS: Select[Any] = (
    select(users, mailboxes.c.state.label("gmail"), _SEEN.label("last_seen"))
    .outerjoin(mailboxes, mailboxes.c.user_id == users.c.id)
    .order_by(users.c.deactivated_at.is_not(None), users.c.name, users.c.id)
)
_ANSWERED = exists().where(recipients.c.message_id == messages.c.id, recipients.c.replied_at.is_not(None))


def members(tx: Connection, workspace_id: str) -> list[Member]:
    """Those who are out last."""
    rows = tx.execute(_MEMBERS.where(users.c.workspace_id == workspace_id))
    return [Member(user_of(row), row.created_at, row.last_seen, Gmail(row.gmail or Gmail.NONE)) for row in rows]


def lock(tx: Connection, workspace_id: str) -> dict[str, User]:
    """Everybody by id, those who are out too. Two admins who change users at once take turns."""
    asked = select(users).where(users.c.workspace_id == workspace_id).order_by(users.c.id).with_for_update()
    return {row.id: user_of(row) for row in tx.execute(asked)}


def set_roles(tx: Connection, user_id: str, roles: Collection[Role]) -> None:
    tx.execute(update(users).where(users.c.id == user_id).values(roles=sorted(roles)))


def readmit(tx: Connection, user_id: str) -> None:
    tx.execute(update(users).where(users.c.id == user_id).values(deactivated_at=None))


def silence(tx: Connection, user_id: str, now: datetime) -> None:
    """Nothing is pushed to their screens any more, and no mail that waits for its time is sent."""
    tx.execute(delete(push_subscriptions).where(push_subscriptions.c.user_id == user_id))
    waiting = and_(compositions.c.user_id == user_id, compositions.c.state == "scheduled")
    for composition_id in tx.execute(select(compositions.c.id).where(waiting)).scalars().all():
        drop_unsent(tx, composition_id)
    tx.execute(
        update(compositions)
        .where(waiting)
        .values(state="draft", send_at=None, version=compositions.c.version + 1, updated_at=now)
    )


# What they hold ----------------------------------------------------------------------


def holding(tx: Connection, user_id: str, since: datetime) -> Holding:
    """`since`: mails sent before it are no longer open."""

    def count(query: Select[Any]) -> int:
        return int(tx.execute(select(func.count()).select_from(query.subquery())).scalar_one())

    own = select(people.c.id).where(people.c.owner_id == user_id)
    return Holding(
        tasks=count(select(tasks.c.id).where(_to_do(user_id))),
        people=count(own.where(people.c.salesforce_id.is_(None))),
        messages=count(select(messages.c.id).where(_open(user_id, since))),
        elsewhere=count(own.where(people.c.salesforce_id.is_not(None))),
    )


def give_tasks(tx: Connection, user_id: str, heir_id: str, now: datetime) -> int:
    """Index ix_tasks_open."""
    values = {"user_id": heir_id, "version": tasks.c.version + 1, "updated_at": now}
    return int(tx.execute(update(tasks).where(_to_do(user_id)).values(**values)).rowcount)


def people_of(tx: Connection, user_id: str, limit: int) -> list[str]:
    """Whom this user owns, because somebody here said so."""
    asked = select(people.c.id).where(people.c.owner_id == user_id, people.c.salesforce_id.is_(None))
    return list(tx.execute(asked.order_by(people.c.id).limit(limit)).scalars())


def open_messages(tx: Connection, user_id: str, since: datetime, limit: int) -> list[str]:
    """Index ix_messages_of_owner."""
    asked = select(messages.c.id).where(_open(user_id, since)).order_by(messages.c.sent_at.desc(), messages.c.id.desc())
    return list(tx.execute(asked.limit(limit)).scalars())


def give_messages(tx: Connection, message_ids: Collection[str], heir_id: str) -> None:
    """Their lines leave the former owner's feed; the thread stands in a mailbox that the new one can't open. The heads of both
    feeds must be locked."""
    ids = list(message_ids)
    tx.execute(delete(feed_items).where(feed_items.c.message_id.in_(ids)))
    tx.execute(update(messages).where(messages.c.id.in_(ids)).values(user_id=heir_id, thread_id=None))


def _to_do(user_id: str) -> Any:
    return and_(tasks.c.user_id == user_id, tasks.c.completed_at.is_(None), tasks.c.deleted_at.is_(None))


def _open(user_id: str, since: datetime) -> Any:
    return and_(
        messages.c.user_id == user_id,
        messages.c.sent_at >= since,
        messages.c.state == State.SENT.value,
        messages.c.tracked,
        ~_ANSWERED,
    )
