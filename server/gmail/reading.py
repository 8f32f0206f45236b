"""Gmail's JSON of a mail, read into our own words."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import Message as Part
from email.utils import getaddresses
from typing import Any

from server.domain.binding import Mark, SentMail, marks_in
from server.domain.messages import Field, Recipient
from server.domain.people import display_name
from server.gmail.client import decoded

INBOUND_HEADERS = (
    "From",
    "To",
    "Subject",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "Precedence",
    "X-Autoreply",
    "X-Autorespond",
    "X-Auto-Response-Suppress",
    "Return-Path",
    "Content-Type",
    "X-Failed-Recipients",
    "List-Id",
    "List-Unsubscribe",
)
"""All that is read of an inbound mail unless it is a bounce: nobody's words."""

_MESSAGE_ID = re.compile(r"<[^<>\s]+>")


@dataclass(frozen=True, slots=True)
class Inbound:
    """`references` are the Message-IDs it answers, the nearest first; `headers` has lower-case names."""

    gmail_id: str
    thread_id: str
    labels: frozenset[str]
    at: datetime
    from_name: str
    from_address: str
    subject: str
    rfc_message_id: str
    references: tuple[str, ...]
    headers: Mapping[str, str]


def inbound(message: Mapping[str, Any]) -> Inbound:
    headers = headers_of(message)
    name, address = sender(headers)
    return Inbound(
        gmail_id=str(message["id"]),
        thread_id=str(message["threadId"]),
        labels=frozenset(message.get("labelIds", ())),
        at=sent_at(message),
        from_name=name,
        from_address=address,
        subject=headers.get("subject", ""),
        rfc_message_id=rfc_message_id(headers),
        references=references(headers),
        headers=headers,
    )


def sent_mail(
    message: Mapping[str, Any], read_pixel: Callable[[str], Mark | None], read_click: Callable[[str], Mark | None]
) -> SentMail:
    headers = headers_of(message)
    marks = [mark for html in html_bodies(message.get("payload", {})) for mark in marks_in(html, read_pixel, read_click)]
    return SentMail(
        gmail_id=str(message["id"]),
        thread_id=str(message["threadId"]),
        rfc_message_id=rfc_message_id(headers),
        at=sent_at(message),
        subject=headers.get("subject", ""),
        recipients=recipients(headers),
        marks=tuple(dict.fromkeys(marks)),
    )


def headers_of(message: Mapping[str, Any]) -> dict[str, str]:
    """Lower-case names; of a header that stands twice, the first."""
    found: dict[str, str] = {}
    for one in message.get("payload", {}).get("headers", ()):
        found.setdefault(str(one["name"]).lower(), _plain(str(one["value"])))
    return found


def sent_at(message: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(int(message["internalDate"]) / 1000, UTC)


def rfc_message_id(headers: Mapping[str, str]) -> str:
    found = _MESSAGE_ID.search(headers.get("message-id", ""))
    return found[0] if found else ""


def references(headers: Mapping[str, str]) -> tuple[str, ...]:
    nearest = _MESSAGE_ID.findall(headers.get("in-reply-to", ""))
    return tuple(dict.fromkeys((*nearest, *reversed(_MESSAGE_ID.findall(headers.get("references", ""))))))


def sender(headers: Mapping[str, str]) -> tuple[str, str]:
    """(name, lower-case address); both empty when nobody can be read."""
    name, address = next(iter(getaddresses([headers.get("from", "")])), ("", ""))
    return display_name(name, address), address.lower()


def recipients(headers: Mapping[str, str]) -> tuple[Recipient, ...]:
    """From To, Cc and Bcc, numbered from 1; an address that stands twice counts once."""
    once: dict[str, tuple[Field, str]] = {}
    for field in Field:
        for name, address in getaddresses([headers.get(field.value, "")]):
            if "@" in address:
                once.setdefault(address.lower(), (field, display_name(name, address)))
    return tuple(Recipient(place, field, name, address) for place, (address, (field, name)) in enumerate(once.items(), start=1))


def html_bodies(payload: Mapping[str, Any]) -> Iterator[str]:
    """Every text/html part that is no attachment, as text."""
    if payload.get("mimeType") == "text/html" and not payload.get("filename"):
        data = payload.get("body", {}).get("data")
        if data:
            yield _text(decoded(data), payload)
    for part in payload.get("parts", ()):
        yield from html_bodies(part)


def _text(content: bytes, payload: Mapping[str, Any]) -> str:
    part = Part()
    part["Content-Type"] = next(
        (one["value"] for one in payload.get("headers", ()) if one["name"].lower() == "content-type"), ""
    )
    try:
        return content.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:
        return content.decode("utf-8", "replace")


def _plain(value: str) -> str:
    if "=?" not in value:
        return value
    try:
        return str(make_header(decode_header(value)))
    except (LookupError, ValueError):
        return value
