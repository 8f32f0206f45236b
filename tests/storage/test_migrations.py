from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
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


def test_the_revision_wanted_is_the_one_alembic_would_go_to(empty: Database) -> None:
    def wanted(tx: Connection) -> str | None:
        return ScriptDirectory.from_config(migrations._config(tx)).get_current_head()

    assert migrations.head() == empty.read(wanted)


def test_migrating_twice_changes_nothing(empty: Database) -> None:
    migrations.migrate(empty)
    migrations.migrate(empty)
    assert migrations.current(empty) == migrations.head()


def test_a_migration_that_fails_leaves_the_database_as_it_was(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(tx: Connection) -> None:
        migrations._upgrade(tx)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        empty.reshape(fail)
    assert migrations.current(empty) is None


def test_what_was_stored_before_the_tables_changed_is_still_there(empty: Database) -> None:
    empty.reshape(lambda tx: command.upgrade(migrations._config(tx), "0001"))
    empty.write(fill)
    migrations.migrate(empty)
    assert empty.read(counted) == dict.fromkeys(("users", "people", "person_addresses", "messages", "feed_items"), 1)
    assert empty.read(lambda tx: tx.exec_driver_sql("SELECT live, lead FROM feed_items").one()) == (True, False)
    assert empty.read(lambda tx: tx.exec_driver_sql("SELECT found_by FROM tasks").scalar_one()) == "prix deux depots"


def test_a_table_that_sqlite_makes_anew_keeps_its_partial_indexes(tmp_path: Path, empty_sqlite: Path) -> None:
    def indexes(tx: Connection) -> list[tuple[str, str]]:
        found = tx.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name")
        return [(name, " ".join(sql.split())) for name, sql in found]

    made, migrated = Database(f"sqlite:///{empty_sqlite}"), Database(f"sqlite:///{tmp_path / 'migrated.db'}")
    migrations.migrate(migrated)
    assert migrated.read(indexes) == made.read(indexes)
    made.close()
    migrated.close()


def fill(tx: Connection) -> None:
    """As the program before would have: one workspace, user, person with an address, message and line."""
    now = "'2026-11-21 10:00:00'"
    for statement in (
        f"INSERT INTO workspaces (id, name, created_at) VALUES ('w', 'W', {now})",
        "INSERT INTO users (id, workspace_id, address, name, roles, tag, created_at)"
        f" VALUES ('u', 'w', 'u@w.example', 'U', '[]', 't', {now})",
        f"INSERT INTO people (id, workspace_id, name, created_at) VALUES ('p', 'w', 'P', {now})",
        "INSERT INTO person_addresses (workspace_id, address, person_id) VALUES ('w', 'p@x.example', 'p')",
        "INSERT INTO messages (id, workspace_id, user_id, subject, state, tracked, created_at)"
        f" VALUES ('m', 'w', 'u', 'S', 'sent', true, {now})",
        "INSERT INTO feed_items (id, workspace_id, user_id, position, group_key, message_id, kind, class, hidden, removed,"
        " count, first_at, at, facts)"
        f" VALUES ('f', 'w', 'u', 1, 'k', 'm', 'view', 'human', false, false, 1, {now}, {now}, '{{}}')",
        "INSERT INTO tasks (id, workspace_id, user_id, created_by, name, type, priority, due_on, details, version, created_at,"
        f" updated_at) VALUES ('t', 'w', 'u', 'u', 'Prix', 'call', 'normal', '2026-11-21', 'Deux DÉPÔTS', 1, {now}, {now})",
    ):
        tx.exec_driver_sql(statement)


def counted(tx: Connection) -> dict[str, int]:
    names = ("users", "people", "person_addresses", "messages", "feed_items")
    return {name: tx.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one() for name in names}


def test_the_google_client_pasted_at_set_up_becomes_a_setting(empty: Database) -> None:
    empty.reshape(lambda tx: command.upgrade(migrations._config(tx), "0002"))
    pasted = "INSERT INTO installation VALUES ('the-client', 'sealed', '2026-11-01 09:00:00+00:00')"
    empty.write(lambda tx: tx.exec_driver_sql(pasted))
    migrations.migrate(empty)
    rows = empty.read(lambda tx: tx.exec_driver_sql("SELECT name, value, secret FROM configuration ORDER BY name").all())
    assert [tuple(row) for row in rows] == [("google_client_id", "the-client", False), ("google_client_secret", "sealed", True)]
    empty.reshape(lambda tx: command.downgrade(migrations._config(tx), "0002"))
    back = empty.read(lambda tx: tx.exec_driver_sql("SELECT google_client_id, google_client_secret FROM installation").one())
    assert tuple(back) == ("the-client", "sealed")
