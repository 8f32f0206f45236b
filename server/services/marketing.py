"""What an admin decides about marketing's side: readers of the Lead Feed, ranks, hiding, tasks in Salesforce."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from server.domain.marketing import (
    MOST_HIDE_DAYS,
    Choices,
    Rss,
    brackets_json,
    choices_of,
    wrong_brackets,
)
from server.domain.ranks import Brackets
from server.domain.users import Role, User
from server.errors import BadInput, NotAllowed
from server.services.audit import note
from server.storage import marketing as stored
from server.storage.database import Database, Transaction


class Marketing:
    """NotAllowed for whoever is no admin. Each choice is in the audit log."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def choices(self, user: User) -> Choices:
        _must_be_admin(user)
        return choices_of(self._database.read(stored.choices, user.workspace_id))

    def choose_rss(self, user: User, rss: Rss) -> None:
        """Off stops every address at once."""
        self._choose(user, rss=rss.to_json())

    def choose_ranks(self, user: User, brackets: Brackets) -> None:
        """BadInput, with the fields that are wrong. Stars and flames follow within the hour."""
        wrong = wrong_brackets(brackets)
        if wrong:
            raise BadInput("these brackets do not fit", wrong)
        self._choose(user, ranks=brackets_json(brackets))

    def choose_hiding(self, user: User, days: int) -> None:
        if not 1 <= days <= MOST_HIDE_DAYS:
            raise BadInput("this is no number of days", {"days": "days"})
        self._choose(user, hide_days=days)

    def choose_tasks(self, user: User, on: bool) -> None:
        self._choose(user, salesforce_tasks=on)

    def _choose(self, user: User, **chosen: Any) -> None:
        _must_be_admin(user)
        self._database.write(self._write, user, chosen)

    def _write(self, tx: Transaction, user: User, chosen: dict[str, Any]) -> None:
        before = stored.choices(tx, user.workspace_id)
        stored.choose(tx, user.workspace_id, chosen)
        for name, now in chosen.items():
            note(tx, user, f"marketing.{name}", "", self._clock(), before=before.get(name), now=now)


def _must_be_admin(user: User) -> None:
    if Role.ADMIN not in user.roles:
        raise NotAllowed()
