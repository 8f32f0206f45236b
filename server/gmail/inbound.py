"""The facts of an inbound mail, from Gmail's API or from raw bytes, for `domain.replies` to judge."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from server.domain.bounces import DeliveryStatus
from server.domain.replies import InboundMail, looks_like_bounce, message_ids
from server.gmail.addresses import addresses, normal_address
from server.gmail.parts import Part, read_fields, read_parts, walk
from server.gmail.payload import Payload, part_data, payload_parts
from server.gmail.transfer import Unreadable, decode_transfer
from server.later import later

if TYPE_CHECKING:
    from flufl import bounce
else:
    bounce = later("flufl.bounce")

_STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status")
_TELLING_TYPES = (*_STATUS_TYPES, "message/disposition-notification")
_RETURNED_TYPES = (
    "message/rfc822",
    "message/rfc822-headers",
    "text/rfc822-headers",
    "message/global",
    "message/global-headers",
)
_BLANK_LINE = re.compile(rb"\r?\n[ \t]*\r?\n")
_MOST_RECIPIENTS = 1000
_MOST_PROSE = 20_000
_A_FIELD = re.compile(r"(?:subject|to|from|date|message-id):", re.IGNORECASE)


def inbound_from_raw(raw: bytes) -> InboundMail:
    root = read_parts(raw)
    headers: dict[str, list[str]] = {}
    for field in root.fields:
        headers.setdefault(field.name, []).append(field.value)
    parts = [(part.type, _content(raw, part)) for part in walk(root) if not part.children]
    mail = _inbound(headers, root.type, root.parameter("report-type") or "", parts)
    return _with_failures(mail, raw)


def inbound_from_payload(message: Mapping[str, Any]) -> InboundMail:
    """From a message resource of `format=full` (or `metadata`: headers only)."""
    payload: Payload = message.get("payload") or {}
    headers: dict[str, list[str]] = {}
    for pair in payload.get("headers") or ():
        headers.setdefault(str(pair.get("name", "")).lower(), []).append(str(pair.get("value", "")))
    kind = str(payload.get("mimeType", "text/plain")).lower()
    parts = [
        (str(part.get("mimeType", "")).lower(), _payload_content(part))
        for part in payload_parts(payload)
        if part is not payload
    ]
    mail = _inbound(headers, kind, _report_type(headers), parts)
    return _with_failures(mail, _as_raw(headers, payload))


def needs_raw(message: Mapping[str, Any]) -> bool:
    """Whether a delivery notification's fields are kept apart by Gmail, so that only `format=raw` tells them."""
    kept = [
        part
        for part in payload_parts(message.get("payload") or {})
        if str(part.get("mimeType", "")).lower() in _STATUS_TYPES and not _payload_content(part)
    ]
    return bool(kept)


def _inbound(headers: dict[str, list[str]], kind: str, report_type: str, parts: Sequence[tuple[str, bytes]]) -> InboundMail:
    senders = addresses(next(iter(headers.get("from", ())), ""))
    system = InboundMail(
        headers, senders[0][1] if senders else "", kind, report_type.lower() if kind == "multipart/report" else ""
    )
    if not looks_like_bounce(system):
        return system
    statuses = [status for part, content in parts if part in _STATUS_TYPES for status in delivery_statuses(content)]
    returned = [known for part, content in parts if part in _RETURNED_TYPES for known in _returned_ids(content)]
    returned += [known for part, content in parts if part in _TELLING_TYPES for known in _told_ids(content)]
    return InboundMail(headers, system.sender, kind, system.report_type, tuple(statuses), (), tuple(returned))


def delivery_statuses(content: bytes) -> list[DeliveryStatus]:
    """The recipients of a delivery-status part: blocks of fields, the first one about the message."""
    found = []
    for block in _BLANK_LINE.split(content.strip())[:_MOST_RECIPIENTS]:
        fields = {field.name: field.value for field in read_fields(block + b"\n", 0, len(block) + 1)}
        recipient = _typed(fields.get("final-recipient", ""))
        original = _typed(fields.get("original-recipient", ""))
        if recipient or original:
            diagnostic = " ".join(fields.get("diagnostic-code", "").partition(";")[2].split()) or fields.get(
                "diagnostic-code", ""
            )
            found.append(
                DeliveryStatus(
                    normal_address(recipient) or recipient,
                    normal_address(original),
                    fields.get("action", ""),
                    fields.get("status", ""),
                    diagnostic,
                    _time(fields.get("last-attempt-date", "")),
                )
            )
    return found


def _time(value: str) -> datetime | None:
    try:
        told = parsedate_to_datetime(value)
    except ValueError:
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def _typed(value: str) -> str:
    """`rfc822; name@example.com` without its type."""
    return (value.partition(";")[2] or value).strip().strip("<>")


def _returned_ids(content: bytes) -> tuple[str, ...]:
    for field in read_fields(content, 0, len((content + b"\n\n").partition(b"\n\n")[0].partition(b"\r\n\r\n")[0]) + 1):
        if field.name == "message-id":
            return message_ids(field.value)
    return ()


def _told_ids(content: bytes) -> tuple[str, ...]:
    fields = read_fields(content.strip(), 0, len(content.strip()))
    named = (field.value for field in fields if field.name in ("original-message-id", "x-original-message-id"))
    return message_ids(" ".join(named))


def _with_failures(mail: InboundMail, raw: bytes) -> InboundMail:
    """flufl.bounce reads the prose of notifications that have no fields; its word is taken only where a mail system speaks."""
    if mail.statuses or not looks_like_bounce(mail):
        return mail
    try:
        notice = message_from_bytes(raw)
        temporary, permanent = bounce.all_failures(notice)
        text = _prose(notice)
    except Exception:  # strangers' prose, read with code that expects the usual
        return mail
    found = [_status(address, "failed", text) for address in sorted(permanent)]
    found += [_status(address, "delayed", text) for address in sorted(temporary - permanent)]
    returned = mail.returned_ids or _ids_below(text)
    return InboundMail(mail.headers, mail.sender, mail.content_type, mail.report_type, (), tuple(found), returned)


def _status(address: bytes, action: str, text: str) -> DeliveryStatus:
    """What the notification says of an address stands behind it, up to the next blank line."""
    name = address.decode("utf-8", "replace")
    said = re.search(re.escape(name) + r">?\)?:?\s*((?:[^\n]+\n?){1,8})", text, re.IGNORECASE)
    words = " ".join(said[1].split()).lstrip(",:;- ") if said else ""
    return DeliveryStatus(normal_address(name) or name, action=action, diagnostic="" if _A_FIELD.match(words) else words)


def _prose(notice: Message) -> str:
    """The first text of a notification, of which only the beginning matters."""
    for part in notice.walk():
        if part.get_content_type() in ("text/plain", "multipart/report") and not part.is_multipart():
            content = part.get_payload(decode=True)
            return content[:_MOST_PROSE].decode("utf-8", "replace").replace("\r\n", "\n") if isinstance(content, bytes) else ""
    return ""


def _ids_below(text: str) -> tuple[str, ...]:
    """The Message-ID of a mail that stands as text below the notification."""
    named = re.search(r"^message-id:\s*(<\S+>)", text, re.IGNORECASE | re.MULTILINE)
    return message_ids(named[1]) if named else ()


def _content(raw: bytes, part: Part) -> bytes:
    body = raw[part.body : part.end]
    try:
        return decode_transfer(body, (part.get("content-transfer-encoding") or "").strip().lower())
    except Unreadable:
        return body


def _payload_content(part: Payload) -> bytes:
    """Gmail gives some message/* parts as data, others as nested parts of which only the headers stand."""
    data = part_data(part)
    if data:
        return data
    blocks = []
    for inner in part.get("parts") or ():
        lines = [f"{pair.get('name', '')}: {pair.get('value', '')}" for pair in inner.get("headers") or ()]
        blocks.append("\r\n".join(lines))
    return "\r\n\r\n".join(blocks).encode("utf-8", "replace")


def _report_type(headers: dict[str, list[str]]) -> str:
    for value in headers.get("content-type", ()):
        found = re.search(r"report-type\s*=\s*\"?([\w\-]+)", value, re.IGNORECASE)
        if found:
            return found[1]
    return ""


def _as_raw(headers: dict[str, list[str]], payload: Payload) -> bytes:
    """A plain mail of the same headers and text, for code that reads nothing else."""
    kept = [f"{name}: {value}" for name in ("from", "to", "subject", "x-failed-recipients") for value in headers.get(name, ())]
    texts = [part_data(part) or b"" for part in payload_parts(payload) if str(part.get("mimeType", "")) == "text/plain"]
    return "\r\n".join([*kept, "", ""]).encode("utf-8", "replace") + b"\r\n".join(texts)
