"""Connections and units of work, on SQLite (WAL) and PostgreSQL."""

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from gevent import get_hub, monkey
from gevent.threadpool import ThreadPool
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import QueuePool, SingletonThreadPool

from server.errors import Unavailable

BUSY_SECONDS = 10
CONNECTIONS = 20
_TRIES = 3
_DEADLOCK = "40P01"

Transaction = Connection
"""What a unit of work is given; other layers pass it on to `storage` without knowing more of it."""

P = ParamSpec("P")
T = TypeVar("T")


class Database:
    """`read` and `write` run one function in one transaction. It may run twice: keep other effects out of it.

    SQLite calls block the thread they run in, so under gevent each transaction goes as a whole through native threads:
    the hub's pool for reads, one of our own for writes, where they take turns, as SQLite lets only one write, and share what
    one connection remembers. PostgreSQL's wait cooperatively where they stand.
    """

    def __init__(self, url: str) -> None:
        native = bool(monkey.is_module_patched("threading"))
        self.engine = _sqlite(url, native) if url.startswith("sqlite") else _postgresql(url)
        self._writer = ThreadPool(1) if native and self.dialect == "sqlite" else None
        self._reads = self.engine.execution_options(begin="BEGIN")
        self._writes = self.engine.execution_options(begin="BEGIN IMMEDIATE")
        self._alone = self.engine.execution_options(begin="", isolation_level="AUTOCOMMIT")
        if self._writer is not None:
            self._writer.apply(_meet, (self.engine,))

    @property
    def dialect(self) -> str:
        return self.engine.dialect.name

    def read(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self._run(self._reads, work, *args, **kwargs)

    def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self._run(self._writes, work, *args, **kwargs)

    def write_once(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`write`, for one statement: it is a transaction by itself, and spares the two calls around it."""
        return self._run(self._alone, work, *args, **kwargs)

    def reshape(self, work: Callable[[Connection], None]) -> None:
        """`write`, for changes of tables. SQLite alters one by making it anew and dropping the old one, which must not take
        along what refers to it: references rest meanwhile and are all looked at before the end."""
        if self.dialect != "sqlite":
            self.write(work)
            return
        with self._writes.connect() as connection:
            switch = cast(sqlite3.Connection, connection.connection.driver_connection).execute
            switch("PRAGMA foreign_keys=OFF")
            try:
                with connection.begin():
                    work(connection)
                    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                    if broken:
                        raise RuntimeError(f"{len(broken)} rows would refer to nothing, the first in {broken[0][0]}")
            finally:
                switch("PRAGMA foreign_keys=ON")

    def close(self) -> None:
        self.engine.dispose()

    def _run(self, engine: Engine, work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        if self._writer is None:
            return _transaction(engine, work, args, kwargs)
        if engine is self._reads:
            return apart(_transaction, engine, work, args, kwargs)
        done: T = self._writer.apply(_transaction, (engine, work, args, kwargs))
        return done


def apart(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """For calls that block the thread they run in: under gevent, in a native thread of the hub's pool."""
    if not monkey.is_module_patched("threading"):
        return work(*args, **kwargs)
    done: T = get_hub().threadpool.apply(work, args, kwargs)
    return done


def _transaction(engine: Engine, work: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> T:
    for remaining in reversed(range(_TRIES)):
        try:
            with engine.begin() as connection:
                return work(connection, *args, **kwargs)
        except OperationalError as error:
            if remaining and getattr(error.orig, "sqlstate", None) == _DEADLOCK:
                continue
            raise Unavailable("the database is away or busy", cause=_cause(error)) from error
        except DBAPIError as error:
            if error.connection_invalidated:
                raise Unavailable("the database is away", cause=_cause(error)) from error
            raise
    raise AssertionError("unreachable")


def _cause(error: DBAPIError) -> str:
    return str(error.orig).splitlines()[0] if str(error.orig) else type(error.orig).__name__


def _sqlite(url: str, native: bool) -> Engine:
    # A native thread of gevent's pool keeps its connection; plain threads share a pool.
    pool: dict[str, Any] = (
        {"poolclass": SingletonThreadPool, "pool_size": 10 * CONNECTIONS}
        if native
        else {"poolclass": QueuePool, "pool_size": CONNECTIONS, "max_overflow": 0}
    )
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}, **pool)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY", "mmap_size=268435456"):
        connection.execute(f"PRAGMA {pragma}")


def _meet(engine: Engine) -> None:
    """Until an engine has connected once, SQLAlchemy has connections wait for each other at a lock, which under gevent does not
    wake native threads that wait for it: the first ones to come at once would hang."""
    with suppress(DBAPIError):  # whoever asks next is told
        engine.connect().close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that will write takes the write lock at once: upgrading later could only fail.
    begin = connection.get_execution_options().get("begin", "BEGIN")
    if begin:
        connection.exec_driver_sql(begin)


def _postgresql(url: str) -> Engine:
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS,
        pool_pre_ping=True,
        connect_args={"connect_timeout": BUSY_SECONDS, "application_name": "livefeed"},
    )
