import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from server.domain.people import Person, PersonAddress
from server.storage import people as stored
from server.storage.database import Database
from server.storage.tables import people, person_addresses, workspaces
from server.tokens import new_id

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture
def workspace(database: Database) -> str:
    return a_workspace(database)


def a_workspace(database: Database) -> str:
    workspace_id = new_id()
    row = {"id": workspace_id, "name": "Fjordline", "created_at": NOW}
    database.write(lambda tx: tx.execute(insert(workspaces).values(**row)))
    return workspace_id


def names(database: Database, workspace_id: str) -> list[str]:
    query = select(people.c.name).where(people.c.workspace_id == workspace_id).order_by(people.c.name)
    return list(database.read(lambda tx: tx.execute(query).scalars()))


def test_an_address_has_one_person_in_each_workspace(database: Database, workspace: str) -> None:
    first = database.write(stored.ensure, workspace, {"ana@a.example": "Ana", "bo@b.example": ""}, NOW)
    again = database.write(stored.ensure, workspace, {"ana@a.example": "Somebody else"}, NOW)
    other = database.write(stored.ensure, a_workspace(database), {"ana@a.example": "Ana"}, NOW)
    assert again["ana@a.example"] == first["ana@a.example"] != other["ana@a.example"]
    assert names(database, workspace) == ["", "Ana"]


def test_a_person_without_a_name_gets_the_first_one_that_is_told(database: Database, workspace: str) -> None:
    for name in ("", "Ana Lee", "A. Lee"):
        database.write(stored.ensure, workspace, {"ana@a.example": name}, NOW)
    assert names(database, workspace) == ["Ana Lee"]


def test_workers_who_meet_the_same_people_at_once_make_each_once(database: Database, workspace: str) -> None:
    addresses = {f"{at}@a.example": f"Nr {at}" for at in range(10)}
    found: list[dict[str, str]] = []
    threads = [
        threading.Thread(target=lambda: found.append(database.write(stored.ensure, workspace, addresses, NOW)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all(one == found[0] for one in found)
    assert database.read(lambda tx: tx.execute(select(func.count()).select_from(people)).scalar_one()) == 10


@pytest.mark.parametrize("named", [{"marketo_id": 7}, {"salesforce_id": "00Q000000000001AAA"}], ids=str)
def test_who_is_second_with_a_lead_or_record_is_told_so(database: Database, workspace: str, named: dict[str, Any]) -> None:
    """Two jobs read the same lead for the first time."""
    met = [Person(new_id(), workspace, "Ana", (PersonAddress(address),), **named) for address in ("a@a.example", "b@a.example")]
    assert [database.write(stored.add, [one], NOW) for one in met] == [True, False]
    assert names(database, workspace) == ["Ana"]


def test_a_reply_says_that_an_address_works_again(database: Database, workspace: str) -> None:
    database.write(stored.ensure, workspace, {"ana@a.example": "Ana"}, NOW)
    database.write(stored.mark_bounced, workspace, "ana@a.example", NOW, {"state": "failed"})
    query = select(person_addresses.c.bounced_at, person_addresses.c.bounce, person_addresses.c.replied_at)
    assert tuple(database.read(lambda tx: tx.execute(query).one())) == (NOW, {"state": "failed"}, None)
    database.write(stored.mark_replied, workspace, "ana@a.example", NOW)
    assert tuple(database.read(lambda tx: tx.execute(query).one())) == (None, None, NOW)
