"""What a rep wants to do, and by which day. A due day has no zone: it is the rep's own day that moves past it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from server.domain.people import folded

LONGEST_NAME = 255
LONGEST_DETAILS = 32_000


class TaskType(StrEnum):
    EMAIL = "email"
    CALL = "call"
    INMAIL = "inmail"
    CUSTOM = "custom"


class Priority(StrEnum):
    NORMAL = "normal"
    HIGH = "high"


class When(StrEnum):
    TODAY = "today"
    TOMORROW = "tomorrow"
    TODAY_AND_TOMORROW = "today-and-tomorrow"
    NEXT_7_DAYS = "next-7-days"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Task:
    """`user_id` is the assignee. `version` grows with every change; `changed_by` None: the last was Salesforce's, or there was
    none."""

    id: str
    workspace_id: str
    user_id: str
    created_by: str
    name: str
    type: TaskType
    priority: Priority
    due_on: date
    details: str
    person_id: str | None
    message_id: str | None
    version: int
    completed_at: datetime | None
    deleted_at: datetime | None
    created_at: datetime
    updated_at: datetime
    changed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` to `last`, both included; None where it is open. Open at its begin, it holds what is overdue."""

    first: date | None
    last: date | None

    def __contains__(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Look:
    """Which tasks somebody looks at. `span` None: those of a filter. `given`: what one gave to others, instead of one's own.
    `words`: all of them occur, on whatever day."""

    span: Span | None = None
    given: bool = False
    words: tuple[str, ...] = ()


EVERYTHING = Look()


def found_by(name: str, details: str) -> str:
    """What a search looks through."""
    return folded(f"{name} {details}")


def zone_of(name: str | None) -> tzinfo:
    """UTC for somebody who chose none, or one that no longer exists."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def today(now: datetime, zone: tzinfo) -> date:
    return now.astimezone(zone).date()


def midnight(day: date, zone: tzinfo) -> datetime:
    """When the day begins there, in UTC. Where the clock leaps over midnight, the moment of the leap."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def span(when: When, day: date) -> Span:
    """The due days a filter shows on this day. What is overdue goes with today."""
    tomorrow, week = _after(day, 1), _after(day, 7)
    return {
        When.TODAY: Span(None, day),
        When.TOMORROW: Span(tomorrow, tomorrow),
        When.TODAY_AND_TOMORROW: Span(None, tomorrow),
        When.NEXT_7_DAYS: Span(None, week),
        When.ALL: Span(None, None),
    }[when]


def is_overdue(due_on: date, completed_at: datetime | None, day: date) -> bool:
    return completed_at is None and due_on < day


def one_line(name: str) -> str:
    """A name without line breaks or blank ends."""
    return " ".join(name.split())


def _after(day: date, days: int) -> date:
    return day + timedelta(days=days) if day <= date.max - timedelta(days=days) else date.max
