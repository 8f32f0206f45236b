"""Whom somebody looks for among the people."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from server.domain.consent import State


class Whose(StrEnum):
    MINE = "mine"
    WATCHED = "watched"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody found fits all of it. `terms`: words in name, account or an address, by `domain.people.terms`; `account`:
    words in its name; `score`: at least; `engaged_since`: did something the viewer may know of, at or after it."""

    terms: tuple[str, ...] = ()
    linkedin: str | None = None
    whose: Whose | None = None
    account: str | None = None
    score: int | None = None
    consent: State | None = None
    engaged_since: datetime | None = None


EVERYBODY = Wanted()
