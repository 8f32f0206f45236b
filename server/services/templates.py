"""Templates of mails: one's own, and what colleagues share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.domain import richtext
from server.domain.users import User
from server.errors import BadInput, Conflict, NotFound
from server.services.person import time_text
from server.storage import templates as stored
from server.storage import users as stored_users
from server.storage.database import Database, Transaction
from server.storage.templates import Template
from server.tokens import new_id

LONGEST_NAME = 100
MOST = 200
"""Of one user."""


@dataclass(frozen=True, slots=True)
class Wish:
    """`body` is HTML; `shared`: everybody of the workspace may use it."""

    name: str
    subject: str = ""
    body: str = ""
    shared: bool = False


class Templates:
    """Who made one changes it; shared ones are for all to use. Answers are JSON-ready, in the shapes of the API."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def list(self, user: User) -> dict[str, Any]:
        """{"items"}, by name."""
        return {"items": self._database.read(_seen, user)}

    def add(self, user: User, wish: Wish) -> dict[str, Any]:
        """BadInput when the user has one of that name."""
        return self._database.write(self._add, user, wish)

    def change(self, user: User, template_id: str, version: int, wish: Wish) -> dict[str, Any]:
        """Conflict, with the `current` one, when it changed since `version`."""
        return self._database.write(self._change, user, template_id, version, wish)

    def remove(self, user: User, template_id: str) -> None:
        if not self._database.write(stored.remove, user.id, template_id):
            raise NotFound("no such template")

    def _add(self, tx: Transaction, user: User, wish: Wish) -> dict[str, Any]:
        if stored.count(tx, user.id) >= MOST:
            raise BadInput(f"at most {MOST} templates")
        values, now = _values(wish), self._clock()
        made = Template(new_id(), user.workspace_id, user.id, version=1, updated_at=now, **values)
        if not stored.add(tx, made, now):
            raise _named_already()
        return _told(tx, user, [made])[0]

    def _change(self, tx: Transaction, user: User, template_id: str, version: int, wish: Wish) -> dict[str, Any]:
        found = stored.own(tx, user.id, template_id)
        if found is None:
            raise NotFound("no such template")
        done = stored.change(tx, found, _values(wish), self._clock()) if found.version == version else False
        if done is None:
            raise _named_already()
        current = stored.own(tx, user.id, template_id) or found
        if not done:
            raise Conflict("this template changed meanwhile", current=_told(tx, user, [current])[0])
        return _told(tx, user, [current])[0]


def _seen(tx: Transaction, user: User) -> list[dict[str, Any]]:
    return _told(tx, user, stored.seen_by(tx, user.workspace_id, user.id))


def _values(wish: Wish) -> dict[str, Any]:
    name = " ".join(wish.name.split())
    if not name or len(name) > LONGEST_NAME:
        raise BadInput("a template needs a name", {"name": f"1 to {LONGEST_NAME} characters"})
    subject = " ".join(wish.subject.split())
    return {"name": name, "subject": subject, "body": richtext.written(wish.body), "shared": wish.shared}


def _named_already() -> BadInput:
    return BadInput("you have a template of this name", {"name": "another name"})


def _told(tx: Transaction, user: User, found: list[Template]) -> list[dict[str, Any]]:
    names = stored_users.names(tx, user.workspace_id, {one.user_id for one in found})
    return [
        {
            "id": one.id,
            "name": one.name,
            "subject": one.subject,
            "html": one.body,
            "shared": one.shared,
            "own": one.user_id == user.id,
            "by": names.get(one.user_id, ""),
            "version": one.version,
            "updated_at": time_text(one.updated_at),
        }
        for one in found
    ]
