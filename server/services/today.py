"""Today at a glance: what happened, what is to do, whom to call, and how the last thirty days went."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from server.domain.engagement import Kind
from server.domain.scores import MOST_TARGETS, WINDOW
from server.domain.tasks import Span, today, zone_of
from server.domain.today import COUNTED, DAYS, Happening, begins, days_until, latest, people_of
from server.services.feed import Viewer
from server.services.person import time_text
from server.storage import feed, scores, tracking, worklist
from server.storage import today as stored
from server.storage.database import Database, Transaction

_MOST = 1_000
"""Lines, tasks, machine hits: what is more is not counted on."""


class Today:
    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def of(self, user: Viewer) -> dict[str, Any]:
        """JSON-ready, in the shape of the API."""
        return self._database.read(self._of, user)

    def counts(self, user: Viewer) -> dict[str, int]:
        """How many tasks are due by the end of today, and how many targets there are."""
        return self._database.read(self._counts, user)

    def _counts(self, tx: Transaction, user: Viewer) -> dict[str, int]:
        now = self._clock()
        due = Span(None, today(now, zone_of(user.time_zone)))
        return {
            "tasks": worklist.count_to_do(tx, user.id, due, _MOST),
            "targets": scores.count_targets(tx, user.workspace_id, user.id, now - WINDOW, MOST_TARGETS),
        }

    def _of(self, tx: Transaction, user: Viewer) -> dict[str, Any]:
        zone, now = zone_of(user.time_zone), self._clock()
        days = days_until(today(now, zone))
        first = begins(days, zone)
        counted = stored.counts(tx, user.id, first)
        lines = stored.happened(tx, user.id, first[-1], _MOST)
        people = people_of(lines)
        muted = worklist.muted(tx, user.id, set().union(*(line.about for line in lines)))
        overdue = worklist.count_to_do(tx, user.id, Span(None, days[-2]), _MOST)
        counts = self._counts(tx, user)
        hides = tracking.hides_machines(tx, user.workspace_id)
        return {
            "day": days[-1].isoformat(),
            "figures": {
                kind.value: {"count": counted.get((kind, DAYS - 1), 0), "people": people.get(kind, 0)} for kind in COUNTED
            },
            "machine": 0 if hides else feed.count_hidden(tx, user.id, first[-1], _MOST),
            "rises": stored.rises(tx, user.workspace_id, user.id, first[-1]),
            "latest": _told(latest(lines, muted)),
            "tasks": {"overdue": overdue, "today": counts["tasks"] - overdue},
            "targets": counts["targets"],
            "days": [
                {"day": day.isoformat(), **{kind.value: counted.get((kind, place), 0) for kind in COUNTED}}
                for place, day in enumerate(days)
            ],
        }


def _told(one: Happening | None) -> dict[str, Any] | None:
    if one is None:
        return None
    person = one.facts["who"]["person"]
    subject = one.facts["moment"]["description"] if one.kind is Kind.MOMENT else one.facts["message"]["subject"]
    return {
        "kind": one.kind.value,
        "at": time_text(one.at),
        "name": (person["name"] or person["address"]) if person else None,
        "of": one.facts["who"]["of"],
        "subject": subject,
    }
