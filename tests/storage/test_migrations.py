from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData

from server.storage import migrations
from server.storage.database import Database
from server.storage.tables import metadata


@pytest.fixture
def empty(database_url: str) -> Iterator[Database]:
    """Not even tables."""
    made = Database(database_url)
    everything = MetaData()
    everything.reflect(made.engine)
    everything.drop_all(made.engine)
    yield made
    everything = MetaData()
    everything.reflect(made.engine)
    everything.drop_all(made.engine)
    made.close()


def differences(tx: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(tx, opts={"compare_type": False}), metadata))


def test_an_empty_database_is_behind(empty: Database) -> None:
    assert migrations.current(empty) is None
    assert not migrations.is_current(empty)


def test_migrating_makes_the_tables_the_program_knows(empty: Database) -> None:
    migrations.migrate(empty)
    assert migrations.is_current(empty)
    assert empty.read(differences) == []


def test_migrating_twice_changes_nothing(empty: Database) -> None:
    migrations.migrate(empty)
    migrations.migrate(empty)
    assert migrations.current(empty) == migrations.head()


def test_a_migration_that_fails_leaves_the_database_as_it_was(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(tx: Connection) -> None:
        migrations._upgrade(tx)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        empty.write(fail)
    assert migrations.current(empty) is None
