"""Rows for the bench: reps, messages they sent, people and how their scores went."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, delete, func, insert, make_url, select, text, update

from server.domain.people import found_by, sort_name
from server.domain.users import User
from server.storage.database import Database, Transaction
from server.storage.tables import (
    arrivals,
    engagements,
    links,
    messages,
    metadata,
    people,
    person_addresses,
    recipients,
    score_changes,
    users,
    workspaces,
)
from server.tokens import new_id

LINKS = 3


def new_database(server: str, name: str) -> str:
    """The URL of a new, empty database in this PostgreSQL."""
    _command(server, f"CREATE DATABASE {name}")
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def remove_database(server: str, name: str) -> None:
    _command(server, f"DROP DATABASE {name} WITH (FORCE)")


def count_hits(tx: Transaction) -> int:
    return int(tx.execute(select(func.count()).select_from(engagements)).scalar_one())


def count_waiting(tx: Transaction) -> int:
    """Hits that were answered and stand in no feed yet."""
    return int(tx.execute(select(func.coalesce(func.sum(arrivals.c.size), 0))).scalar_one())


def remove_waiting(tx: Transaction) -> None:
    tx.execute(delete(arrivals))


def _command(server: str, command: str) -> None:
    database = Database(server)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(command))
    database.close()


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


_PEOPLE_AT_A_TIME = 5_000


def fill_people(database: Database, reps: int, count: int, changes: int, now: datetime) -> list[User]:
    """The reps, who own the people in turn. One person in three rose lately, the others long ago."""
    metadata.create_all(database.engine)
    owners = database.write(_fill_reps, reps, now)
    for start in range(0, count, _PEOPLE_AT_A_TIME):
        database.write(_fill_people, owners, range(start, min(start + _PEOPLE_AT_A_TIME, count)), changes // count, now)
    # As a database does by itself before long.
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return owners


def rank_people(database: Database) -> None:
    """Stars and flames by chance, all the same each time; one person in fifty is a contact with an open opportunity."""

    def work(tx: Transaction) -> None:
        number = people.c.score
        stars, flames = number % 4, (number // 4) % 4
        is_contact = number % 50 == 0
        tx.execute(
            update(people).values(
                urgency=number % 30,
                stars=stars,
                flames=flames,
                priority=stars + flames,
                salesforce_type=case((is_contact, "contact"), else_="lead"),
                opportunities=case((is_contact, 1), else_=0),
            )
        )

    database.write(work)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _fill_reps(tx: Transaction, reps: int, now: datetime) -> list[User]:
    workspace_id = new_id()
    tx.execute(insert(workspaces).values(id=workspace_id, name="Bench", created_at=now))
    made = [
        User(new_id(), workspace_id, f"rep{number}@bench.example", f"Rep {number}", frozenset(), "") for number in range(reps)
    ]
    rows = [{"id": one.id, "workspace_id": workspace_id, "address": one.address, "name": one.name} for one in made]
    tx.execute(insert(users), [{**row, "roles": [], "tag": row["id"][-16:], "created_at": now} for row in rows])
    return made


def _fill_people(tx: Transaction, owners: list[User], numbers: range, changes: int, now: datetime) -> None:
    rows = [_person_row(owners[number % len(owners)], number, now) for number in numbers]
    tx.execute(insert(people), rows)
    held = [
        {"workspace_id": row["workspace_id"], "address": _address(number), "person_id": row["id"], "primary": True}
        for number, row in zip(numbers, rows, strict=True)
    ]
    tx.execute(insert(person_addresses), held)
    tx.execute(insert(score_changes), [change for row in rows for change in _change_rows(row, changes)])


def _person_row(owner: User, number: int, now: datetime) -> dict[str, Any]:
    first, last = ("Ana", "Aïssatou", "Tomasz", "Lucía", "Ming")[number % 5], ("Lee", "Diallo", "Wójcik", "Ortega")[number % 4]
    name, account = f"{first} {last} {number}", f"firm{number % 1000}.example"
    return {
        "id": new_id(),
        "workspace_id": owner.workspace_id,
        "name": name,
        "account": account,
        "phones": [{"kind": "phone", "number": "+33199001234", "shown": "+33 1 99 00 12 34"}],
        "owner_id": owner.id,
        "score": number * 7919 % 1000,
        "scored_at": now,
        "rose_at": now - timedelta(days=number * 31 % 270),
        "rise": 5,
        "sort_name": sort_name(name, ()),
        "found_by": found_by(name, account, [_address(number)]),
        "created_at": now,
    }


def _address(number: int) -> str:
    return f"person{number}@firm{number % 1000}.example"


def _change_rows(person: dict[str, Any], changes: int) -> Iterator[dict[str, Any]]:
    for number in range(changes):
        yield {
            "id": new_id(),
            "workspace_id": person["workspace_id"],
            "person_id": person["id"],
            "at": person["rose_at"] - timedelta(days=number),
            "old": person["score"] - number - 1,
            "new": person["score"] - number,
            "source": "api",
        }
