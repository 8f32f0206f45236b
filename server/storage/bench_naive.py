"""A peer for the bench: one ORM session and one commit for each hit, as a tutorial would store them."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import DateTime, Engine, Integer, String
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from server.storage.database import Database

Naive = Callable[[str, str, str], None]


class _Base(DeclarativeBase):
    pass


class _Hit(_Base):
    __tablename__ = "bench_naive_hits"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    message: Mapped[str] = mapped_column(String)
    agent: Mapped[str] = mapped_column(String)
    address: Mapped[str] = mapped_column(String)


def naive(database: Database) -> Naive:
    """Stores (message, user agent, address), as durably as ours: with the same connections."""
    _Base.metadata.create_all(database.engine)
    return partial(_store, database.engine)


def _store(engine: Engine, message: str, agent: str, address: str) -> None:
    with Session(engine) as session:
        session.add(_Hit(at=datetime.now(UTC), message=message, agent=agent, address=address))
        session.commit()
