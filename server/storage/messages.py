"""Messages with their recipients and links, and the mails in a Sent folder that are their copies."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, literal, or_, select, tuple_, update

from server.domain.engagement import Class, Kind
from server.domain.messages import Field, Link, Message, Recipient, State
from server.domain.people import folded
from server.storage.tables import Utc, engagements, links, messages, recipients
from server.storage.upsert import insert as insert_or

_WAITING = (State.DRAFTED.value, State.EXPIRED.value)


def add(tx: Connection, message: Message, expires_at: datetime | None) -> None:
    tx.execute(
        insert(messages).values(
            id=message.id,
            workspace_id=message.workspace_id,
            user_id=message.user_id,
            subject=message.subject,
            found_by=folded(message.subject),
            state=message.state.value,
            tracked=message.tracked,
            created_at=message.created_at,
            expires_at=expires_at,
            sent_at=message.sent_at,
            thread_id=message.thread_id,
        )
    )
    _add_recipients(tx, message.id, message.workspace_id, message.recipients)
    add_links(tx, message.id, message.workspace_id, message.links)


def redraft(tx: Connection, message: Message, expires_at: datetime) -> bool:
    """Subject and recipients of a draft as they are now; one given up comes back. False once it is no draft any more."""
    done = tx.execute(
        update(messages)
        .where(messages.c.id == message.id, messages.c.state.in_(_WAITING), messages.c.sending_until.is_(None))
        .values(subject=message.subject, found_by=folded(message.subject), state=State.DRAFTED.value, expires_at=expires_at)
    )
    if done.rowcount:
        replace_recipients(tx, message.id, message.workspace_id, message.recipients)
    return done.rowcount == 1


def get(tx: Connection, message_id: str, user_id: str) -> Message | None:
    row = tx.execute(select(messages).where(messages.c.id == message_id, messages.c.user_id == user_id)).first()
    return None if row is None else _whole(tx, [row])[0]


def latest(
    tx: Connection,
    user_id: str,
    before: tuple[datetime, str] | None,
    limit: int,
    narrowed: Sequence[ColumnElement[bool]] = (),
) -> list[Message]:
    """What was sent, newest first; `before` is the (sent_at, id) of the last one seen. Index ix_messages_of_owner."""
    asked = select(messages).where(messages.c.user_id == user_id, messages.c.sent_at.is_not(None), *narrowed)
    if before is not None:
        at, message_id = before
        asked = asked.where(tuple_(messages.c.sent_at, messages.c.id) < tuple_(literal(at, Utc), literal(message_id)))
    rows = tx.execute(asked.order_by(messages.c.sent_at.desc(), messages.c.id.desc()).limit(limit)).all()
    return _whole(tx, rows)


def tallies(tx: Connection, message_ids: Sequence[str]) -> dict[str, Counter[tuple[Kind, Class]]]:
    """How many engagements of each kind and class each of these messages has."""
    found: dict[str, Counter[tuple[Kind, Class]]] = {message_id: Counter() for message_id in message_ids}
    kind, klass = engagements.c.kind, engagements.c["class"]
    asked = select(engagements.c.message_id, kind, klass, func.count()).where(engagements.c.message_id.in_(message_ids))
    for message_id, its_kind, its_class, count in tx.execute(asked.group_by(engagements.c.message_id, kind, klass)):
        found[message_id][Kind(its_kind), Class(its_class)] = count
    return found


def add_links(tx: Connection, message_id: str, workspace_id: str, new: Iterable[Link]) -> None:
    """Links known already stay as they are, but for their words."""
    for link in new:
        statement = insert_or(tx, links).values(
            message_id=message_id, workspace_id=workspace_id, ordinal=link.ordinal, url=link.url, text=link.text
        )
        tx.execute(
            statement.on_conflict_do_update(index_elements=["message_id", "ordinal"], set_={"text": statement.excluded.text})
        )


def keep_links(tx: Connection, message_id: str, ordinals: Iterable[int]) -> None:
    """The mail is out: links that were taken out of it while it was written are no links of it."""
    tx.execute(delete(links).where(links.c.message_id == message_id, links.c.ordinal.not_in(list(ordinals))))


def replace_recipients(tx: Connection, message_id: str, workspace_id: str, new: Sequence[Recipient]) -> None:
    tx.execute(delete(recipients).where(recipients.c.message_id == message_id))
    _add_recipients(tx, message_id, workspace_id, new)


def add_recipients(tx: Connection, message_id: str, workspace_id: str, more: Iterable[Recipient]) -> None:
    """Those whose address is not among them yet, numbered on."""
    known = tx.execute(select(recipients.c.address, recipients.c.ordinal).where(recipients.c.message_id == message_id)).all()
    addresses, last = {row.address for row in known}, max((row.ordinal for row in known), default=0)
    new = [recipient for recipient in more if recipient.address not in addresses]
    numbered = [
        Recipient(last + place, one.field, one.name, one.address, one.personal, one.person_id)
        for place, one in enumerate(new, start=1)
    ]
    _add_recipients(tx, message_id, workspace_id, numbered)


def link_people(tx: Connection, message_id: str, persons: Mapping[str, str]) -> None:
    """Address → person id."""
    for address, person_id in persons.items():
        tx.execute(
            update(recipients)
            .where(recipients.c.message_id == message_id, recipients.c.address == address)
            .values(person_id=person_id)
        )


# Sending and binding


def claim_sending(tx: Connection, message_id: str, now: datetime, until: datetime) -> bool:
    """One of two submits at once gets it."""
    done = tx.execute(
        update(messages)
        .where(
            messages.c.id == message_id,
            messages.c.state.in_(_WAITING),
            or_(messages.c.sending_until.is_(None), messages.c.sending_until <= now),
        )
        .values(sending_until=until)
    )
    return done.rowcount == 1


def sending_until(tx: Connection, message_id: str) -> datetime | None:
    found: datetime | None = tx.execute(select(messages.c.sending_until).where(messages.c.id == message_id)).scalar()
    return found


def keep_sending(tx: Connection, message_id: str, until: datetime) -> None:
    tx.execute(update(messages).where(messages.c.id == message_id).values(sending_until=until))


def release_sending(tx: Connection, message_id: str) -> None:
    tx.execute(update(messages).where(messages.c.id == message_id).values(sending_until=None))


def lock(tx: Connection, message_id: str) -> None:
    """Two saves of one message come one after the other."""
    tx.execute(select(messages.c.id).where(messages.c.id == message_id).with_for_update(key_share=True))


def mark_sent(tx: Connection, message_id: str, *, subject: str, sent_at: datetime, thread_id: str, tracked: bool) -> None:
    tx.execute(
        update(messages)
        .where(messages.c.id == message_id, messages.c.state.in_(_WAITING))
        .values(
            state=State.SENT.value,
            subject=subject,
            found_by=folded(subject),
            sent_at=sent_at,
            thread_id=thread_id,
            tracked=tracked,
            expires_at=None,
        )
    )


def discard(tx: Connection, message_id: str) -> None:
    """An untracked message that turned out to be part of another."""
    tx.execute(delete(messages).where(messages.c.id == message_id, messages.c.tracked.is_(False)))


def drop_draft(tx: Connection, message_id: str, user_id: str) -> None:
    held = (messages.c.id == message_id, messages.c.user_id == user_id)
    tx.execute(delete(messages).where(*held, messages.c.state == State.DRAFTED.value, messages.c.sending_until.is_(None)))


# What came back


def recent_addresses(tx: Connection, user_id: str, since: datetime, limit: int) -> list[str]:
    """Whom this rep wrote to last, newest first."""
    newest = func.max(messages.c.sent_at)
    asked = (
        select(recipients.c.address)
        .join(messages, messages.c.id == recipients.c.message_id)
        .where(messages.c.user_id == user_id, messages.c.sent_at >= since)
        .group_by(recipients.c.address)
        .order_by(newest.desc())
        .limit(limit)
    )
    return list(tx.execute(asked).scalars())


def recipients_of(tx: Connection, message_id: str) -> list[Recipient]:
    rows = tx.execute(select(recipients).where(recipients.c.message_id == message_id).order_by(recipients.c.ordinal))
    return [_recipient(row) for row in rows]


def mark_replied(tx: Connection, message_id: str, address: str, at: datetime) -> None:
    """The first reply counts."""
    tx.execute(
        update(recipients)
        .where(_of(message_id, address), or_(recipients.c.replied_at.is_(None), recipients.c.replied_at > at))
        .values(replied_at=at)
    )


def mark_bounced(tx: Connection, message_id: str, address: str, bounce: Mapping[str, Any]) -> None:
    tx.execute(update(recipients).where(_of(message_id, address)).values(bounced=dict(bounce)))


def mark_delivered(tx: Connection, message_id: str, at: datetime) -> bool:
    """False when it was known before."""
    unknown = messages.c.id == message_id, messages.c.delivered_at.is_(None)
    return tx.execute(update(messages).where(*unknown).values(delivered_at=at)).rowcount == 1


def clear_bounce(tx: Connection, message_id: str, ordinal: int) -> None:
    tx.execute(
        update(recipients).where(recipients.c.message_id == message_id, recipients.c.ordinal == ordinal).values(bounced=None)
    )


def set_archived(tx: Connection, message_id: str, user_id: str, *, archived: bool) -> bool:
    """False when nothing changed: not this user's, not sent, or archived (or not) already."""
    former, new = (State.SENT, State.ARCHIVED) if archived else (State.ARCHIVED, State.SENT)
    done = tx.execute(
        update(messages)
        .where(messages.c.id == message_id, messages.c.user_id == user_id, messages.c.state == former.value)
        .values(state=new.value)
    )
    return done.rowcount == 1


def set_archived_all(tx: Connection, message_ids: Sequence[str], user_id: str, *, archived: bool) -> list[str]:
    """Which of them it changed."""
    former, new = (State.SENT, State.ARCHIVED) if archived else (State.ARCHIVED, State.SENT)
    own = (messages.c.id.in_(list(message_ids)), messages.c.user_id == user_id, messages.c.state == former.value)
    changed = tx.execute(update(messages).where(*own).values(state=new.value).returning(messages.c.id))
    return sorted(changed.scalars())


def last_engaged(tx: Connection, message_ids: Sequence[str]) -> dict[tuple[str, Kind], tuple[datetime, datetime]]:
    """By message and kind, when people did so first and last."""
    kind, at = engagements.c.kind, engagements.c.at
    by_people = engagements.c["class"].in_([Class.HUMAN.value, Class.PROXY_HUMAN.value])
    asked = select(engagements.c.message_id, kind, func.min(at), func.max(at)).where(
        engagements.c.message_id.in_(list(message_ids)), by_people
    )
    rows = tx.execute(asked.group_by(engagements.c.message_id, kind))
    return {(message_id, Kind(its_kind)): (first, last) for message_id, its_kind, first, last in rows}


def expire_drafts(tx: Connection, now: datetime) -> int:
    done = tx.execute(
        update(messages)
        .where(messages.c.state == State.DRAFTED.value, messages.c.expires_at <= now)
        .values(state=State.EXPIRED.value)
    )
    return int(done.rowcount)


def _of(message_id: str, address: str) -> Any:
    return and_(recipients.c.message_id == message_id, recipients.c.address == address)


def _add_recipients(tx: Connection, message_id: str, workspace_id: str, new: Sequence[Recipient]) -> None:
    if new:
        tx.execute(
            insert(recipients),
            [
                {
                    "message_id": message_id,
                    "workspace_id": workspace_id,
                    "ordinal": one.ordinal,
                    "field": one.field.value,
                    "name": one.name,
                    "address": one.address,
                    "personal": one.personal,
                    "person_id": one.person_id,
                    "bounced": one.bounced,
                    "replied_at": one.replied_at,
                }
                for one in new
            ],
        )


def _whole(tx: Connection, rows: Sequence[Row[Any]]) -> list[Message]:
    ids = [row.id for row in rows]
    of: dict[str, list[Recipient]] = {message_id: [] for message_id in ids}
    for one in tx.execute(select(recipients).where(recipients.c.message_id.in_(ids)).order_by(recipients.c.ordinal)):
        of[one.message_id].append(_recipient(one))
    linked: dict[str, list[Link]] = {message_id: [] for message_id in ids}
    for one in tx.execute(select(links).where(links.c.message_id.in_(ids)).order_by(links.c.ordinal)):
        linked[one.message_id].append(Link(one.ordinal, one.url, one.text))
    return [_message(row, tuple(of[row.id]), tuple(linked[row.id])) for row in rows]


def _message(row: Row[Any], to: tuple[Recipient, ...], linked: tuple[Link, ...]) -> Message:
    return Message(
        id=row.id,
        workspace_id=row.workspace_id,
        user_id=row.user_id,
        subject=row.subject,
        state=State(row.state),
        tracked=row.tracked,
        created_at=row.created_at,
        sent_at=row.sent_at,
        thread_id=row.thread_id,
        recipients=to,
        links=linked,
    )


def _recipient(row: Row[Any]) -> Recipient:
    return Recipient(
        row.ordinal, Field(row.field), row.name, row.address, row.personal, row.person_id, row.bounced, row.replied_at
    )
