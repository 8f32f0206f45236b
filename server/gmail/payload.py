"""A message as Gmail's API gives it with `format=full` or `metadata`: nested parts, headers as pairs, base64url bodies."""

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from server.gmail.addresses import header_text
from server.gmail.transfer import read_text

Payload = Mapping[str, Any]


def header(payload: Payload, name: str) -> str | None:
    """The first header of that name, its encoded words decoded."""
    return next((header_text(value) for value in raw_headers(payload, name)), None)


def raw_headers(payload: Payload, name: str) -> list[str]:
    wanted = name.lower()
    pairs = payload.get("headers") or ()
    return [str(pair.get("value", "")) for pair in pairs if str(pair.get("name", "")).lower() == wanted]


def payload_parts(payload: Payload) -> Iterator[Payload]:
    """Every part in order, without looking into messages within the message."""
    waiting = [payload]
    while waiting:
        part = waiting.pop()
        yield part
        if not str(part.get("mimeType", "")).startswith("message/"):
            waiting += reversed(part.get("parts") or ())


def body_html(payload: Payload) -> str | None:
    return _body(payload, "text/html")


def body_text(payload: Payload) -> str | None:
    return _body(payload, "text/plain")


def part_data(part: Payload) -> bytes | None:
    """The content of a part; None when Gmail keeps it apart as an attachment."""
    data = (part.get("body") or {}).get("data")
    if not isinstance(data, str):
        return None
    try:
        return base64.urlsafe_b64decode(data + "=" * (-len(data) % 4))
    except (binascii.Error, ValueError):
        return None


def thread_url(mailbox: str, thread_id: str) -> str:
    """Where Gmail's web page shows the thread, in the account of that address."""
    return f"https://mail.google.com/mail/u/?authuser={quote(mailbox, safe='@')}#all/{quote(thread_id, safe='')}"


def _body(payload: Payload, kind: str) -> str | None:
    for part in payload_parts(payload):
        if str(part.get("mimeType", "")).lower() == kind and not part.get("filename"):
            data = part_data(part)
            if data is not None:
                return _decoded(data, part)
    return None


def _decoded(data: bytes, part: Payload) -> str:
    """Gmail hands text out as UTF-8 whatever the mail said; what is not UTF-8 is read by the mail's own charset."""
    declared = next(iter(raw_headers(part, "content-type")), "")
    charset = declared.lower().partition("charset=")[2].partition(";")[0].strip(" \"'")
    if b"\x1b" not in data:
        try:
            return data.decode()
        except UnicodeDecodeError:
            pass
    return read_text(data, charset)
