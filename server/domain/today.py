"""What a rep's day has come to so far, and the thirty days until then."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from server.domain.engagement import Kind
from server.domain.tasks import midnight

DAYS = 30

COUNTED = (Kind.REPLY, Kind.CLICK, Kind.VIEW, Kind.MOMENT)
"""The louder the intent, the earlier."""

Counts = Mapping[tuple[Kind, int], int]
"""How often a kind happened on a day, by the day's place among the thirty."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the feed that is of today. `facts` as `feed.Line` has them."""

    kind: Kind
    at: datetime
    message_id: str | None
    facts: Mapping[str, Any] = field(hash=False)

    @property
    def about(self) -> set[str]:
        """Whom and what somebody mutes who wants to hear no more of it."""
        person = self.facts["who"]["person"]
        return {one for one in (self.message_id, person and person["id"]) if one}


def days_until(day: date) -> list[date]:
    """Thirty of them, this one last."""
    return [day - timedelta(days=back) for back in reversed(range(DAYS))]


def begins(days: Sequence[date], zone: tzinfo) -> list[datetime]:
    """When each of them begins there, in UTC."""
    return [midnight(day, zone) for day in days]


def people_of(happened: Iterable[Happening]) -> dict[Kind, int]:
    """How many people are behind each kind. Whoever of several it was counts once for each message."""
    found: dict[Kind, set[str]] = defaultdict(set)
    for one in happened:
        person = one.facts["who"]["person"]
        found[one.kind].add(person["address"] if person else f"somebody of {one.message_id}")
    return {kind: len(who) for kind, who in found.items()}


def latest(happened: Iterable[Happening], muted: Collection[str]) -> Happening | None:
    """The newest that its reader wants to hear of, which a mail that is only late is not. `happened`: newest first."""
    return next((one for one in happened if not one.about & set(muted) and not _is_only_late(one)), None)


def _is_only_late(one: Happening) -> bool:
    return one.kind is Kind.BOUNCE and (one.facts.get("detail") or {}).get("state", "failed") != "failed"
