"""What is suggested to reps, and what they made of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, delete, exists, select, update

from server.domain.feed import Line
from server.domain.messages import State
from server.domain.suggestions import Rule, Sent, Suggestion
from server.storage.database import Transaction
from server.storage.feed import LINES, placed
from server.storage.tables import feed_items, messages, mutes, recipients, suggestions, tasks, users
from server.storage.upsert import insert
from server.tokens import new_id

_MOST_LINES = 3000
_LATELY = (
    LINES.where(
        feed_items.c.user_id == bindparam("viewer"),
        feed_items.c.at >= bindparam("since"),
        ~feed_items.c.hidden,
        ~feed_items.c.removed,
    )
    .order_by(feed_items.c.at.desc(), feed_items.c.id.desc())
    .limit(_MOST_LINES)
)
_OTHER, _TO = messages.alias(), recipients.alias()
_SENT = (
    select(
        messages.c.id,
        recipients.c.person_id,
        messages.c.subject,
        messages.c.sent_at,
        recipients.c.replied_at.is_not(None)
        | exists(
            select(_OTHER.c.id)
            .join(_TO, _TO.c.message_id == _OTHER.c.id)
            .where(
                _TO.c.person_id == recipients.c.person_id,
                _OTHER.c.user_id == messages.c.user_id,
                _OTHER.c.sent_at > messages.c.sent_at,
            )
        ),
    )
    .join(recipients, recipients.c.message_id == messages.c.id)
    .where(
        messages.c.user_id == bindparam("viewer"),
        messages.c.sent_at >= bindparam("first"),
        messages.c.sent_at <= bindparam("last"),
        messages.c.state == State.SENT.value,
        recipients.c.person_id.is_not(None),
    )
)
_BUSY = (
    select(tasks.c.person_id)
    .where(
        tasks.c.user_id == bindparam("viewer"),
        tasks.c.completed_at.is_(None),
        tasks.c.deleted_at.is_(None),
        tasks.c.person_id.is_not(None),
    )
    .union(select(mutes.c.target_id).where(mutes.c.user_id == bindparam("viewer"), mutes.c.kind == "person"))
)


@dataclass(frozen=True, slots=True)
class Stored:
    id: str
    suggestion: Suggestion
    state: str
    task_id: str | None


def reps(tx: Transaction) -> list[str]:
    """Everybody who is let in, of whatever workspace."""
    return list(tx.execute(select(users.c.id).where(users.c.deactivated_at.is_(None)).order_by(users.c.id)).scalars())


def lines(tx: Transaction, user_id: str, since: datetime) -> list[Line]:
    """Shown ones, newest first. Index ix_feed_items_shown."""
    return [placed(row).line for row in tx.execute(_LATELY, {"viewer": user_id, "since": since})]


def sent(tx: Transaction, user_id: str, first: datetime, last: datetime) -> list[Sent]:
    """One for each recipient. Index ix_messages_of_owner."""
    return [Sent(*row) for row in tx.execute(_SENT, {"viewer": user_id, "first": first, "last": last})]


def busy(tx: Transaction, user_id: str) -> set[str]:
    """People about whom this rep has an open task, or whom they muted."""
    return set(tx.execute(_BUSY, {"viewer": user_id}).scalars())


def renew(tx: Transaction, workspace_id: str, user_id: str, now_hold: Collection[Suggestion], now: datetime) -> int:
    """Those that hold now are open, unless the rep decided about them; the others that were open go. How many are new."""
    keys = [one.key for one in now_hold]
    gone = and_(suggestions.c.user_id == user_id, suggestions.c.state == "open", suggestions.c.key.not_in(keys))
    tx.execute(delete(suggestions).where(gone))
    rows = [_row(workspace_id, user_id, one, now) for one in now_hold]
    made = insert(tx, suggestions).on_conflict_do_nothing(index_elements=["user_id", "key"])
    return len(tx.execute(made.returning(suggestions.c.id), rows).all()) if rows else 0


def open_ones(tx: Transaction, user_id: str) -> list[Stored]:
    """The newest first. Index ix_suggestions_of_user."""
    mine = (suggestions.c.user_id == user_id, suggestions.c.state == "open")
    order = (suggestions.c.made_at.desc(), suggestions.c.id)
    return [_stored(row) for row in tx.execute(select(suggestions).where(*mine).order_by(*order))]


def one(tx: Transaction, user_id: str, suggestion_id: str) -> Stored | None:
    row = tx.execute(
        select(suggestions).where(suggestions.c.id == suggestion_id, suggestions.c.user_id == user_id)
    ).one_or_none()
    return _stored(row) if row else None


def decide(tx: Transaction, suggestion_id: str, before: str, state: str, task_id: str | None, now: datetime) -> bool:
    """False when somebody was quicker."""
    same = (suggestions.c.id == suggestion_id, suggestions.c.state == before)
    values = {"state": state, "task_id": task_id, "decided_at": None if state == "open" else now}
    return bool(tx.execute(update(suggestions).where(*same).values(**values)).rowcount)


def forget(tx: Transaction, before: datetime) -> None:
    """What was decided so long ago holds no longer."""
    tx.execute(delete(suggestions).where(suggestions.c.decided_at < before))


def _row(workspace_id: str, user_id: str, one: Suggestion, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "workspace_id": workspace_id,
        "user_id": user_id,
        "rule": one.rule.value,
        "key": one.key,
        "person_id": one.person_id,
        "message_id": one.message_id,
        "facts": {**one.facts, "at": one.at.isoformat()},
        "state": "open",
        "made_at": now,
    }


def _stored(row: Any) -> Stored:
    facts = dict(row.facts)
    at = datetime.fromisoformat(facts.pop("at"))
    suggestion = Suggestion(Rule(row.rule), row.key, row.person_id, row.message_id, at, facts)
    return Stored(row.id, suggestion, row.state, row.task_id)
