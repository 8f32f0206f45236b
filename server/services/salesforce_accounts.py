"""Salesforce's accounts and opportunities, as far as they tell something about our people."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from server.domain.people import Person
from server.domain.salesforce import ACCOUNT_FIELDS, CONTACT_FIELDS, Account, account_row
from server.services.salesforce_people import contacts, keep, settle
from server.services.salesforce_scan import Patience, Row, Scan, Scans, Work
from server.storage import people as stored
from server.storage import salesforce as storage
from server.storage.database import Transaction

_ROLE = "OpportunityContactRole"


class SalesforceAccounts:
    def __init__(self, scans: Scans) -> None:
        self._scans = scans

    def begin(self, workspace_id: str) -> None:
        """Contacts bring their accounts, and roles their opportunities: the first sync needs only what changes from now on."""
        for name in ("account", "opportunity"):
            self._scans.begin(workspace_id, name)

    def sync(self, workspace_id: str, patient: Patience) -> bool:
        """False: there is more."""
        scans = (
            Scan("account", "Account", ACCOUNT_FIELDS, lambda rows: self._accounts(workspace_id, rows)),
            Scan("opportunity", "Opportunity", "Id, SystemModstamp", lambda rows: self._opportunities(workspace_id, rows)),
            Scan("role", _ROLE, "Id, ContactId, SystemModstamp", lambda rows: self._roles(workspace_id, rows)),
        )
        return all(self._scans.run(workspace_id, scan, patient) is not None for scan in scans)

    def counts(self, contact_ids: Collection[str]) -> dict[str, int]:
        """How many open opportunities each of these contacts has a part in."""
        open_ones: dict[str, set[str]] = defaultdict(set)
        for row in self._open_roles(contact_ids):
            open_ones[str(row["ContactId"])].add(str(row["OpportunityId"]))
        return {contact_id: len(open_ones[contact_id]) for contact_id in contact_ids}

    def _open_roles(self, contact_ids: Collection[str]) -> list[Row]:
        fields = "ContactId, OpportunityId, Opportunity.IsClosed"
        rows = self._scans.by_ids(_ROLE, fields, "ContactId", contact_ids) if contact_ids else []
        return [row for row in rows if not (row.get("Opportunity") or {}).get("IsClosed")]

    def _accounts(self, workspace_id: str, rows: Sequence[Row]) -> Work:
        accounts = {str(row["Id"]): account_row(row) for row in rows}
        ours = self._scans.database.read(storage.owners, workspace_id)
        owned = {one.id for one in accounts.values() if one.owner in ours}
        # Contacts nobody here had a part in are somebody's now.
        theirs = contacts(self._scans.by_ids("Contact", CONTACT_FIELDS, "AccountId", owned))
        now = self._scans.clock()
        return lambda tx: settle(tx, workspace_id, theirs, now) | _amend(tx, workspace_id, accounts, now)

    def _opportunities(self, workspace_id: str, rows: Sequence[Row]) -> Work:
        roles = self._scans.by_ids(_ROLE, "ContactId", "OpportunityId", {str(row["Id"]) for row in rows})
        return self._counting(workspace_id, roles)

    def _roles(self, workspace_id: str, rows: Sequence[Row]) -> Work:
        return self._counting(workspace_id, rows)

    def _counting(self, workspace_id: str, roles: Sequence[Row]) -> Work:
        named = {str(row["ContactId"]) for row in roles if row.get("ContactId")}
        counts = self.counts(self._scans.database.read(storage.people_of, workspace_id, named))

        def store(tx: Transaction) -> set[str]:
            storage.count_opportunities(tx, workspace_id, counts)
            return set()

        return store


def _amend(tx: Transaction, workspace_id: str, accounts: Mapping[str, Account], now: datetime) -> set[str]:
    owners = storage.owners(tx, workspace_id)
    before = stored.locked(tx, workspace_id, storage.of_accounts(tx, workspace_id, accounts))
    after = [_told(person, accounts[person.salesforce_account or ""], owners) for person in before.values()]
    return keep(tx, before, [one for one in after if one != before[one.id]], now)


def _told(person: Person, account: Account, owners: Mapping[str, str]) -> Person:
    return replace(
        person,
        account=account.name or person.account,
        website=account.website or person.website,
        postal=account.postal or person.postal,
        account_owner_id=owners.get(account.owner or ""),
    )
