"""The one shape in which Google's APIs say no."""

import json
from collections.abc import Mapping

from flask import Response
from markupsafe import escape

_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}


class Refusal(Exception):
    """Raised anywhere below a Google endpoint; becomes the envelope."""

    def __init__(self, code: int, message: str, reason: str, **more: object) -> None:
        super().__init__(message)
        self.code, self.message, self.reason, self.more = code, message, reason, more

    def answer(self) -> Response:
        return envelope(self.code, self.message, self.reason, **self.more)  # type: ignore[arg-type]


def envelope(
    code: int,
    message: str,
    reason: str,
    *,
    domain: str = "global",
    location: str | None = None,
    details: list[Mapping[str, object]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    entry: dict[str, object] = {"message": message, "domain": domain, "reason": reason}
    if location is not None:
        entry |= {"location": location, "locationType": "header" if location == "Authorization" else "parameter"}
    status = "FAILED_PRECONDITION" if reason == "failedPrecondition" else _STATUS.get(code, "UNKNOWN")
    error: dict[str, object] = {"code": code, "message": message, "errors": [entry], "status": status}
    if details:
        error["details"] = details
    body = json.dumps({"error": error}, indent=2)
    return Response(body, code, headers=dict(headers or {}), content_type="application/json; charset=UTF-8")


def html_page(code: int, text: str) -> Response:
    """What Google's front end shows when the answer does not come from an API."""
    page = (
        f"<!DOCTYPE html>\n<html lang=en>\n<meta charset=utf-8>\n<title>Error {code}!!1</title>\n"
        f"<p><b>{code}.</b> <ins>That’s an error.</ins>\n<p>{escape(text)} <ins>That’s all we know.</ins>\n"
    )
    return Response(page, code, content_type="text/html; charset=UTF-8")
