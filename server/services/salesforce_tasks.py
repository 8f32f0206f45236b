"""Tasks both ways: what changed there comes here first, then what changed here goes there.

A record there has no name of ours, so the intent to make one is stored before it is made: who finds such an intent after a
worker died looks for the record first.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from server.connectors.errors import Absent, Rejected
from server.domain.salesforce import quoted, timestamp
from server.domain.salesforce_tasks import (
    FIELDS,
    FIRST_CHANGES,
    FIRST_DELETIONS,
    Directory,
    Outcome,
    Remote,
    Seen,
    Values,
    columns_here,
    fields_there,
    first_seen,
    imported,
    is_the_one,
    ours_of,
    reconciled,
    remote_of,
)
from server.domain.tasks import Priority, Task, TaskType, today
from server.errors import Conflict
from server.logs import logger
from server.services.salesforce_scan import OVERLAP, ROWS_A_TIME, SERVICE, Patience, Row, Scan, Scans, Work, parts
from server.storage import integrations as cursors
from server.storage import salesforce as stored_people
from server.storage import salesforce_tasks as stored
from server.storage.database import Transaction
from server.storage.salesforce_tasks import Linked
from server.tokens import new_id

_THEIRS, OURS, BEGAN = "task", "task-ours", "task-began"
"""What is read from there; what of ours was told there; when all this began."""

_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class _Decision:
    """What becomes of a task here."""

    task: Task
    values: Values
    salesforce_id: str
    seen: Seen


class SalesforceTasks:
    def __init__(self, scans: Scans) -> None:
        self._scans = scans
        self._client = scans.client
        self._database = scans.database
        self._clock = scans.clock

    def sync(self, workspace_id: str, patient: Patience) -> bool:
        """False: there is more. Nothing happens while the admin's switch is off."""
        if not self._database.read(stored.is_on, workspace_id):
            self._database.write(_forget, workspace_id)
            return True
        began = self._database.read(cursors.cursor, workspace_id, SERVICE, BEGAN)
        if began is None:
            self._begin(workspace_id)
            began = self._database.read(cursors.cursor, workspace_id, SERVICE, BEGAN)
        assert began is not None
        self._find_made(workspace_id)
        scan = Scan(_THEIRS, "Task", FIELDS, lambda rows: self._meet_all(workspace_id, rows))
        if self._scans.run(workspace_id, scan, patient) is None:
            return False
        return self._tell_all(workspace_id, began.at, patient)

    # The first time -----------------------------------------------------------------

    def _begin(self, workspace_id: str) -> None:
        """What changed there in the last 24 hours comes, and what was deleted in the last 15 days goes. What was made here
        before stays here."""
        now = self._clock()
        since = timestamp(now - FIRST_DELETIONS)
        gone = f"SELECT {FIELDS} FROM Task WHERE IsDeleted = true AND SystemModstamp >= {since}"  # noqa: S608  a time of ours
        for rows in parts(self._client.query_all(gone)):
            work = self._meet_all(workspace_id, rows)
            self._scans.wake(self._database.write(work))
        self._database.write(_keep_beginning, workspace_id, now)

    # From there to here ---------------------------------------------------------------

    def _meet_all(self, workspace_id: str, rows: Sequence[Row]) -> Work:
        remotes = [remote_of(row) for row in rows]
        linked = self._database.read(stored.by_records, workspace_id, [remote.id for remote in remotes])
        known = self._known(workspace_id, [one.task for one in linked.values()], remotes)
        now = self._clock()
        new = [remote for remote in remotes if remote.id not in linked and _is_wanted(remote, known)]
        met = [self._meet(linked[remote.id], remote, known, now) for remote in remotes if remote.id in linked]

        def store(tx: Transaction) -> set[str]:
            woken = set()
            for remote in new:
                task = imported(remote, _blank(workspace_id, now), known)
                stored.add(tx, task, remote.id, Seen(ours_of(task), remote.values).to_json())
                woken.add(task.user_id)
            for one in met:
                woken |= _settle(tx, one, now) if one else set()
            return woken

        return store

    def _meet(self, link: Linked, remote: Remote, known: Directory, now: datetime) -> _Decision | None:
        task, seen = link.task, Seen.from_json(link.seen or {"ours": {}, "theirs": {}})
        is_somebodys = remote.values["owner"] in known.users
        if remote.deleted or not is_somebodys:
            values = {} if task.deleted_at else {"deleted_at": now}
            return None if seen.gone else _Decision(task, values, remote.id, replace(seen, theirs=remote.values, gone=True))
        if seen.gone and task.deleted_at is not None and seen.theirs["owner"] not in known.users:
            return self._back(task, seen, remote, known)
        if task.deleted_at is not None:
            return None
        outcome = reconciled(seen, ours_of(task), remote.values, known, task.updated_at, remote.changed_at)
        self._change(remote.id, outcome)
        values = columns_here(outcome.ours, remote.changed_at)
        return _Decision(task, values, remote.id, replace(outcome.seen, gone=False))

    def _back(self, task: Task, seen: Seen, remote: Remote, known: Directory) -> _Decision:
        """Somebody here has it again."""
        outcome = reconciled(
            replace(seen, ours=ours_of(task)), ours_of(task), remote.values, known, task.updated_at, self._clock()
        )
        values = {**columns_here(outcome.ours, remote.changed_at), "deleted_at": None}
        return _Decision(task, values, remote.id, replace(outcome.seen, gone=False))

    # From here to there ---------------------------------------------------------------

    def _tell_all(self, workspace_id: str, began: datetime, patient: Patience) -> bool:
        """Those that changed since the last time. What a look finds unchanged costs no call. False: there is more."""
        cursor = self._database.read(cursors.cursor, workspace_id, SERVICE, OURS)
        looked, since, after = self._clock(), (cursor.at if cursor else began) - OVERLAP, ""
        while part := self._database.read(stored.changed, workspace_id, since, ROWS_A_TIME, after):
            known = self._known(workspace_id, [one.task for one in part])
            for link in part:
                self._tell(link, began, known)
            if not patient():
                return False
            after = part[-1].task.id
        self._database.write(cursors.keep_cursor, workspace_id, SERVICE, OURS, "", looked, self._clock())
        return True

    def _tell(self, link: Linked, began: datetime, known: Directory) -> None:
        if link.salesforce_id is None:
            if _may_be_made(link, began):
                self._make(link.task, known)
            return
        seen = Seen.from_json(link.seen or {"ours": {}, "theirs": {}})
        if link.task.deleted_at is not None:
            if not seen.gone:
                self._delete(link.task, link.salesforce_id, seen)
        elif seen.gone:
            self._make(link.task, known)
        else:
            outcome = reconciled(seen, ours_of(link.task), seen.theirs, known, link.task.updated_at, link.task.updated_at)
            if outcome.seen != seen:
                self._change(link.salesforce_id, outcome)
                self._agree(link.task, link.salesforce_id, outcome.seen.to_json())

    def _make(self, task: Task, known: Directory) -> None:
        made = first_seen(task, known)
        if made is None:
            return
        if not self._agree(task, None, {"making": made, "since": timestamp(self._clock())}):
            return  # changed a moment ago: the next look sees it as it is then
        try:
            record_id = self._client.create("Task", fields_there(made))
        except Rejected as error:
            _log.warning("salesforce.task_refused", task=task.id, detail=error.detail)
            self._agree(task, None, {"refused": error.detail, "version": task.version})
            return
        self._database.write(stored.link, task.id, record_id, Seen(ours_of(task), made).to_json())

    def _change(self, record_id: str, outcome: Outcome) -> None:
        for note in outcome.seen.notes:
            _log.info("salesforce.task_both_changed", record=record_id, field=note["field"], kept=note["kept"])
        if not outcome.theirs:
            return
        try:
            self._client.update("Task", record_id, fields_there(outcome.theirs))
        except Rejected as error:  # gone, or a rule of theirs: said once, and tried again when it changes again
            _log.warning("salesforce.task_refused", record=record_id, detail=error.detail)

    def _delete(self, task: Task, record_id: str, seen: Seen) -> None:
        try:
            self._client.delete("Task", record_id)
        except Absent:
            pass
        except Rejected as error:
            _log.warning("salesforce.task_refused", record=record_id, detail=error.detail)
        self._agree(task, record_id, replace(seen, gone=True).to_json())

    def _find_made(self, workspace_id: str) -> None:
        """Of those whose making was begun: the record, if it was made; else it is made now."""
        for link in self._database.read(stored.being_made, workspace_id):
            intent = link.seen or {}
            found = self._made(workspace_id, intent["making"], str(intent["since"]))
            if found is not None:
                self._database.write(stored.link, link.task.id, found.id, Seen(ours_of(link.task), found.values).to_json())
            elif link.task.deleted_at is not None:
                self._agree(link.task, None, None)
            else:
                self._make(link.task, self._known(workspace_id, [link.task]))

    def _made(self, workspace_id: str, made: Values, since: str) -> Remote | None:
        begun = timestamp(datetime.fromisoformat(since) - OVERLAP)
        where = f"OwnerId = {quoted(str(made['owner']))} AND CreatedDate >= {begun}"
        rows = self._client.query(f"SELECT {FIELDS} FROM Task WHERE {where} ORDER BY CreatedDate, Id")  # noqa: S608  quoted
        found = [remote for row in rows if is_the_one(remote := remote_of(row), made)]
        taken = self._database.read(stored.by_records, workspace_id, [remote.id for remote in found])
        return next((remote for remote in found if remote.id not in taken), None)

    def _agree(self, task: Task, record_id: str | None, seen: Any) -> bool:
        return self._database.write(stored.agree, task, {}, record_id, seen, self._clock())

    def _known(self, workspace_id: str, tasks: Iterable[Task], remotes: Collection[Remote] = ()) -> Directory:
        return self._database.read(_directory, workspace_id, list(tasks), remotes)


def _settle(tx: Transaction, one: _Decision, now: datetime) -> set[str]:
    if not stored.agree(tx, one.task, one.values, one.salesforce_id, one.seen.to_json(), now):
        raise Conflict("a task was changed a moment ago")
    return {one.task.user_id, str(one.values.get("user_id", one.task.user_id))} if one.values else set()


def _directory(tx: Transaction, workspace_id: str, tasks: Collection[Task], remotes: Collection[Remote]) -> Directory:
    users = {rep.salesforce_id: rep.id for rep in stored_people.reps(tx, workspace_id) if rep.salesforce_id}
    asked = {str(remote.values["who"]) for remote in remotes if remote.values["who"]}
    people = stored_people.people_of(tx, workspace_id, asked)
    people |= stored.records(tx, workspace_id, {task.person_id for task in tasks if task.person_id})
    return Directory(users, people)


def _is_wanted(remote: Remote, known: Directory) -> bool:
    """A task of somebody here; no log of a call or a mail."""
    return not remote.deleted and remote.plain and remote.values["owner"] in known.users


def _may_be_made(link: Linked, began: datetime) -> bool:
    if link.task.deleted_at is not None:
        return False
    seen = link.seen or {}
    if "refused" in seen:
        return bool(seen["version"] != link.task.version)
    return "making" not in seen and link.task.created_at >= began


def _blank(workspace_id: str, now: datetime) -> Task:
    """What a Task there leaves open: it is due on the day it is met."""
    return Task(
        id=new_id(),
        workspace_id=workspace_id,
        user_id="",
        created_by="",
        name="Salesforce",
        type=TaskType.CUSTOM,
        priority=Priority.NORMAL,
        due_on=today(now, UTC),
        details="",
        person_id=None,
        message_id=None,
        version=1,
        completed_at=None,
        deleted_at=None,
        created_at=now,
        updated_at=now,
    )


def _keep_beginning(tx: Transaction, workspace_id: str, now: datetime) -> None:
    keep: Callable[..., None] = cursors.keep_cursor
    keep(tx, workspace_id, SERVICE, _THEIRS, "", now - FIRST_CHANGES + OVERLAP, now)
    keep(tx, workspace_id, SERVICE, OURS, "", now + OVERLAP, now)
    keep(tx, workspace_id, SERVICE, BEGAN, "", now, now)


def _forget(tx: Transaction, workspace_id: str) -> None:
    """Switched on again, it begins like the first time."""
    for name in (_THEIRS, OURS, BEGAN):
        cursors.forget_cursor(tx, workspace_id, SERVICE, name)
