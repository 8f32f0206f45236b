"""What Marketo told is stored, in the transaction of the caller; each function returns whose screens must wake."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from server.domain.activities import MOMENT, SCORE, Row, merged, moment_of, telling_of
from server.domain.leads import Lead, filled, newcomer
from server.domain.people import Person, Source, shows_otherwise
from server.domain.ranks import brackets_of
from server.domain.scores import Telling
from server.errors import Conflict
from server.services import moments, people, scores
from server.storage import leads as storage
from server.storage import people as stored_people
from server.storage import ranks
from server.storage.database import Transaction
from server.tokens import new_id


@dataclass(frozen=True, slots=True)
class Fetched:
    """Leads as Marketo has them now. `owners`: users by Marketo's ids of sales persons; None for somebody who is no user here.
    Ids that are not in it say nothing about the owner."""

    leads: tuple[Lead, ...] = ()
    owners: Mapping[str, str | None] = field(default_factory=dict)


def activities(tx: Transaction, workspace_id: str, rows: Collection[Row], fetched: Fetched, now: datetime) -> set[str]:
    """Moments and scores, of people who are made where they were not known. A row that was stored before, or is about a lead
    that is no more, brings nothing."""
    lead_ids = {row.lead_id for row in rows}
    known = storage.people_of(tx, workspace_id, set(storage.resolved(tx, workspace_id, lead_ids).values()))
    users = bring(tx, workspace_id, fetched, now, known.values())
    stands_for = storage.resolved(tx, workspace_id, lead_ids)
    persons = storage.people_of(tx, workspace_id, set(stands_for.values()))
    whose = {row.guid: persons.get(stands_for[row.lead_id]) for row in rows}
    users |= moments.record(
        tx,
        [
            moment_of(row, new_id(), workspace_id, person_id, now)
            for row in rows
            if row.type_id == MOMENT and (person_id := whose[row.guid])
        ],
        now,
    )
    _keep_scores(tx, workspace_id, [row for row in rows if row.type_id == SCORE], whose, now)
    return users


def bring(tx: Transaction, workspace_id: str, fetched: Fetched, now: datetime, others: Collection[str] = ()) -> set[str]:
    """People made of leads, or filled from them. `others`: whom the caller will change in the same transaction."""
    found = _Bringing(tx, workspace_id, fetched, others)
    for lead in fetched.leads:
        found.place(lead)
    return found.store(now)


def merges(tx: Transaction, workspace_id: str, rows: Iterable[Row], now: datetime) -> set[str]:
    """Of two leads that are one now, so are the people."""
    users: set[str] = set()
    winners = merged(rows)
    ends = storage.resolved(tx, workspace_id, {*winners, *winners.values()})
    held_back = storage.people_of(tx, workspace_id, {*winners, *ends.values()}).values()
    moments.hold(tx, workspace_id, held_back, stored_people.messages_showing(tx, workspace_id, held_back))
    for loser, winner in winners.items():
        storage.alias(tx, workspace_id, {loser: winner})
        winner = storage.resolved(tx, workspace_id, [winner])[winner]
        persons = storage.people_of(tx, workspace_id, [loser, winner])
        if loser not in persons:
            continue
        held = stored_people.locked(tx, workspace_id, persons.values())
        if winner in persons:
            users |= people.merge(tx, held[persons[winner]], held[persons[loser]], now)[1]
        else:
            stored_people.change(tx, [replace(held[persons[loser]], marketo_id=winner)], now)
    return users


def deletions(tx: Transaction, workspace_id: str, lead_ids: Collection[int], now: datetime) -> set[str]:
    """Who was only Marketo's is gone from here too; others are no lead any more."""
    persons = storage.people_of(tx, workspace_id, lead_ids)
    moments.hold(tx, workspace_id, persons.values(), stored_people.messages_showing(tx, workspace_id, persons.values()))
    held = list(stored_people.locked(tx, workspace_id, persons.values()).values())
    gone = [one.id for one in held if one.source is Source.MARKETO and one.salesforce_id is None]
    stay = [replace(one, marketo_id=None) for one in held if one.id not in gone]
    stored_people.change(tx, stay, now)
    users: set[str] = set()
    for person_id in gone:
        users |= people.drop(tx, workspace_id, person_id, now)
    return users


def base_scores(tx: Transaction, workspace_id: str, told: Mapping[str, int], now: datetime) -> None:
    """Of people whose score never changed as far back as Marketo remembers. By person id."""
    held = stored_people.locked(tx, workspace_id, told)
    unknown = {person_id: one for person_id, one in held.items() if one.standing.score is None}
    scores.keep(tx, unknown, {one: [Telling(now, told[one], "marketo")] for one in unknown}, now)


def _keep_scores(
    tx: Transaction, workspace_id: str, rows: Collection[Row], whose: Mapping[str, str | None], now: datetime
) -> None:
    field_told = brackets_of(ranks.chosen(tx, workspace_id)[0]).field
    # The people first: another worker may be about to store the same rows.
    held = stored_people.locked(tx, workspace_id, {person_id for row in rows if (person_id := whose[row.guid])})
    known = storage.known_scores(tx, workspace_id, {row.guid for row in rows})
    told: dict[str, dict[str, Telling]] = defaultdict(dict)
    for row in rows:
        person_id, telling = whose[row.guid], telling_of(row, field_told, now)
        if person_id in held and telling is not None and row.guid not in known:
            told[person_id or ""].setdefault(row.guid, telling)
    in_order = {one: sorted(tellings.values(), key=lambda telling: telling.at) for one, tellings in told.items()}
    scores.keep(tx, held, in_order, now)


class _Bringing:
    """The people some leads are, by Marketo's id, else by address; locked, then changed together."""

    def __init__(self, tx: Transaction, workspace_id: str, fetched: Fetched, others: Collection[str]) -> None:
        self._tx, self._workspace_id, self._owners = tx, workspace_id, fetched.owners
        ids = self._find(fetched.leads)
        moments.hold(tx, workspace_id, {*ids, *others})
        # Once more, now that nobody else changes them.
        self._before = stored_people.locked(tx, workspace_id, self._find(fetched.leads))
        self._after: dict[str, Person] = dict(self._before)
        self._aliases: dict[int, int] = {}

    def _find(self, leads: Collection[Lead]) -> set[str]:
        """Whom these leads may be, by lead, address and record in Salesforce."""
        tx, workspace_id = self._tx, self._workspace_id
        addresses = {lead.address for lead in leads if lead.address}
        records = {lead.salesforce_id for lead in leads if lead.salesforce_id}
        holders = stored_people.by_addresses(tx, workspace_id, addresses)
        self._by_lead = storage.people_of(tx, workspace_id, {lead.id for lead in leads})
        self._holders = {address: person.id for address, person in holders.items()}
        self._sales = stored_people.by_salesforce(tx, workspace_id, records)
        return {*self._by_lead.values(), *self._holders.values(), *self._sales.values()}

    def place(self, lead: Lead) -> None:
        person = self._person(lead)
        if person is not None and person.marketo_id not in (None, lead.id):
            # Marketo keeps two leads with one address; here they are one person.
            self._aliases[lead.id] = person.marketo_id or 0
            return
        lead = self._with_own_record(lead, person)
        if person is None:
            after = newcomer(new_id(), self._workspace_id, lead)
        else:
            after = filled(person, lead, lambda address: self._holders.get(address, person.id) == person.id)
        self._after[after.id] = self._owned(after, lead)
        self._by_lead[lead.id] = after.id
        self._holders |= {one.address: after.id for one in after.addresses}
        if after.salesforce_id:
            self._sales[after.salesforce_id] = after.id

    def store(self, now: datetime) -> set[str]:
        tx, workspace_id = self._tx, self._workspace_id
        new = [person for person_id, person in self._after.items() if person_id not in self._before]
        changed = [
            replace(after, version=after.version + 1)
            for person_id, after in self._after.items()
            if person_id in self._before and after != self._before[person_id]
        ]
        storage.alias(tx, workspace_id, self._aliases)
        if not stored_people.add(tx, new, now):
            raise Conflict("somebody else met one of these people a moment ago")
        stored_people.change(tx, changed, now)
        for person in changed:
            if person.addresses != self._before[person.id].addresses and not stored_people.readdress(tx, person):
                raise Conflict("somebody else took one of these addresses a moment ago")
            if person.name != self._before[person.id].name:
                stored_people.rename_recipients(tx, person)
        return self._show([person.id for person in changed if self._looks_otherwise(person)], now)

    def _show(self, person_ids: Collection[str], now: datetime) -> set[str]:
        return people.refreshed(self._tx, self._workspace_id, person_ids, now) if person_ids else set()

    def _looks_otherwise(self, person: Person) -> bool:
        before = self._before[person.id]
        moved = (before.addresses, before.owner_id) != (person.addresses, person.owner_id)
        return moved or shows_otherwise(before, person)

    def _person(self, lead: Lead) -> Person | None:
        person_id = (
            self._by_lead.get(lead.id) or self._sales.get(lead.salesforce_id or "") or self._holders.get(lead.address or "")
        )
        return self._after[person_id] if person_id else None

    def _with_own_record(self, lead: Lead, person: Person | None) -> Lead:
        """A record in Salesforce is one person here: whoever has it keeps it."""
        holder = self._sales.get(lead.salesforce_id or "")
        if holder is None or (person is not None and holder == person.id):
            return lead
        return replace(lead, salesforce_id=None, salesforce_type=None, salesforce_account=None)

    def _owned(self, person: Person, lead: Lead) -> Person:
        if lead.sales_person is None or lead.sales_person not in self._owners:
            return person
        return replace(person, owner_id=self._owners[lead.sales_person])
