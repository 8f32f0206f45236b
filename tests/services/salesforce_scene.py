"""A team whose Salesforce is the sandbox's: three reps, their leads and contacts, and syncs."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, select, update

from server.connectors.http import Transport, unlimited
from server.connectors.salesforce import Login, Salesforce
from server.domain.people import Person
from server.domain.users import Role, User
from server.queue import Queue
from server.services.integrations import Integrations
from server.services.salesforce import SalesforceSync
from server.services.worklist import Worklist
from server.storage import people as stored_people
from server.storage.database import Database
from server.storage.tables import people, person_addresses, sync_cursors, users, workspaces
from tests.fixtures_crm import BRAM, LIN, NORA, START, CrmSandbox
from tests.team import Team


class SalesTeam:
    """`nora`, `bram` and `lin` sign in with the addresses they have in Salesforce. The sandbox's clock is everybody's."""

    def __init__(self, database: Database, crm: CrmSandbox) -> None:
        self.database, self.crm = database, crm
        self.team = Team(database)
        self.team.now = START
        self.woken: list[set[str]] = []
        self.nora = self._called(self.team.nora, NORA)
        self.bram = self._called(self.team.bram, BRAM)
        self.ada = self.team.ada
        self.worklist = Worklist(database, self.clock)
        self.integrations = Integrations(database, lambda: {"salesforce": crm.url}, self.clock)
        self.client = self.connected()
        self.sync = SalesforceSync(self.client, database, self.integrations, self.wake, self.clock)

    def connected(self) -> Salesforce:
        app = self.crm.salesforce.app
        transport = Transport(
            "salesforce", unlimited(), self.integrations.hearing("salesforce"), sleep=lambda s: None, clock=self.clock
        )
        return Salesforce(Login(self.crm.url, app.key, secret=app.secret), transport)

    def clock(self) -> Any:
        return self.crm.world.clock.now()

    def wake(self, user_ids: Iterable[str]) -> None:
        self.woken.append(set(user_ids))

    def later(self, minutes: float) -> None:
        self.crm.advance(minutes * 60)

    def synced(self, after: float = 11) -> None:
        """Once everything, also what is looked at rarely."""
        self.later(after)
        while not self.sync.sync():
            pass

    def person(self, address: str) -> Person | None:
        found = self.database.read(stored_people.by_addresses, self.team.workspace_id, [address])
        return found.get(address)

    def owner(self, address: str) -> str | None:
        """The first name of whoever owns them here."""
        person = self.person(address)
        names = {self.nora.id: "nora", self.bram.id: "bram"}
        return names.get(person.owner_id or "") if person else None

    def count(self) -> int:
        asked = select(people.c.id).where(people.c.workspace_id == self.team.workspace_id)
        return len(self.database.read(lambda tx: tx.execute(asked).all()))

    def addresses(self) -> list[str]:
        """Of everybody, sorted; twice where somebody is there twice."""
        asked = select(people.c.sort_name, person_addresses.c.address).outerjoin(person_addresses).order_by(people.c.sort_name)
        return [row.address for row in self.database.read(lambda tx: tx.execute(asked).all())]

    def forget_everything(self) -> None:
        for table in (people, sync_cursors):
            self.database.write(lambda tx, table=table: tx.execute(delete(table)))

    def marketing(self, **choices: Any) -> None:
        change = update(workspaces).where(workspaces.c.id == self.team.workspace_id).values(marketing=choices)
        self.database.write(lambda tx: tx.execute(change))

    def _called(self, user: User, address: str) -> User:
        change = update(users).where(users.c.id == user.id).values(address=address)
        self.database.write(lambda tx: tx.execute(change))
        return User(user.id, user.workspace_id, address, user.name, frozenset({Role.REP}), user.tag)


__all__ = ["LIN", "Queue", "SalesTeam"]
