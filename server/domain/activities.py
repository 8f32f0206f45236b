"""What rows of Marketo's activity log mean here. Types: 22 changes a score, 32 merges leads, 46 is an interesting moment."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from server.domain.marketo import folded_name
from server.domain.moments import Moment, Type
from server.domain.scores import HIGHEST, LOWEST, Telling

SCORE, MERGE, MOMENT = 22, 32, 46

_LONGEST = 1_000
_SAME_FIELD = frozenset({"lead score", "person score", "leadscore"})
"""Marketo renamed it in its screens; rows keep either."""


class Row(Protocol):
    """One activity, as `connectors.marketo` reads it."""

    @property
    def guid(self) -> str: ...
    @property
    def lead_id(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def type_id(self) -> int: ...
    @property
    def primary(self) -> str | None: ...
    @property
    def attributes(self) -> Mapping[str, str]: ...


def moment_of(row: Row, moment_id: str, workspace_id: str, person_id: str, now: datetime) -> Moment:
    """A clock that runs ahead of ours brings no moment from the future."""
    words = {one.value for one in Type}
    kind = (row.primary or "").strip().lower()
    return Moment(
        id=moment_id,
        workspace_id=workspace_id,
        person_id=person_id,
        guid=row.guid,
        type=Type(kind) if kind in words else Type.MILESTONE,
        description=" ".join(row.attributes.get("description", "").replace("\0", "").split())[:_LONGEST],
        source=row.attributes.get("source", "").replace("\0", "")[:_LONGEST] or None,
        at=min(row.at, now),
    )


def telling_of(row: Row, field: str, now: datetime) -> Telling | None:
    """None when it is about another score field, or does not tell the new score."""
    new = _number(row.attributes.get("new value"))
    if new is None or not _is_field(row.primary, field):
        return None
    return Telling(min(row.at, now), new, "marketo", old=_number(row.attributes.get("old value")), guid=row.guid)


def merged(rows: Iterable[Row]) -> dict[int, int]:
    """Winners by losers."""
    found: dict[int, int] = {}
    for row in rows:
        if row.type_id == MERGE:
            for loser in re.findall(r"\d+", row.attributes.get("merge ids", "")):
                if int(loser) != row.lead_id:
                    found[int(loser)] = row.lead_id
    return found


def _is_field(told: str | None, field: str) -> bool:
    first, second = folded_name(told or ""), folded_name(field)
    return first == second or (first in _SAME_FIELD and second in _SAME_FIELD)


def _number(text: str | None) -> int | None:
    try:
        value = int(float(text or ""))
    except (ValueError, OverflowError):
        return None
    return value if LOWEST <= value <= HIGHEST else None
