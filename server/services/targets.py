"""The people worth calling now: a rep's own whose score rose lately, by their score."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from server.domain.integrations import State
from server.domain.moments import Moment
from server.domain.people import Person
from server.domain.scores import MOST_TARGETS, WINDOW
from server.domain.users import User
from server.services.person import time_text, told_moment, told_short
from server.storage import integrations
from server.storage import moments as stored_moments
from server.storage import scores as stored
from server.storage.database import Database, Transaction


class Targets:
    """`connected`: whether a Marketo is set up, asked each time."""

    def __init__(self, database: Database, clock: Callable[[], datetime], *, connected: Callable[[], bool] = bool) -> None:
        self._database = database
        self._clock = clock
        self._connected = connected

    def list(self, user: User) -> dict[str, Any]:
        """`connected` tells whether scores come by themselves; until then they are set by table or API."""
        return self._database.read(self._list, user, self._connected())

    def _list(self, tx: Transaction, user: User, set_up: bool) -> dict[str, Any]:
        found = stored.targets(tx, user.workspace_id, user.id, self._clock() - WINDOW, MOST_TARGETS)
        last = stored_moments.last_of(tx, [person.id for person in found])
        return {
            "items": [_target(person, last.get(person.id)) for person in found],
            "connected": set_up and _is_connected(tx, user),
        }


def _is_connected(tx: Transaction, user: User) -> bool:
    """Not before it has let us in once."""
    known = integrations.of_workspace(tx, user.workspace_id).get("marketo")
    return known is not None and known.succeeded_at is not None and known.state is not State.REFUSED


def _target(person: Person, last: Moment | None) -> dict[str, Any]:
    standing = person.standing
    return {
        "person": told_short(person),
        "score": standing.score,
        "rise": standing.rise,
        "rose_at": time_text(standing.rose_at),
        "stars": person.rank.stars,
        "flames": person.rank.flames,
        "moment": told_moment(last) if last else None,
    }
