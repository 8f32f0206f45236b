"""The database's schema through time: Alembic, told what to do by its callers instead of by a file."""

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect

import migrations
from server.later import later
from server.storage.database import Database

if TYPE_CHECKING:
    from alembic import command, config
else:
    command = later("alembic.command")
    config = later("alembic.config")

_SCRIPTS = Path(migrations.__file__).parent
_REVISION = re.compile(r'^(down_)?revision\b[^=\n]*= "(\w+)"$', re.MULTILINE)


@cache
def head() -> str:
    """The revision this program wants: the one that no other comes after. Read without Alembic, which a start has no need of
    where nothing is to be migrated."""
    found: list[tuple[str, str]] = [
        one for file in _SCRIPTS.glob("versions/*.py") for one in _REVISION.findall(file.read_text("utf-8"))
    ]
    heads = {name for before, name in found if not before} - {name for before, name in found if before}
    if len(heads) != 1:
        raise RuntimeError(f"{len(heads)} migrations are the last")
    return heads.pop()


def current(database: Database) -> str | None:
    """The revision the database is at; None when it is empty."""
    return database.read(_revision)


def _revision(tx: Connection) -> str | None:
    if not inspect(tx).has_table("alembic_version"):
        return None
    revision: str | None = tx.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return revision


def is_current(database: Database) -> bool:
    return current(database) == head()


def migrate(database: Database) -> None:
    """Bring the schema to `head`; two at once wait for each other."""
    if not is_current(database):
        database.reshape(_upgrade)


def _upgrade(tx: Connection) -> None:
    if tx.dialect.name == "postgresql":
        tx.exec_driver_sql("SELECT pg_advisory_xact_lock(7205759403792793)")
    command.upgrade(_config(tx), "head")


def _config(tx: Connection) -> "config.Config":
    made = config.Config()
    made.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    made.attributes["connection"] = tx
    return made
