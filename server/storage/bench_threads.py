"""Rows for the bench: threads of reps with their own people, and what came of them."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, insert, select, text

from server.domain.users import User
from server.storage.database import Database, Transaction
from server.storage.tables import (
    copies,
    engagements,
    feed_heads,
    feed_items,
    mailboxes,
    messages,
    people,
    person_addresses,
    recipients,
    tasks,
)
from server.tokens import new_id

_HITS = 20
_LINES = 3
_CLASSES = ("human", "machine", "own", "proxy-human", "unknown")

Rows = dict[Table, list[dict[str, Any]]]


def fill_threads(database: Database, reps: Sequence[User], threads: int, now: datetime) -> list[tuple[User, str]]:
    """For each rep so many threads with people they own, who are there already. Gives every thread's id with its rep."""
    made = [found for rep in reps for found in database.write(_fill, rep, threads, now)]
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return made


def _fill(tx: Transaction, rep: User, threads: int, now: datetime) -> list[tuple[User, str]]:
    own = select(people.c.id, person_addresses.c.address).join(person_addresses, person_addresses.c.person_id == people.c.id)
    persons = tx.execute(own.where(people.c.owner_id == rep.id).limit(50)).all()
    mailbox: dict[str, Any] = {
        "id": new_id(),
        "workspace_id": rep.workspace_id,
        "user_id": rep.id,
        "address": rep.address,
        "aliases": [],
    }
    tx.execute(insert(mailboxes).values(**mailbox, scopes=[], state="ok", state_since=now, created_at=now))
    tx.execute(insert(feed_heads).values(user_id=rep.id, workspace_id=rep.workspace_id, position=threads * _LINES))
    rows: Rows = {table: [] for table in (messages, recipients, copies, engagements, feed_items, tasks)}
    made = []
    for number in range(threads):
        person = persons[number % len(persons)]
        thread = f"{int(rep.id[-8:], 32) * 1000 + number:016x}"[-16:]
        for table, row in _thread(rep, mailbox["id"], person, thread, number, now - timedelta(minutes=number)):
            rows[table].append({"workspace_id": rep.workspace_id, **row})
        made.append((rep, thread))
    for table, new in rows.items():
        tx.execute(insert(table), new)
    return made


def _thread(
    rep: User, mailbox: str, person: Any, thread: str, number: int, at: datetime
) -> Iterator[tuple[Table, dict[str, Any]]]:
    message = {"id": new_id(), "user_id": rep.id, "subject": f"Offer {number}", "state": "sent", "tracked": True}
    about = {"message_id": message["id"]}
    yield messages, {**message, "created_at": at, "sent_at": at, "thread_id": thread}
    to = {"ordinal": 1, "field": "to", "name": "", "address": person.address, "personal": False, "person_id": person.id}
    yield recipients, {**about, **to}
    copy = {"mailbox_id": mailbox, "gmail_id": thread, "recipient": 0, "thread_id": thread, "rfc_message_id": f"<{thread}@x>"}
    yield copies, {**about, **copy, "sent_at": at, "reused": False}
    for hit in range(_HITS):
        judged = {"kind": "view", "class": _CLASSES[hit % len(_CLASSES)], "reasons": [], "recipient": 0, "link": None}
        yield engagements, {**about, **judged, "id": new_id(), "at": at + timedelta(seconds=hit)}
    for line in range(_LINES):
        place = {"position": number * _LINES + line + 1, "group_key": f"{message['id']}:{line}", "first_at": at, "at": at}
        shown = {"kind": "view", "class": "human", "hidden": False, "removed": False, "count": 2}
        yield (
            feed_items,
            {**about, **place, **shown, "id": new_id(), "user_id": rep.id, "facts": facts_of(message, person, thread)},
        )
    wish = {
        "name": "Call",
        "type": "call",
        "priority": "normal",
        "due_on": at.date(),
        "details": "",
        "found_by": "call",
        "version": 1,
    }
    of = {"user_id": rep.id, "created_by": rep.id, "person_id": person.id, "message_id": message["id"]}
    yield tasks, {**wish, **of, "id": new_id(), "created_at": at, "updated_at": at}


def facts_of(message: dict[str, Any], person: Any, thread: str) -> dict[str, Any]:
    who: dict[str, Any] = {
        "person": {"id": person.id, "name": "", "address": person.address},
        "account": None,
        "of": 1,
        "possible": [],
    }
    about = {"subject": message["subject"], "thread_id": thread, "archived": False}
    return {"who": who, "message": about, **dict.fromkeys(("link", "place", "device", "forwarded", "detail"))}
