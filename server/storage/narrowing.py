"""Conditions of what a rep looks for in their messages and in their feed. Each holds within one workspace."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, or_, select

from server.domain.engagement import Class, Kind
from server.domain.messages import State
from server.domain.people import folded, terms
from server.domain.searches import Outcome, Span, Wanted
from server.storage.tables import engagements, feed_items, mails, messages, people, person_addresses, recipients

_MOST_ACCOUNTS = 500
_BY_PEOPLE = [Class.HUMAN.value, Class.PROXY_HUMAN.value]

Condition = ColumnElement[bool]
Conditions = list[Condition]


def of_messages(tx: Connection, workspace_id: str, wanted: Wanted, outcome: Outcome, span: Span) -> Conditions:
    found = [*_within(messages.c.sent_at, span), *_came_of_it(outcome)]
    found += [_said_or_sent_to(workspace_id, term) for term in terms(wanted.text)]
    if wanted.person_id is not None:
        found.append(messages.c.id.in_(_sent_to(workspace_id, recipients.c.person_id == wanted.person_id)))
    if wanted.account:
        there = select(people.c.id).where(
            people.c.workspace_id == workspace_id, people.c.account.in_(accounts(tx, workspace_id, wanted.account))
        )
        found.append(messages.c.id.in_(_sent_to(workspace_id, recipients.c.person_id.in_(there))))
    return found


def of_feed(tx: Connection, workspace_id: str, wanted: Wanted, span: Span) -> Conditions:
    found = _within(feed_items.c.at, span)
    found += [feed_items.c.found_by.contains(term, autoescape=True) for term in terms(wanted.text)]
    if wanted.person_id is not None:
        found.append(_about(workspace_id, wanted.person_id))
    if wanted.account:
        found += [feed_items.c.found_by.contains(term, autoescape=True) for term in terms(wanted.account)]
        found.append(_fact("who", "account").in_(accounts(tx, workspace_id, wanted.account)))
    return found


def accounts(tx: Connection, workspace_id: str, text: str) -> list[str]:
    """The companies of people here whose name has all these words."""
    words = terms(text)
    asked = select(people.c.account).where(people.c.workspace_id == workspace_id, people.c.account.is_not(None))
    asked = asked.where(*(people.c.found_by.contains(word, autoescape=True) for word in words))
    # Whoever has the words may have them in a name: the company's own decides.
    named = tx.execute(asked.distinct().limit(_MOST_ACCOUNTS)).scalars()
    return [name for name in named if name and all(word in folded(name) for word in words)]


def _within(column: ColumnElement[datetime], span: Span) -> Conditions:
    begun = [column >= span.begin] if span.begin else []
    return begun + ([column < span.end] if span.end else [])


def _came_of_it(outcome: Outcome) -> Conditions:
    found: Conditions = []
    for kind, wanted in ((Kind.VIEW, outcome.viewed), (Kind.CLICK, outcome.clicked), (Kind.REPLY, outcome.replied)):
        if wanted is not None:
            found.append(_happened(kind) if wanted else ~_happened(kind))
    if outcome.viewed is False or outcome.clicked is False:
        found.append(messages.c.tracked)
    if outcome.archived is not None:
        archived = messages.c.state == State.ARCHIVED.value
        found.append(archived if outcome.archived else ~archived)
    return found


def _happened(kind: Kind) -> ColumnElement[bool]:
    """Index ix_engagements_of_message."""
    return exists().where(
        engagements.c.message_id == messages.c.id,
        engagements.c.kind == kind.value,
        engagements.c["class"].in_(_BY_PEOPLE),
    )


def _said_or_sent_to(workspace_id: str, term: str) -> ColumnElement[bool]:
    named = select(people.c.id).where(people.c.workspace_id == workspace_id, people.c.found_by.contains(term, autoescape=True))
    to = exists().where(
        recipients.c.message_id == messages.c.id,
        or_(recipients.c.address.contains(term, autoescape=True), recipients.c.person_id.in_(named)),
    )
    return or_(messages.c.found_by.contains(term, autoescape=True), to)


def _sent_to(workspace_id: str, whom: ColumnElement[bool]) -> Select[Any]:
    return select(recipients.c.message_id).where(recipients.c.workspace_id == workspace_id, whom)


def _about(workspace_id: str, person_id: str) -> ColumnElement[bool]:
    """Their moments, mail of theirs, and lines of mail to them and others that may be theirs."""
    wrote = (
        select(mails.c.id)
        .join(
            person_addresses,
            and_(person_addresses.c.workspace_id == mails.c.workspace_id, person_addresses.c.address == mails.c.from_address),
        )
        .where(mails.c.workspace_id == workspace_id, person_addresses.c.person_id == person_id)
    )
    answered = select(engagements.c.message_id).where(engagements.c.id.in_(wrote))
    concerned = _sent_to(workspace_id, recipients.c.person_id == person_id).union(answered)
    whose = _fact("who", "person", "id")
    return or_(
        feed_items.c.person_id == person_id,
        and_(feed_items.c.message_id.in_(concerned), or_(whose.is_(None), whose == person_id)),
    )


def _fact(*path: str) -> ColumnElement[Any]:
    found: ColumnElement[Any] = feed_items.c.facts[path].as_string()
    return found
