"""Who changed what in the console."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """`actor` is the address they had then. `subject`: whom or what it was about, in words; `detail` never holds a secret."""

    id: str
    at: datetime
    user_id: str | None
    actor: str
    action: str
    subject: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Filter:
    """What is asked for; None leaves a part open. `area`: what an action's name begins with. `until` is not part of it."""

    actor: str | None = None
    area: str | None = None
    since: datetime | None = None
    until: datetime | None = None
