"""A mailbox in trouble: what there was can be put back, the plug be pulled anywhere, and whole states be compared."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select

from server.gmail.client import Gmail
from server.sandbox.message import Message as Mail
from server.services import engagement
from server.services.mailbox import Mailboxes
from server.services.sync import AT_ONCE
from server.storage.database import Database
from server.storage.tables import jobs, metadata
from tests.fixtures_office import AISSATOU, BRAM, HTML, NORA, Office
from tests.scene import a_hit

BODE = ("Bode Okafor", "bode@okafor.example")
_ID = re.compile(r"\b[0-9a-v]{26}\b")
_OF_A_RUN = {
    *("id", "created_at", "recorded_at", "position", "notified_position", "credentials", "claim", "claimed_until"),
    *("synced_at", "tended_at", "state_since", "hot_until", "watched_until"),
}
"""Columns that tell of the run itself and not of what it brought."""


class Unplugged(BaseException):
    """The process is gone: nothing of ours may catch this, and nothing else works afterwards."""


class Plug:
    """Counts the moments between two steps: before, in and after each transaction, around each call of Google. At the moment
    `at` the process dies."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.at: int | None = None
        self.passed = 0

    @contextmanager
    def pulled(self, at: int | None) -> Iterator[None]:
        run, call = self._office.database._run, Gmail._run

        def transaction(engine: Any, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
            def whole(tx: Any) -> Any:
                done = work(tx, *args, **kwargs)
                self._moment()
                return done

            self._moment()
            result = run(engine, whole)
            self._moment()
            return result

        def of_google(gmail: Gmail, request: Any, **how: Any) -> Any:
            self._moment()
            answer = call(gmail, request, **how)
            self._moment()
            return answer

        self.at, self.passed = at, 0
        self._office.database._run = transaction  # type: ignore[method-assign]
        Gmail._run = of_google  # type: ignore[method-assign]
        try:
            yield
        except Unplugged:
            pass
        finally:
            del self._office.database._run
            Gmail._run = call  # type: ignore[method-assign]

    def _moment(self) -> None:
        self.passed += 1
        if self.at is not None and self.passed >= self.at:
            raise Unplugged


def a_morning(office: Office) -> None:
    """Everything a look can meet, a minute apart: tracked, untracked and internal mail, what recipients did, every answer."""
    prepared = office.prepare()
    office.database.write(engagement.record_hits, [a_hit(prepared.id, after=60)], office.now())
    mail = office.sends(prepared, to=[AISSATOU, BODE], subject="Pricing for 40 vehicles")
    office.later(minutes=1)
    office.sends(to=[("Bram de Wit", BRAM)], subject="Lunch")
    office.later(minutes=1)
    plain = office.sends(subject="From my phone")
    office.later(minutes=1)
    office.replies(mail)
    office.later(minutes=1)
    office.replies(plain, by=("Moussa Diallo", "moussa@elsewhere.example"))
    office.later(minutes=1)
    office.replies(plain, headers="Auto-Submitted: auto-replied\n")
    office.later(minutes=1)
    office.bounces(mail, BODE[1])
    office.later(minutes=1)
    office.replies(mail, subject="A question of a different kind")
    office.later(minutes=1)
    office.world.receive(b"From: news@paper.example\r\nTo: nora@fjordline.example\r\nSubject: News\r\n\r\nToday\r\n", NORA)
    office.later(minutes=1)
    office.sends(thread=mail.thread_id, subject="Re: Pricing for 40 vehicles", html=HTML)


def many(office: Office, count: int) -> list[Mail]:
    return [office.sends(office.prepare(), subject=f"Mail {at}") for at in range(count)]


class Round:
    """One morning, to be gone through again and again from the same beginning. `state` is how it ends for an installation that
    looks after each change, undisturbed; `calls` what one look at all of it costs."""

    def __init__(self, office: Office) -> None:
        self.office = office
        office.work()
        began = office.now()
        a_morning(office)
        pushed(office)
        office.later(seconds=2)
        self._rows, self._now = snapshot(office.database), office.now()
        self._records = list(office.world.mailbox(NORA).history.records)
        self._see_it_all_as_it_comes(began)
        self.begin()
        self.plug = Plug(office)
        with self.plug.pulled(None):
            office.work()
        self.moments = self.plug.passed
        self.calls = calls(office)
        self.ends_well("one look at everything")

    def _see_it_all_as_it_comes(self, began: datetime) -> None:
        self.office.world.clock.set(began)
        while self.office.now() <= self._now:
            self.office.sync()
            self.office.later(minutes=1)
        self.state = whole_state(self.office.database)

    def begin(self) -> None:
        history = self.office.world.mailbox(NORA).history
        history.records, history.floor = list(self._records), 0
        self.office.world.clock.set(self._now)
        put_back(self.office.database, self._rows)
        restarted(self.office)
        self.office.spent()

    def ends_well(self, after: str) -> None:
        recovered(self.office)
        state, wanted = Counter(whole_state(self.office.database)), Counter(self.state)
        odd = [*(f"too much: {one}" for one in state - wanted), *(f"missing: {one}" for one in wanted - state)]
        assert not odd, "\n".join([after, *odd])

    def dies(self, at: int) -> None:
        self.begin()
        with self.plug.pulled(at):
            self.office.work()
        restarted(self.office)
        self.ends_well(f"died at {at}")
        # What was fetched and not stored yet is fetched again, and nothing more.
        assert calls(self.office)["messages.get"] <= self.calls["messages.get"] + AT_ONCE

    def fails(self, method: str, kind: str, after: int, times: int | None = 3) -> None:
        self.begin()
        self.office.sandbox.fail(method, kind, after=after, times=times)
        self.office.work()
        self.office.sandbox.google.failures.clear()
        self.ends_well(f"{kind} of {method} after {after}")
        # Not a mail is paid for twice; a mail server's notice takes two calls, and the first of them may be made again.
        assert calls(self.office)["messages.get"] - self.calls["messages.get"] in (0, 1), (method, kind, after)
        assert calls(self.office)["history.list"] <= self.calls["history.list"] + 1


def pushed(office: Office) -> None:
    office.mailboxes.wake(NORA, office.world.mailbox(NORA).history.latest)


def restarted(office: Office) -> None:
    """Another process: what the former one held in memory is gone."""
    office.mailboxes = Mailboxes(office.connections, office.queue, office._wake)


def recovered(office: Office, **later: float) -> None:
    """Leases end, and whatever is due is done, until nothing is left to do."""
    for _ in range(12):
        office.later(**later or {"minutes": 6})
        office.work()
        if not office.database.read(lambda tx: tx.execute(select(func.count()).select_from(jobs)).scalar_one()):
            return
    raise AssertionError("work is left that never ends")


def calls(office: Office) -> dict[str, int]:
    """Of Google, by method, since the meter was reset."""
    of_nora: Any = office.sandbox.google.quota.read().get(NORA, {"calls": {}})
    return {method.removeprefix("gmail.users."): count for method, count in of_nora["calls"].items()}


def snapshot(database: Database) -> dict[str, list[dict[str, Any]]]:
    def read(tx: Any) -> dict[str, list[dict[str, Any]]]:
        return {table.name: [dict(row) for row in tx.execute(select(table)).mappings()] for table in metadata.sorted_tables}

    return database.read(read)


def put_back(database: Database, rows: dict[str, list[dict[str, Any]]]) -> None:
    def write(tx: Any) -> None:
        for table in reversed(metadata.sorted_tables):
            tx.execute(delete(table))
        for table in metadata.sorted_tables:
            if rows[table.name]:
                tx.execute(insert(table), rows[table.name])

    database.write(write)


def whole_state(database: Database) -> list[str]:
    """Every row of every table but the jobs, each id by what it stands for: the same whatever the way there."""
    rows = snapshot(database)
    names = {row["id"]: f"message {row['subject']}" for row in rows["messages"]}
    names |= {row["person_id"]: f"person {row['address']}" for row in sorted(rows["person_addresses"], key=str)}
    names |= {row["id"]: f"mail {row['gmail_id']}" for row in rows["mails"]}
    names |= {row["id"]: f"{row['address']}" for name in ("users", "mailboxes") for row in rows[name]}
    told = [
        f"{name} {_named({column: value for column, value in row.items() if column not in _OF_A_RUN}, names)}"
        for name in rows.keys() - {"jobs"}
        for row in rows[name]
    ]
    return sorted(told)


def _named(row: dict[str, Any], names: dict[str, str]) -> str:
    return _ID.sub(lambda found: names.get(found[0], "…"), json.dumps(row, default=str, sort_keys=True, ensure_ascii=False))
