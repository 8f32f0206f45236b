"""The record of what admins change, written in the transaction that changes it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.domain.audit import Entry, Filter
from server.domain.users import Role, User
from server.errors import NotAllowed
from server.logs import logger
from server.storage import audit as stored
from server.storage.database import Database, Transaction
from server.tokens import new_id

PAGE = 50
_log = logger(__name__)


def note(tx: Transaction, user: User, action: str, subject: str, at: datetime, **detail: Any) -> None:
    """Who changed what. `action` is "area.verb", worded as `audit.<action>`; `subject` names whom or what as people know it;
    `detail` is JSON-ready and holds no secret."""
    stored.add(tx, user.workspace_id, Entry(new_id(), at, user.id, user.address, action, subject, detail))
    _log.info("audit", action=action, workspace=user.workspace_id, user=user.id)


@dataclass(frozen=True, slots=True)
class Page:
    """`older`: what to ask for after these; None at the end. `actors` and `areas`: what can be filtered by."""

    entries: list[Entry]
    older: str | None
    actors: list[str]
    areas: list[str]


class Audit:
    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, user: User, wanted: Filter, before: str | None = None) -> Page:
        """Newest first; NotAllowed unless the user is an admin."""
        if Role.ADMIN not in user.roles:
            raise NotAllowed()
        return self._database.read(_page, user.workspace_id, wanted, before)


def _page(tx: Transaction, workspace_id: str, wanted: Filter, before: str | None) -> Page:
    found = stored.page(tx, workspace_id, wanted, before, PAGE + 1)
    entries = found[:PAGE]
    areas = sorted({action.partition(".")[0] for action in stored.actions(tx, workspace_id)})
    return Page(entries, entries[-1].id if len(found) > PAGE else None, stored.actors(tx, workspace_id), areas)
