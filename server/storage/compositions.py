"""Mails written here, and the single mails that go out of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, func, insert, literal, select, tuple_, update

from server.domain.compositions import Composition, Mail, MailState, Recipients, State, Written
from server.domain.drafts import Addressee
from server.storage.tables import Utc, composition_mails, compositions, messages, recipients

_OPEN = (State.SCHEDULED.value, State.SENDING.value)

Position = tuple[datetime, str]


def add(tx: Connection, made: Composition) -> None:
    kept = {name: getattr(made, name) for name in ("id", "workspace_id", "user_id", "send_at", "version")}
    kept |= {"state": made.state.value, "created_at": made.created_at, "updated_at": made.updated_at}
    tx.execute(insert(compositions).values(**kept, **_written(made.written)))


_ONE = select(compositions).where(compositions.c.id == bindparam("id"), compositions.c.user_id == bindparam("user"))


def get(tx: Connection, composition_id: str, user_id: str) -> Composition | None:
    row = tx.execute(_ONE, {"id": composition_id, "user": user_id}).one_or_none()
    return _composition(row) if row else None


def page(tx: Connection, user_id: str, states: Collection[State], before: Position | None, limit: int) -> list[Composition]:
    """Changed last first; `before` is the (updated_at, id) of the last one seen."""
    asked = select(compositions).where(
        compositions.c.user_id == user_id, compositions.c.state.in_([state.value for state in states])
    )
    place = compositions.c.updated_at, compositions.c.id
    if before is not None:
        asked = asked.where(tuple_(*place) < tuple_(literal(before[0], Utc), literal(before[1])))
    rows = tx.execute(asked.order_by(*(column.desc() for column in place)).limit(limit))
    return [_composition(row) for row in rows]


_COUNT = select(func.count()).where(compositions.c.user_id == bindparam("user"), compositions.c.state == bindparam("state"))


def count(tx: Connection, user_id: str, state: State) -> int:
    return int(tx.execute(_COUNT, {"user": user_id, "state": state.value}).scalar_one())


def change(
    tx: Connection,
    found: Composition,
    now: datetime,
    *,
    written: Written | None = None,
    state: State | None = None,
    send_at: datetime | None = None,
    error: str = "",
) -> bool:
    """False when it is no longer as it was found. Its version grows."""
    values: dict[str, Any] = {"version": found.version + 1, "updated_at": now, "send_at": send_at, "error": error}
    values |= _written(written) if written is not None else {}
    values |= {"state": state.value} if state is not None else {}
    return bool(tx.execute(update(compositions).where(*_as(found)).values(**values)).rowcount)


def remove(tx: Connection, found: Composition) -> bool:
    return bool(tx.execute(delete(compositions).where(*_as(found))).rowcount)


def forget_sent(tx: Connection, before: datetime) -> int:
    done = tx.execute(delete(compositions).where(compositions.c.state == State.SENT.value, compositions.c.updated_at < before))
    return int(done.rowcount)


# Its mails


def put_mails(tx: Connection, found: Composition, mails: Sequence[Mail]) -> None:
    """Instead of those that did not go out."""
    drop_unsent(tx, found.id)
    rows = [
        {
            "composition_id": found.id,
            "ordinal": mail.ordinal,
            "workspace_id": found.workspace_id,
            "user_id": found.user_id,
            "state": mail.state.value,
            "recipients": _told(mail.recipients),
            "filled": dict(mail.filled),
            "anyway": mail.anyway,
            "message_id": mail.message_id,
        }
        for mail in mails
    ]
    if rows:
        tx.execute(insert(composition_mails), rows)


def drop_unsent(tx: Connection, composition_id: str) -> None:
    tx.execute(
        delete(composition_mails).where(
            composition_mails.c.composition_id == composition_id, composition_mails.c.state != MailState.SENT.value
        )
    )


_MAILS = (
    select(composition_mails)
    .where(composition_mails.c.composition_id.in_(bindparam("ids", expanding=True)))
    .order_by(composition_mails.c.composition_id, composition_mails.c.ordinal)
)


def mails(tx: Connection, composition_ids: Collection[str]) -> Mapping[str, list[Mail]]:
    found: dict[str, list[Mail]] = {composition_id: [] for composition_id in composition_ids}
    for row in tx.execute(_MAILS, {"ids": list(composition_ids)}):
        found[row.composition_id].append(_mail(row))
    return found


_DUE = (
    select(compositions)
    .where(
        compositions.c.user_id == bindparam("user"),
        compositions.c.state.in_(_OPEN),
        compositions.c.send_at <= bindparam("now"),
    )
    .order_by(compositions.c.send_at, compositions.c.id)
)
_NEXT = select(func.min(compositions.c.send_at)).where(
    compositions.c.user_id == bindparam("user"), compositions.c.state.in_(_OPEN)
)
_WAITING = (
    select(composition_mails)
    .where(
        composition_mails.c.composition_id == bindparam("id"),
        composition_mails.c.state == MailState.WAITING.value,
    )
    .order_by(composition_mails.c.tried_at.is_(None), composition_mails.c.ordinal)
    .limit(1)
)


def due(tx: Connection, user_id: str, now: datetime) -> tuple[Composition, Mail | None] | None:
    """What this user's next mail belongs to, and that mail: one that was begun first. No mail: all of them are done."""
    row = tx.execute(_DUE.limit(1), {"user": user_id, "now": now}).one_or_none()
    if row is None:
        return None
    mail = tx.execute(_WAITING, {"id": row.id}).one_or_none()
    return _composition(row), _mail(mail) if mail else None


def next_at(tx: Connection, user_id: str) -> datetime | None:
    return tx.execute(_NEXT, {"user": user_id}).scalar()


_TRIED = select(composition_mails.c.tried_at).where(
    composition_mails.c.user_id == bindparam("user"), composition_mails.c.tried_at > bindparam("since")
)


def tried_since(tx: Connection, user_id: str, since: datetime) -> list[datetime]:
    return list(tx.execute(_TRIED, {"user": user_id, "since": since}).scalars())


def begin(tx: Connection, found: Composition, mail: Mail, now: datetime) -> bool:
    """From now on nobody can take it back. False when somebody just did, or another worker has it."""
    known = (compositions.c.id == found.id, compositions.c.version == found.version, compositions.c.state.in_(_OPEN))
    if not tx.execute(update(compositions).where(*known).values(state=State.SENDING.value)).rowcount:
        return False
    waits = (composition_mails.c.tried_at == mail.tried_at) if mail.tried_at else composition_mails.c.tried_at.is_(None)
    mine = and_(*_is(mail), composition_mails.c.state == MailState.WAITING.value, waits)
    return bool(tx.execute(update(composition_mails).where(mine).values(tried_at=now, error="")).rowcount)


def settle(tx: Connection, mail: Mail, state: MailState, *, error: str = "", message_id: str | None = None) -> None:
    values = {"state": state.value, "error": error} | ({"message_id": message_id} if message_id else {})
    tx.execute(update(composition_mails).where(*_is(mail)).values(**values))


def stop_waiting(tx: Connection, composition_id: str, error: str) -> None:
    """Of those not begun."""
    tx.execute(
        update(composition_mails)
        .where(
            composition_mails.c.composition_id == composition_id,
            composition_mails.c.state == MailState.WAITING.value,
            composition_mails.c.tried_at.is_(None),
        )
        .values(state=MailState.STOPPED.value, error=error)
    )


def note(tx: Connection, composition_id: str, error: str) -> None:
    """Why it waits. No change anybody made."""
    tx.execute(update(compositions).where(compositions.c.id == composition_id).values(error=error))


def end(tx: Connection, composition_id: str, state: State, now: datetime, error: str = "") -> None:
    tx.execute(
        update(compositions)
        .where(compositions.c.id == composition_id)
        .values(state=state.value, error=error, updated_at=now, version=compositions.c.version + 1)
    )


def sent_without_tokens(tx: Connection, user_id: str, subject: str, addresses: Iterable[str], since: datetime) -> str | None:
    """A message without tokens that the watch found in the Sent folder since then, to just these. `subject` empty: any."""
    wanted = {address.lower() for address in addresses}
    asked = (
        select(messages.c.id, recipients.c.address)
        .join(recipients, recipients.c.message_id == messages.c.id)
        .where(messages.c.user_id == user_id, messages.c.tracked.is_(False), messages.c.sent_at >= since)
    )
    if subject:
        asked = asked.where(messages.c.subject == subject)
    found: dict[str, set[str]] = {}
    for message_id, address in tx.execute(asked):
        found.setdefault(message_id, set()).add(address.lower())
    return next((message_id for message_id, to in found.items() if to == wanted), None)


def _as(found: Composition) -> tuple[Any, ...]:
    """Still as it was found; a worker that begins with it changes its state alone."""
    return (
        compositions.c.id == found.id,
        compositions.c.version == found.version,
        compositions.c.state == found.state.value,
    )


def _is(mail: Mail) -> tuple[Any, ...]:
    return composition_mails.c.composition_id == mail.composition_id, composition_mails.c.ordinal == mail.ordinal


def _written(written: Written) -> dict[str, Any]:
    return {
        "recipients": _told(written.recipients),
        "subject": written.subject,
        "body": written.body,
        "sender": written.sender,
        "tracked": written.tracked,
        "separate": written.separate,
        "signed": written.signed,
        "thread_id": written.thread_id,
    }


def _told(found: Recipients) -> dict[str, list[dict[str, str]]]:
    fields = (("to", found.to), ("cc", found.cc), ("bcc", found.bcc))
    return {name: [{"name": one.name, "address": one.address} for one in part] for name, part in fields}


def _recipients(kept: Mapping[str, list[dict[str, str]]]) -> Recipients:
    to, cc, bcc = (tuple(Addressee(one["name"], one["address"]) for one in kept[name]) for name in ("to", "cc", "bcc"))
    return Recipients(to, cc, bcc)


def _composition(row: Row[Any]) -> Composition:
    written = Written(
        recipients=_recipients(row.recipients),
        subject=row.subject,
        body=row.body,
        sender=row.sender,
        tracked=row.tracked,
        separate=row.separate,
        signed=row.signed,
        thread_id=row.thread_id,
    )
    return Composition(
        id=row.id,
        workspace_id=row.workspace_id,
        user_id=row.user_id,
        written=written,
        state=State(row.state),
        send_at=row.send_at,
        error=row.error,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _mail(row: Row[Any]) -> Mail:
    return Mail(
        composition_id=row.composition_id,
        ordinal=row.ordinal,
        recipients=_recipients(row.recipients),
        filled=row.filled,
        anyway=row.anyway,
        message_id=row.message_id,
        state=MailState(row.state),
        tried_at=row.tried_at,
        error=row.error,
    )
