"""The people a rep follows without owning them."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from server.domain.moments import Moment
from server.domain.ranks import NO_REGARD
from server.domain.users import User
from server.errors import Conflict, NotFound
from server.services import moments
from server.services.feed import page_at, read_page
from server.services.person import time_text, told_short
from server.storage import consent, leadfeed, ranks
from server.storage import moments as stored_moments
from server.storage import people as stored_people
from server.storage.database import Database, Transaction

MOST_WATCHED = 2000
MOST_A_PAGE = 200


class WatchList:
    """Answers are JSON-ready, in the shapes of the API."""

    def __init__(self, database: Database, wake: Callable[[Iterable[str]], None], clock: Callable[[], datetime]) -> None:
        self._database = database
        self._wake = wake
        self._clock = clock

    def page(self, user: User, before: str | None = None, limit: int = 50) -> dict[str, Any]:
        """{"items", "next"}: who was put on it last comes first."""
        start = read_page(before) if before else None
        return self._database.read(self._page, user, start, max(1, min(limit, MOST_A_PAGE)))

    def watch(self, user: User, person_id: str) -> None:
        """NotFound outside the workspace; Conflict when the list is full. Doing it again changes nothing."""
        self._wake(self._database.write(self._watch, user, person_id))

    def unwatch(self, user: User, person_id: str) -> None:
        self._wake(self._database.write(self._unwatch, user, person_id))

    def _page(self, tx: Transaction, user: User, before: tuple[datetime, str] | None, limit: int) -> dict[str, Any]:
        found = leadfeed.watched(tx, user.workspace_id, user.id, before, limit + 1)
        page = found[:limit]
        ids = [person_id for person_id, _ in page]
        people = stored_people.by_ids(tx, user.workspace_id, ids)
        regards = ranks.regards(tx, user.workspace_id, user.id, ids, self._clock())
        said, last = consent.states_of(tx, user.workspace_id, ids), stored_moments.last_of(tx, ids)
        items = []
        for person_id, since in page:
            regard = regards.get(person_id, NO_REGARD)
            items.append(
                {
                    "person": told_short(people[person_id]),
                    "own": regard.own,
                    "stars": regard.stars,
                    "flames": regard.flames,
                    "best_bet": regard.best_bet,
                    "consent": said[person_id].value if person_id in said else "unknown",
                    "moment": _moment(last.get(person_id)),
                    "since": time_text(since),
                }
            )
        return {"items": items, "next": page_at(page[-1][1], page[-1][0]) if len(found) > limit else None}

    def _watch(self, tx: Transaction, user: User, person_id: str) -> set[str]:
        if person_id not in stored_people.locked(tx, user.workspace_id, [person_id]):
            raise NotFound("no such person")
        if leadfeed.count_watched(tx, user.id) >= MOST_WATCHED:
            raise Conflict(f"a watch list holds {MOST_WATCHED} people")
        now = self._clock()
        leadfeed.watch(tx, user.workspace_id, user.id, person_id, now)
        return moments.rehome(tx, user.workspace_id, [person_id], now)

    def _unwatch(self, tx: Transaction, user: User, person_id: str) -> set[str]:
        stored_people.locked(tx, user.workspace_id, [person_id])
        leadfeed.unwatch(tx, user.workspace_id, user.id, person_id)
        return moments.rehome(tx, user.workspace_id, [person_id], self._clock())


def _moment(last: Moment | None) -> dict[str, Any] | None:
    return {"type": last.type.value, "description": last.description, "at": time_text(last.at)} if last else None
