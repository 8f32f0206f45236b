"""The mail in a request: base64 in JSON, or as it is on the upload paths."""

import base64
import binascii
import email
import json
import re

from flask import request

from server.sandbox.envelope import Refusal
from server.sandbox.gmail.call import Call, Json, invalid
from server.sandbox.gmail.fields import MESSAGE

LARGEST = 36_700_160
_BASE64 = re.compile(r"[A-Za-z0-9_\-+/]*={0,2}")
_MESSAGE_FIELDS = frozenset(MESSAGE) | {"classificationLabelValues"}


def sent_message(call: Call) -> tuple[bytes | None, Json]:
    """(RFC 822 bytes or None, the message resource beside it) of a body that is a message."""
    if not request.path.startswith("/upload/"):
        message = call.body(*_MESSAGE_FIELDS)
        return _raw(message), message
    return _uploaded()


def sent_draft(call: Call) -> tuple[bytes | None, Json, str | None]:
    """(RFC 822 bytes or None, the message resource, draft id) of a body that is a draft."""
    if not request.path.startswith("/upload/"):
        draft = call.body("id", "message")
        message = draft.get("message", {})
        if not isinstance(message, dict):
            raise invalid("Invalid value at 'draft.message'")
        return _raw(message), message, _text(draft.get("id"))
    raw, draft = _uploaded()
    message = draft.get("message", {})
    return raw, message if isinstance(message, dict) else {}, _text(draft.get("id"))


def needed(raw: bytes | None) -> bytes:
    if not raw:
        raise invalid("'raw' RFC822 payload message string or uploading message via /upload/* URL required")
    return raw


def _uploaded() -> tuple[bytes | None, Json]:
    content = request.get_data()
    if len(content) > LARGEST:
        raise Refusal(413, "Request Entity Too Large", "uploadTooLarge")
    match request.args.get("uploadType"):
        case "media":
            return content, {}
        case "multipart":
            return _related(content)
    raise Refusal(400, "The sandbox takes uploadType media and multipart.", "badRequest")


def _related(content: bytes) -> tuple[bytes, Json]:
    """One part of JSON, one of mail; the mail's bytes are cut out, not rebuilt."""
    whole = email.message_from_bytes(b"Content-Type: " + (request.content_type or "").encode() + b"\r\n\r\n" + content)
    parts = whole.get_payload()
    boundary = whole.get_boundary()
    if not isinstance(parts, list) or len(parts) != 2 or boundary is None or isinstance(parts[0], str):
        raise Refusal(400, "Malformed multipart body.", "badRequest")
    media = re.split(rb"(?:^|\r?\n)--" + re.escape(boundary.encode()) + rb"(?:--)?[ \t]*(?:\r?\n|$)", content)[2]
    described = parts[0].get_payload(decode=True)
    resource = json.loads(described) if isinstance(described, bytes) and described.strip() else {}
    return re.split(rb"\r?\n\r?\n", media, maxsplit=1)[1], resource if isinstance(resource, dict) else {}


def _raw(message: Json) -> bytes | None:
    text = message.get("raw")
    if text is None:
        return None
    if not isinstance(text, str) or not _BASE64.fullmatch(text):
        raise invalid("Invalid value at 'message.raw' (TYPE_BYTES), Base64 decoding failed")
    try:
        return base64.b64decode(text.replace("-", "+").replace("_", "/").rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except binascii.Error as bad:
        raise invalid("Invalid value at 'message.raw' (TYPE_BYTES), Base64 decoding failed") from bad


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
