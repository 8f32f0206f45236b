"""Reading what changed in Salesforce, in its order of change; how far that is stands in the transaction that stores it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from server.connectors.salesforce import Salesforce
from server.domain.salesforce import moment_of, quoted, timestamp
from server.errors import Conflict
from server.storage import integrations as stored
from server.storage.database import Database, Transaction
from server.storage.integrations import Cursor

SERVICE = "salesforce"
ROWS_A_TIME = 200
"""As many ids as one question can name."""

OVERLAP = timedelta(minutes=5)
"""Rows appear when their transaction ends, with the time of its beginning."""

Row = Mapping[str, Any]
Work = Callable[[Transaction], set[str]]
"""Stores something; returns whose screens must wake."""

Wake = Callable[[Iterable[str]], None]
Clock = Callable[[], datetime]
Patience = Callable[[], bool]
"""False once it is time to stop for now."""


@dataclass(frozen=True, slots=True)
class Scan:
    """`name` of its cursor; `prepare` asks what else must be asked, outside of any transaction."""

    name: str
    sobject: str
    fields: str
    prepare: Callable[[list[Row]], Work]


class Scans:
    def __init__(self, client: Salesforce, database: Database, wake: Wake, clock: Clock) -> None:
        self.client = client
        self.database = database
        self.wake = wake
        self.clock = clock

    def run(self, workspace_id: str, scan: Scan, patient: Patience) -> int | None:
        """How many rows came. None: it stopped for now, and there is more. Deleted rows come too."""
        cursor = self.database.read(stored.cursor, workspace_id, SERVICE, scan.name)
        count = 0
        for rows in parts(self.client.query_all(_question(scan, cursor))):
            work = scan.prepare(rows)
            cursor = self._store(workspace_id, scan.name, work, cursor, str(rows[-1]["Id"]), moment_of(rows[-1]))
            count += len(rows)
            if not patient():
                return None
        reached = cursor.at if cursor else self.clock() - OVERLAP
        if cursor is None or cursor.text:
            self._store(workspace_id, scan.name, lambda tx: set(), cursor, "", reached)
        return count

    def begin(self, workspace_id: str, name: str) -> bool:
        """From now on; what is older comes another way. False when it began already."""
        if self.database.read(stored.cursor, workspace_id, SERVICE, name) is not None:
            return False
        self._store(workspace_id, name, lambda tx: set(), None, "", self.clock() - OVERLAP)
        return True

    def by_ids(self, sobject: str, fields: str, column: str, values: Collection[str]) -> list[Row]:
        """Living rows with one of these values, 200 a question."""
        found: list[Row] = []
        for part in parts(sorted(values)):
            among = ", ".join(quoted(one) for one in part)
            found += self.client.query(f"SELECT {fields} FROM {sobject} WHERE {column} IN ({among})")  # noqa: S608  quoted
        return found

    def _store(self, workspace_id: str, name: str, work: Work, before: Cursor | None, text: str, at: datetime) -> Cursor:
        woken = self.database.write(self._keep, workspace_id, name, work, before, text, at)
        self.wake(woken)
        return Cursor(text, at, self.clock())

    def _keep(
        self, tx: Transaction, workspace_id: str, name: str, work: Work, before: Cursor | None, text: str, at: datetime
    ) -> set[str]:
        now = stored.cursor(tx, workspace_id, SERVICE, name)
        if (now and (now.text, now.at)) != (before and (before.text, before.at)):
            raise Conflict("another worker brings the same in")
        woken = work(tx)
        stored.keep_cursor(tx, workspace_id, SERVICE, name, text, at, self.clock())
        return woken


def _question(scan: Scan, cursor: Cursor | None) -> str:
    """From where it stopped, exactly; else from shortly before the last row."""
    where = ""
    if cursor and cursor.text:
        at = timestamp(cursor.at)
        where = f" WHERE SystemModstamp > {at} OR (SystemModstamp = {at} AND Id > {quoted(cursor.text)})"
    elif cursor:
        where = f" WHERE SystemModstamp >= {timestamp(cursor.at - OVERLAP)}"
    return f"SELECT {scan.fields} FROM {scan.sobject}{where} ORDER BY SystemModstamp, Id"  # noqa: S608  quoted


def parts(rows: Iterable[Any]) -> Iterator[list[Any]]:
    """200 at a time; no more than a page of them is ever in memory."""
    left = iter(rows)
    while part := list(islice(left, ROWS_A_TIME)):
        yield part
