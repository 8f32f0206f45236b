"""Many calls in one request: each part is answered as if it came alone."""

import email
import email.message
import re
import secrets

from flask import Response, current_app, request
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Response as AnyResponse

from server.sandbox.envelope import Refusal
from server.sandbox.gmail.routes import gmail
from server.sandbox.google import here

MOST = 100
_HEAD_END = re.compile(rb"\r?\n\r?\n")


@gmail.post("/batch")
@gmail.post("/batch/gmail/v1")
def batch() -> Response:
    played = here().failures.play("batch")
    if played is not None:
        return played
    parts = _parts()
    if len(parts) > MOST:
        raise Refusal(400, f"The batch request has more than {MOST} calls.", "badRequest")
    boundary = f"batch_{secrets.token_urlsafe(24)}"
    body = b"".join(_framed(boundary, part, _run(part)) for part in parts) + f"--{boundary}--".encode()
    return Response(body, content_type=f"multipart/mixed; boundary={boundary}")


def _parts() -> list[email.message.Message]:
    whole = email.message_from_bytes(
        b"Content-Type: " + (request.content_type or "").encode() + b"\r\n\r\n" + request.get_data()
    )
    parts = whole.get_payload()
    if whole.get_content_type() != "multipart/mixed" or not isinstance(parts, list):
        raise Refusal(400, "Failed to parse batch request, no boundary found.", "parseError")
    return [part for part in parts if isinstance(part, email.message.Message)]


def _run(part: email.message.Message) -> AnyResponse:
    head, _, content = _HEAD_END.sub(b"\n\n", _bytes(part).lstrip(), count=1).partition(b"\n\n")
    line, _, fields = head.decode("latin-1").partition("\n")
    words = line.split()
    if len(words) < 2 or words[1].startswith("/batch"):
        raise Refusal(400, "Failed to parse batch request.", "parseError")
    headers = Headers(email.message_from_string(fields).items())
    headers.setdefault("Authorization", request.headers.get("Authorization", ""))
    headers.pop("Content-Length", None)
    builder = EnvironBuilder(path=words[1], method=words[0], headers=headers, data=content, base_url=request.host_url)
    environ = builder.get_environ()
    # A part that is told to drop the connection drops the one the batch came by.
    environ["werkzeug.socket"] = request.environ.get("werkzeug.socket")
    return AnyResponse.from_app(current_app.wsgi_app, environ, buffered=True)


def _bytes(part: email.message.Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _framed(boundary: str, part: email.message.Message, answer: AnyResponse) -> bytes:
    asked = part.get("Content-ID", "")
    shown_id = f"Content-ID: <response-{asked.strip('<>')}>\r\n" if asked else ""
    headers = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items() if name != "Content-Length")
    content = answer.get_data()
    head = (
        f"--{boundary}\r\nContent-Type: application/http\r\n{shown_id}\r\n"
        f"HTTP/1.1 {answer.status}\r\n{headers}Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content + b"\r\n"
