"""The list of people: searched, filtered, a page at a time, and as a table to take along."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from server.domain.directory import EVERYBODY, Wanted
from server.domain.people import Person
from server.domain.phones import KINDS
from server.domain.sheets import COLUMNS
from server.domain.users import Role, User
from server.errors import BadInput
from server.logs import logger
from server.services.person import may_know, regards, told
from server.storage import directory as stored
from server.storage import narrowing
from server.storage import users as stored_users
from server.storage.database import Database, Transaction
from server.storage.directory import Seeker

MOST_A_PAGE = 200
MOST_COUNTED = 20_000
MOST_ACCOUNTS = 12
_AT_A_TIME = 500
_log = logger(__name__)

Position = tuple[str, str]
Row = list[str | int | None]


class Directory:
    """Bound to the user's workspace. Answers are JSON-ready."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def page(self, user: User, wanted: Wanted = EVERYBODY, before: str | None = None, limit: int = 50) -> dict[str, Any]:
        """`{"items": […], "next": cursor | None, "count": how many, on the first page}` by name; counted up to MOST_COUNTED."""
        return self._database.read(self._page, user, wanted, _opened(before) if before else None, _bounded(limit))

    def accounts(self, user: User, begun: str) -> list[str]:
        """A few accounts whose names have these words, by name."""
        return sorted(self._database.read(narrowing.accounts, user.workspace_id, begun))[:MOST_ACCOUNTS]

    def table(self, user: User, wanted: Wanted = EVERYBODY) -> Iterator[Row]:
        """The headings that an import understands, then a row for each person found; read a part at a time. Scores only of
        those whose the user may know."""
        yield list(COLUMNS)
        count, after = 0, None
        while True:
            rows, after = self._database.read(self._rows, user, wanted, after)
            yield from rows
            count += len(rows)
            if after is None:
                break
        _log.info("people.exported", workspace=user.workspace_id, user=user.id, count=count)

    def _page(self, tx: Transaction, user: User, wanted: Wanted, after: Position | None, limit: int) -> dict[str, Any]:
        seeker = _seeker(user)
        found = stored.page(tx, seeker, wanted, after, limit + 1)
        page = found[:limit]
        return {
            "items": told(tx, user, [person for person, _ in page], self._clock()),
            "next": _sealed(page[-1][1], page[-1][0].id) if len(found) > limit else None,
            "count": stored.count(tx, seeker, wanted, MOST_COUNTED) if after is None else None,
        }

    def _rows(self, tx: Transaction, user: User, wanted: Wanted, after: Position | None) -> tuple[list[Row], Position | None]:
        found = stored.page(tx, _seeker(user), wanted, after, _AT_A_TIME)
        people = [person for person, _ in found]
        owners = stored_users.addresses(tx, user.workspace_id, {one.owner_id for one in people if one.owner_id})
        known = regards(tx, user, people, self._clock())
        rows = [_row(one, owners.get(one.owner_id or ""), may_know(user, known[one.id])) for one in people]
        return rows, (found[-1][1], found[-1][0].id) if len(found) == _AT_A_TIME else None


def _seeker(user: User) -> Seeker:
    return Seeker(user.workspace_id, user.id, knows_all=Role.ADMIN in user.roles)


def _row(person: Person, owner: str | None, knows_score: bool) -> Row:
    """As `domain.sheets.COLUMNS`."""
    numbers = [next((one.shown for one in person.phones if one.kind == kind), None) for kind in KINDS]
    return [
        person.name,
        " ".join(one.address for one in person.addresses),
        person.title,
        person.account,
        *numbers,
        person.country,
        person.linkedin,
        owner,
        person.standing.score if knows_score else None,
    ]


def _bounded(limit: int) -> int:
    return max(1, min(limit, MOST_A_PAGE))


def _sealed(name: str, person_id: str) -> str:
    return urlsafe_b64encode(json.dumps([name, person_id], ensure_ascii=False).encode()).decode()


def _opened(cursor: str) -> Position:
    try:
        name, person_id = json.loads(urlsafe_b64decode(cursor))
        if not isinstance(name, str) or not isinstance(person_id, str) or "\0" in name + person_id:
            raise ValueError
        return name, person_id
    except (ValueError, TypeError):
        raise BadInput("not a cursor of this list", {"before": "a `next` of this list"}) from None
