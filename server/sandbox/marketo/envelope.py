"""How Marketo says yes and no: almost always with HTTP 200."""

import itertools
import json
from collections.abc import Mapping

from flask import Response

MESSAGES = {
    "600": "Access token not specified",
    "601": "Access token invalid",
    "602": "Access token expired",
    "603": "Access denied",
    "604": "Request timed out",
    "605": "HTTP Method not supported",
    "606": "Max rate limit '100' exceeded with in '20' secs",
    "607": "Daily quota reached",
    "608": "API Temporarily Unavailable",
    "609": "Invalid JSON",
    "610": "Requested resource not found",
    "611": "System error",
    "612": "Invalid Content Type",
    "614": "Subscription is not reachable",
    "615": "Concurrent access limit reached",
    "701": "A required value is blank",
    "702": "No data found for a given search scenario",
    "704": "Invalid date",
    "709": "Business rule violation",
    "713": "Transient error",
    "1003": "Invalid data",
    "1004": "Lead not found",
    "1006": "Field not found",
    "1007": "Multiple leads match the lookup criteria",
    "1013": "Object not found",
    "1029": "Too many jobs in queue",
}
_requests = itertools.count(0x1000)


class Refusal(Exception):
    """Raised anywhere below an endpoint; becomes the envelope. `message` empty: the usual one."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message)
        self.code, self.message = code, message or MESSAGES[code]

    def answer(self) -> Response:
        return failed(self.code, self.message)


def succeeded(**told: object) -> Response:
    return _json({"requestId": _request_id(), "success": True, **told})


def failed(code: str, message: str = "") -> Response:
    error = {"code": code, "message": message or MESSAGES[code]}
    return _json({"requestId": _request_id(), "success": False, "errors": [error]})


def page(status: int, title: str) -> Response:
    """What stands before the API says: HTML."""
    text = f"<html>\r\n<head><title>{status} {title}</title></head>\r\n<body>\r\n<center><h1>{status} {title}</h1></center>\r\n"
    return Response(text + "</body>\r\n</html>\r\n", status, content_type="text/html")


def _request_id() -> str:
    number = next(_requests)
    return f"{number & 0xFFFF:x}#{0x14272D00000 + number:x}"


def _json(body: Mapping[str, object]) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), content_type="application/json;charset=UTF-8")
