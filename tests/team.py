"""A workspace with an admin and two reps, another one beside it, and what they do with people."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from server.domain.directory import Wanted
from server.domain.people import terms
from server.domain.users import Role, User
from server.queue import Queue
from server.services.directory import Directory
from server.services.imports import SHOW, Imports
from server.services.people import People
from server.services.person import Given, PhoneGiven
from server.services.targets import Targets
from server.storage import jobs
from server.storage.database import Database
from server.storage.tables import users, workspaces
from server.tokens import new_id

MORNING = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


class Team:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = MORNING
        self.woken: list[set[str]] = []
        self.queue = Queue(jobs, clock=self.clock)
        self.people = People(database, self.wake, self.clock)
        self.directory = Directory(database, self.clock)
        self.imports = Imports(database, self.queue, self.wake, self.clock)
        self.targets = Targets(database, self.clock)
        self.workspace_id = self.workspace("Fjordline")
        self.nora = self.user("Nora Lindqvist", Role.REP)
        self.bram = self.user("Bram de Wit", Role.REP)
        self.ada = self.user("Ada Admin", Role.REP, Role.ADMIN)
        self.stranger = self.user("Somebody Else", Role.REP, Role.ADMIN, workspace_id=self.workspace("Elsewhere"))

    def clock(self) -> datetime:
        return self.now

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    def wake(self, user_ids: Iterable[str]) -> None:
        self.woken.append(set(user_ids))

    def workspace(self, name: str) -> str:
        workspace_id = new_id()
        row = {"id": workspace_id, "name": name, "created_at": MORNING}
        self.database.write(lambda tx: tx.execute(insert(workspaces).values(**row)))
        return workspace_id

    def user(self, name: str, *roles: Role, workspace_id: str | None = None) -> User:
        user_id, workspace_id = new_id(), workspace_id or self.workspace_id
        address = f"{name.split()[0].lower()}@{workspace_id}.example"
        user = User(user_id, workspace_id, address, name, frozenset(roles), user_id[-16:])
        row = {"id": user.id, "workspace_id": workspace_id, "address": address, "name": name, "tag": user.tag}
        made = insert(users).values(**row, roles=sorted(roles), created_at=MORNING)
        self.database.write(lambda tx: tx.execute(made))
        return user

    def add(self, *addresses: str, by: User | None = None, **said: Any) -> dict[str, Any]:
        return self.people.add(by or self.nora, given(addresses=addresses, **said))

    def change(self, person: dict[str, Any], by: User | None = None, **said: Any) -> dict[str, Any]:
        return self.people.change(by or self.nora, person["id"], person["version"], given(**said))

    def score(self, person: dict[str, Any], *scores: int, at: datetime | None = None) -> None:
        for score in scores:
            self.people.score(self.nora, person["id"], score, at)
            self.later(minutes=1)

    def found(self, query: str = "", by: User | None = None) -> list[str]:
        return [person["name"] for person in self.directory.page(by or self.nora, Wanted(terms(query)))["items"]]

    def targeted(self, user: User | None = None) -> list[str]:
        return [target["person"]["name"] for target in self.targets.list(user or self.nora)["items"]]

    def show_people(self) -> None:
        """What the worker does after an import."""
        while job := self.database.write(self.queue.claim):
            assert job.kind == SHOW
            self.imports.show(job.workspace_id or "", job.payload["people"])
            self.database.write(self.queue.finish, job)


def given(**said: Any) -> Given:
    if "phones" in said:
        said["phones"] = tuple(PhoneGiven(*one) for one in said["phones"])
    return Given(frozenset(said), **said)
