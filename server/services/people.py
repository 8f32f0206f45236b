"""People outside. They are the workspace's: every rep sees them, but not which colleague they answered.

Who owns somebody decides to hand them over, join or delete them; so does an admin. Somebody nobody owns is everybody's.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from server.domain.people import (
    Person,
    Source,
    account_of,
    joined,
    shows_otherwise,
)
from server.domain.scores import Telling
from server.domain.users import User
from server.errors import BadInput, Conflict, NotFound
from server.services import engagement, moments, ranks, scores
from server.services.person import Given, addresses_of, may_know, must_decide, regards, revised, told, told_moment
from server.storage import leads
from server.storage import moments as stored_moments
from server.storage import people as stored
from server.storage import scores as stored_scores
from server.storage.database import Database, Transaction
from server.tokens import new_id

MOST_MOMENTS = 100
_CLOCKS_DIFFER = timedelta(minutes=5)

Clock = Callable[[], datetime]
Wake = Callable[[Iterable[str]], None]
Moments = list[dict[str, Any]]
Shown = tuple[dict[str, Any], set[str]]
"""A person as told, and the users whose screens must wake."""


class People:
    """Everything here is bound to the user's workspace; somebody of another one is NotFound. Answers are JSON-ready."""

    def __init__(self, database: Database, wake: Wake, clock: Clock) -> None:
        self._database = database
        self._wake = wake
        self._clock = clock

    def get(self, user: User, person_id: str) -> dict[str, Any]:
        return self._database.read(self._now, user, person_id)

    def add(self, user: User, given: Given) -> dict[str, Any]:
        """Somebody met only in a reply becomes known; any other holder of the address is a Conflict, with `current`."""
        return self._shown(self._add, user, given)

    def change(self, user: User, person_id: str, version: int, given: Given) -> dict[str, Any]:
        """Conflict, with `current`, when somebody else changed them since `version`."""
        return self._shown(self._change, user, person_id, version, given)

    def delete(self, user: User, person_id: str) -> None:
        self._wake(self._database.write(self._delete, user, person_id))

    def join(self, user: User, person_id: str, version: int, other_id: str) -> dict[str, Any]:
        """Two were one all along: the first stays, all that pointed at the other points at it."""
        return self._shown(self._join, user, person_id, version, other_id)

    def score(self, user: User, person_id: str, score: int, at: datetime | None = None) -> dict[str, Any]:
        """`at`: since when; now when left out. Told late, it takes its place in the history."""
        return self._shown(self._score, user, person_id, score, at)

    def moments(self, user: User, person_id: str) -> Moments:
        """The newest that marketing told of somebody; none of those who are neither own nor watched, but to admins."""
        return self._database.read(self._moments, user, person_id)

    def _moments(self, tx: Transaction, user: User, person_id: str) -> Moments:
        person = _person(stored.get(tx, user.workspace_id, person_id))
        if not may_know(user, regards(tx, user, [person], self._clock())[person.id]):
            return []
        found = stored_moments.of_person(tx, user.workspace_id, person.id, MOST_MOMENTS)
        return [{"id": one.id, "source": one.source, **told_moment(one)} for one in found]

    def _shown(self, work: Callable[..., Shown], *given: Any) -> dict[str, Any]:
        person, users = self._database.write(work, *given)
        self._wake(users)
        return person

    def _add(self, tx: Transaction, user: User, given: Given) -> Shown:
        addresses = addresses_of(given.addresses)
        held = stored.by_addresses(tx, user.workspace_id, addresses)
        strangers = {person.id: person for person in held.values()}
        if len(strangers) == 1 and not (stranger := next(iter(strangers.values()))).known:
            return self._adopt(tx, user, stranger, given)
        if held:
            raise _taken(tx, user, next(iter(held.values())), self._clock())
        blank = Person(new_id(), user.workspace_id, "", (), account=account_of(addresses[0]), source=Source.HAND)
        person = revised(tx, user, blank, given)
        if not stored.add(tx, [person], self._clock()):
            raise Conflict("this address was taken a moment ago")
        return told(tx, user, [person], self._clock())[0], set()

    def _adopt(self, tx: Transaction, user: User, stranger: Person, given: Given) -> Shown:
        """Adding somebody we met keeps what we knew of them where nothing better is said."""
        before = stored.locked(tx, user.workspace_id, [stranger.id])[stranger.id]
        addresses = dict.fromkeys([*addresses_of(given.addresses), *(one.address for one in before.addresses)])
        said = frozenset(field for field in given.fields if getattr(given, field) not in ("", None, ()))
        known = replace(before, source=Source.HAND)
        return self._store(tx, user, before, known, replace(given, fields=said, addresses=tuple(addresses)))

    def _change(self, tx: Transaction, user: User, person_id: str, version: int, given: Given) -> Shown:
        before = _current(tx, user, person_id, version, self._clock())
        return self._store(tx, user, before, before, given)

    def _store(self, tx: Transaction, user: User, before: Person, basis: Person, given: Given) -> Shown:
        after = replace(revised(tx, user, basis, given), version=before.version + 1)
        if before.salesforce_id and after.owner_id != before.owner_id:
            raise BadInput("whose they are is said in Salesforce", {"owner": "as it is; change it in Salesforce"})
        now = self._clock()
        for holder in stored.by_addresses(tx, user.workspace_id, [one.address for one in after.addresses]).values():
            if holder.id != after.id:
                raise _taken(tx, user, holder, now)
        showing = stored.messages_showing(tx, user.workspace_id, [before.id])
        stored.change(tx, [after], now)
        if after.addresses != before.addresses and not stored.readdress(tx, after):
            raise Conflict("this address was taken a moment ago")
        if after.name != before.name:
            stored.rename_recipients(tx, after)
        showing |= stored.messages_showing(tx, user.workspace_id, [after.id])
        changes_lines = shows_otherwise(before, after) or after.addresses != before.addresses
        changes_hands = after.owner_id != before.owner_id
        if not changes_lines and not changes_hands:
            return told(tx, user, [after], now)[0], set()
        return told(tx, user, [after], now)[0], moments.show(tx, user.workspace_id, [after.id], showing, now)

    def _delete(self, tx: Transaction, user: User, person_id: str) -> set[str]:
        person = _person(stored.locked(tx, user.workspace_id, [person_id]).get(person_id))
        must_decide(user, person)
        return drop(tx, user.workspace_id, person.id, self._clock())

    def _join(self, tx: Transaction, user: User, person_id: str, version: int, other_id: str) -> Shown:
        if person_id == other_id:
            raise BadInput("nobody is joined with themselves", {"person": "somebody else"})
        both = stored.locked(tx, user.workspace_id, [person_id, other_id])
        kept, other = _current(tx, user, person_id, version, self._clock()), _person(both.get(other_id))
        must_decide(user, kept)
        must_decide(user, other)
        users = merge(tx, kept, other, self._clock())[1]
        return self._now(tx, user, kept.id), users

    def _score(self, tx: Transaction, user: User, person_id: str, score: int, at: datetime | None) -> Shown:
        now = self._clock()
        if at is not None and at > now + _CLOCKS_DIFFER:
            raise BadInput("this time is still to come", {"at": "a time that is past"})
        person = _person(stored.locked(tx, user.workspace_id, [person_id]).get(person_id))
        scores.keep(tx, {person.id: person}, {person.id: [Telling(min(at or now, now), score, "api")]}, now)
        return self._now(tx, user, person.id), set()

    def _now(self, tx: Transaction, user: User, person_id: str) -> dict[str, Any]:
        return told(tx, user, [_person(stored.get(tx, user.workspace_id, person_id))], self._clock())[0]


def drop(tx: Transaction, workspace_id: str, person_id: str, now: datetime) -> set[str]:
    """Whose screens must wake. The person must be locked."""
    showing = stored.messages_showing(tx, workspace_id, [person_id])
    left = moments.withdraw(tx, workspace_id, [person_id], showing)
    stored.remove(tx, workspace_id, person_id)
    return left | engagement.refresh(tx, showing, now)


def merge(tx: Transaction, kept: Person, other: Person, now: datetime) -> tuple[Person, set[str]]:
    """The one that stays, and whose screens must wake. Both must be locked."""
    workspace_id, after = kept.workspace_id, replace(joined(kept, other), version=kept.version + 1)
    showing = stored.messages_showing(tx, workspace_id, [kept.id, other.id])
    with_scores = after.standing == other.standing != kept.standing
    stored.move(tx, workspace_id, other.id, kept.id, with_scores=with_scores)
    if kept.marketo_id and other.marketo_id:
        leads.alias(tx, workspace_id, {other.marketo_id: kept.marketo_id})
    stored.change(tx, [after], now)
    stored_scores.stand(tx, workspace_id, {kept.id: after.standing})
    ranks.renew(tx, workspace_id, [kept.id], now)
    if after.name:
        stored.rename_recipients(tx, after)
    return after, moments.show(tx, workspace_id, [kept.id], showing, now)


# What is refused -----------------------------------------------------------------


def _person(found: Person | None) -> Person:
    if found is None:
        raise NotFound("no such person")
    return found


def _current(tx: Transaction, user: User, person_id: str, version: int, now: datetime) -> Person:
    person = _person(stored.locked(tx, user.workspace_id, [person_id]).get(person_id))
    if person.version != version:
        raise Conflict("somebody changed this person meanwhile", current=told(tx, user, [person], now)[0])
    return person


def _taken(tx: Transaction, user: User, holder: Person, now: datetime) -> Conflict:
    return Conflict("this address belongs to somebody known", current=told(tx, user, [holder], now)[0])


def refreshed(tx: Transaction, workspace_id: str, person_ids: Collection[str], now: datetime) -> set[str]:
    """Lines that show these people are told anew; whose screens must wake."""
    return moments.show(tx, workspace_id, person_ids, stored.messages_showing(tx, workspace_id, person_ids), now)
