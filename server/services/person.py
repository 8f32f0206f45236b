"""What somebody says of a person, and how a person is told to somebody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from server.domain.consent import State
from server.domain.moments import Moment
from server.domain.people import Person, PersonAddress, in_order, linkedin_profile
from server.domain.phones import Kind, Phone, phone
from server.domain.ranks import NO_REGARD, Regard, regard
from server.domain.scores import UNSCORED
from server.domain.users import Role, User
from server.errors import BadInput, NotAllowed
from server.gmail.addresses import normal_address
from server.storage import consent, ranks
from server.storage import people as stored
from server.storage import users as stored_users
from server.storage.database import Transaction

MOST_ADDRESSES = 20
MOST_PHONES = 20


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


def may_decide(user: User, person: Person) -> bool:
    return person.owner_id in (None, user.id) or Role.ADMIN in user.roles


# What is told --------------------------------------------------------------------


def told(tx: Transaction, user: User, persons: Sequence[Person], now: datetime) -> list[dict[str, Any]]:
    """As the API tells people to this user."""
    ids = [person.id for person in persons]
    replied, said = stored.replied(tx, user.id, ids), consent.states_of(tx, user.workspace_id, ids)
    owners = stored_users.names(tx, user.workspace_id, {person.owner_id for person in persons if person.owner_id})
    known = regards(tx, user, persons, now)
    return [
        _json(person, owners, replied, said.get(person.id, State.UNKNOWN), one, may_know(user, one))
        for person, one in ((person, known[person.id]) for person in persons)
    ]


def regards(tx: Transaction, user: User, persons: Sequence[Person], now: datetime) -> dict[str, Regard]:
    """People are the workspace's, but what marketing knows of them is for who owns or watches them, and for admins."""
    watched = ranks.watched_by(tx, user.id, [person.id for person in persons])
    found: dict[str, Regard] = {}
    for person in persons:
        told_of = regard(person.rank, now, own=person.owner_id == user.id, watched=person.id in watched)
        if told_of == NO_REGARD and Role.ADMIN in user.roles:
            told_of = Regard(stars=person.rank.stars, flames=person.rank.flames)
        found[person.id] = told_of
    return found


def may_know(user: User, regard: Regard) -> bool:
    """Whether scores and moments of somebody are this user's to see."""
    return regard.own or regard.watched or Role.ADMIN in user.roles


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


def told_moment(moment: Moment) -> dict[str, Any]:
    return {"type": moment.type.value, "description": moment.description, "at": time_text(moment.at)}


def time_text(at: datetime | None) -> str | None:
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z") if at else None


def _json(
    person: Person, owners: Mapping[str, str], replied: Mapping[str, datetime], said: State, regard: Regard, open_: bool
) -> dict[str, Any]:
    standing = person.standing if open_ else UNSCORED
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
        "score": standing.score,
        "rise": standing.rise,
        "rose_at": time_text(standing.rose_at),
        "stars": regard.stars,
        "flames": regard.flames,
        "best_bet": regard.best_bet,
        "watched": regard.watched,
        "do_not_call": person.do_not_call,
        "unsubscribed": person.unsubscribed,
        "consent": said.value,
        "known": person.known,
        "version": person.version,
    }


# What is given -------------------------------------------------------------------


def revised(tx: Transaction, user: User, person: Person, given: Given) -> Person:
    values: dict[str, Any] = {}
    for field in given.fields & {"name", "title", "account", "do_not_call", "unsubscribed"}:
        values[field] = getattr(given, field)
    if "country" in given.fields:
        values["country"] = given.country
    if "addresses" in given.fields:
        held = {one.address: one for one in person.addresses}
        values["addresses"] = in_order(tuple(held.get(one, PersonAddress(one)) for one in addresses_of(given.addresses)))
    if "phones" in given.fields:
        values["phones"] = _phones(given.phones, values.get("country", person.country))
    if "linkedin" in given.fields:
        values["linkedin"] = _linkedin(given.linkedin)
    if "owner" in given.fields and given.owner != person.owner_id:
        values["owner_id"] = _owner(tx, user, person, given.owner)
    return replace(person, **values)


def addresses_of(written: Sequence[str]) -> tuple[str, ...]:
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
    must_decide(user, person)
    if owner_id is None:
        return None
    owner = stored_users.by_id(tx, owner_id)
    if owner is None or owner.workspace_id != user.workspace_id:
        raise BadInput("no such owner", {"owner": "the id of a user of this workspace"})
    return owner.id


def must_decide(user: User, person: Person) -> None:
    if not may_decide(user, person):
        raise NotAllowed("this person belongs to a colleague: they or an admin decide")
