"""How a connection to an outside service is doing, as an admin reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

SERVICES = ("google", "push", "addon", "marketo", "salesforce", "smtp", "webpush")

_OF_SETTINGS = {
    "google_": "google",
    "gmail_": "push",
    "addon_": "addon",
    "marketo_": "marketo",
    "salesforce_": "salesforce",
    "smtp_": "smtp",
    "mail_": "smtp",
}


def service_of(setting: str) -> str | None:
    """Whose setting it is; None when it is about no service outside."""
    return next((service for prefix, service in _OF_SETTINGS.items() if setting.startswith(prefix)), None)


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
    """`cause` and `detail` are of the last failure, also once it works again: what it was (see domain.causes; empty when that
    is not known), and the service's own words, without secrets and addresses."""

    service: str
    state: State
    cause: str = ""
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
