"""What somebody filled in, as Google sends it. It comes from outside: anything may be missing or of another kind."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

Inputs = Mapping[str, Any]

_UNKEPT = re.compile("[\x00\ud800-\udfff]")
"""No database takes these."""


def text(inputs: Inputs, name: str) -> str:
    """The first value of a text or a choice; empty when there is none."""
    values = _of(_of(inputs, name), "stringInputs").get("value")
    first = values[0] if isinstance(values, list) and values else ""
    return _UNKEPT.sub("", first) if isinstance(first, str) else ""


def day(inputs: Inputs, name: str) -> date | None:
    stamp = _of(_of(inputs, name), "dateInput").get("msSinceEpoch")
    if not isinstance(stamp, int | str):
        return None
    try:
        return datetime.fromtimestamp(int(stamp) / 1000, UTC).date()
    except (ValueError, OverflowError, OSError):
        return None


def several(inputs: Inputs, name: str) -> frozenset[str]:
    """Every value of a choice; what is not ticked is absent."""
    values = _of(_of(inputs, name), "stringInputs").get("value")
    return frozenset(one for one in values if isinstance(one, str)) if isinstance(values, list) else frozenset()


def clock(inputs: Inputs, name: str) -> str | None:
    """Hours and minutes, "09:30"."""
    given = _of(_of(inputs, name), "timeInput")
    hours, minutes = given.get("hours", 0), given.get("minutes", 0)  # Google leaves a zero out
    if not given or not isinstance(hours, int) or not isinstance(minutes, int):
        return None
    return f"{hours:02}:{minutes:02}" if 0 <= hours < 24 and 0 <= minutes < 60 else None


def _of(inputs: Inputs, name: str) -> Inputs:
    found = inputs.get(name)
    return found if isinstance(found, Mapping) else {}
