"""The part of Gmail's search language that a mail program uses."""

import re
import shlex
from datetime import UTC, date, datetime, timedelta

from server.errors import BadInput
from server.sandbox.message import Message

_SPAN = re.compile(r"^(\d+)([hdmy])$")
_HOURS = {"h": 1, "d": 24, "m": 24 * 30, "y": 24 * 365}
_PLACES = {"sent": "SENT", "inbox": "INBOX", "drafts": "DRAFT", "draft": "DRAFT", "trash": "TRASH", "spam": "SPAM"}
_PLACES |= {"scheduled": "SCHEDULED", "starred": "STARRED", "unread": "UNREAD", "important": "IMPORTANT"}


def matches(query: str, message: Message, now: datetime) -> bool:
    """All terms must hold, of those in braces one; `-` before a term turns it round. BadInput for an operator the sandbox
    does not know."""
    return all(any(_term(term, message, now) for term in group) for group in _groups(query))


def _groups(query: str) -> list[list[str]]:
    groups: list[list[str]] = []
    inside = False
    for term in _terms(query):
        bare = term.removeprefix("{").removesuffix("}")
        if not inside or term.startswith("{"):
            groups.append([])
        if bare:
            groups[-1].append(bare)
        inside = (inside or term.startswith("{")) and not term.endswith("}")
    return groups


def _terms(query: str) -> list[str]:
    try:
        return shlex.split(query)
    except ValueError:
        return query.split()


def _term(term: str, message: Message, now: datetime) -> bool:
    if term.startswith("-") and len(term) > 1:
        return not _term(term[1:], message, now)
    operator, colon, value = term.partition(":")
    if not colon:
        return _somewhere(term, message)
    return _operator(operator.lower(), value.strip("()"), message, now)


def _operator(operator: str, value: str, message: Message, now: datetime) -> bool:
    match operator:
        case "in" | "is" | "label":
            return _in_place(value, message)
        case "newer_than":
            return message.internal_date >= now - _span(value)
        case "older_than":
            return message.internal_date < now - _span(value)
        case "after" | "newer":
            return message.internal_date >= _moment(value)
        case "before" | "older":
            return message.internal_date < _moment(value)
        case "rfc822msgid":
            return message.message_id.strip("<>") == value.strip("<>")
        case "from" | "to" | "cc" | "bcc":
            return _address(operator, value, message)
        case "subject":
            return value.lower() in message.subject.lower()
        case "has":
            return value == "attachment" and any(part.get_filename() for part in message.parsed.walk())
    raise BadInput(f"the sandbox does not know the search operator {operator}:")


def _in_place(value: str, message: Message) -> bool:
    if value.lower() == "anywhere":
        return True
    if value.lower() == "read":
        return "UNREAD" not in message.labels
    return _PLACES.get(value.lower(), value) in message.labels


def _address(operator: str, value: str, message: Message) -> bool:
    fields = ("To", "Cc", "Bcc") if operator == "to" else (operator.capitalize(),)
    written = " ".join(written for field in fields for written in message.headers.all(field)).lower()
    return value.lower() in written


def _somewhere(word: str, message: Message) -> bool:
    return word.lower() in f"{message.subject}\n{message.text}\n{message.html}".lower()


def _span(value: str) -> timedelta:
    found = _SPAN.match(value)
    if found is None:
        raise BadInput(f"not a span of time: {value}")
    return timedelta(hours=int(found[1]) * _HOURS[found[2]])


def _moment(value: str) -> datetime:
    """Seconds since the epoch, or YYYY/MM/DD (as midnight UTC)."""
    if value.isdigit() and len(value) > 8:
        return datetime.fromtimestamp(int(value), UTC)
    try:
        day = date.fromisoformat(value.replace("/", "-"))
    except ValueError as bad:
        raise BadInput(f"not a date: {value}") from bad
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
