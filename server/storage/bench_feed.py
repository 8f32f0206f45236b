"""Rows for the bench: a long feed, of very many lines in all, made by the database itself."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, text

from server.domain.users import User
from server.storage.bench import fill_people
from server.storage.bench_threads import facts_of
from server.storage.database import Database
from server.storage.tables import feed_heads, feed_items, people, person_addresses

_NUMBERS = {
    "sqlite": "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count) SELECT i FROM n)",
    "postgresql": "(SELECT i FROM generate_series(1, :count) AS n(i))",
}
# The newest line has the highest number. One line of a rep in five is a machine's, one in ten stands in the Lead Feed alone.
_FILL = """
INSERT INTO feed_items (id, workspace_id, user_id, position, group_key, person_id, kind, class, hidden, removed, live, lead,
                        count, first_at, at, facts, found_by)
SELECT {id}, :workspace, reps.id, i / :reps + 1, CAST(i AS TEXT), :person, 'view',
       CASE WHEN {hidden} THEN 'machine' ELSE 'human' END, {hidden}, {no}, {live}, {lead},
       1, {at}, {at}, {facts}, 'ana lee offer'
FROM {numbers} AS numbers JOIN bench_reps AS reps ON reps.number = i % :reps
"""
_WORDS = {
    "sqlite": {
        "id": "printf('%026d', i)",
        "hidden": "i / :reps % 5 = 0",
        "no": "0",
        "live": "i / :reps % 10 <> 7",
        "lead": "i / :reps % 10 = 7",
        "at": "strftime('%Y-%m-%d %H:%M:%S.000000', :base, '+' || (i * 2) || ' seconds')",
        "facts": ":facts",
    },
    "postgresql": {
        "id": "lpad(CAST(i AS TEXT), 26, '0')",
        "hidden": "i / :reps % 5 = 0",
        "no": "false",
        "live": "i / :reps % 10 <> 7",
        "lead": "i / :reps % 10 = 7",
        "at": "CAST(:base AS timestamptz) + i * interval '2 seconds'",
        "facts": "CAST(:facts AS json)",
    },
}


_SOMEBODY = select(people.c.id, person_addresses.c.address).join(person_addresses).limit(1)


def fill_feeds(database: Database, reps: int, count: int, begin: datetime) -> list[User]:
    """The reps, whose lines come in turn, two seconds apart from `begin` on."""
    found = fill_people(database, reps, reps, reps, begin)
    database.write(_fill, found, count, begin)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return found


def _fill(tx: Connection, reps: list[User], count: int, begin: datetime) -> None:
    dialect = tx.dialect.name
    # Indexes made over all rows at once take a fraction of the time.
    for index in feed_items.indexes:
        index.drop(tx)
    tx.execute(text("CREATE TEMPORARY TABLE bench_reps (number integer PRIMARY KEY, id text)"))
    rows: list[dict[str, Any]] = [{"number": number, "id": rep.id} for number, rep in enumerate(reps)]
    tx.execute(text("INSERT INTO bench_reps VALUES (:number, :id)"), rows)
    person = tx.execute(_SOMEBODY).one()
    facts = facts_of({"subject": "Offer"}, person, "18c0ffee")
    values = {"count": count, "reps": len(reps), "workspace": reps[0].workspace_id, "person": person.id}
    statement = text(_FILL.format(numbers=_NUMBERS[dialect], **_WORDS[dialect]))
    tx.execute(statement, {**values, "base": _time(begin, dialect), "facts": json.dumps(facts)})
    for index in feed_items.indexes:
        index.create(tx)
    tx.execute(text("DROP TABLE bench_reps"))
    heads = {"workspace_id": reps[0].workspace_id, "position": count // len(reps) + 1}
    tx.execute(insert(feed_heads), [{"user_id": rep.id, **heads} for rep in reps])


def _time(at: datetime, dialect: str) -> Any:
    return at.strftime("%Y-%m-%d %H:%M:%S") if dialect == "sqlite" else at
