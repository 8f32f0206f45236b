"""People outside. They are the workspace's: every rep sees them, but not which colleague they answered.

Who owns somebody decides to hand them over, join or delete them; so does an admin. Somebody nobody owns is everybody's.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from server.domain import scores
from server.domain.people import (
    Person,
    PersonAddress,
    Source,
    account_of,
    in_order,
    joined,
    linkedin_profile,
    shows_otherwise,
    terms,
)
from server.domain.phones import Kind, Phone, phone
from server.domain.users import Role, User
from server.errors import BadInput, Conflict, NotAllowed, NotFound
from server.gmail.addresses import normal_address
from server.services import engagement
from server.storage import people as stored
from server.storage import scores as stored_scores
from server.storage import users as stored_users
from server.storage.database import Database, Transaction
from server.tokens import new_id

MOST_A_PAGE = 200
MOST_ADDRESSES = 20
MOST_PHONES = 20
_CLOCKS_DIFFER = timedelta(minutes=5)

Clock = Callable[[], datetime]
Wake = Callable[[Iterable[str]], None]
Shown = tuple[dict[str, Any], set[str]]
"""A person as told, and the users whose screens must wake."""


@dataclass(frozen=True, slots=True)
class PhoneGiven:
    kind: Kind
    number: str


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody says of a person. `fields` names those that were said; the others stay as they are."""

    fields: frozenset[str]
    name: str = ""
    title: str | None = None
    account: str | None = None
    country: str | None = None
    addresses: tuple[str, ...] = ()
    phones: tuple[PhoneGiven, ...] = ()
    linkedin: str | None = None
    owner: str | None = None
    do_not_call: bool = False
    unsubscribed: bool = False


class People:
    """Everything here is bound to the user's workspace; somebody of another one is NotFound. Answers are JSON-ready."""

    def __init__(self, database: Database, wake: Wake, clock: Clock) -> None:
        self._database = database
        self._wake = wake
        self._clock = clock

    def list(self, user: User, query: str = "", before: str | None = None, limit: int = 50) -> dict[str, Any]:
        """`{"items": […], "next": cursor | None}` by name. Each word of `query` is in a name, an address or the account."""
        return self._database.read(self._list, user, query, before, max(1, min(limit, MOST_A_PAGE)))

    def get(self, user: User, person_id: str) -> dict[str, Any]:
        return self._database.read(lambda tx: told(tx, user, [_person(stored.get(tx, user.workspace_id, person_id))])[0])

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

    def _shown(self, work: Callable[..., Shown], *given: Any) -> dict[str, Any]:
        person, users = self._database.write(work, *given)
        self._wake(users)
        return person

    def _list(self, tx: Transaction, user: User, query: str, before: str | None, limit: int) -> dict[str, Any]:
        found = stored.page(tx, user.workspace_id, terms(query), _opened(before) if before else None, limit + 1)
        page = found[:limit]
        following = _sealed(page[-1][1], page[-1][0].id) if len(found) > limit else None
        return {"items": told(tx, user, [person for person, _ in page]), "next": following}

    def _add(self, tx: Transaction, user: User, given: Given) -> Shown:
        addresses = _addresses(given.addresses)
        held = stored.by_addresses(tx, user.workspace_id, addresses)
        strangers = {person.id: person for person in held.values()}
        if len(strangers) == 1 and not (stranger := next(iter(strangers.values()))).known:
            return self._adopt(tx, user, stranger, given)
        if held:
            raise _taken(tx, user, next(iter(held.values())))
        blank = Person(new_id(), user.workspace_id, "", (), account=account_of(addresses[0]), source=Source.HAND)
        person = _revised(tx, user, blank, given)
        if not stored.add(tx, [person], self._clock()):
            raise Conflict("this address was taken a moment ago")
        return told(tx, user, [person])[0], set()

    def _adopt(self, tx: Transaction, user: User, stranger: Person, given: Given) -> Shown:
        """Adding somebody we met keeps what we knew of them where nothing better is said."""
        before = stored.locked(tx, user.workspace_id, [stranger.id])[stranger.id]
        addresses = dict.fromkeys([*_addresses(given.addresses), *(one.address for one in before.addresses)])
        said = frozenset(field for field in given.fields if getattr(given, field) not in ("", None, ()))
        known = replace(before, source=Source.HAND)
        return self._store(tx, user, before, known, replace(given, fields=said, addresses=tuple(addresses)))

    def _change(self, tx: Transaction, user: User, person_id: str, version: int, given: Given) -> Shown:
        before = _current(tx, user, person_id, version)
        return self._store(tx, user, before, before, given)

    def _store(self, tx: Transaction, user: User, before: Person, basis: Person, given: Given) -> Shown:
        after = replace(_revised(tx, user, basis, given), version=before.version + 1)
        for holder in stored.by_addresses(tx, user.workspace_id, [one.address for one in after.addresses]).values():
            if holder.id != after.id:
                raise _taken(tx, user, holder)
        now = self._clock()
        showing = stored.messages_showing(tx, user.workspace_id, [before.id])
        stored.change(tx, [after], now)
        if after.addresses != before.addresses and not stored.readdress(tx, after):
            raise Conflict("this address was taken a moment ago")
        if after.name != before.name:
            stored.rename_recipients(tx, after)
        showing |= stored.messages_showing(tx, user.workspace_id, [after.id])
        changes_lines = shows_otherwise(before, after) or after.addresses != before.addresses
        users = engagement.refresh(tx, showing, now) if changes_lines else set()
        return told(tx, user, [after])[0], users

    def _delete(self, tx: Transaction, user: User, person_id: str) -> set[str]:
        person = _person(stored.locked(tx, user.workspace_id, [person_id]).get(person_id))
        _must_decide(user, person)
        showing = stored.messages_showing(tx, user.workspace_id, [person.id])
        stored.remove(tx, user.workspace_id, person.id)
        return engagement.refresh(tx, showing, self._clock())

    def _join(self, tx: Transaction, user: User, person_id: str, version: int, other_id: str) -> Shown:
        if person_id == other_id:
            raise BadInput("nobody is joined with themselves", {"person": "somebody else"})
        both = stored.locked(tx, user.workspace_id, [person_id, other_id])
        kept, other = _current(tx, user, person_id, version), _person(both.get(other_id))
        _must_decide(user, kept)
        _must_decide(user, other)
        after = replace(joined(kept, other), version=kept.version + 1)
        showing = stored.messages_showing(tx, user.workspace_id, [kept.id, other.id])
        now = self._clock()
        with_scores = after.standing == other.standing != kept.standing
        stored.move(tx, user.workspace_id, other.id, kept.id, with_scores=with_scores)
        stored.change(tx, [after], now)
        stored_scores.stand(tx, user.workspace_id, {kept.id: after.standing})
        if after.name:
            stored.rename_recipients(tx, after)
        return told(tx, user, [after])[0], engagement.refresh(tx, showing, now)

    def _score(self, tx: Transaction, user: User, person_id: str, score: int, at: datetime | None) -> Shown:
        now = self._clock()
        if at is not None and at > now + _CLOCKS_DIFFER:
            raise BadInput("this time is still to come", {"at": "a time that is past"})
        person = _person(stored.locked(tx, user.workspace_id, [person_id]).get(person_id))
        standing = keep_score(tx, person, min(at or now, now), score, "api")
        return told(tx, user, [replace(person, standing=standing)])[0], set()


def keep_score(tx: Transaction, person: Person, at: datetime, score: int, source: str) -> scores.Standing:
    """The person must be locked."""
    before = person.standing
    if before.scored_at is None or at >= before.scored_at:
        standing, change = scores.after(before, at, score, source)
        changes: tuple[scores.Change, ...] = (change,) if change else ()
    else:
        history = stored_scores.history(tx, person.workspace_id, person.id)
        standing, changes = scores.revised(before, history, at, score, source)
        stored_scores.forget(tx, person.workspace_id, person.id)
    stored_scores.record(tx, person.workspace_id, [(person.id, one) for one in changes])
    stored_scores.stand(tx, person.workspace_id, {person.id: standing})
    return standing


def may_decide(user: User, person: Person) -> bool:
    return person.owner_id in (None, user.id) or Role.ADMIN in user.roles


# What is told --------------------------------------------------------------------


def told(tx: Transaction, user: User, persons: Sequence[Person]) -> list[dict[str, Any]]:
    """As the API tells people to this user."""
    replied = stored.replied(tx, user.id, [person.id for person in persons])
    owners = stored_users.names(tx, user.workspace_id, {person.owner_id for person in persons if person.owner_id})
    return [_json(person, owners, replied) for person in persons]


def told_short(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "title": person.title,
        "account": person.account,
        "address": person.address,
        "phone": person.phone.number if person.phone else None,
        "linkedin": person.linkedin,
        "do_not_call": person.do_not_call,
        "unsubscribed": person.unsubscribed,
    }


def time_text(at: datetime | None) -> str | None:
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z") if at else None


def _json(person: Person, owners: Mapping[str, str], replied: Mapping[str, datetime]) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "title": person.title,
        "account": person.account,
        "country": person.country,
        "addresses": [
            {
                "address": one.address,
                "bounced": dict(one.bounce) if one.bounce else None,
                "replied_at": time_text(replied.get(one.address)),
            }
            for one in person.addresses
        ],
        "phones": [one.to_json() for one in person.phones],
        "linkedin": person.linkedin,
        "owner": {"id": person.owner_id, "name": owners.get(person.owner_id, "")} if person.owner_id else None,
        "score": person.standing.score,
        "rise": person.standing.rise,
        "rose_at": time_text(person.standing.rose_at),
        "do_not_call": person.do_not_call,
        "unsubscribed": person.unsubscribed,
        "known": person.known,
        "version": person.version,
    }


# What is given -------------------------------------------------------------------


def _revised(tx: Transaction, user: User, person: Person, given: Given) -> Person:
    values: dict[str, Any] = {}
    for field in given.fields & {"name", "title", "account", "do_not_call", "unsubscribed"}:
        values[field] = getattr(given, field)
    if "country" in given.fields:
        values["country"] = given.country
    if "addresses" in given.fields:
        held = {one.address: one for one in person.addresses}
        values["addresses"] = in_order(tuple(held.get(one, PersonAddress(one)) for one in _addresses(given.addresses)))
    if "phones" in given.fields:
        values["phones"] = _phones(given.phones, values.get("country", person.country))
    if "linkedin" in given.fields:
        values["linkedin"] = _linkedin(given.linkedin)
    if "owner" in given.fields and given.owner != person.owner_id:
        values["owner_id"] = _owner(tx, user, person, given.owner)
    return replace(person, **values)


def _addresses(written: Sequence[str]) -> tuple[str, ...]:
    normal = [normal_address(one) for one in written]
    wrong = {f"addresses.{place}": "a mail address" for place, one in enumerate(normal) if not one}
    found = tuple(dict.fromkeys(normal))
    if not found or len(found) > MOST_ADDRESSES:
        wrong["addresses"] = f"one to {MOST_ADDRESSES} mail addresses"
    if wrong:
        raise BadInput("these addresses do not fit", wrong)
    return found


def _phones(written: Sequence[PhoneGiven], country: str | None) -> tuple[Phone, ...]:
    read = [phone(one.number, country, one.kind) for one in written]
    bad = (place for place, one in enumerate(read) if one is None)
    wrong = {f"phones.{place}.number": "a number with + and the code of its country" for place in bad}
    if len(read) > MOST_PHONES:
        wrong["phones"] = f"at most {MOST_PHONES}"
    if wrong:
        raise BadInput("these telephone numbers do not fit", wrong)
    return tuple(dict.fromkeys(one for one in read if one is not None))


def _linkedin(written: str | None) -> str | None:
    if not written:
        return None
    profile = linkedin_profile(written)
    if profile is None:
        raise BadInput("this is no LinkedIn profile", {"linkedin": "https://www.linkedin.com/in/…"})
    return profile


def _owner(tx: Transaction, user: User, person: Person, owner_id: str | None) -> str | None:
    _must_decide(user, person)
    if owner_id is None:
        return None
    owner = stored_users.by_id(tx, owner_id)
    if owner is None or owner.workspace_id != user.workspace_id:
        raise BadInput("no such owner", {"owner": "the id of a user of this workspace"})
    return owner.id


# What is refused -----------------------------------------------------------------


def _person(found: Person | None) -> Person:
    if found is None:
        raise NotFound("no such person")
    return found


def _current(tx: Transaction, user: User, person_id: str, version: int) -> Person:
    person = _person(stored.locked(tx, user.workspace_id, [person_id]).get(person_id))
    if person.version != version:
        raise Conflict("somebody changed this person meanwhile", current=told(tx, user, [person])[0])
    return person


def _taken(tx: Transaction, user: User, holder: Person) -> Conflict:
    return Conflict("this address belongs to somebody known", current=told(tx, user, [holder])[0])


def _must_decide(user: User, person: Person) -> None:
    if not may_decide(user, person):
        raise NotAllowed("this person belongs to a colleague: they or an admin decide")


# Where a page begins -------------------------------------------------------------


def _sealed(name: str, person_id: str) -> str:
    return urlsafe_b64encode(json.dumps([name, person_id], ensure_ascii=False).encode()).decode()


def _opened(cursor: str) -> tuple[str, str]:
    try:
        name, person_id = json.loads(urlsafe_b64decode(cursor))
        if not isinstance(name, str) or not isinstance(person_id, str) or "\0" in name + person_id:
            raise ValueError
        return name, person_id
    except (ValueError, TypeError):
        raise BadInput("not a cursor of this list", {"before": "a `next` of this list"}) from None


def refreshed(tx: Transaction, workspace_id: str, person_ids: Collection[str], now: datetime) -> set[str]:
    """Lines that show these people are told anew; whose screens must wake."""
    return engagement.refresh(tx, stored.messages_showing(tx, workspace_id, person_ids), now)
