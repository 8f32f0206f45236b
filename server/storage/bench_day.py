"""Rows for the bench: a rep with years of work: people, mail, lines of the feed and tasks."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, insert, select, text, update

from server.domain.users import User
from server.storage.bench import fill_people
from server.storage.bench_threads import facts_of
from server.storage.database import Database, Transaction
from server.storage.tables import engagements, feed_heads, feed_items, messages, people, person_addresses, recipients, tasks
from server.tokens import new_id

LINES = 10
"""Of each message, each told by two hits."""

_AT_A_TIME = 500
_KINDS = ("view", "view", "click", "view", "reply")
_DAYS = 60


def fill_day(database: Database, persons: int, lines: int, works: int, now: datetime) -> tuple[User, str, str]:
    """(the rep, a person, a message): the rep owns `persons` people, has `lines` lines in the feed and `works` tasks, most of
    them to do."""
    [rep] = fill_people(database, 1, persons, persons, now)
    for start in range(0, lines // LINES, _AT_A_TIME):
        database.write(_fill_mail, rep, range(start, min(start + _AT_A_TIME, lines // LINES)), now)
    database.write(_fill_tasks, rep, works, now)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    newest = select(recipients.c.person_id, messages.c.id).join(messages, messages.c.id == recipients.c.message_id)
    person_id, message_id = database.read(lambda tx: tx.execute(newest.order_by(messages.c.sent_at.desc()).limit(1)).one())
    return rep, person_id, message_id


def _some_people(tx: Transaction, rep: User) -> list[Any]:
    own = select(people.c.id, person_addresses.c.address).join(person_addresses, person_addresses.c.person_id == people.c.id)
    return list(tx.execute(own.where(people.c.owner_id == rep.id).order_by(people.c.id).limit(_AT_A_TIME)).all())


def _fill_mail(tx: Transaction, rep: User, numbers: range, now: datetime) -> None:
    rows: dict[Table, list[dict[str, Any]]] = {table: [] for table in (messages, recipients, engagements, feed_items)}
    for number, person in zip(numbers, _some_people(tx, rep), strict=False):
        for table, row in _message(rep, person, number, now - timedelta(minutes=number * 17)):
            rows[table].append({"workspace_id": rep.workspace_id, **row})
    for table, new in rows.items():
        tx.execute(insert(table), new)
    if numbers.start == 0:
        tx.execute(insert(feed_heads).values(user_id=rep.id, workspace_id=rep.workspace_id, position=0))
    tx.execute(update(feed_heads).where(feed_heads.c.user_id == rep.id).values(position=numbers.stop * LINES))


def _message(rep: User, person: Any, number: int, at: datetime) -> Iterator[tuple[Table, dict[str, Any]]]:
    thread = f"{number:016x}"
    message = {"id": new_id(), "user_id": rep.id, "subject": f"Offer {number}", "state": "sent", "tracked": True}
    about = {"message_id": message["id"]}
    yield messages, {**message, "created_at": at, "sent_at": at, "thread_id": thread}
    to = {"ordinal": 1, "field": "to", "name": "", "address": person.address, "personal": False, "person_id": person.id}
    yield recipients, {**about, **to}
    for line in range(LINES):
        kind, seen = _KINDS[line % len(_KINDS)], at + timedelta(minutes=line)
        for hit in range(2):
            judged = {"kind": kind, "class": "human", "reasons": [], "recipient": 0, "link": None}
            yield engagements, {**about, **judged, "id": new_id(), "at": seen + timedelta(seconds=hit)}
        place = {"position": number * LINES + line + 1, "group_key": f"{message['id']}:{line}", "first_at": seen, "at": seen}
        shown = {"kind": kind, "class": "human", "hidden": False, "removed": False, "count": 2}
        facts = facts_of(message, person, thread)
        yield feed_items, {**about, **place, **shown, "id": new_id(), "user_id": rep.id, "facts": facts}


def _fill_tasks(tx: Transaction, rep: User, count: int, now: datetime) -> None:
    persons = _some_people(tx, rep)
    tx.execute(insert(tasks), [_task(rep, persons[number % len(persons)], number, now) for number in range(count)])


def _task(rep: User, person: Any, number: int, now: datetime) -> dict[str, Any]:
    due = now.date() + timedelta(days=number % _DAYS - _DAYS // 6)
    return {
        "id": new_id(),
        "workspace_id": rep.workspace_id,
        "user_id": rep.id,
        "created_by": rep.id,
        "name": f"Call about offer {number}",
        "type": ("call", "email", "inmail", "custom")[number % 4],
        "priority": "high" if number % 10 == 0 else "normal",
        "due_on": due,
        "details": "",
        "person_id": person.id,
        "version": 1,
        "completed_at": now if due < now.date() and number % 3 else None,
        "created_at": now,
        "updated_at": now,
    }
