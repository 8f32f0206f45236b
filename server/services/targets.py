"""The people worth calling now: a rep's own whose score rose lately, by their score."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from server.domain.people import Person
from server.domain.scores import MOST_TARGETS, WINDOW
from server.domain.users import User
from server.services.people import time_text, told_short
from server.storage import scores as stored
from server.storage.database import Database


class Targets:
    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def list(self, user: User) -> dict[str, Any]:
        """`connected` tells whether scores come by themselves; until then they are set by table or API."""
        since = self._clock() - WINDOW
        found = self._database.read(stored.targets, user.workspace_id, user.id, since, MOST_TARGETS)
        return {"items": [_target(person) for person in found], "connected": False}


def _target(person: Person) -> dict[str, Any]:
    standing = person.standing
    return {
        "person": told_short(person),
        "score": standing.score,
        "rise": standing.rise,
        "rose_at": time_text(standing.rose_at),
        "moment": None,
    }
