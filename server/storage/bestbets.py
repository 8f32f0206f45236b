"""The best-bet list: pages of a rep's own people, and how many there are."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, not_, or_, select, tuple_, update

from server.domain.bestbets import Asked, Group, Order
from server.domain.people import Person
from server.domain.salesforce import CONTACT
from server.storage.database import Transaction
from server.storage.people import by_ids
from server.storage.tables import people

_IS_CONTACT = func.coalesce(people.c.salesforce_type, "") == CONTACT
_ORDERS: dict[Order, tuple[Any, ...]] = {
    Order.PRIORITY: (people.c.priority, people.c.score, people.c.id),  # index ix_people_best
    Order.SCORE: (people.c.score, people.c.id),
    Order.URGENCY: (people.c.urgency, people.c.score, people.c.id),
    Order.NAME: (people.c.sort_name, people.c.id),
}


def page(
    tx: Transaction, workspace_id: str, user_id: str, asked: Asked, after: Sequence[Any] | None, now: datetime, limit: int
) -> tuple[list[Person], list[Any] | None]:
    """The people, and where a next page begins."""
    order = _ORDERS[asked.order]
    query = select(*order).where(_own(user_id), _in_groups(asked, user_id), _is_hidden(now, asked.hidden))
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(*after) if asked.order is Order.NAME else tuple_(*order) < tuple_(*after))
    sorting = order if asked.order is Order.NAME else [column.desc() for column in order]
    # Found by the index alone: reading whole rows to look through them takes ten times as long.
    found = tx.execute(query.order_by(*sorting).limit(limit + 1)).all()
    following = list(found[limit - 1]) if len(found) > limit else None
    known = by_ids(tx, workspace_id, [row.id for row in found[:limit]])
    return [known[row.id] for row in found[:limit] if row.id in known], following


def counts(tx: Transaction, user_id: str, now: datetime) -> dict[str, int]:
    """Of each group, and of those hidden."""
    shown = {group.value: and_(_is_hidden(now, False), _in_group(group, user_id)) for group in Group}
    sums = {**shown, "hidden": _is_hidden(now, True)}
    counted = [func.count().filter(where).label(name) for name, where in sums.items()]
    row = tx.execute(select(*counted).where(_own(user_id))).one()
    return {name: int(count) for name, count in row._mapping.items()}


def hide(tx: Transaction, workspace_id: str, person_id: str, until: datetime | None) -> None:
    tx.execute(update(people).where(people.c.workspace_id == workspace_id, people.c.id == person_id).values(hidden_until=until))


def _own(user_id: str) -> ColumnElement[bool]:
    """That it is not null is said of the index too; whose people they are says of which workspace."""
    return and_(people.c.owner_id == user_id, people.c.priority.is_not(None), people.c.priority > 0)


def _in_groups(asked: Asked, user_id: str) -> ColumnElement[bool]:
    return or_(*(_in_group(group, user_id) for group in sorted(asked.groups)))


def _in_group(group: Group, user_id: str) -> ColumnElement[bool]:
    if group is Group.LEADS:
        return not_(_IS_CONTACT)
    if group is Group.CONTACTS:
        return _IS_CONTACT
    if group is Group.ACCOUNT_CONTACTS:
        return and_(_IS_CONTACT, people.c.account_owner_id == user_id)
    return and_(_IS_CONTACT, people.c.opportunities > 0)


def _is_hidden(now: datetime, hidden: bool) -> ColumnElement[bool]:
    if hidden:
        return people.c.hidden_until > now
    return or_(people.c.hidden_until.is_(None), people.c.hidden_until <= now)
