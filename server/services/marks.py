"""The marks beside threads in Gmail's lists."""

from collections.abc import Sequence
from typing import Any

from server.domain.users import User
from server.storage import marks as stored
from server.storage.database import Database

MOST_THREADS = 200


class Marks:
    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, user: User, threads: Sequence[str]) -> dict[str, dict[str, Any]]:
        """By thread: `{"state": "sent" | "viewed", "views", "last_at"}`; one without tracked mail of theirs is not in it."""
        found = self._database.read(stored.marks, user.id, list(dict.fromkeys(threads))[:MOST_THREADS])
        return {mark.thread: _json(mark) for mark in found}


def _json(mark: stored.Mark) -> dict[str, Any]:
    state = "viewed" if mark.views else "sent"
    return {"state": state, "views": mark.views, "last_at": mark.last_at.isoformat().replace("+00:00", "Z")}
