"""Interesting moments, and the line each makes in the feeds of those who own or watch the person."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from server.domain.engagement import Class, Kind
from server.domain.feed import Line, told
from server.domain.people import Person

MOST_BROUGHT = 50
"""So many moments of the past come to somebody who begins to own or to watch a person,"""

BROUGHT_FOR = timedelta(days=90)
"""and none older."""


class Type(StrEnum):
    WEB = "web"
    EMAIL = "email"
    MILESTONE = "milestone"


@dataclass(frozen=True, slots=True)
class Moment:
    """`guid`: Marketo's name of the activity. `source`: how it was made, where Marketo tells."""

    id: str
    workspace_id: str
    person_id: str
    guid: str
    type: Type
    description: str
    source: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Audience:
    """Who sees a person's moments: the owner in both feeds, those who watch in the Lead Feed."""

    owner: str | None
    watchers: frozenset[str] = field(default_factory=frozenset)

    @property
    def viewers(self) -> frozenset[str]:
        return self.watchers | {self.owner} if self.owner else self.watchers


def line_of(line_id: str, moment: Moment, viewer: str, person: Person, audience: Audience) -> Line:
    return Line(
        id=line_id,
        workspace_id=moment.workspace_id,
        user_id=viewer,
        key=key_of(moment.id),
        message_id=None,
        kind=Kind.MOMENT,
        klass=Class.HUMAN,
        hidden=False,
        removed=False,
        count=1,
        first_at=moment.at,
        at=moment.at,
        facts={"who": _who(person), "moment": _fact(moment)},
        moment_id=moment.id,
        person_id=person.id,
        live=viewer == audience.owner,
        lead=True,
    )


def shown_anew(line: Line, person: Person, audience: Audience) -> Line:
    """A line that stays, as its person is now."""
    facts = {**line.facts, "who": _who(person)}
    return replace(line, person_id=person.id, live=line.user_id == audience.owner, facts=facts)


def left(line: Line) -> Line:
    """It is not this viewer's to see any more: nothing of it stays but that it goes."""
    return replace(line, removed=True, live=False, lead=False, count=0, facts=NOBODY)


def forgotten(line: Line) -> Line:
    """As `left`, of somebody who is deleted: it refers to nobody."""
    return replace(left(line), person_id=None, moment_id=None)


NOBODY: Mapping[str, Any] = {"who": told(None, "", "") | {"person": None}, "moment": None}


def key_of(moment_id: str) -> str:
    return f"moment:{moment_id}"


def _who(person: Person) -> dict[str, Any]:
    return told(person, person.name, person.address or "")


def _fact(moment: Moment) -> dict[str, Any]:
    return {"id": moment.id, "type": moment.type.value, "description": moment.description, "source": moment.source}
