"""How people rank, and what they are to one viewer."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, select

from server.domain.ranks import Rank, Regard, regard
from server.storage.database import Transaction
from server.storage.tables import people, watch_list

_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_RANKS = (people.c.urgency, people.c.stars, people.c.flames, people.c.priority, people.c.hidden_until)
_REGARDS = (
    select(people.c.id, people.c.owner_id, watch_list.c.user_id.label("watcher"), *_RANKS)
    .outerjoin(watch_list, and_(watch_list.c.person_id == people.c.id, watch_list.c.user_id == bindparam("viewer")))
    .where(people.c.id.in_(_IDS), people.c.workspace_id == bindparam("workspace"))
)


def regards(tx: Transaction, workspace_id: str, user_id: str, person_ids: Collection[str], now: datetime) -> dict[str, Regard]:
    """By person id."""
    if not person_ids:
        return {}
    values = {"ids": list(person_ids), "viewer": user_id, "workspace": workspace_id}
    return {
        row.id: regard(Rank(*row[3:]), now, own=row.owner_id == user_id, watched=row.watcher is not None)
        for row in tx.execute(_REGARDS, values)
    }
