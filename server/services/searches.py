"""Searches a rep saved for a view: theirs alone."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from server.domain.searches import LONGEST_NAME, MOST_A_VIEW, Query, SavedSearch, View
from server.domain.tasks import one_line
from server.domain.users import User
from server.errors import BadInput, Conflict, NotFound
from server.services.person import time_text
from server.storage import searches as stored
from server.storage.database import Database, Transaction
from server.tokens import new_id


class Searches:
    """Everything is JSON-ready: {"id", "view", "name", "query", "created_at"}. Another user's is NotFound."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def list(self, user: User, view: View) -> list[dict[str, Any]]:
        """By name."""
        return [_told(one) for one in self._database.read(stored.of, user.id, view)]

    def save(self, user: User, view: View, name: str, query: Query) -> dict[str, Any]:
        """Conflict when this view has one of that name."""
        made = SavedSearch(new_id(), user.workspace_id, user.id, view, _name(name), query, self._clock())
        return _told(self._database.write(_save, made))

    def change(self, user: User, search_id: str, name: str | None, query: Query | None) -> dict[str, Any]:
        """What is None stays."""
        return _told(self._database.write(_change, user, search_id, name, query))

    def remove(self, user: User, search_id: str) -> None:
        self._database.write(_remove, user, search_id)


def _save(tx: Transaction, made: SavedSearch) -> SavedSearch:
    stored.lock(tx, made.user_id)
    if stored.count(tx, made.user_id, made.view) >= MOST_A_VIEW:
        raise Conflict(f"at most {MOST_A_VIEW} searches of one view")
    if stored.named(tx, made.user_id, made.view, made.name) is not None:
        raise Conflict("there is a search of that name")
    stored.add(tx, made)
    return made


def _change(tx: Transaction, user: User, search_id: str, name: str | None, query: Query | None) -> SavedSearch:
    stored.lock(tx, user.id)
    found = _own(tx, user, search_id)
    renamed, held = found.name if name is None else _name(name), found.query if query is None else query
    other = stored.named(tx, user.id, found.view, renamed)
    if other is not None and other.id != search_id:
        raise Conflict("there is a search of that name")
    stored.change(tx, user.id, search_id, renamed, held)
    return _own(tx, user, search_id)


def _remove(tx: Transaction, user: User, search_id: str) -> None:
    _own(tx, user, search_id)
    stored.remove(tx, user.id, search_id)


def _own(tx: Transaction, user: User, search_id: str) -> SavedSearch:
    found = stored.get(tx, user.id, search_id)
    if found is None:
        raise NotFound("no such search")
    return found


def _name(text: str) -> str:
    name = one_line(text)
    if not name or len(name) > LONGEST_NAME:
        raise BadInput("a search needs a name", {"name": f"1 to {LONGEST_NAME} characters"})
    return name


def _told(one: SavedSearch) -> dict[str, Any]:
    told = {"id": one.id, "view": one.view.value, "name": one.name, "query": dict(one.query)}
    return {**told, "created_at": time_text(one.created_at)}
