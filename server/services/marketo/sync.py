"""Reads Marketo's log from where it stopped, and stores what a page brought together with where the next one begins.

Two chains of pages read moments and scores: one from when Marketo was connected, so that what happens now is on screens at
once, and one through what Marketo remembers from before.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial

from server.connectors.errors import Rejected
from server.connectors.marketo import VALUES_A_CALL, Marketo, Page
from server.domain.activities import MERGE, MOMENT, SCORE
from server.domain.leads import FIELDS, UNCHANGING, Lead, lead_of
from server.gmail.addresses import normal_address
from server.logs import logger
from server.services.integrations import Integrations
from server.services.marketo import arrivals
from server.services.marketo.arrivals import Fetched
from server.services.marketo.sellers import Sellers
from server.storage import integrations as cursors
from server.storage import leads as storage
from server.storage.database import Database, Transaction
from server.storage.integrations import Cursor

SERVICE = "marketo"
REMEMBERED = timedelta(days=90)
"""So far back Marketo lists changes of scores."""

OVERLAP = timedelta(hours=2)
"""Rows may be listed later than they happened, and clocks differ: so much is read again now and then."""

PAGES_A_RUN = 20
"""Then the job comes again: none is to outlive its lease."""

MOMENTS, HISTORY, MERGES, DELETED, CHANGES = "moments", "history", "merges", "deleted", "changes"
_LOG = (MOMENT, SCORE)
_END = ""
"""The cursor of a history that was read to its end."""

_PARTS_A_RUN = 10
_log = logger(__name__)

Read = Callable[[str], Page]
Work = Callable[[Transaction, datetime], set[str]]
"""Stores what a page brought; whose screens must wake."""


class MarketoSync:
    """Every method may run twice, and beside another worker's: rows are known by their names. Those that return bool tell
    whether there is more to read at once. Nothing happens while no Marketo is set up, or nobody has signed in yet."""

    def __init__(
        self,
        database: Database,
        marketo: Callable[[], Marketo | None],
        sellers: Callable[[], Sellers | None],
        integrations: Integrations,
        wake: Callable[[Iterable[str]], None],
        clock: Callable[[], datetime],
    ) -> None:
        """Both are asked anew each time. `sellers`: where Marketo's sales persons say who owns whom; None where Salesforce
        does."""
        self._database = database
        self._marketo = marketo
        self._sellers = sellers
        self._integrations = integrations
        self._wake = wake
        self._clock = clock

    def moments(self) -> bool:
        """Moments and scores since the last time."""
        home = self._home()
        return home is not None and _Run(self, *home).follow(MOMENTS, OVERLAP)

    def history(self) -> bool:
        """Moments and scores from before Marketo was connected; admins see how far it came."""
        home = self._home()
        return home is not None and _Run(self, *home).recall()

    def late(self) -> None:
        """What was listed later than it happened."""
        home = self._home()
        if home is not None:
            _Run(self, *home).look_back()

    def people(self) -> bool:
        """Merges, deletions and other data of the people known here, and the scores that never changed."""
        home = self._home()
        return home is not None and _Run(self, *home).tend()

    def meter(self) -> None:
        """How much of the company's day of calls is used."""
        marketo = self._marketo()
        if marketo is not None:
            usage = marketo.usage()
            self._integrations.used(SERVICE, usage.used, usage.limit)

    def _home(self) -> tuple[Marketo, str] | None:
        marketo = self._marketo()
        home = self._integrations.home() if marketo is not None else None
        return (marketo, home) if marketo is not None and home is not None else None


class _Run:
    """One job's work."""

    def __init__(self, sync: MarketoSync, marketo: Marketo, workspace_id: str) -> None:
        self._marketo = marketo
        self._workspace_id = workspace_id
        self._database = sync._database
        self._sellers = sync._sellers()
        self._integrations = sync._integrations
        self._wake = sync._wake
        self._clock = sync._clock

    # Chains of pages ----------------------------------------------------------------

    def follow(self, name: str, back: timedelta) -> bool:
        read, prepare = {
            MOMENTS: (lambda token: self._marketo.activities(token, _LOG), self._activities),
            HISTORY: (lambda token: self._marketo.activities(token, _LOG), self._activities),
            MERGES: (lambda token: self._marketo.activities(token, (MERGE,)), self._merges),
            DELETED: (self._marketo.deleted_leads, self._deletions),
            CHANGES: (lambda token: self._marketo.lead_changes(token, self._listened()), self._changes),
        }[name]
        return all(self._step(name, read, prepare, back) for _ in range(PAGES_A_RUN))

    def recall(self) -> bool:
        former = self._database.read(cursors.cursor, self._workspace_id, SERVICE, HISTORY)
        if former is not None and former.text == _END:
            return False
        if self.follow(HISTORY, REMEMBERED):
            self._tell_progress()
            return True
        now = self._clock()
        self._database.write(cursors.keep_cursor, self._workspace_id, SERVICE, HISTORY, _END, now, now)
        self._integrations.arrived(SERVICE)
        return False

    def look_back(self) -> None:
        token = self._marketo.paging_token(self._clock() - OVERLAP)
        for _ in range(PAGES_A_RUN):
            page = self._marketo.activities(token, _LOG)
            self._wake(self._database.write(self._activities(page), self._clock()))
            token = page.token
            if not page.more:
                return

    def tend(self) -> bool:
        # Merges first: who was merged away is not deleted.
        more = self.follow(MERGES, OVERLAP) or self.follow(DELETED, OVERLAP) or self.follow(CHANGES, OVERLAP)
        return self._score() or more

    def _step(self, name: str, read: Read, prepare: Callable[[Page], Work], back: timedelta) -> bool:
        former = self._database.read(cursors.cursor, self._workspace_id, SERVICE, name)
        begun = former or self._begin(self._clock() - back)
        page = self._page(begun, read)
        work = prepare(page)
        self._wake(self._database.write(self._store, name, former, begun, page, work))
        return page.more

    def _begin(self, since: datetime) -> Cursor:
        return Cursor(self._marketo.paging_token(since), since, since)

    def _page(self, begun: Cursor, read: Read) -> Page:
        try:
            return read(begun.text)
        except Rejected as error:
            _log.warning("marketo.token_refused", number=error.number)
            return read(self._begin(begun.at - OVERLAP).text)

    def _store(self, tx: Transaction, name: str, former: Cursor | None, begun: Cursor, page: Page, work: Work) -> set[str]:
        """Nothing, where another worker read on from the same place meanwhile."""
        now = self._clock()
        found = cursors.cursor(tx, self._workspace_id, SERVICE, name)
        if (found and found.text) != (former and former.text):
            return set()
        users = work(tx, now)
        last = max((row.at for row in page.rows), default=begun.at)
        at = min(now, max(begun.at, last)) if page.more else now
        cursors.keep_cursor(tx, self._workspace_id, SERVICE, name, page.token, at, now)
        return users

    def _tell_progress(self) -> None:
        """In days of those that Marketo remembers."""
        reached = self._database.read(cursors.cursor, self._workspace_id, SERVICE, HISTORY)
        if reached is not None:
            done = REMEMBERED - min(REMEMBERED, max(self._clock() - reached.at, timedelta()))
            self._integrations.progress(SERVICE, done.days, REMEMBERED.days)

    # What a page brings ---------------------------------------------------------------

    def _activities(self, page: Page) -> Work:
        fetched = self._fetched(self._unknown({row.lead_id for row in page.rows}))
        return lambda tx, now: arrivals.activities(tx, self._workspace_id, page.rows, fetched, now)

    def _merges(self, page: Page) -> Work:
        return lambda tx, now: arrivals.merges(tx, self._workspace_id, page.rows, now)

    def _deletions(self, page: Page) -> Work:
        gone = {row.lead_id for row in page.rows}
        return lambda tx, now: arrivals.deletions(tx, self._workspace_id, gone, now)

    def _changes(self, page: Page) -> Work:
        told = {row.lead_id for row in page.rows}
        known = self._database.read(storage.people_of, self._workspace_id, told)
        fetched = Fetched(*self._with_owners(self._leads(known)))
        return lambda tx, now: arrivals.bring(tx, self._workspace_id, fetched, now)

    def _fetched(self, unknown: Collection[int]) -> Fetched:
        leads = self._leads(unknown)
        lost = set(unknown) - {lead.id for lead in leads}
        if lost:
            # Perhaps merged a moment ago: then they are somebody else now.
            self.follow(MERGES, OVERLAP)
            leads += self._leads(self._unknown(lost) - lost)
        return Fetched(*self._with_owners(leads))

    def _unknown(self, lead_ids: Collection[int]) -> set[int]:
        """Leads these stand for, of whom no person is known."""
        return self._database.read(_unknown, self._workspace_id, lead_ids)

    def _leads(self, lead_ids: Collection[int]) -> list[Lead]:
        if not lead_ids:
            return []
        rows = self._marketo.leads("id", sorted(lead_ids), self._wanted())
        return [lead_of(row, normal_address) for row in rows]

    def _with_owners(self, leads: list[Lead]) -> tuple[tuple[Lead, ...], Mapping[str, str | None]]:
        ids = {lead.sales_person for lead in leads if lead.sales_person}
        return tuple(leads), self._sellers.users(self._workspace_id, ids) if self._sellers and ids else {}

    def _wanted(self) -> list[str]:
        there = self._marketo.fields()
        return [name for name in FIELDS if name in there]

    def _listened(self) -> list[str]:
        return [name for name in self._wanted() if name not in UNCHANGING]

    def _score(self) -> bool:
        """Once all changes of scores are here, what is left never changed."""
        history = self._database.read(cursors.cursor, self._workspace_id, SERVICE, HISTORY)
        if history is None or history.text != _END:
            return False
        for _ in range(_PARTS_A_RUN):
            people = self._database.read(storage.unscored, self._workspace_id, VALUES_A_CALL)
            if not people:
                return False
            rows = self._marketo.leads("id", sorted(people), ["id", "leadScore"])
            told = dict.fromkeys(people.values(), 0) | {
                people[lead.id]: lead.score for lead in (lead_of(row, normal_address) for row in rows) if lead.id in people
            }
            self._database.write(partial(arrivals.base_scores, workspace_id=self._workspace_id, told=told, now=self._clock()))
        return True


def _unknown(tx: Transaction, workspace_id: str, lead_ids: Collection[int]) -> set[int]:
    stands_for = set(storage.resolved(tx, workspace_id, lead_ids).values())
    return stands_for - storage.people_of(tx, workspace_id, stands_for).keys()
