"""Messages, threads and drafts as the API's JSON."""

import base64
import email.message
import hashlib
from collections.abc import Collection

from server.errors import NotFound
from server.sandbox.envelope import Refusal
from server.sandbox.gmail.call import Call, Json, invalid
from server.sandbox.headers import Headers
from server.sandbox.mailbox import Draft
from server.sandbox.message import Message
from server.sandbox.threads import Thread

FORMATS = ("minimal", "full", "raw", "metadata")


def read_format(call: Call, text: str, allowed: Collection[str] = FORMATS) -> str:
    """Lower case; refused when unknown, or too much for gmail.metadata."""
    format = text.lower()
    if format not in allowed:
        raise invalid(f"Invalid value at 'format': \"{text}\"", "format")
    if call.metadata_only and format in ("full", "raw"):
        raise Refusal(403, f"Metadata scope doesn't allow format {format.upper()}", "forbidden")
    return format


def reference(message: Message) -> Json:
    return {"id": message.id, "threadId": message.thread_id}


def labelled(message: Message) -> Json:
    return reference(message) | {"labelIds": sorted(message.labels)}


def message_json(message: Message, format: str, wanted: Collection[str] = ()) -> Json:
    """`wanted` names the headers of format metadata, all when empty."""
    body = labelled(message) | {
        "snippet": message.snippet,
        "sizeEstimate": len(message.raw),
        "historyId": str(message.history_id),
        "internalDate": str(int(message.internal_date.timestamp() * 1000)),
    }
    if format == "raw":
        body["raw"] = encoded(message.raw)
    if format == "full":
        body["payload"] = _part(message.parsed, "", message.headers)
    if format == "metadata":
        body["payload"] = {
            "mimeType": message.parsed.get_content_type(),
            "headers": _headers(message.headers, {name.lower() for name in wanted}),
        }
    return body


def thread_json(thread: Thread, format: str, wanted: Collection[str] = ()) -> Json:
    messages = [message_json(message, format, wanted) for message in thread.messages]
    return {"id": thread.id, "historyId": str(thread.history_id), "messages": messages}


def draft_json(draft: Draft, message: Json | None = None) -> Json:
    return {"id": draft.id, "message": message or labelled(draft.message)}


def attachment(message: Message, id: str) -> bytes:
    """Raises NotFound."""
    for part in message.parsed.walk():
        content = _content(part)
        if part.get_filename() and _attachment_id(content) == id:
            return content
    raise NotFound("Requested entity was not found.")


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode()


def _part(part: email.message.Message, id: str, headers: Headers | None = None) -> Json:
    shown: Json = {"partId": id, "mimeType": part.get_content_type(), "filename": part.get_filename() or ""}
    shown["headers"] = _headers(headers or Headers(_head_of(part)), set())
    payload = part.get_payload()
    if part.is_multipart() and isinstance(payload, list):
        shown["body"] = {"size": 0}
        shown["parts"] = [_part(inner, f"{id}.{at}" if id else str(at)) for at, inner in enumerate(payload)]
    else:
        shown["body"] = _body(part)
    return shown


def _body(part: email.message.Message) -> Json:
    content = _content(part)
    if part.get_filename():
        return {"attachmentId": _attachment_id(content), "size": len(content)}
    if part.get_content_maintype() == "text":
        content = _as_utf8(content, part.get_content_charset())
    return {"size": len(content), "data": encoded(content)} if content else {"size": 0}


def _as_utf8(content: bytes, charset: str | None) -> bytes:
    """Gmail gives text in UTF-8 whatever the part's header, which it leaves as it was, says."""
    try:
        return content.decode(charset or "utf-8").encode()
    except (LookupError, UnicodeDecodeError):
        return content


def _content(part: email.message.Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _attachment_id(content: bytes) -> str:
    return "ANGjdJ" + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")


def _head_of(part: email.message.Message) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in part.items()).encode("utf-8", "surrogateescape") + b"\r\n"


def _headers(headers: Headers, wanted: Collection[str]) -> list[Json]:
    return [{"name": name, "value": value} for name, value in headers.items() if not wanted or name.lower() in wanted]
