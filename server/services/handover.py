"""What somebody who leaves holds goes to a colleague, part by part, so that others work on meanwhile."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime

from server.domain.jobs import Job
from server.domain.members import OPEN_FOR, Holding, Part
from server.queue import Queue
from server.services import engagement
from server.services.salesforce_people import keep
from server.storage import feed as lines
from server.storage import members as stored
from server.storage import people as stored_people
from server.storage import users
from server.storage.database import Database, Transaction

HAND_OVER = "hand-over"
"""Kind of job; keyed by who leaves."""

_A_TIME = 100

Wake = Callable[[Iterable[str]], None]
Clock = Callable[[], datetime]


class Handover:
    def __init__(self, database: Database, queue: Queue, wake: Wake, clock: Clock) -> None:
        self._database = database
        self._queue = queue
        self._wake = wake
        self._clock = clock

    def holding(self, tx: Transaction, user_id: str) -> Holding:
        return stored.holding(tx, user_id, self._clock() - OPEN_FOR)

    def ask(self, tx: Transaction, workspace_id: str, user_id: str, heir_id: str, parts: Collection[Part]) -> None:
        """In the caller's transaction; `wake` after it."""
        payload = {"heir": heir_id, "parts": sorted(parts)}
        self._queue.ask(tx, HAND_OVER, user_id, payload, None, workspace_id)

    def wake(self) -> None:
        self._queue.wake()

    def go_on(self, job: Job) -> bool:
        """Some of it; False once there is no more. Whoever was let in again, or whose heir left too, keeps the rest."""
        woken = self._database.write(self._some, job)
        self._wake(woken or set())
        return woken is not None

    def _some(self, tx: Transaction, job: Job) -> set[str] | None:
        """Whose screens must wake; None at the end."""
        workspace_id, leaver, heir = job.workspace_id or "", job.key, job.payload["heir"]
        if users.by_id(tx, leaver) is not None or users.by_id(tx, heir) is None:
            return None
        moves = {Part.TASKS: self._tasks, Part.PEOPLE: self._people, Part.MESSAGES: self._messages}
        for part in job.payload["parts"]:
            woken = moves[Part(part)](tx, workspace_id, leaver, heir)
            if woken is not None:
                return woken
        return None

    def _tasks(self, tx: Transaction, workspace_id: str, leaver: str, heir: str) -> set[str] | None:
        return {heir} if stored.give_tasks(tx, leaver, heir, self._clock()) else None

    def _people(self, tx: Transaction, workspace_id: str, leaver: str, heir: str) -> set[str] | None:
        ids = stored.people_of(tx, leaver, _A_TIME)
        if not ids:
            return None
        before = stored_people.locked(tx, workspace_id, ids)
        after = [replace(person, owner_id=heir) for person in before.values() if person.owner_id == leaver]
        return keep(tx, before, after, self._clock())

    def _messages(self, tx: Transaction, workspace_id: str, leaver: str, heir: str) -> set[str] | None:
        # Both heads first: who records a hit of these messages meanwhile waits, and then finds the new owner.
        lines.lock(tx, dict.fromkeys((leaver, heir), workspace_id))
        now = self._clock()
        ids = stored.open_messages(tx, leaver, now - OPEN_FOR, _A_TIME)
        if not ids:
            return None
        stored.give_messages(tx, ids, heir)
        return engagement.refresh(tx, ids, now)
