"""How a connection to an outside service is doing, as an admin reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

SERVICES = ("marketo", "salesforce", "smtp")


class State(StrEnum):
    OFF = "off"  # nothing is set for it
    NEW = "new"  # set, and not used yet
    OK = "ok"
    DEGRADED = "degraded"  # it will be tried again by itself
    WAITING = "waiting"  # the same, but not before the service lets us
    REFUSED = "refused"  # an admin must act


@dataclass(frozen=True, slots=True)
class Quota:
    """Calls used of those allowed, of the whole company, in the day that the service counts."""

    used: int
    limit: int


@dataclass(frozen=True, slots=True)
class Progress:
    """Of a first sync: `of` None while nobody knows how much there is."""

    done: int
    of: int | None


@dataclass(frozen=True, slots=True)
class Integration:
    """`detail` says in plain words what is wrong, without secrets and addresses."""

    service: str
    state: State
    detail: str = ""
    since: datetime | None = None
    succeeded_at: datetime | None = None
    failed_at: datetime | None = None
    quota: Quota | None = None
    progress: Progress | None = None


def quota_of(stored: Mapping[str, Any] | None) -> Quota | None:
    return Quota(int(stored["used"]), int(stored["limit"])) if stored else None


def progress_of(stored: Mapping[str, Any] | None) -> Progress | None:
    return Progress(int(stored["done"]), stored["of"]) if stored else None
