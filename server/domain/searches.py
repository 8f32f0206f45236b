"""What a rep looks for in a list, and what they look for again and again: a filter under a name of their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any

from server.domain.people import folded
from server.domain.tasks import midnight

LONGEST_NAME = 80
MOST_A_VIEW = 50

Query = Mapping[str, str]
"""A filter's parameters as the view's own address carries them."""


class View(StrEnum):
    MESSAGES = "messages"
    PEOPLE = "people"
    FEED = "feed"


@dataclass(frozen=True, slots=True)
class SavedSearch:
    id: str
    workspace_id: str
    user_id: str
    view: View
    name: str
    query: Query
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """Part of a list. Empty or None: any. `text` by words, as is `account`; days are the viewer's own, both included."""

    text: str = ""
    person_id: str | None = None
    account: str = ""
    first: date | None = None
    last: date | None = None

    def span(self, zone: tzinfo) -> "Span":
        return Span(
            midnight(self.first, zone) if self.first else None,
            midnight(self.last + timedelta(days=1), zone) if self.last else None,
        )


@dataclass(frozen=True, slots=True)
class Span:
    """From `begin` until before `end`; None where it is open."""

    begin: datetime | None
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a message, of what people did; None: whatever did. Of untracked mail nobody can say that it was not read."""

    viewed: bool | None = None
    clicked: bool | None = None
    replied: bool | None = None
    archived: bool | None = None


EVERYTHING = Wanted()
ANY_OUTCOME = Outcome()

_LONGEST_LINE_TEXT = 1_000


def line_text(facts: Mapping[str, Any]) -> str:
    """What a search in the feed looks through, folded, from a line's facts: each part on a line of its own."""
    who, message, moment = facts.get("who") or {}, facts.get("message") or {}, facts.get("moment") or {}
    people = [who.get("person") or {}, *who.get("possible", ())]
    parts = [part for one in people for part in (one.get("name"), one.get("address"))]
    parts += [who.get("account"), message.get("subject"), moment.get("description")]
    parts += [(facts.get(name) or {}).get("text") for name in ("link", "detail")]
    return "\n".join(folded(part) for part in parts if part)[:_LONGEST_LINE_TEXT]
