"""What the API tells about one message."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from server.domain.engagement import Class, Kind
from server.domain.feed import Cast, InboundMail, Judged, forwarded_fact, thread_url
from server.domain.messages import Message, Recipient
from server.domain.users import User
from server.services.feed import hit_json
from server.storage import engagement as engagements
from server.storage.database import Transaction

_BY_PEOPLE = frozenset({Class.HUMAN, Class.PROXY_HUMAN})


def summary(message: Message, user: User, gmail_web_url: str) -> dict[str, Any]:
    """One line of the list of messages."""
    return {
        "id": message.id,
        "subject": message.subject,
        "state": message.state.value,
        "tracked": message.tracked,
        "sent_at": _text(message.sent_at),
        "thread_url": thread_url(gmail_web_url, user.address, message.thread_id),
        "archived": message.state.value == "archived",
        "recipients": [_recipient(one) for one in message.recipients],
    }


def details(tx: Transaction, message: Message, user: User, gmail_web_url: str) -> dict[str, Any]:
    cast = engagements.casts(tx, [message.id])[message.id]
    hits = sorted(engagements.hits_of(tx, [message.id]), key=lambda one: (one.hit.at, one.hit.id), reverse=True)
    mails = sorted(engagements.mails_of(tx, [message.id]), key=lambda mail: (mail.at, mail.id), reverse=True)
    return {
        **summary(message, user, gmail_web_url),
        "links": [{"ordinal": link.ordinal, "url": link.url, "text": link.text} for link in message.links],
        "counts": _counts(hits, mails),
        "forwarded": _forwarded(hits, cast),
        "apple": any("apple-mpp" in judged.verdict.codes for judged in hits),
        "hits": [hit_json(judged, cast) for judged in hits],
        "mails": [_mail(mail) for mail in mails],
    }


def _counts(hits: Iterable[Judged], mails: Iterable[InboundMail]) -> dict[str, int]:
    """Views and clicks are those of people; the other hits are counted by their class."""
    people = Counter(judged.hit.kind for judged in hits if judged.verdict.klass in _BY_PEOPLE)
    classes = Counter(judged.verdict.klass for judged in hits)
    inbound = Counter(mail.kind for mail in mails)
    return {
        "views": people[Kind.VIEW],
        "clicks": people[Kind.CLICK],
        "replies": inbound[Kind.REPLY],
        "auto_replies": inbound[Kind.AUTO_REPLY],
        "bounces": inbound[Kind.BOUNCE],
        "machine": classes[Class.MACHINE],
        "unknown": classes[Class.UNKNOWN],
        "own": classes[Class.OWN],
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
        "personal": one.personal,
        "bounced": one.bounced,
        "replied_at": _text(one.replied_at),
    }


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
