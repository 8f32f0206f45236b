"""What a rep might do next, seen from what people did with their mail and from marketing's moments: one thing a person."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from server.domain.engagement import Class, Kind
from server.domain.feed import Line, delivery_state
from server.domain.tasks import LONGEST_NAME, TaskType

LOOKED_AT = timedelta(days=21)
"""So far back lies what a suggestion may come from."""

RECENT = timedelta(days=3)
CLICKS = 2
QUIET = timedelta(days=5)
"""Without an answer so long, it is time to follow up …"""
TOO_QUIET = timedelta(days=14)
"""… and after so long no longer."""
AWAY = timedelta(days=7)
"""Who comes back to a mail after so long has a reason."""
MOST = 8
"""Open for one rep at a time."""


class Rule(StrEnum):
    """By how much they ask for something to be done."""

    MOMENT = "moment"
    CLICKED = "clicked"
    REVIVED = "revived"
    BOUNCED = "bounced"
    SILENT = "silent"


_ORDER = {rule: place for place, rule in enumerate(Rule)}


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail to one person, by somebody's hand. `answered`: they replied to it, or were written to again since."""

    message_id: str
    person_id: str
    subject: str
    sent_at: datetime
    answered: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`key`: the same happening is suggested once, whatever became of it. `facts`: name, subject, what, count, days, phone."""

    rule: Rule
    key: str
    person_id: str
    message_id: str | None
    at: datetime
    facts: Mapping[str, Any] = field(hash=False)


def suggested(lines: Iterable[Line], sent: Sequence[Sent], busy: Collection[str], now: datetime) -> list[Suggestion]:
    """`lines`: shown ones of a rep's feed since LOOKED_AT. `busy`: people about whom the rep has something to do already, or of
    whom they want to hear nothing."""
    known = [line for line in lines if _person(line)]
    replied = _latest(line for line in known if line.kind is Kind.REPLY)
    found = [
        *(one for line in known if (one := _of_line(line, now)) and replied.get(one.person_id, one.at) <= one.at),
        *_silent(known, sent, replied, now),
    ]
    best: dict[str, Suggestion] = {}
    for one in sorted(found, key=_rank):
        if one.person_id not in busy:
            best.setdefault(one.person_id, one)
    return sorted(best.values(), key=_rank)[:MOST]


def task_type(rule: Rule, facts: Mapping[str, Any]) -> TaskType:
    """A call where there is a number and nobody asked not to be called."""
    if rule is Rule.BOUNCED:
        return TaskType.CUSTOM
    return TaskType.CALL if facts.get("phone") and rule is not Rule.SILENT else TaskType.EMAIL


def shortened(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def _rank(one: Suggestion) -> tuple[int, float, str]:
    return _ORDER[one.rule], -one.at.timestamp(), one.key


def _of_line(line: Line, now: datetime) -> Suggestion | None:
    if line.kind is Kind.MOMENT:
        is_asking = line.facts["moment"]["type"] == "milestone" and line.at >= now - RECENT
        return (
            _made(Rule.MOMENT, line, f"moment {line.moment_id}", what=line.facts["moment"]["description"])
            if is_asking
            else None
        )
    if line.at < now - RECENT or line.klass in (Class.MACHINE, Class.UNKNOWN, Class.OWN):
        return None
    if line.kind is Kind.CLICK and line.count >= CLICKS:
        link = line.facts.get("link") or {}
        what = link.get("text") or link.get("url") or ""
        return _made(Rule.CLICKED, line, f"clicked {line.key}", what=what)
    if line.kind is Kind.VIEW and line.count > 1 and line.at - line.first_at >= AWAY:
        return _made(Rule.REVIVED, line, f"revived {line.key}", days=(line.at - line.first_at).days)
    if line.kind is Kind.BOUNCE and delivery_state(line) == "failed":
        return _made(Rule.BOUNCED, line, f"bounced {line.message_id} {_person(line)}")
    return None


def _silent(
    lines: Iterable[Line], sent: Iterable[Sent], replied: Mapping[str, datetime], now: datetime
) -> Iterable[Suggestion]:
    """Read, and not answered."""
    read = {(line.message_id, _person(line)): line for line in lines if line.kind in (Kind.VIEW, Kind.CLICK)}
    for mail in sent:
        line = read.get((mail.message_id, mail.person_id))
        since = now - mail.sent_at
        waits = QUIET <= since < TOO_QUIET and not mail.answered and replied.get(mail.person_id, mail.sent_at) <= mail.sent_at
        if line and waits:
            yield _made(Rule.SILENT, line, f"silent {mail.message_id} {mail.person_id}", days=since.days)


def _made(rule: Rule, line: Line, key: str, **facts: Any) -> Suggestion:
    person = line.facts["who"]["person"]
    told = {
        "name": person["name"] or person["address"] or "",
        "subject": (line.facts.get("message") or {}).get("subject", ""),
        "count": line.count,
        "phone": None if person["do_not_call"] else person["phone"],
        **facts,
    }
    return Suggestion(rule, key, person["id"], line.message_id, line.at, told)


def _person(line: Line) -> str:
    """Who it was, when that is known."""
    person = line.facts["who"]["person"] or {}
    return person.get("id") or ""


def _latest(lines: Iterable[Line]) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for line in lines:
        found[_person(line)] = max(line.at, found.get(_person(line), line.at))
    return found
