"""Rows for the bench: hits of mails that were sent."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, insert, literal, select

from server.storage.database import Database, Transaction
from server.storage.tables import engagements, hits, messages

_AT_A_TIME = 50
"""Mails whose hits are one transaction."""


def fill_hits(database: Database, message_ids: Sequence[str], count: int, begin: datetime) -> None:
    """`count` hits in all, as many for each mail, from `begin` on. On SQLite, which makes the rows itself."""
    each = count // len(message_ids)
    for start in range(0, len(message_ids), _AT_A_TIME):
        database.write(_fill, message_ids[start : start + _AT_A_TIME], start, each, begin)


def _fill(tx: Transaction, message_ids: Sequence[str], start: int, each: int, begin: datetime) -> None:
    workspace_id = tx.execute(select(messages.c.workspace_id).where(messages.c.id == message_ids[0])).scalar_one()
    rows = [
        {
            "first": (start + at) * each,
            "last": (start + at + 1) * each,
            "message": one,
            "when": begin + timedelta(hours=start + at),
        }
        for at, one in enumerate(message_ids)
    ]
    seen = {"kind": "view", "class": "human", "recipient": 1}
    told = {"method": "GET", "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
    met = {"address": "198.51.100.0/24", "address_hash": "bench", "own_device": False}
    for table, same, of_mail in (
        (engagements, {**seen, "reasons": []}, {"message_id": "message", "at": "when"}),
        (hits, {**told, **met, "signs": []}, {}),
    ):
        numbers = select(bindparam("first", type_=None).label("number")).cte("numbers", recursive=True)
        numbers = numbers.union_all(select(numbers.c.number + 1).where(numbers.c.number + 1 < bindparam("last")))
        values = {
            "id": func.printf("%026d", numbers.c.number),
            "workspace_id": literal(workspace_id),
            **{name: literal(value, table.c[name].type) for name, value in same.items()},
            **{name: bindparam(given, type_=table.c[name].type) for name, given in of_mail.items()},
        }
        statement = insert(table).from_select(list(values), select(*values.values()))
        for row in rows:
            tx.execute(statement, row)
