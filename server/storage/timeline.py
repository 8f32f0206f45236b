"""What one viewer may see of what happened with one person, newest first; each page by keyset."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal, or_, select, tuple_

from server.domain.feed import Line
from server.domain.moments import Moment
from server.domain.tasks import Task
from server.storage.feed import LINES, Placed, placed
from server.storage.moments import moment_of
from server.storage.tables import Utc, engagements, feed_items, mails, messages, moments, person_addresses, recipients, tasks
from server.storage.worklist import OF_A_TASK, task_of

Before = tuple[datetime, str] | None

_MINE: Any = feed_items.c.user_id.concat("")
"""The viewer where messages are asked for too: written so that no database reads the viewer's whole feed by its order."""
_NAMED = feed_items.c.facts[("who", "person", "id")].as_string()
_OF = feed_items.c.facts[("who", "of")].as_integer()
_WHEN = func.coalesce(tasks.c.completed_at, tasks.c.created_at)


def mail_lines(tx: Connection, user_id: str, person_id: str, before: Before, machine: bool, limit: int) -> list[Placed]:
    """Lines that name the person, and those of whom nobody knows which of several it was while they are one of them. Indexes
    ix_recipients_person_id, ix_mails_from and ix_feed_items_message_id."""
    query = LINES.where(*_about(user_id, person_id), *_older(feed_items.c.at, feed_items.c.id, before))
    if not machine:
        query = query.where(~feed_items.c.hidden)
    rows = tx.execute(query.order_by(feed_items.c.at.desc(), feed_items.c.id.desc()).limit(limit))
    return [placed(row) for row in rows.all()]


def machine_hits(tx: Connection, user_id: str, person_id: str) -> int:
    hits = select(func.coalesce(func.sum(feed_items.c.count), 0)).where(*_about(user_id, person_id), feed_items.c.hidden)
    return int(tx.execute(hits).scalar_one())


def moments_of(tx: Connection, workspace_id: str, person_id: str, before: Before, limit: int) -> list[Moment]:
    """Index ix_moments_of_person."""
    query = select(moments).where(moments.c.workspace_id == workspace_id, moments.c.person_id == person_id)
    query = query.where(*_older(moments.c.at, moments.c.id, before))
    return [moment_of(row) for row in tx.execute(query.order_by(moments.c.at.desc(), moments.c.id.desc()).limit(limit))]


def line_ids(tx: Connection, user_id: str, moment_ids: Collection[str]) -> dict[str, Line]:
    """The line each of these moments has in the viewer's feeds, by the moment's id. Index ix_feed_items_moment_id."""
    query = LINES.where(feed_items.c.moment_id.in_(list(moment_ids)), user_id == _MINE, ~feed_items.c.removed)
    found = [placed(row).line for row in tx.execute(query)]
    return {line.moment_id: line for line in found if line.moment_id}


def tasks_of(tx: Connection, user_id: str, person_id: str, before: Before, limit: int) -> Sequence[Task]:
    """The viewer's, by when they were done, else made. Index ix_tasks_of_person."""
    theirs = or_(tasks.c.user_id == user_id, tasks.c.created_by == user_id)
    query = select(*OF_A_TASK).where(tasks.c.person_id == person_id, theirs, tasks.c.deleted_at.is_(None))
    query = query.where(*_older(_WHEN, tasks.c.id, before)).order_by(_WHEN.desc(), tasks.c.id.desc())
    return [task_of(row) for row in tx.execute(query.limit(limit))]


def _about(user_id: str, person_id: str) -> tuple[ColumnElement[bool], ...]:
    received = _received(user_id, person_id)
    among = and_(_NAMED.is_(None), _OF > 1, feed_items.c.message_id.in_(received))
    theirs = feed_items.c.message_id.in_(received.union(_written(user_id, person_id)))
    return user_id == _MINE, ~feed_items.c.removed, theirs, or_(person_id == _NAMED, among)


def _received(user_id: str, person_id: str) -> Select[Any]:
    mine = select(recipients.c.message_id).join(messages, messages.c.id == recipients.c.message_id)
    return mine.where(recipients.c.person_id == person_id, messages.c.user_id == user_id)


def _written(user_id: str, person_id: str) -> Select[Any]:
    """Messages they answered without having got them."""
    address = and_(person_addresses.c.workspace_id == mails.c.workspace_id, person_addresses.c.address == mails.c.from_address)
    answered = (
        select(engagements.c.message_id)
        .join(mails, mails.c.id == engagements.c.id)
        .join(person_addresses, address)
        .join(messages, messages.c.id == engagements.c.message_id)
    )
    return answered.where(person_addresses.c.person_id == person_id, messages.c.user_id == user_id)


def _older(at: Any, thing_id: Any, before: Before) -> list[ColumnElement[bool]]:
    return [] if before is None else [tuple_(at, thing_id) < tuple_(literal(before[0], Utc), literal(before[1]))]
