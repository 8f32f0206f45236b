"""Gmail's JSON of a mail, read into our own words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from server.domain.binding import Mark, SentMail, marks_in
from server.domain.messages import Field, Recipient
from server.domain.people import display_name
from server.domain.replies import InboundMail, Verdict, judge, looks_like_bounce, message_ids, referenced_ids
from server.gmail.addresses import addresses
from server.gmail.inbound import inbound_from_payload, inbound_from_raw
from server.gmail.payload import body_html, header

Message = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """An inbound mail. `references` are the Message-IDs it answers or gives back, the likeliest first."""

    gmail_id: str
    thread_id: str
    at: datetime
    from_name: str
    from_address: str
    rfc_message_id: str
    references: tuple[str, ...]
    verdict: Verdict


def sent_mail(message: Message, read_pixel: Callable[[str], Mark | None], read_click: Callable[[str], Mark | None]) -> SentMail:
    payload = message.get("payload") or {}
    return SentMail(
        gmail_id=str(message["id"]),
        thread_id=str(message["threadId"]),
        rfc_message_id=rfc_message_id(message),
        at=sent_at(message),
        subject=header(payload, "Subject") or "",
        recipients=recipients(message),
        marks=marks_in(body_html(payload) or "", read_pixel, read_click),
    )


def is_notice(message: Message) -> bool:
    """A mail server's own mail, by its headers: what it says stands in its body."""
    return looks_like_bounce(inbound_from_payload(message))


def answer(message: Message, raw: bytes | None) -> Answer:
    """From its headers; of a mail server's notice `raw` as well."""
    facts: InboundMail = inbound_from_payload(message) if raw is None else inbound_from_raw(raw)
    name, address = next(iter(addresses(header(message.get("payload") or {}, "From"))), ("", ""))
    return Answer(
        gmail_id=str(message["id"]),
        thread_id=str(message["threadId"]),
        at=sent_at(message),
        from_name=display_name(name, address),
        from_address=address,
        rfc_message_id=rfc_message_id(message),
        references=referenced_ids(facts),
        verdict=judge(facts),
    )


def sender(message: Message) -> str:
    """The address of From; "" when there is none."""
    found = addresses(header(message.get("payload") or {}, "From"))
    return found[0][1] if found else ""


def sent_at(message: Message) -> datetime:
    return datetime.fromtimestamp(int(message["internalDate"]) / 1000, UTC)


def rfc_message_id(message: Message) -> str:
    return next(iter(message_ids(header(message.get("payload") or {}, "Message-ID") or "")), "")


def chain(message: Message) -> tuple[str, ...]:
    """Message-IDs of the conversation before this mail, the oldest first."""
    return message_ids(header(message.get("payload") or {}, "References") or "")


def recipients(message: Message) -> tuple[Recipient, ...]:
    payload = message.get("payload") or {}
    return recipients_in(lambda name: header(payload, name))


def recipients_in(value_of: Callable[[str], str | None]) -> tuple[Recipient, ...]:
    """From To, Cc and Bcc, numbered from 1; an address that stands twice counts once. `value_of` gives a header by its
    lower-case name."""
    once: dict[str, tuple[Field, str]] = {}
    for field in Field:
        for name, address in addresses(value_of(field.value)):
            once.setdefault(address, (field, display_name(name, address)))
    return tuple(Recipient(place, field, name, address) for place, (address, (field, name)) in enumerate(once.items(), start=1))
