"""INSERT … ON CONFLICT, which SQLite and PostgreSQL spell alike and SQLAlchemy does not."""

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert(tx: Connection, table: Table) -> postgresql.Insert:
    """Both dialects' statements know the same `on_conflict_…` methods."""
    if tx.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)  # type: ignore[return-value]
