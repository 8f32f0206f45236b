"""What the API tells about one message."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from server.domain.engagement import Class, Kind
from server.domain.feed import Cast, InboundMail, Judged, forwarded_fact, thread_url
from server.domain.messages import Message, Recipient, State
from server.domain.users import User
from server.services.feed import hit_json
from server.storage import engagement as engagements
from server.storage import messages as stored
from server.storage import worklist
from server.storage.database import Transaction

Tally = Counter[tuple[Kind, Class]]
Row = tuple[str | int | None, ...]
Engaged = Mapping[tuple[str, Kind], tuple[datetime, datetime]]

COLUMNS = (
    "Sent",
    "Subject",
    "To",
    "Company",
    "Tracked",
    "Archived",
    "Views",
    "First view",
    "Last view",
    "Clicks",
    "First click",
    "Last click",
    "Replies",
    "First reply",
    "Last reply",
    "Automatic replies",
    "Bounces",
    "Machine hits",
    "Unknown hits",
    "Message",
)
"""Of a table of messages. Views, clicks and replies are those of people; times are RFC 3339 in UTC."""

_MACHINES = frozenset({Class.MACHINE.value, Class.UNKNOWN.value})


def summary(message: Message, told: Tally, user: User, gmail_web_url: str) -> dict[str, Any]:
    """One line of the list of messages."""
    return {
        "id": message.id,
        "subject": message.subject,
        "state": message.state.value,
        "tracked": message.tracked,
        "sent_at": _text(message.sent_at),
        "thread_url": thread_url(gmail_web_url, user.address, message.thread_id),
        "archived": message.state is State.ARCHIVED,
        "recipients": [_recipient(one) for one in message.recipients],
        "counts": _counts(told),
    }


def details(tx: Transaction, message: Message, user: User, gmail_web_url: str) -> dict[str, Any]:
    cast = engagements.casts(tx, [message.id])[message.id]
    hits = sorted(engagements.hits_of(tx, [message.id]), key=lambda one: (one.hit.at, one.hit.id), reverse=True)
    mails = sorted(engagements.mails_of(tx, [message.id]), key=lambda mail: (mail.at, mail.id), reverse=True)
    told = stored.tallies(tx, [message.id])[message.id]
    return {
        **summary(message, told, user, gmail_web_url),
        "recipients": [{**_recipient(one), "account": _account(one, cast)} for one in message.recipients],
        "muted": message.id in worklist.muted(tx, user.id, [message.id]),
        "links": [{"ordinal": link.ordinal, "url": link.url, "text": link.text} for link in message.links],
        "forwarded": _forwarded(hits, cast),
        "apple": any("apple-mpp" in judged.verdict.codes for judged in hits),
        "hits": [hit_json(judged, cast) for judged in hits],
        "mails": [_mail(mail) for mail in mails],
    }


def rows(tx: Transaction, page: Sequence[Message], hides_machines: bool) -> list[tuple[Message, Row]]:
    """A table of messages under COLUMNS; with `hides_machines` nothing is said of theirs."""
    ids = [message.id for message in page]
    told, casts, when = stored.tallies(tx, ids), engagements.casts(tx, ids), stored.last_engaged(tx, ids)
    counts = {message.id: _counts(told[message.id]) for message in page}
    if hides_machines:
        counts = {of: {name: n for name, n in each.items() if name not in _MACHINES} for of, each in counts.items()}
    return [(message, _row(message, counts[message.id], casts[message.id], when)) for message in page]


def _row(message: Message, counts: Mapping[str, int], cast: Cast, when: Engaged) -> Row:
    def engaged(kind: Kind) -> tuple[str | None, str | None]:
        first, last = when.get((message.id, kind), (None, None))
        return _text(first), _text(last)

    accounts = {_account(one, cast) for one in message.recipients} - {None}
    return (
        _text(message.sent_at),
        message.subject,
        "; ".join(f"{one.name} <{one.address}>" if one.name else one.address for one in message.recipients),
        "; ".join(sorted(str(account) for account in accounts)),
        "yes" if message.tracked else "no",
        "yes" if message.state is State.ARCHIVED else "no",
        counts["views"],
        *engaged(Kind.VIEW),
        counts["clicks"],
        *engaged(Kind.CLICK),
        counts["replies"],
        *engaged(Kind.REPLY),
        counts["auto_replies"],
        counts["bounces"],
        counts.get("machine"),
        counts.get("unknown"),
        message.id,
    )


def without_machines(told: dict[str, Any]) -> dict[str, Any]:
    """A line of the list, or a message as a whole, for reps who are not to see requests of machines."""
    counts = {**told["counts"], "machine": 0, "unknown": 0}
    hits = {"hits": [hit for hit in told["hits"] if hit["class"] not in _MACHINES]} if "hits" in told else {}
    return {**told, "counts": counts, **hits}


def _counts(told: Tally) -> dict[str, int]:
    """Views and clicks are those of people; their other hits are counted by class. Mail that came back has no class."""

    def people(kind: Kind) -> int:
        return told[kind, Class.HUMAN] + told[kind, Class.PROXY_HUMAN]

    def hits(klass: Class) -> int:
        return told[Kind.VIEW, klass] + told[Kind.CLICK, klass]

    return {
        "views": people(Kind.VIEW),
        "clicks": people(Kind.CLICK),
        "replies": people(Kind.REPLY),
        "auto_replies": people(Kind.AUTO_REPLY),
        "bounces": people(Kind.BOUNCE),
        "machine": hits(Class.MACHINE),
        "unknown": hits(Class.UNKNOWN),
        "own": hits(Class.OWN),
    }


def _forwarded(hits: Sequence[Judged], cast: Cast) -> dict[str, Any] | None:
    """The hint of the first copy that gives one: each copy has readers of its own."""
    for ordinal in sorted({judged.hit.recipient for judged in hits}):
        readers = 1 if ordinal else len(cast.recipients)
        hint = forwarded_fact([judged for judged in hits if judged.hit.recipient == ordinal], readers)
        if hint is not None:
            return hint
    return None


def _recipient(one: Recipient) -> dict[str, Any]:
    return {
        "name": one.name,
        "address": one.address,
        "kind": one.field.value,
        "person_id": one.person_id,
        "personal": one.personal,
        "bounced": one.bounced,
        "replied_at": _text(one.replied_at),
    }


def _account(one: Recipient, cast: Cast) -> str | None:
    person = cast.people.get(one.person_id or "")
    return person.account if person else None


def _mail(mail: InboundMail) -> dict[str, Any]:
    return {
        "id": mail.id,
        "kind": mail.kind.value,
        "at": _text(mail.at),
        "from": {"name": mail.from_name, "address": mail.from_address},
        "detail": dict(mail.detail) or None,
    }


def _text(at: datetime | None) -> str | None:
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z") if at else None
