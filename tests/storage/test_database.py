from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import StatementError

from server.errors import Unavailable
from server.storage.database import Database
from server.storage.tables import workspaces
from server.tokens import new_id


def add(connection: Connection, created_at: datetime) -> str:
    made = new_id()
    connection.execute(insert(workspaces).values(id=made, name="Fjordline", created_at=created_at))
    return made


def created_at(connection: Connection, workspace_id: str) -> datetime | None:
    return connection.execute(select(workspaces.c.created_at).where(workspaces.c.id == workspace_id)).scalar()


def test_a_time_comes_back_in_utc_with_its_zone(database: Database) -> None:
    at = datetime(2026, 11, 21, 14, 30, 8, 123456, timezone(timedelta(hours=8)))
    stored = database.read(created_at, database.write(add, at))
    assert stored == at
    assert stored is not None
    assert stored.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="a time without a zone"):
        database.write(add, datetime(2026, 11, 21))  # noqa: DTZ001


def test_work_that_fails_leaves_nothing(database: Database) -> None:
    made: list[str] = []

    def fail(connection: Connection) -> None:
        made.append(add(connection, datetime.now(UTC)))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        database.write(fail)
    assert database.read(created_at, made[0]) is None


def test_a_database_that_is_away_is_said_to_be() -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/livefeed")
    with pytest.raises(Unavailable):
        away.read(created_at, "x")
