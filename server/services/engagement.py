"""What reaches us becomes engagements and lines of the feed, in the transaction of the caller.

Every function returns the ids of the users whose screens must wake once the transaction is committed. All of them take
the lock of the viewers' heads first, and read only then: writers of one viewer take turns and see each other's work.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from server.domain.classify import WINDOW, reclassify
from server.domain.consent import Moment, Standing
from server.domain.deliveries import present
from server.domain.engagement import Class, Hit, Kind, MessageFacts, Verdict
from server.domain.feed import (
    MOST_FOR_HINT,
    Arrival,
    Cast,
    InboundMail,
    Judged,
    Line,
    Subject,
    forwarded_fact,
    gone,
    grouped,
    grown,
    hinted,
    key_of_mail,
    mail_line,
    new_line,
    tells_more,
)
from server.storage import consent
from server.storage import engagement as storage
from server.storage import feed as lines
from server.storage.database import Transaction
from server.tokens import new_id

OWN_NETWORK_FOR = timedelta(hours=1)
"""So long after the owner was seen at an address, hits from there are taken for the owner's."""


def record_hits(tx: Transaction, arrivals: Sequence[Arrival], now: datetime) -> set[str]:
    """Store and class hits. Hits already stored, of unknown or archived messages, or of people who may not be tracked, bring
    nothing."""
    batch = _open(tx, {arrival.hit.message_id for arrival in arrivals}, now)
    standings = consent.standings(tx, batch.subjects)
    welcome = [_recognised(one, batch) for one in arrivals if _is_welcome(one, batch, standings)]
    if not welcome:
        return set()
    times = [arrival.hit.at for arrival in welcome]
    # A verdict looks WINDOW around itself, and those at most WINDOW from a new hit are told again.
    begin, end = min(times) - 2 * WINDOW, max(times) + 2 * WINDOW
    stored = storage.hits_between(tx, {arrival.hit.message_id for arrival in welcome}, begin, end)
    known = {judged.hit.id for judged in stored}
    fresh = list({arrival.hit.id: arrival for arrival in welcome if arrival.hit.id not in known}.values())
    if not fresh:
        return set()
    added, changed = _judge(batch, fresh, stored)
    storage.add_hits(tx, batch.workspaces, [(arrival, added[arrival.hit.id]) for arrival in fresh])
    storage.reclass(tx, changed)
    moved = {judged.hit.message_id for judged in changed}
    new_hits = [Judged(arrival.hit, added[arrival.hit.id]) for arrival in fresh]
    changes = _grow(tx, batch, [judged for judged in new_hits if judged.hit.message_id not in moved])
    return _put(tx, batch, changes.joined(_fold(tx, batch, moved)))


def record_mail(tx: Transaction, mail: InboundMail, now: datetime) -> set[str]:
    """Store an inbound mail. One that was stored before brings nothing."""
    batch = _open(tx, {mail.message_id}, now)
    subject = batch.subjects.get(mail.message_id)
    if subject is None or subject.workspace_id != mail.workspace_id or storage.is_known(tx, mail):
        return set()
    storage.add_mail(tx, mail)
    if any(one.kind is Kind.BOUNCE for one in storage.mails_of(tx, {mail.message_id})):
        return _put(tx, batch, _fold(tx, batch, {mail.message_id}))  # what it tells may end what a notice told
    cast = storage.casts(tx, {mail.message_id}, with_writers=True)[mail.message_id]
    return _put(tx, batch, _Changes(new=[mail_line(new_id(), mail, subject, cast)]))


def rejudge(tx: Transaction, message_ids: Iterable[str], now: datetime) -> set[str]:
    """Class all hits of these messages again and let the lines follow: after binding, unarchiving, a change of rules.

    What came for a draft that then went out untracked, to colleagues alone, is forgotten.
    """
    batch = _open(tx, set(message_ids), now)
    changed = []
    for message_id, stored in _by_message(_kept(tx, batch)).items():
        changed += _changed(stored, reclassify(batch.facts(message_id), [_as_told(judged) for judged in stored]))
    storage.reclass(tx, changed)
    return _put(tx, batch, _fold(tx, batch, set(batch.subjects)))


@dataclass(frozen=True, slots=True)
class Replayed:
    """What the rules of today make of stored hits: those told otherwise (before, after), how many lines follow, and the users
    whose screens must wake."""

    moves: tuple[tuple[Verdict, Verdict], ...] = ()
    lines: int = 0
    users: frozenset[str] = frozenset()
    message_ids: frozenset[str] = frozenset()


def foresee(tx: Transaction, message_ids: Collection[str]) -> Replayed:
    """What `replay` would do. Locks nothing, writes nothing; `message_ids` of the answer are those it would touch."""
    batch = _Batch(storage.subjects(tx, message_ids), {}, {})
    return _replayed(tx, batch)[0]


def replay(tx: Transaction, message_ids: Collection[str], now: datetime) -> Replayed:
    """Class the stored hits of these messages by the rules of today, and let the lines follow.

    Unlike `rejudge` it looks at old times: where the owner is now says nothing about hits of then.
    """
    opened = _open(tx, message_ids, now)
    batch = _Batch(opened.subjects, opened.heads, {})
    told, changed, changes = _replayed(tx, batch)
    storage.reclass(tx, changed)
    _put(tx, batch, changes)
    return told


def refresh(tx: Transaction, message_ids: Iterable[str], now: datetime) -> set[str]:
    """Show changed facts (archived, names): the lines they stand in take new positions."""
    batch = _open(tx, set(message_ids), now)
    return _put(tx, batch, _fold(tx, batch, set(batch.subjects)))


@dataclass(slots=True)
class _Batch:
    """Messages with their owners' heads locked. `owner_hashes` by user id."""

    subjects: dict[str, Subject]
    heads: dict[str, int]
    owner_hashes: dict[str, frozenset[str]]

    @property
    def workspaces(self) -> dict[str, str]:
        return {subject.id: subject.workspace_id for subject in self.subjects.values()}

    def facts(self, message_id: str) -> MessageFacts:
        subject = self.subjects[message_id]
        return subject.facts(self.owner_hashes.get(subject.user_id, frozenset()))


@dataclass(slots=True)
class _Changes:
    new: list[Line] = field(default_factory=list)
    changed: list[Line] = field(default_factory=list)

    def joined(self, other: "_Changes") -> "_Changes":
        return _Changes(self.new + other.new, self.changed + other.changed)

    def each(self, change: Callable[[Line], Line]) -> "_Changes":
        return _Changes([*map(change, self.new)], [*map(change, self.changed)])

    def users(self) -> set[str]:
        return {line.user_id for line in (*self.new, *self.changed)}


def _open(tx: Transaction, message_ids: Collection[str], now: datetime) -> _Batch:
    heads = lines.lock_owners(tx, message_ids)
    subjects = storage.subjects(tx, message_ids)
    owners = {subject.user_id: subject.workspace_id for subject in subjects.values()}
    if owners.keys() - heads.keys():
        lines.open_heads(tx, {user_id: owners[user_id] for user_id in owners.keys() - heads.keys()})
        heads = lines.lock_owners(tx, message_ids)
        subjects = storage.subjects(tx, message_ids)
    hashes = storage.owners_address_hashes(tx, owners, now - OWN_NETWORK_FOR)
    return _Batch(subjects, heads, hashes)


def _is_welcome(arrival: Arrival, batch: _Batch, standings: Mapping[str, Standing]) -> bool:
    subject = batch.subjects.get(arrival.hit.message_id)
    return subject is not None and subject.records_hits and _may_be_kept(arrival.hit, standings[subject.id])


def _may_be_kept(hit: Hit, standing: Standing) -> bool:
    moment = Moment.HIT_VIEW if hit.kind is Kind.VIEW else Moment.HIT_CLICK
    return standing.decide(hit.recipient, moment, hit.signs).allowed


def _kept(tx: Transaction, batch: _Batch) -> list[Judged]:
    """The stored hits, without those that came before we knew whose they were and turn out to be of somebody who may not be
    tracked. What was recorded while it was allowed stays."""
    found = storage.hits_of(tx, batch.subjects)
    waiting = [one for one in found if "not-sent" in one.verdict.codes]
    standings = consent.standings(tx, {one.hit.message_id for one in waiting}) if waiting else {}
    refused = {
        one.hit.id
        for one in waiting
        if not batch.subjects[one.hit.message_id].tracked or not _may_be_kept(one.hit, standings[one.hit.message_id])
    }
    if refused:
        storage.drop(tx, refused)
    return [one for one in found if one.hit.id not in refused]


def _recognised(arrival: Arrival, batch: _Batch) -> Arrival:
    if batch.subjects[arrival.hit.message_id].owner_tag not in arrival.own_tags:
        return arrival
    return replace(arrival, hit=replace(arrival.hit, own_device=True))


def _judge(batch: _Batch, fresh: Sequence[Arrival], stored: Sequence[Judged]) -> tuple[dict[str, Verdict], list[Judged]]:
    """Verdicts on the new hits by id, and the stored ones that the new ones made something else."""
    new: dict[str, list[Arrival]] = defaultdict(list)
    for arrival in fresh:
        new[arrival.hit.message_id].append(arrival)
    around = _by_message(stored)
    added: dict[str, Verdict] = {}
    changed: list[Judged] = []
    for message_id, arrived in new.items():
        neighbours = around.get(message_id, [])
        hits = [arrival.hit for arrival in arrived]
        verdicts = reclassify(batch.facts(message_id), [*hits, *map(_as_told, neighbours)])
        added.update((hit.id, verdicts[hit.id]) for hit in hits)
        first, last = min(hit.at for hit in hits) - WINDOW, max(hit.at for hit in hits) + WINDOW
        changed += _changed([judged for judged in neighbours if first <= judged.hit.at <= last], verdicts)
    return added, changed


def _replayed(tx: Transaction, batch: _Batch) -> tuple[Replayed, list[Judged], _Changes]:
    stored = storage.hits_of(tx, batch.subjects)
    before = {judged.hit.id: judged.verdict for judged in stored}
    changed = []
    for message_id, hits in _by_message(stored).items():
        changed += _changed(hits, reclassify(batch.facts(message_id), [_as_told(judged) for judged in hits]))
    after = {judged.hit.id: judged for judged in changed}
    changes = _fold(tx, batch, set(batch.subjects), [after.get(judged.hit.id, judged) for judged in stored])
    lines = (*changes.new, *changes.changed)
    touched = {judged.hit.message_id for judged in changed} | {line.message_id for line in lines if line.message_id}
    moves = tuple((before[judged.hit.id], judged.verdict) for judged in changed)
    return Replayed(moves, len(lines), frozenset(changes.users()), frozenset(touched)), changed, changes


def _by_message(hits: Iterable[Judged]) -> dict[str, list[Judged]]:
    found: dict[str, list[Judged]] = defaultdict(list)
    for judged in hits:
        found[judged.hit.message_id].append(judged)
    return found


def _as_told(judged: Judged) -> Hit:
    """To its neighbours, too, the owner's hit is the owner's."""
    return replace(judged.hit, own_device=True) if _stays_own(judged.verdict) else judged.hit


def _changed(stored: Iterable[Judged], verdicts: Mapping[str, Verdict]) -> list[Judged]:
    return [
        replace(judged, verdict=verdicts[judged.hit.id])
        for judged in stored
        if not _stays_own(judged.verdict) and judged.verdict != verdicts[judged.hit.id]
    ]


def _stays_own(verdict: Verdict) -> bool:
    """Where the owner was at the time is not kept: what was told by it stays told."""
    return "own-network" in verdict.codes


def _grow(tx: Transaction, batch: _Batch, hits: Sequence[Judged]) -> _Changes:
    """Lines for hits that only add something: existing lines grow by what is new, nothing else is read again."""
    groups = grouped(hits)
    if not groups:
        return _Changes()
    existing = lines.lines_by_key(tx, {judged.hit.message_id for judged in hits}, groups)
    missing = {groups[key][0].hit.message_id for key in groups.keys() - existing.keys()}
    casts = storage.casts(tx, missing) if missing else {}
    changes, copies = _Changes(), set()
    for key, members in groups.items():
        message_id = members[0].hit.message_id
        if key in existing:
            before = existing[key]
            changes.changed.append(grown(before, members))
        else:
            before = new_line(new_id(), key, members, batch.subjects[message_id], casts[message_id])
            changes.new.append(before)
        if tells_more(before, members):
            copies.add((message_id, members[0].hit.recipient))
    views = {copy: storage.views_of_people(tx, *copy, MOST_FOR_HINT) for copy in copies}
    return changes.each(lambda line: _hinted(line, views) if _copy_of(line) in views else line)


def _copies(hits: Iterable[Judged]) -> dict[tuple[str, int], list[Judged]]:
    copies: dict[tuple[str, int], list[Judged]] = defaultdict(list)
    for judged in hits:
        copies[judged.hit.message_id, judged.hit.recipient].append(judged)
    return copies


def _copy_of(line: Line) -> tuple[str, int]:
    return line.message_id or "", int(line.key.split(":")[3]) if line.key.count(":") == 4 else 0


def _hinted(line: Line, copies: Mapping[tuple[str, int], Sequence[Judged]]) -> Line:
    return hinted(line, forwarded_fact(copies.get(_copy_of(line), ()), line.facts["who"]["of"]))


def _fold(tx: Transaction, batch: _Batch, message_ids: Collection[str], hits: Sequence[Judged] | None = None) -> _Changes:
    """All lines of these messages anew, of the stored hits or of those given; only lines that differ from what is stored are
    changes."""
    if not message_ids:
        return _Changes()
    casts = storage.casts(tx, message_ids, with_writers=True)
    stored = lines.lines_of(tx, message_ids)
    made = _lines_of_hits(batch, casts, storage.hits_of(tx, message_ids) if hits is None else hits, stored)
    for mail in _present_mails(tx, message_ids):
        line_id = stored[key_of_mail(mail)].id if key_of_mail(mail) in stored else new_id()
        made[key_of_mail(mail)] = mail_line(line_id, mail, batch.subjects[mail.message_id], casts[mail.message_id])
    changes = _Changes(new=[line for key, line in made.items() if key not in stored])
    for key, before in stored.items():
        after = made.get(key) or gone(before)
        if not after.same_as(before):
            changes.changed.append(after)
    return changes


def _present_mails(tx: Transaction, message_ids: Collection[str]) -> Iterator[InboundMail]:
    of: dict[str, list[InboundMail]] = defaultdict(list)
    for mail in storage.mails_of(tx, message_ids):
        of[mail.message_id].append(mail)
    for mails in of.values():
        yield from present(mails)


def _lines_of_hits(
    batch: _Batch, casts: Mapping[str, Cast], hits: Sequence[Judged], stored: Mapping[str, Line]
) -> dict[str, Line]:
    people = _copies(one for one in hits if one.verdict.klass is Class.HUMAN and one.hit.kind is Kind.VIEW)
    made = {}
    for key, members in grouped(hits).items():
        message_id = members[0].hit.message_id
        line_id = stored[key].id if key in stored else new_id()
        line = new_line(line_id, key, members, batch.subjects[message_id], casts[message_id])
        made[key] = _hinted(line, people)
    return made


def _put(tx: Transaction, batch: _Batch, changes: _Changes) -> set[str]:
    lines.put(tx, batch.heads, changes.new, changes.changed)
    return changes.users()
