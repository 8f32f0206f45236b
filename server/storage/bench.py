"""Rows for the bench: reps and messages they sent."""

from datetime import datetime

from sqlalchemy import insert

from server.storage.database import Database, Transaction
from server.storage.tables import links, messages, metadata, recipients, users, workspaces
from server.tokens import new_id

LINKS = 3


def fill(database: Database, reps: int, count: int, sent_at: datetime) -> tuple[list[str], list[str]]:
    """Ids of the users and of the messages, which are theirs in turn."""
    metadata.create_all(database.engine)
    return database.write(_fill, reps, count, sent_at)


def _fill(tx: Transaction, reps: int, count: int, sent_at: datetime) -> tuple[list[str], list[str]]:
    workspace_id, user_ids, message_ids = new_id(), [new_id() for _ in range(reps)], [new_id() for _ in range(count)]
    tx.execute(insert(workspaces).values(id=workspace_id, name="Bench", created_at=sent_at))
    common = {"workspace_id": workspace_id}
    tx.execute(
        insert(users),
        [
            {
                **common,
                "id": one,
                "address": f"{one}@bench.example",
                "name": one,
                "roles": [],
                "tag": one[-16:],
                "created_at": sent_at,
            }
            for one in user_ids
        ],
    )
    tx.execute(
        insert(messages),
        [
            {
                **common,
                "id": one,
                "user_id": user_ids[number % reps],
                "subject": f"Offer {number}",
                "state": "sent",
                "tracked": True,
                "created_at": sent_at,
                "sent_at": sent_at,
                "thread_id": f"{number:016x}",
            }
            for number, one in enumerate(message_ids)
        ],
    )
    tx.execute(
        insert(recipients),
        [
            {
                **common,
                "message_id": one,
                "ordinal": 1,
                "field": "to",
                "name": "Ana",
                "address": "ana@b.example",
                "personal": False,
            }
            for one in message_ids
        ],
    )
    tx.execute(
        insert(links),
        [
            {**common, "message_id": one, "ordinal": ordinal, "url": f"https://b.example/{ordinal}", "text": "page"}
            for one in message_ids
            for ordinal in range(1, LINKS + 1)
        ],
    )
    return user_ids, message_ids
