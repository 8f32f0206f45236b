"""Salesforce's word about owners, accounts, opportunities and tasks, brought in again and again."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from server.connectors.salesforce import Salesforce
from server.domain.salesforce import CONTACT, CONTACT_FIELDS, LEAD_FIELDS, Record
from server.services.integrations import Integrations
from server.services.salesforce_accounts import SalesforceAccounts
from server.services.salesforce_people import contacts, leads, let_go, settle
from server.services.salesforce_reps import SalesforceReps
from server.services.salesforce_scan import SERVICE, Clock, Patience, Row, Scan, Scans, Wake, Work
from server.services.salesforce_tasks import SalesforceTasks
from server.storage import integrations as cursors
from server.storage import salesforce as storage
from server.storage.database import Database, Transaction
from server.tokens import new_id

EVERY = timedelta(minutes=2)
RARELY = timedelta(minutes=10)
"""Users, accounts and opportunities change seldom."""

PATIENCE = timedelta(seconds=60)
"""A run stops after this and goes on in the next: a claim must outlive the longest run."""

LEASE = timedelta(minutes=5)
WHILE_BUSY = timedelta(seconds=5)
_CONTACT_ID, _LEAD_ID = "003", "00Q"


class SalesforceSync:
    """Belongs to the installation's first workspace. Errors of the connector pass through, once they are noted."""

    def __init__(self, client: Salesforce, database: Database, integrations: Integrations, wake: Wake, clock: Clock) -> None:
        self._client = client
        self._database = database
        self._integrations = integrations
        self._clock = clock
        self._scans = Scans(client, database, wake, clock)
        self._accounts = SalesforceAccounts(self._scans)
        self._tasks = SalesforceTasks(self._scans)
        self.reps = SalesforceReps(self._scans)

    def sync(self) -> timedelta:
        """After how long to come again."""
        home, claim, now = self._integrations.home(), new_id(), self._clock()
        if home is None:
            return WHILE_BUSY  # until somebody has signed in
        if not self._database.write(cursors.claim, home, SERVICE, claim, now, now + LEASE):
            return WHILE_BUSY
        until = now + PATIENCE
        try:
            with self._integrations.noted(SERVICE):
                whole = self._run(home, lambda: self._clock() < until)
        finally:
            self._database.write(cursors.release, home, SERVICE, claim)
        if self._client.limits:
            self._integrations.used(SERVICE, self._client.limits.used, self._client.limits.limit)
        return EVERY if whole else timedelta(0)

    def _run(self, home: str, patient: Patience) -> bool:
        """False: it stopped before everything was here."""
        self._accounts.begin(home)
        rarely = self._rarely(home)
        if rarely:
            self.reps.sync(home)
        self.reps.catch_up(home)
        if not self._people(home, patient):
            return False
        if rarely:
            if not self._accounts.sync(home, patient):
                return False
            self._database.write(self._rested, home)
        return self._tasks.sync(home, patient)

    def _rarely(self, home: str) -> bool:
        last = self._database.read(cursors.cursor, home, SERVICE, "rarely")
        return last is None or last.at <= self._clock()

    def _rested(self, tx: Transaction, home: str) -> None:
        now = self._clock()
        cursors.keep_cursor(tx, home, SERVICE, "rarely", "", now + RARELY, now)

    # People -------------------------------------------------------------------------

    def _people(self, home: str, patient: Patience) -> bool:
        is_first = self._begin_first(home)
        lead = Scan("lead", "Lead", LEAD_FIELDS, lambda rows: self._storing(home, leads(rows), is_first))
        contact = Scan("contact", "Contact", CONTACT_FIELDS, lambda rows: self._storing(home, contacts(rows), is_first))
        whole = all(self._scans.run(home, scan, patient) is not None for scan in (lead, contact))
        if whole and is_first:
            self._integrations.arrived(SERVICE)
        return whole

    def _begin_first(self, home: str) -> bool:
        """Whether everything is still to be read for the first time; told to admins with how much it is."""
        if self._database.read(cursors.cursor, home, SERVICE, "lead") is None:
            self._integrations.progress(SERVICE, 0, self._client.count("Lead") + self._client.count("Contact"))
            return True
        done = self._database.read(cursors.cursor, home, SERVICE, "contact")
        return done is None or bool(done.text)

    def _storing(self, home: str, records: Sequence[Record], is_first: bool) -> Work:
        heirs = self._heirs(home, [record for record in records if record.gone])
        counts = {} if is_first else self._counts(home, [*records, *heirs])
        if is_first:
            self._integrations.advanced(SERVICE, len(records))

        def store(tx: Transaction) -> set[str]:
            now = self._clock()
            woken = settle(tx, home, [record for record in records if not record.gone], now)
            woken |= let_go(tx, home, [record for record in records if record.gone], now)
            woken |= settle(tx, home, heirs, now)
            storage.count_opportunities(tx, home, counts)
            return woken

        return store

    def _heirs(self, home: str, gone: Sequence[Record]) -> list[Record]:
        """Who speaks now for people whose record is gone: what it became, or another one with the same address."""
        known = self._database.read(storage.people_of, home, [record.id for record in gone]) if gone else {}
        lost = [record for record in gone if record.id in known]
        became = [record.became for record in lost if record.became]
        addresses = {record.address for record in lost if not record.became and record.address}
        asked = self._scans.by_ids
        found: list[Row] = [
            *asked("Contact", CONTACT_FIELDS, "Id", {one for one in became if one.startswith(_CONTACT_ID)}),
            *asked("Contact", CONTACT_FIELDS, "Email", addresses),
        ]
        of_leads: list[Row] = [
            *asked("Lead", LEAD_FIELDS, "Id", {one for one in became if one.startswith(_LEAD_ID)}),
            *asked("Lead", LEAD_FIELDS, "Email", addresses),
        ]
        return [record for record in (*contacts(found), *leads(of_leads)) if not record.gone]

    def _counts(self, home: str, records: Collection[Record]) -> dict[str, int]:
        """Of contacts met for the first time; the others' are told by what changes about them."""
        ids = {record.id for record in records if record.type == CONTACT and not record.gone}
        known = self._database.read(storage.people_of, home, ids) if ids else {}
        return dict(self._accounts.counts(ids - known.keys())) if ids - known.keys() else {}
