"""What is stored around one thread or one person, for one rep. Few rows, each by an index."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Row, and_, bindparam, func, or_, select

from server.domain.consent import State as Consent
from server.domain.consent import strictest
from server.domain.context import Choice, Somebody
from server.domain.mailboxes import Connection
from server.domain.messages import State
from server.domain.people import is_known
from server.domain.tasks import Task
from server.storage import worklist
from server.storage.database import Transaction
from server.storage.tables import (
    consents,
    copies,
    engagements,
    mailboxes,
    mails,
    messages,
    mutes,
    people,
    person_addresses,
    recipients,
    watch_list,
)

_MOST_MESSAGES = 50
_MOST_MAILS = 50
_SENT = (State.SENT.value, State.ARCHIVED.value)

# Made once: building and hashing a statement costs more than many a query.
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_MAILBOX = select(mailboxes.c.id, mailboxes.c.address, mailboxes.c.aliases, mailboxes.c.state).where(
    mailboxes.c.user_id == bindparam("user")
)
_IN_THREAD = (
    select(messages.c.id, messages.c.subject, messages.c.state, messages.c.tracked)
    .where(
        messages.c.id.in_(
            select(copies.c.message_id).where(
                copies.c.mailbox_id == bindparam("mailbox"), copies.c.thread_id == bindparam("thread")
            )
        ),
        messages.c.user_id == bindparam("user"),
    )
    .order_by(messages.c.sent_at.desc(), messages.c.id.desc())
    .limit(_MOST_MESSAGES)
)
_RECIPIENTS = (
    select(recipients.c.address, recipients.c.name)
    .join(messages, messages.c.id == recipients.c.message_id)
    .where(recipients.c.message_id.in_(_IDS))
    .order_by(messages.c.sent_at.desc(), recipients.c.ordinal)
)
_WRITERS = (
    select(mails.c.from_address, mails.c.from_name)
    .join(engagements, engagements.c.id == mails.c.id)
    .where(engagements.c.message_id.in_(_IDS), engagements.c.kind == "reply")
    .order_by(engagements.c.at.desc(), engagements.c.id.desc())
    .limit(_MOST_MAILS)
)
_COUNTS = (
    select(engagements.c.kind, engagements.c["class"], func.count(), func.max(engagements.c.at))
    .where(engagements.c.message_id.in_(_IDS))
    .group_by(engagements.c.kind, engagements.c["class"])
)
_WITH_ADDRESSES = (
    select(
        people,
        person_addresses.c.address,
        person_addresses.c.bounced_at,
        mutes.c.target_id.label("muted"),
        watch_list.c.user_id.label("watcher"),
    )
    .outerjoin(person_addresses, person_addresses.c.person_id == people.c.id)
    .outerjoin(mutes, and_(mutes.c.user_id == bindparam("user"), mutes.c.kind == "person", mutes.c.target_id == people.c.id))
    .outerjoin(watch_list, and_(watch_list.c.user_id == bindparam("user"), watch_list.c.person_id == people.c.id))
)
_BY_ADDRESS = _WITH_ADDRESSES.where(
    person_addresses.c.workspace_id == bindparam("workspace"), person_addresses.c.address == bindparam("address")
)
_BY_ID = (
    _WITH_ADDRESSES.where(people.c.workspace_id == bindparam("workspace"), people.c.id == bindparam("person"))
    .order_by(person_addresses.c.primary.desc(), person_addresses.c.address)
    .limit(1)
)
_SAID = select(consents.c.state).where(
    consents.c.workspace_id == bindparam("workspace"),
    or_(
        consents.c.address == bindparam("address"),
        consents.c.address.in_(
            select(person_addresses.c.address).where(
                person_addresses.c.workspace_id == bindparam("workspace"), person_addresses.c.person_id == bindparam("person")
            )
        ),
    ),
)
_WITH_PERSON = (
    select(messages.c.id)
    .join(recipients, recipients.c.message_id == messages.c.id)
    .where(recipients.c.person_id == bindparam("person"), messages.c.user_id == bindparam("user"), messages.c.state.in_(_SENT))
    .order_by(messages.c.sent_at.desc(), messages.c.id.desc())
    .limit(_MOST_MESSAGES)
)


@dataclass(frozen=True, slots=True)
class Sent:
    """One of the rep's messages in a thread."""

    id: str
    subject: str
    state: State
    tracked: bool


@dataclass(frozen=True, slots=True)
class Count:
    kind: str
    klass: str
    count: int
    last: datetime


@dataclass(frozen=True, slots=True)
class Own:
    """The rep's mailbox: its id (empty while there is none) and the addresses they write from."""

    id: str = ""
    addresses: frozenset[str] = frozenset()
    connection: Connection = Connection.NONE


def mailbox(tx: Transaction, user_id: str) -> Own:
    row = tx.execute(_MAILBOX, {"user": user_id}).first()
    if row is None:
        return Own()
    return Own(row.id, frozenset([row.address.lower(), *(alias.lower() for alias in row.aliases)]), Connection(row.state))


def in_thread(tx: Transaction, user_id: str, mailbox_id: str, thread_id: str) -> list[Sent]:
    """Newest first. Index ix_copies_thread."""
    rows = tx.execute(_IN_THREAD, {"user": user_id, "mailbox": mailbox_id, "thread": thread_id})
    return [Sent(row.id, row.subject, State(row.state), row.tracked) for row in rows]


def writers(tx: Transaction, message_ids: Collection[str]) -> list[Choice]:
    """Who answered these messages, the newest answer first."""
    rows = tx.execute(_WRITERS, {"ids": list(message_ids)})
    return [Choice(row.from_address.lower(), row.from_name) for row in rows]


def recipients_of(tx: Transaction, message_ids: Collection[str]) -> list[Choice]:
    """Of the newest message first."""
    return [Choice(row.address.lower(), row.name) for row in tx.execute(_RECIPIENTS, {"ids": list(message_ids)})]


def counts(tx: Transaction, message_ids: Collection[str]) -> list[Count]:
    rows = tx.execute(_COUNTS, {"ids": list(message_ids)})
    return [Count(row[0], row[1], row[2], row[3]) for row in rows]


def somebody(tx: Transaction, workspace_id: str, user_id: str, address: str, name: str) -> Somebody:
    """The person with that address, muted or not by this user; a stranger of that name when nobody has it."""
    row = tx.execute(_BY_ADDRESS, {"workspace": workspace_id, "user": user_id, "address": address}).first()
    return _with_consent(tx, workspace_id, _somebody(row, user_id) if row else Somebody(address, name))


def person(tx: Transaction, workspace_id: str, user_id: str, person_id: str) -> Somebody | None:
    """The same, by id; None for nobody of this workspace."""
    row = tx.execute(_BY_ID, {"workspace": workspace_id, "user": user_id, "person": person_id}).first()
    return _with_consent(tx, workspace_id, _somebody(row, user_id)) if row else None


def _with_consent(tx: Transaction, workspace_id: str, known: Somebody) -> Somebody:
    said = tx.execute(_SAID, {"workspace": workspace_id, "address": known.address, "person": known.id}).scalars()
    return replace(known, consent=strictest(Consent(state) for state in said))


def messages_with(tx: Transaction, user_id: str, person_id: str) -> list[str]:
    """The latest of this rep's messages to somebody. Index ix_recipients_person_id."""
    return list(tx.execute(_WITH_PERSON, {"user": user_id, "person": person_id}).scalars())


def tasks_with(tx: Transaction, user: tuple[str, str], person_id: str, just_done: str | None, limit: int) -> Sequence[Task]:
    """What this rep (workspace id, user id) has to do about somebody, and before it the task `just_done`."""
    workspace_id, user_id = user
    open_ones = worklist.of_people(tx, user_id, [person_id], limit)
    done = worklist.task(tx, workspace_id, user_id, just_done) if just_done else None
    shown = [done] if done and done.person_id == person_id and done.completed_at and not done.deleted_at else []
    return [*shown, *open_ones][:limit]


def _somebody(row: Row[Any], user_id: str) -> Somebody:
    """What marketing knows of somebody is for who owns or watches them alone."""
    own, watched = row.owner_id == user_id, row.watcher is not None
    scored = own or watched
    return Somebody(
        address=row.address or "",
        name=row.name,
        id=row.id,
        known=is_known(row.source, row.owner_id),
        title=row.title,
        account=row.account,
        phone=next((one["number"] for one in row.phones if one["kind"] != "fax"), None),
        linkedin=row.linkedin,
        score=row.score if scored else None,
        rise=row.rise if scored else None,
        do_not_call=row.do_not_call,
        unsubscribed=row.unsubscribed,
        bounced=row.bounced_at is not None,
        muted=row.muted is not None,
        stars=row.stars if scored else None,
        flames=row.flames if scored else None,
        watched=None if own else watched,
    )
