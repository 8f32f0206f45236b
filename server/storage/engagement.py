"""Engagements: hits and inbound mails with their classes, and the facts of messages that decide them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, delete, func, insert, select, update

from server.domain.engagement import Class, Hit, Kind, Network, NetworkKind, Place, Reason, Verdict
from server.domain.feed import Arrival, Cast, InboundMail, Judged, Subject
from server.domain.messages import Field, Link, Recipient, State
from server.storage.database import Transaction
from server.storage.people import person_of
from server.storage.tables import (
    engagements,
    hits,
    links,
    mails,
    messages,
    people,
    person_addresses,
    recipients,
    sessions,
    users,
)

_LINKS = select(func.count()).where(links.c.message_id == messages.c.id).scalar_subquery()
_SUBJECTS: Select[Any] = select(
    messages.c.id,
    messages.c.workspace_id,
    messages.c.user_id,
    users.c.tag,
    messages.c.subject,
    messages.c.thread_id,
    messages.c.state,
    messages.c.tracked,
    messages.c.sent_at,
    messages.c.delivered_at,
    _LINKS,
).join(users, users.c.id == messages.c.user_id)

_HITS: Select[Any] = select(
    engagements.c.id,
    engagements.c.message_id,
    engagements.c.kind,
    engagements.c["class"],
    engagements.c.reasons,
    engagements.c.at,
    engagements.c.recipient,
    engagements.c.link,
    hits.c.method,
    hits.c.user_agent,
    hits.c.signs,
    hits.c.address_hash,
    hits.c.own_device,
    hits.c.network,
    hits.c.place,
).join(hits, hits.c.id == engagements.c.id)

_MAILS: Select[Any] = select(
    mails.c.id,
    mails.c.workspace_id,
    engagements.c.message_id,
    mails.c.mailbox_id,
    mails.c.gmail_id,
    mails.c.rfc_message_id,
    mails.c.from_name,
    mails.c.from_address,
    engagements.c.kind,
    engagements.c.at,
    engagements.c.recipient,
    mails.c.detail,
).join(engagements, engagements.c.id == mails.c.id)

# Made once: building and hashing a statement costs more than many a query.
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_SUBJECTS_BY_ID = _SUBJECTS.where(messages.c.id.in_(_IDS))
_HITS_OF = _HITS.where(engagements.c.message_id.in_(_IDS))
_HITS_BETWEEN = _HITS_OF.where(engagements.c.at.between(bindparam("begin"), bindparam("end")))
_VIEWS_OF_PEOPLE = (
    _HITS.where(
        engagements.c.message_id == bindparam("message"),
        engagements.c.recipient == bindparam("recipient"),
        engagements.c["class"] == Class.HUMAN,
        engagements.c.kind == Kind.VIEW,
    )
    .order_by(engagements.c.at.desc(), engagements.c.id.desc())
    .limit(bindparam("most"))
)
_HASHES = select(sessions.c.user_id, sessions.c.address_hash).where(
    sessions.c.user_id.in_(_IDS),
    sessions.c.seen_at >= bindparam("since"),
    sessions.c.revoked_at.is_(None),
    sessions.c.address_hash.is_not(None),
)
_RECIPIENTS: Select[Any] = (
    select(recipients).where(recipients.c.message_id.in_(_IDS)).order_by(recipients.c.message_id, recipients.c.ordinal)
)
_PEOPLE: Select[Any] = select(people).where(people.c.id.in_(_IDS))
_WRITERS: Select[Any] = (
    select(engagements.c.message_id, person_addresses.c.address, person_addresses.c.person_id)
    .join(mails, mails.c.id == engagements.c.id)
    .join(
        person_addresses,
        (person_addresses.c.workspace_id == mails.c.workspace_id) & (person_addresses.c.address == mails.c.from_address),
    )
    .where(engagements.c.message_id.in_(_IDS))
)
_LINKS_OF = select(links).where(links.c.message_id.in_(_IDS))

_RECLASS = (
    update(engagements)
    .where(engagements.c.id == bindparam("engagement_id"))
    .values({"class": bindparam("klass"), "reasons": bindparam("why")})
)


def subjects(tx: Transaction, message_ids: Collection[str]) -> dict[str, Subject]:
    """By message id; those that are not known are left out."""
    rows = tx.execute(_SUBJECTS_BY_ID, {"ids": list(message_ids)}).all()
    return {row[0]: Subject(*[*row[:6], State(row[6]), *row[7:]]) for row in rows}


def casts(tx: Transaction, message_ids: Collection[str], *, with_writers: bool = False) -> dict[str, Cast]:
    """`with_writers`: who answered a message, too; lines of hits need it not."""
    who: dict[str, list[Recipient]] = defaultdict(list)
    what: dict[str, dict[int, Link]] = defaultdict(dict)
    writers: dict[str, dict[str, str]] = defaultdict(dict)
    for row in tx.execute(_RECIPIENTS, {"ids": list(message_ids)}).all():
        who[row.message_id].append(_recipient(row))
    for row in tx.execute(_LINKS_OF, {"ids": list(message_ids)}).all():
        what[row.message_id][row.ordinal] = Link(row.ordinal, row.url, row.text)
    for row in tx.execute(_WRITERS, {"ids": list(message_ids)}).all() if with_writers else ():
        writers[row.message_id][row.address] = row.person_id
    ids = {one.person_id for found in who.values() for one in found if one.person_id}
    ids |= {person_id for found in writers.values() for person_id in found.values()}
    known = {row.id: person_of(row) for row in tx.execute(_PEOPLE, {"ids": sorted(ids)}).all()} if ids else {}
    return {one: Cast(tuple(who[one]), what[one], known, writers[one]) for one in message_ids}


def _recipient(row: Any) -> Recipient:
    return Recipient(
        row.ordinal,
        Field(row.field),
        row.name,
        row.address,
        row.personal,
        row.person_id,
        row.bounced,
        row.replied_at,
    )


def owners_address_hashes(tx: Transaction, user_ids: Collection[str], since: datetime) -> dict[str, frozenset[str]]:
    """Where these users were last signed in from, of what was seen since then."""
    found: dict[str, set[str]] = defaultdict(set)
    for user_id, address_hash in tx.execute(_HASHES, {"ids": list(user_ids), "since": since}).all():
        found[user_id].add(address_hash)
    return {user_id: frozenset(hashes) for user_id, hashes in found.items()}


def hits_between(tx: Transaction, message_ids: Collection[str], begin: datetime, end: datetime) -> list[Judged]:
    values = {"ids": list(message_ids), "begin": begin, "end": end}
    return [_judged(row) for row in tx.execute(_HITS_BETWEEN, values).all()]


def hits_of(tx: Transaction, message_ids: Collection[str]) -> list[Judged]:
    return [_judged(row) for row in tx.execute(_HITS_OF, {"ids": list(message_ids)}).all()]


def views_of_people(tx: Transaction, message_id: str, recipient: int, most: int) -> list[Judged]:
    """The latest views of one copy that are classed as human. Index ix_engagements_of_message."""
    rows = tx.execute(_VIEWS_OF_PEOPLE, {"message": message_id, "recipient": recipient, "most": most})
    return [_judged(row) for row in rows.all()]


def mails_of(tx: Transaction, message_ids: Collection[str]) -> list[InboundMail]:
    return [_mail(row) for row in tx.execute(_MAILS.where(engagements.c.message_id.in_(message_ids)))]


def is_known(tx: Transaction, mail: InboundMail) -> bool:
    query = select(mails.c.id).where(mails.c.mailbox_id == mail.mailbox_id, mails.c.gmail_id == mail.gmail_id)
    return tx.execute(query).first() is not None


def add_hits(tx: Transaction, workspaces: dict[str, str], arrived: Iterable[tuple[Arrival, Verdict]]) -> None:
    """`workspaces` by message id."""
    told, raw = [], []
    for arrival, verdict in arrived:
        hit, workspace_id = arrival.hit, workspaces[arrival.hit.message_id]
        told.append(_engagement_row(hit, workspace_id, verdict))
        raw.append(_hit_row(arrival, workspace_id))
    tx.execute(insert(engagements), told)
    tx.execute(insert(hits), raw)


def add_mail(tx: Transaction, mail: InboundMail) -> None:
    tx.execute(
        insert(engagements).values(
            {
                "id": mail.id,
                "workspace_id": mail.workspace_id,
                "message_id": mail.message_id,
                "kind": mail.kind,
                "class": mail.klass,
                "reasons": [],
                "at": mail.at,
                "recipient": mail.recipient,
                "link": None,
            }
        )
    )
    tx.execute(
        insert(mails).values(
            id=mail.id,
            workspace_id=mail.workspace_id,
            mailbox_id=mail.mailbox_id,
            gmail_id=mail.gmail_id,
            rfc_message_id=mail.rfc_message_id,
            from_name=mail.from_name,
            from_address=mail.from_address,
            detail=dict(mail.detail),
        )
    )


def drop(tx: Transaction, hit_ids: Collection[str]) -> None:
    """As if they had never been."""
    tx.execute(delete(hits).where(hits.c.id.in_(list(hit_ids))))
    tx.execute(delete(engagements).where(engagements.c.id.in_(list(hit_ids))))


def reclass(tx: Transaction, changed: Sequence[Judged]) -> None:
    rows = [{"engagement_id": one.hit.id, "klass": one.verdict.klass, "why": _reasons(one.verdict)} for one in changed]
    if rows:
        tx.execute(_RECLASS, rows)


def _engagement_row(hit: Hit, workspace_id: str, verdict: Verdict) -> dict[str, Any]:
    return {
        "id": hit.id,
        "workspace_id": workspace_id,
        "message_id": hit.message_id,
        "kind": hit.kind,
        "class": verdict.klass,
        "reasons": _reasons(verdict),
        "at": hit.at,
        "recipient": hit.recipient,
        "link": hit.link,
    }


def _hit_row(arrival: Arrival, workspace_id: str) -> dict[str, Any]:
    hit = arrival.hit
    return {
        "id": hit.id,
        "workspace_id": workspace_id,
        "method": hit.method,
        "user_agent": hit.user_agent,
        "signs": sorted(hit.signs),
        "address": arrival.address,
        "address_hash": hit.address_hash,
        "own_device": hit.own_device,
        "network": asdict(hit.network) if hit.network else None,
        "place": asdict(hit.place) if hit.place else None,
    }


def _reasons(verdict: Verdict) -> list[dict[str, Any]]:
    return [reason.to_json() for reason in verdict.reasons]


def _judged(row: Any) -> Judged:
    hit = Hit(
        id=row.id,
        message_id=row.message_id,
        kind=Kind(row.kind),
        at=row.at,
        method=row.method,
        user_agent=row.user_agent,
        signs=frozenset(row.signs),
        network=Network(row.network["asn"], row.network["organisation"], NetworkKind(row.network["kind"]))
        if row.network
        else None,
        place=Place(**row.place) if row.place else None,
        address_hash=row.address_hash,
        recipient=row.recipient,
        link=row.link,
        own_device=row.own_device,
    )
    return Judged(hit, Verdict(Class(row[3]), tuple(Reason.from_json(reason) for reason in row.reasons)))


def _mail(row: Any) -> InboundMail:
    return InboundMail(*[*row[:8], Kind(row.kind), row.at, row.recipient, row.detail or {}])
