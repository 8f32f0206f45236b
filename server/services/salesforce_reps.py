"""Which of our users is whom in Salesforce: by their address, or because an admin said so."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from server.domain.people import Person
from server.domain.salesforce import CONTACT_FIELDS, LEAD_FIELDS, listed, whole_id
from server.domain.users import Role, User
from server.errors import BadInput, Conflict, NotAllowed, NotFound
from server.services.salesforce_people import contacts, keep, leads, settle
from server.services.salesforce_scan import SERVICE, Row, Scans, parts
from server.storage import integrations as cursors
from server.storage import people as stored
from server.storage import salesforce as storage
from server.storage.database import Transaction
from server.storage.salesforce import Rep

_PENDING = "owner-"
"""A cursor of this name: what this Salesforce user owns is still to be brought in."""

_PEOPLE_AT_A_TIME = 200


class SalesforceReps:
    def __init__(self, scans: Scans) -> None:
        self._scans = scans
        self._database = scans.database

    def sync(self, workspace_id: str) -> None:
        """Find new users there and bring in whom they own."""
        reps = self._database.read(storage.reps, workspace_id)
        found = self._found([rep.address for rep in reps])
        for rep in _mapped(reps, found):
            self._map(workspace_id, rep)
        self.catch_up(workspace_id)

    def catch_up(self, workspace_id: str) -> None:
        """Whom newly found users own, by themselves or by their accounts."""
        for name in self._database.read(cursors.names, workspace_id, SERVICE, _PENDING):
            self._bring_in(workspace_id, name.removeprefix(_PENDING))
            self._database.write(cursors.forget_cursor, workspace_id, SERVICE, name)

    def overview(self, user: User) -> list[dict[str, Any]]:
        """Each user with who they are in Salesforce, JSON-ready; for admins."""
        reps = self._database.read(storage.reps, _admins_workspace(user))
        return [
            {"id": rep.id, "name": rep.name, "address": rep.address, "salesforce_id": rep.salesforce_id, "by_hand": rep.by_hand}
            for rep in reps
        ]

    def say(self, admin: User, user_id: str, salesforce_id: str | None, by_hand: bool) -> None:
        """`salesforce_id` None: nobody there. Not `by_hand`: found by their address again, at the next sync."""
        workspace_id = _admins_workspace(admin)
        whole = whole_id(salesforce_id.strip()) if salesforce_id else None
        if salesforce_id and (whole is None or not whole.startswith("005")):
            raise BadInput("not a Salesforce user", {"salesforce_id": "15 or 18 characters that begin with 005"})
        reps = {rep.id: rep for rep in self._database.read(storage.reps, workspace_id)}
        if user_id not in reps:
            raise NotFound("no such user")
        if whole and any(rep.salesforce_id == whole and rep.id != user_id for rep in reps.values()):
            raise Conflict("another user is this one in Salesforce")
        self._map(workspace_id, replace(reps[user_id], salesforce_id=whole, by_hand=by_hand))

    def _found(self, addresses: Sequence[str]) -> dict[str, str]:
        """Salesforce ids by address. Of several users with one address the eldest that is a person's."""
        found: dict[str, str] = {}
        for part in parts(sorted(addresses)):
            question = f"SELECT Id, Email, UserType FROM User WHERE IsActive = true AND Email IN {listed(part)}"  # noqa: S608
            for row in sorted(self._scans.client.query(question), key=_by_kind):
                found.setdefault(str(row["Email"]).lower(), str(row["Id"]))
        return found

    def _map(self, workspace_id: str, rep: Rep) -> None:
        while (woken := self._database.write(self._release, workspace_id, rep)) is not None:
            self._scans.wake(woken)
        self._database.write(self._settle, workspace_id, rep)

    def _release(self, tx: Transaction, workspace_id: str, rep: Rep) -> set[str] | None:
        """Some of those who are this user's no longer; whose screens must wake. None once there are none."""
        if rep.salesforce_id is not None and rep.salesforce_id == _current(tx, workspace_id, rep.id):
            return None
        ids = storage.owned_by(tx, workspace_id, rep.id, _PEOPLE_AT_A_TIME)
        before = stored.locked(tx, workspace_id, ids)
        after = [_without(person, rep.id) for person in before.values()]
        return keep(tx, before, after, self._scans.clock()) if ids else None

    def _settle(self, tx: Transaction, workspace_id: str, rep: Rep) -> None:
        former = _current(tx, workspace_id, rep.id)
        storage.map_user(tx, workspace_id, rep.id, rep.salesforce_id, rep.by_hand)
        if rep.salesforce_id and rep.salesforce_id != former:
            now = self._scans.clock()
            cursors.keep_cursor(tx, workspace_id, SERVICE, _PENDING + rep.salesforce_id, "", now, now)

    def _bring_in(self, workspace_id: str, owner: str) -> None:
        by_ids, now = self._scans.by_ids, self._scans.clock()
        lead_rows = by_ids("Lead", LEAD_FIELDS, "OwnerId", [owner])
        contact_rows = [
            *by_ids("Contact", CONTACT_FIELDS, "Account.OwnerId", [owner]),
            *by_ids("Contact", CONTACT_FIELDS, "OwnerId", [owner]),
        ]
        for part in parts([*contacts(contact_rows), *leads(lead_rows)]):
            living = [record for record in part if not record.gone]
            self._scans.wake(self._database.write(settle, workspace_id, living, now))


def _mapped(reps: Sequence[Rep], found: Mapping[str, str]) -> list[Rep]:
    """Those who changed. What an admin said stays, and nobody else gets that Salesforce user."""
    taken = {rep.salesforce_id for rep in reps if rep.by_hand and rep.salesforce_id}
    wanted = [replace(rep, salesforce_id=found.get(rep.address.lower())) for rep in reps if not rep.by_hand]
    free = [replace(rep, salesforce_id=None) if rep.salesforce_id in taken else rep for rep in wanted]
    before = {rep.id: rep for rep in reps}
    # Who loses one first: another may get it.
    return sorted((rep for rep in free if rep != before[rep.id]), key=lambda rep: rep.salesforce_id is not None)


def _without(person: Person, user_id: str) -> Person:
    owner = None if person.owner_id == user_id else person.owner_id
    of_account = None if person.account_owner_id == user_id else person.account_owner_id
    return replace(person, owner_id=owner, account_owner_id=of_account)


def _current(tx: Transaction, workspace_id: str, user_id: str) -> str | None:
    return next((one for one, id_ in storage.owners(tx, workspace_id).items() if id_ == user_id), None)


def _by_kind(row: Row) -> tuple[bool, str]:
    return row.get("UserType") != "Standard", str(row["Id"])


def _admins_workspace(user: User) -> str:
    if Role.ADMIN not in user.roles:
        raise NotAllowed()
    return user.workspace_id
