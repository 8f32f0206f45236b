"""The database's schema through time: Alembic, told what to do by its callers instead of by a file."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

import migrations
from server.storage.database import Database

_SCRIPTS = Path(migrations.__file__).parent


def head() -> str:
    """The revision this program wants."""
    wanted = ScriptDirectory.from_config(_config()).get_current_head()
    if wanted is None:
        raise RuntimeError("no migrations are shipped")
    return wanted


def current(database: Database) -> str | None:
    """The revision the database is at; None when it is empty."""
    return database.read(_revision)


def _revision(tx: Connection) -> str | None:
    return MigrationContext.configure(tx).get_current_revision()


def is_current(database: Database) -> bool:
    return current(database) == head()


def migrate(database: Database) -> None:
    """Bring the schema to `head`; two at once wait for each other."""
    database.reshape(_upgrade)


def _upgrade(tx: Connection) -> None:
    if tx.dialect.name == "postgresql":
        tx.exec_driver_sql("SELECT pg_advisory_xact_lock(7205759403792793)")
    command.upgrade(_config(tx), "head")


def _config(tx: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = tx
    return config
