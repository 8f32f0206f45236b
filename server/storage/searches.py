"""Searches that reps saved."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from server.domain.searches import SavedSearch, View
from server.storage.tables import saved_searches, users


def of(tx: Connection, user_id: str, view: View) -> list[SavedSearch]:
    """By name."""
    asked = select(saved_searches).where(saved_searches.c.user_id == user_id, saved_searches.c.view == view.value)
    return sorted((_search(row) for row in tx.execute(asked)), key=lambda one: (one.name.casefold(), one.id))


def get(tx: Connection, user_id: str, search_id: str) -> SavedSearch | None:
    row = tx.execute(select(saved_searches).where(*_own(user_id, search_id))).first()
    return None if row is None else _search(row)


def lock(tx: Connection, user_id: str) -> None:
    """Of two changes at once one waits, and meets what the other made."""
    tx.execute(select(users.c.id).where(users.c.id == user_id).with_for_update(key_share=True))


def count(tx: Connection, user_id: str, view: View) -> int:
    asked = select(func.count()).select_from(saved_searches)
    return int(tx.execute(asked.where(saved_searches.c.user_id == user_id, saved_searches.c.view == view.value)).scalar_one())


def add(tx: Connection, made: SavedSearch) -> None:
    values = {
        "id": made.id,
        "workspace_id": made.workspace_id,
        "user_id": made.user_id,
        "view": made.view.value,
        "name": made.name,
        "query": dict(made.query),
        "created_at": made.created_at,
    }
    tx.execute(insert(saved_searches).values(**values))


def named(tx: Connection, user_id: str, view: View, name: str) -> SavedSearch | None:
    asked = (saved_searches.c.user_id == user_id, saved_searches.c.view == view.value, saved_searches.c.name == name)
    row = tx.execute(select(saved_searches).where(*asked)).first()
    return None if row is None else _search(row)


def change(tx: Connection, user_id: str, search_id: str, name: str, query: Mapping[str, str]) -> None:
    tx.execute(update(saved_searches).where(*_own(user_id, search_id)).values(name=name, query=dict(query)))


def remove(tx: Connection, user_id: str, search_id: str) -> None:
    tx.execute(delete(saved_searches).where(*_own(user_id, search_id)))


def _own(user_id: str, search_id: str) -> tuple[Any, ...]:
    return saved_searches.c.id == search_id, saved_searches.c.user_id == user_id


def _search(row: Row[Any]) -> SavedSearch:
    view = View(row.view)
    return SavedSearch(row.id, row.workspace_id, row.user_id, view, row.name, row.query, row.created_at)
