"""What people said about being tracked, the workspace's policy, and both together for the messages that are asked about."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, func, insert, select, update

from server.domain.consent import UNTIL_DECIDED, Choice, Facts, Policy, Source, Standing, State, strictest
from server.domain.people import domain_of
from server.storage.tables import (
    consent_changes,
    consents,
    messages,
    people,
    person_addresses,
    recipients,
    users,
    workspaces,
)
from server.storage.upsert import insert as insert_or
from server.tokens import new_id

_MINE, _THEIRS = person_addresses.alias("mine"), person_addresses.alias("theirs")

# One row for each address of each recipient's person: a no said under any of them counts.
_STANDINGS: Select[Any] = (
    select(
        messages.c.id,
        messages.c.workspace_id,
        messages.c.opted_out_at,
        workspaces.c.domain,
        workspaces.c.domains,
        workspaces.c.policy,
        recipients.c.ordinal,
        recipients.c.address,
        people.c.country,
        users.c.id.label("colleague"),
        consents.c.state,
    )
    .join(workspaces, workspaces.c.id == messages.c.workspace_id)
    .outerjoin(recipients, recipients.c.message_id == messages.c.id)
    .outerjoin(_MINE, and_(_MINE.c.workspace_id == recipients.c.workspace_id, _MINE.c.address == recipients.c.address))
    .outerjoin(people, people.c.id == _MINE.c.person_id)
    .outerjoin(_THEIRS, _THEIRS.c.person_id == _MINE.c.person_id)
    .outerjoin(
        consents,
        and_(
            consents.c.workspace_id == recipients.c.workspace_id,
            consents.c.address == func.coalesce(_THEIRS.c.address, recipients.c.address),
        ),
    )
    .outerjoin(users, and_(users.c.address == recipients.c.address, users.c.workspace_id == recipients.c.workspace_id))
    .where(messages.c.id.in_(bindparam("ids", expanding=True)))
)

_SAID_BY = (
    select(_MINE.c.address, people.c.country, consents.c.state)
    .join(people, people.c.id == _MINE.c.person_id)
    .join(_THEIRS, _THEIRS.c.person_id == _MINE.c.person_id)
    .outerjoin(consents, and_(consents.c.workspace_id == _MINE.c.workspace_id, consents.c.address == _THEIRS.c.address))
    .where(_MINE.c.workspace_id == bindparam("workspace"), _MINE.c.address.in_(bindparam("asked", expanding=True)))
)


def standings(tx: Connection, message_ids: Collection[str]) -> dict[str, Standing]:
    """By message id, in one query; messages that are not known are left out."""
    rows: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in tx.execute(_STANDINGS, {"ids": list(message_ids)}):
        rows[row.id].append(row)
    policies = {one[0].workspace_id: _policy(one[0].policy) for one in rows.values()}
    return {message_id: _standing(found, policies[found[0].workspace_id]) for message_id, found in rows.items()}


def standing_of(tx: Connection, workspace_id: str, addresses: Mapping[int, str]) -> Standing:
    """As `standings` would say it of a message to these, by ordinal, that is not stored yet."""
    asked_home = select(workspaces.c.domain, workspaces.c.domains, workspaces.c.policy).where(workspaces.c.id == workspace_id)
    home = tx.execute(asked_home).one()
    asked = list(addresses.values())
    said = choices(tx, workspace_id, asked)
    known: dict[str, list[Any]] = defaultdict(list)
    for row in tx.execute(_SAID_BY, {"workspace": workspace_id, "asked": asked}):
        known[row.address].append(row)
    of_users = select(users.c.address).where(users.c.workspace_id == workspace_id, users.c.address.in_(asked))
    colleagues = set(tx.execute(of_users).scalars())

    def facts(address: str) -> Facts:
        rows = known[address]
        states = [State(row.state) for row in rows if row.state] + [one.state for one in (said.get(address),) if one]
        own = address in colleagues or _is_own(address, home.domain, home.domains)
        return Facts(address, strictest(states), rows[0].country if rows else None, own)

    return Standing(_policy(home.policy), {ordinal: facts(address) for ordinal, address in addresses.items()})


def _standing(rows: Iterable[Row[Any]], policy: Policy) -> Standing:
    of: dict[int, list[Row[Any]]] = defaultdict(list)
    opted_out = False
    for row in rows:
        opted_out = row.opted_out_at is not None
        if row.ordinal is not None:
            of[row.ordinal].append(row)
    return Standing(policy, {ordinal: _facts(found) for ordinal, found in of.items()}, opted_out)


def _facts(rows: list[Row[Any]]) -> Facts:
    one = rows[0]
    own = one.colleague is not None or _is_own(one.address, one.domain, one.domains)
    return Facts(one.address, strictest(State(row.state) for row in rows if row.state), one.country, own)


def _is_own(address: str, home: str | None, stored: list[dict[str, Any]] | None) -> bool:
    """Whether mail there stays in the house. By hand, since it is asked with every hit."""
    domain = domain_of(address)
    return domain == home if stored is None else any(one["name"] == domain for one in stored)


# The policy


def policy(tx: Connection, workspace_id: str) -> Policy:
    return _policy(tx.execute(select(workspaces.c.policy).where(workspaces.c.id == workspace_id)).scalar())


def set_policy(tx: Connection, workspace_id: str, new: Policy) -> None:
    tx.execute(update(workspaces).where(workspaces.c.id == workspace_id).values(policy=new.to_json()))


def _policy(kept: Mapping[str, Any] | None) -> Policy:
    return UNTIL_DECIDED if kept is None else Policy.from_json(kept)


# What they said


def addresses_of(tx: Connection, workspace_id: str, person_id: str) -> list[str]:
    """Empty when there is no such person here."""
    asked = select(person_addresses.c.address).where(
        person_addresses.c.workspace_id == workspace_id, person_addresses.c.person_id == person_id
    )
    return sorted(tx.execute(asked).scalars())


def with_siblings(tx: Connection, workspace_id: str, address: str) -> tuple[str | None, list[str]]:
    """(the person, all their addresses); the address alone where nobody is known by it."""
    asked = select(person_addresses.c.person_id).where(
        person_addresses.c.workspace_id == workspace_id, person_addresses.c.address == address
    )
    person_id: str | None = tx.execute(asked).scalar()
    return person_id, addresses_of(tx, workspace_id, person_id) if person_id else [address]


def choices(tx: Connection, workspace_id: str, addresses: Collection[str]) -> dict[str, Choice]:
    """By address; those who never said anything are left out."""
    asked = select(consents).where(consents.c.workspace_id == workspace_id, consents.c.address.in_(list(addresses)))
    return {row.address: _choice(row) for row in tx.execute(asked)}


def states_of(tx: Connection, workspace_id: str, person_ids: Collection[str]) -> dict[str, State]:
    """By person id; those who never said anything are left out."""
    asked = (
        select(person_addresses.c.person_id, consents.c.state)
        .join(
            consents,
            and_(consents.c.workspace_id == person_addresses.c.workspace_id, consents.c.address == person_addresses.c.address),
        )
        .where(person_addresses.c.workspace_id == workspace_id, person_addresses.c.person_id.in_(list(person_ids)))
    )
    found: dict[str, list[State]] = defaultdict(list)
    for row in tx.execute(asked):
        found[row.person_id].append(State(row.state))
    return {person_id: strictest(states) for person_id, states in found.items()}


def record(
    tx: Connection,
    workspace_id: str,
    addresses: Iterable[str],
    choice: Choice,
    now: datetime,
    *,
    person_id: str | None = None,
    user_id: str | None = None,
) -> None:
    """What holds from now on for each of the addresses, and a line of their histories. `user_id`: who wrote it down."""
    values = _values(choice)
    for address in addresses:
        own = {"workspace_id": workspace_id, "address": address, "person_id": person_id}
        statement = insert_or(tx, consents).values(**own, **values)
        told = {**values, "person_id": person_id}
        tx.execute(statement.on_conflict_do_update(index_elements=["workspace_id", "address"], set_=told))
        tx.execute(insert(consent_changes).values(id=new_id(), **own, **values, user_id=user_id, recorded_at=now))


def history(tx: Connection, workspace_id: str, addresses: Collection[str], most: int) -> list[Row[Any]]:
    """Newest first: rows with address, state, at, purpose, proof, source, recorded_at and `recorded_by` (a user's name)."""
    asked = (
        select(consent_changes, users.c.name.label("recorded_by"))
        .outerjoin(users, users.c.id == consent_changes.c.user_id)
        .where(consent_changes.c.workspace_id == workspace_id, consent_changes.c.address.in_(list(addresses)))
        .order_by(consent_changes.c.recorded_at.desc(), consent_changes.c.id.desc())
        .limit(most)
    )
    return list(tx.execute(asked))


def before_last(tx: Connection, workspace_id: str, address: str) -> Choice:
    """What held before the last change."""
    asked = (
        select(consent_changes)
        .where(consent_changes.c.workspace_id == workspace_id, consent_changes.c.address == address)
        .order_by(consent_changes.c.recorded_at.desc(), consent_changes.c.id.desc())
        .offset(1)
        .limit(1)
    )
    row = tx.execute(asked).first()
    return _choice(row) if row else Choice()


def stop_message(tx: Connection, message_id: str, now: datetime) -> None:
    """Nobody's views and clicks of it any more; the first time stands."""
    tx.execute(
        update(messages).where(messages.c.id == message_id).values(opted_out_at=func.coalesce(messages.c.opted_out_at, now))
    )


# The page a recipient sees


def sender(tx: Connection, message_id: str) -> Row[Any] | None:
    """Who wrote to whom: workspace_id, user, workspace, opted_out_at; None for a message that is gone."""
    asked: Select[Any] = (
        select(
            messages.c.workspace_id,
            messages.c.opted_out_at,
            users.c.name.label("user"),
            workspaces.c.name.label("workspace"),
        )
        .join(users, users.c.id == messages.c.user_id)
        .join(workspaces, workspaces.c.id == messages.c.workspace_id)
        .where(messages.c.id == message_id)
    )
    return tx.execute(asked).first()


def only_workspace(tx: Connection) -> Row[Any] | None:
    """(id, name, policy) of the installation's one company; None while there are none or several."""
    asked: Select[Any] = select(workspaces.c.id, workspaces.c.name, workspaces.c.policy)
    found = tx.execute(asked.limit(2)).all()
    return found[0] if len(found) == 1 else None


def _values(choice: Choice) -> dict[str, Any]:
    return {
        "state": choice.state.value,
        "at": choice.at,
        "purpose": choice.purpose,
        "proof": choice.proof,
        "source": choice.source.value if choice.source else "",
    }


def _choice(row: Row[Any]) -> Choice:
    return Choice(State(row.state), row.at, row.purpose, row.proof, Source(row.source) if row.source else None)
