"""People outside, their addresses, and what points at them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, func, or_, select, update

from server.domain.people import Person, PersonAddress, Source, account_of, found_by, sort_name
from server.domain.phones import Phone
from server.domain.ranks import Rank
from server.domain.scores import Standing
from server.storage.tables import (
    engagements,
    mails,
    messages,
    metadata,
    mutes,
    people,
    person_addresses,
    recipients,
    score_changes,
    subscriptions,
    watch_list,
)
from server.storage.upsert import insert
from server.tokens import new_id

_BATCH = 500

WORKSPACE: Any = people.c.workspace_id.concat("")
"""The workspace where ids are asked for too: written so that SQLite does not read all of it by an index that begins with it."""

# Meeting them --------------------------------------------------------------------


def ensure(
    tx: Connection, workspace_id: str, names: Mapping[str, str], now: datetime, source: Source = Source.MAIL
) -> dict[str, str]:
    """The person of each address, made where there was none. `names` maps lower-case addresses to names, empty when unknown."""
    known = _persons(tx, workspace_id, names)
    # In one order everywhere, so that two workers who meet the same people cannot block each other.
    for address in sorted(names.keys() - known.keys()):
        known[address] = _make(tx, workspace_id, address, names[address], source, now)
    _name_nameless(tx, workspace_id, {known[address]: name for address, name in names.items() if name})
    if source is Source.MAIL:
        _write_to(tx, workspace_id, known.values())
    return known


def mark_replied(tx: Connection, workspace_id: str, address: str, at: datetime) -> None:
    """The last reply counts, whichever is told of first. It also says that the address works by then."""
    told = person_addresses.c
    mine = _is(workspace_id, address)
    tx.execute(update(person_addresses).where(*mine, told.bounced_at <= at).values(bounced_at=None, bounce=None))
    tx.execute(update(person_addresses).where(*mine, _before(told.replied_at, at)).values(replied_at=at))


def mark_bounced(tx: Connection, workspace_id: str, address: str, at: datetime, bounce: Mapping[str, Any]) -> None:
    """Unless something later is known: a reply, or another bounce."""
    told = person_addresses.c
    news = *_is(workspace_id, address), _before(told.replied_at, at), _before(told.bounced_at, at)
    tx.execute(update(person_addresses).where(*news).values(bounced_at=at, bounce=dict(bounce)))


def _before(column: ColumnElement[datetime], at: datetime) -> ColumnElement[bool]:
    return or_(column.is_(None), column <= at)


def _persons(tx: Connection, workspace_id: str, addresses: Iterable[str]) -> dict[str, str]:
    found = tx.execute(
        select(person_addresses.c.address, person_addresses.c.person_id).where(
            person_addresses.c.workspace_id == workspace_id, person_addresses.c.address.in_(list(addresses))
        )
    )
    return {row.address: row.person_id for row in found}


def _make(tx: Connection, workspace_id: str, address: str, name: str, source: Source, now: datetime) -> str:
    met = Person(new_id(), workspace_id, name, (PersonAddress(address),), account=account_of(address), source=source)
    tx.execute(insert(tx, people).values(**_row(met), created_at=now))
    made = tx.execute(
        insert(tx, person_addresses)
        .values(_address_rows(met)[0])
        .on_conflict_do_nothing(index_elements=["workspace_id", "address"])
        .returning(person_addresses.c.person_id)
    )
    if made.first() is not None:
        return met.id
    # Another transaction was first with this address.
    tx.execute(delete(people).where(people.c.id == met.id))
    return _persons(tx, workspace_id, [address])[address]


def _name_nameless(tx: Connection, workspace_id: str, names: Mapping[str, str]) -> None:
    asked = select(people.c.id).where(workspace_id == WORKSPACE, people.c.id.in_(list(names)), people.c.name == "")
    nameless = tx.execute(asked.order_by(people.c.id).with_for_update()).scalars().all()
    for person in by_ids(tx, workspace_id, nameless).values():
        addresses = [one.address for one in person.addresses]
        name = names[person.id]
        found = {"sort_name": sort_name(name, addresses), "found_by": found_by(name, person.account, addresses)}
        tx.execute(update(people).where(people.c.id == person.id).values(name=name, **found))


def _write_to(tx: Connection, workspace_id: str, person_ids: Iterable[str]) -> None:
    """Whom one writes to is no stranger any more."""
    strangers = people.c.source.in_([Source.REPLY.value, Source.MARKETO.value])
    met = (workspace_id == WORKSPACE, people.c.id.in_(list(person_ids)), strangers)
    tx.execute(update(people).where(*met).values(source=Source.MAIL.value))


def _is(workspace_id: str, address: str) -> tuple[Any, ...]:
    return person_addresses.c.workspace_id == workspace_id, person_addresses.c.address == address


# Asking for them -------------------------------------------------------------------


def get(tx: Connection, workspace_id: str, person_id: str) -> Person | None:
    return by_ids(tx, workspace_id, [person_id]).get(person_id)


def locked(tx: Connection, workspace_id: str, person_ids: Collection[str]) -> dict[str, Person]:
    """Those who change the same people take turns from here to the end of the transaction."""
    ids = sorted(set(person_ids))
    lock(tx, workspace_id, ids)
    return by_ids(tx, workspace_id, ids)


def lock(tx: Connection, workspace_id: str, person_ids: Collection[str]) -> None:
    asked = select(people.c.id).where(workspace_id == WORKSPACE, people.c.id.in_(sorted(person_ids)))
    tx.execute(asked.order_by(people.c.id).with_for_update()).all()


def lock_holders(tx: Connection, workspace_id: str, addresses: Collection[str]) -> None:
    """As `locked`, of whoever has these addresses."""
    owned: dict[str, str] = {}
    for part in _parts(list(addresses)):
        owned |= _persons(tx, workspace_id, part)
    for ids in _parts(sorted(set(owned.values()))):
        tx.execute(select(people.c.id).where(people.c.id.in_(ids)).order_by(people.c.id).with_for_update()).all()


def by_ids(tx: Connection, workspace_id: str, person_ids: Collection[str]) -> dict[str, Person]:
    found: dict[str, Person] = {}
    for part in _parts(list(person_ids)):
        rows = tx.execute(select(people).where(workspace_id == WORKSPACE, people.c.id.in_(part))).all()
        found |= {person.id: person for person in whole(tx, rows)}
    return found


def by_addresses(tx: Connection, workspace_id: str, addresses: Collection[str]) -> dict[str, Person]:
    """By address; those of nobody are left out."""
    owned: dict[str, str] = {}
    for part in _parts(list(addresses)):
        owned |= _persons(tx, workspace_id, part)
    found = by_ids(tx, workspace_id, set(owned.values()))
    return {address: found[person_id] for address, person_id in owned.items()}


def by_salesforce(tx: Connection, workspace_id: str, salesforce_ids: Collection[str]) -> dict[str, str]:
    """Ids of people by their records in Salesforce."""
    found: dict[str, str] = {}
    for part in _parts(list(salesforce_ids)):
        asked = select(people.c.salesforce_id, people.c.id).where(people.c.salesforce_id.in_(part))
        found |= {row.salesforce_id: row.id for row in tx.execute(asked.where(people.c.workspace_id == workspace_id))}
    return found


def address_by_profile(tx: Connection, workspace_id: str, linkedin: str) -> str | None:
    """The first address of who has this LinkedIn profile. Index ix_people_linkedin."""
    asked = (
        select(person_addresses.c.address)
        .join(people, people.c.id == person_addresses.c.person_id)
        .where(people.c.workspace_id == workspace_id, people.c.linkedin == linkedin)
        .order_by(people.c.sort_name, people.c.id, person_addresses.c.primary.desc(), person_addresses.c.address)
    )
    return tx.execute(asked.limit(1)).scalar()


def whole(tx: Connection, rows: Sequence[Row[Any]]) -> list[Person]:
    """Rows of people, in their order, with their addresses."""
    of: dict[str, list[PersonAddress]] = defaultdict(list)
    asked = select(person_addresses).where(person_addresses.c.person_id.in_([row.id for row in rows]))
    for one in tx.execute(asked.order_by(person_addresses.c.primary.desc(), person_addresses.c.address)):
        of[one.person_id].append(PersonAddress(one.address, one.bounce))
    return [person_of(row, tuple(of[row.id])) for row in rows]


def replied(tx: Connection, user_id: str, person_ids: Collection[str]) -> dict[str, datetime]:
    """When each address last answered a message of this user, by address. Answers to others are not theirs to see."""
    asked = (
        select(recipients.c.address, func.max(recipients.c.replied_at).label("at"))
        .join(messages, messages.c.id == recipients.c.message_id)
        .where(
            recipients.c.person_id.in_(list(person_ids)), recipients.c.replied_at.is_not(None), messages.c.user_id == user_id
        )
        .group_by(recipients.c.address)
    )
    return {row.address: row.at for row in tx.execute(asked)}


def messages_showing(tx: Connection, workspace_id: str, person_ids: Collection[str]) -> set[str]:
    """Whose lines name one of these people: as recipient or as writer."""
    ids = list(person_ids)
    to = select(recipients.c.message_id).where(recipients.c.workspace_id == workspace_id, recipients.c.person_id.in_(ids))
    written = (
        select(engagements.c.message_id)
        .join(mails, mails.c.id == engagements.c.id)
        .join(
            person_addresses,
            (person_addresses.c.workspace_id == mails.c.workspace_id) & (person_addresses.c.address == mails.c.from_address),
        )
        .where(mails.c.workspace_id == workspace_id, person_addresses.c.person_id.in_(ids))
    )
    return set(tx.execute(to.union(written)).scalars())


# Changing them ---------------------------------------------------------------------


def add(tx: Connection, new: Sequence[Person], now: datetime) -> bool:
    """False when another transaction was first with one of the addresses, leads or records: then roll back."""
    if not all(_take_places(tx, part, now) for part in _parts(new)):
        return False
    new = [one for one in new if one.addresses]
    return all(_take_addresses(tx, part) for part in _parts(new))


def change(tx: Connection, changed: Sequence[Person], now: datetime) -> None:
    """Everything but addresses, standing and rank. The people must be locked."""
    values = [name for name in _row_names() if name not in ("id", "workspace_id")]
    statement = (
        update(people)
        .where(people.c.id == bindparam("person_id"), people.c.workspace_id == bindparam("workspace"))
        .values({name: bindparam(f"new_{name}") for name in (*values, "updated_at")})
    )
    for part in _parts(changed):
        tx.execute(statement, [_change(one, now) for one in part])


def readdress(tx: Connection, person: Person) -> bool:
    """Exactly these addresses, the first to be used first. False when one belongs to somebody else: then roll back."""
    mine = (person_addresses.c.workspace_id == person.workspace_id, person_addresses.c.person_id == person.id)
    kept = [one.address for one in person.addresses]
    tx.execute(delete(person_addresses).where(*mine, person_addresses.c.address.not_in(kept)))
    is_first = person_addresses.c.address == kept[0]
    tx.execute(update(person_addresses).where(*mine).values(primary=is_first))
    return _take_addresses(tx, [person])


def rename_recipients(tx: Connection, person: Person) -> None:
    own = (recipients.c.workspace_id == person.workspace_id, recipients.c.person_id == person.id)
    tx.execute(update(recipients).where(*own).values(name=person.name))


def move(tx: Connection, workspace_id: str, other_id: str, kept_id: str, *, with_scores: bool) -> None:
    """Whatever points at the other person points at the kept one, and the other is gone. One history of scores stays."""
    loser = kept_id if with_scores else other_id
    tx.execute(delete(score_changes).where(score_changes.c.workspace_id == workspace_id, score_changes.c.person_id == loser))
    is_others = (person_addresses.c.workspace_id == workspace_id, person_addresses.c.person_id == other_id)
    tx.execute(update(person_addresses).where(*is_others).values(primary=False))
    _watch_once(tx, other_id, kept_id)
    for table in metadata.sorted_tables:
        for column in table.columns:
            if any(key.column is people.c.id for key in column.foreign_keys):
                tx.execute(update(table).where(column == other_id).values({column.name: kept_id}))
    who = mutes.alias()
    mutes_both = select(who.c.user_id).where(who.c.kind == "person", who.c.target_id == kept_id)
    is_muted = (mutes.c.workspace_id == workspace_id, mutes.c.kind == "person", mutes.c.target_id == other_id)
    tx.execute(update(mutes).where(*is_muted, mutes.c.user_id.not_in(mutes_both)).values(target_id=kept_id))
    remove(tx, workspace_id, other_id)


def _watch_once(tx: Connection, other_id: str, kept_id: str) -> None:
    """Who watches both watches one from now on; who subscribed to one is told of the one that stays."""
    whose = watch_list.alias()
    both = select(whose.c.user_id).where(whose.c.person_id == kept_id)
    tx.execute(delete(watch_list).where(watch_list.c.person_id == other_id, watch_list.c.user_id.in_(both)))
    of_other = (subscriptions.c.person_id == other_id, subscriptions.c.value == other_id)
    tx.execute(update(subscriptions).where(*of_other).values(value=kept_id))


def remove(tx: Connection, workspace_id: str, person_id: str) -> None:
    is_muted = (mutes.c.workspace_id == workspace_id, mutes.c.kind == "person", mutes.c.target_id == person_id)
    tx.execute(delete(mutes).where(*is_muted))
    tx.execute(delete(people).where(people.c.workspace_id == workspace_id, people.c.id == person_id))


def _take_places(tx: Connection, persons: Sequence[Person], now: datetime) -> bool:
    rows = [{**_row(one), "created_at": now} for one in persons]
    tx.execute(insert(tx, people).on_conflict_do_nothing(), rows)
    made = select(func.count()).where(people.c.id.in_([person.id for person in persons]))
    return tx.execute(made).scalar_one() == len(rows)


def _take_addresses(tx: Connection, persons: Sequence[Person]) -> bool:
    rows = [row for person in persons for row in _address_rows(person)]
    # A no-op where it is theirs already; where it is another's, the count below tells.
    tx.execute(insert(tx, person_addresses).on_conflict_do_nothing(index_elements=["workspace_id", "address"]), rows)
    held = select(func.count()).where(person_addresses.c.person_id.in_([person.id for person in persons]))
    return tx.execute(held).scalar_one() == len(rows)


# Rows ------------------------------------------------------------------------------


def _row(person: Person) -> dict[str, Any]:
    addresses = [one.address for one in person.addresses]
    return {
        "id": person.id,
        "workspace_id": person.workspace_id,
        "name": person.name,
        "title": person.title,
        "account": person.account,
        "country": person.country,
        "phones": [phone.to_json() for phone in person.phones],
        "linkedin": person.linkedin,
        "owner_id": person.owner_id,
        "do_not_call": person.do_not_call,
        "unsubscribed": person.unsubscribed,
        "source": person.source.value,
        "version": person.version,
        "website": person.website,
        "postal": person.postal,
        "marketo_id": person.marketo_id,
        "salesforce_id": person.salesforce_id,
        "salesforce_type": person.salesforce_type,
        "salesforce_account": person.salesforce_account,
        "account_owner_id": person.account_owner_id,
        "opportunities": person.opportunities,
        "sort_name": sort_name(person.name, addresses),
        "found_by": found_by(person.name, person.account, addresses),
    }


def _row_names() -> list[str]:
    return list(_row(Person("", "", "", ())))


def _change(person: Person, now: datetime) -> dict[str, Any]:
    row = _row(person)
    values = {f"new_{name}": value for name, value in row.items() if name not in ("id", "workspace_id")}
    return {**values, "new_updated_at": now, "person_id": person.id, "workspace": person.workspace_id}


def _address_rows(person: Person) -> list[dict[str, Any]]:
    return [
        {"workspace_id": person.workspace_id, "address": one.address, "person_id": person.id, "primary": place == 0}
        for place, one in enumerate(person.addresses)
    ]


def person_of(row: Row[Any], addresses: tuple[PersonAddress, ...] = ()) -> Person:
    return Person(
        id=row.id,
        workspace_id=row.workspace_id,
        name=row.name,
        addresses=addresses,
        title=row.title,
        account=row.account,
        country=row.country,
        phones=tuple(Phone.from_json(one) for one in row.phones),
        linkedin=row.linkedin,
        owner_id=row.owner_id,
        standing=Standing(row.score, row.scored_at, row.rose_at, row.rise),
        do_not_call=row.do_not_call,
        unsubscribed=row.unsubscribed,
        source=Source(row.source),
        version=row.version,
        created_at=row.created_at,
        website=row.website,
        postal=row.postal,
        marketo_id=row.marketo_id,
        salesforce_id=row.salesforce_id,
        salesforce_type=row.salesforce_type,
        salesforce_account=row.salesforce_account,
        account_owner_id=row.account_owner_id,
        opportunities=row.opportunities,
        rank=Rank(row.urgency, row.stars, row.flames, row.priority, row.hidden_until),
    )


def _parts(things: Sequence[Any]) -> list[Any]:
    return [things[start : start + _BATCH] for start in range(0, len(things), _BATCH)]
