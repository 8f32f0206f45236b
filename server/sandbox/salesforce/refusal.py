"""How Salesforce says no: an array of errors."""

import json
from collections.abc import Sequence

from flask import Response

_ENTRY = dict[str, object]
KINDS = {
    "401-INVALID_SESSION_ID": "Session expired or invalid",
    "403-REQUEST_LIMIT_EXCEEDED": "TotalRequests Limit exceeded.",
    "403-API_DISABLED_FOR_ORG": "The REST API is not enabled for this Organization.",
    "403-INSUFFICIENT_ACCESS": "insufficient access rights on object id",
    "400-MALFORMED_QUERY": "unexpected token: '<EOF>'",
    "400-INVALID_FIELD": "No such column on sobject",
    "400-INVALID_QUERY_LOCATOR": "invalid query locator",
    "400-UNABLE_TO_LOCK_ROW": "unable to obtain exclusive access to this record",
    "404-NOT_FOUND": "The requested resource does not exist",
    "404-ENTITY_IS_DELETED": "entity is deleted",
    "409-CONFLICT": "The request could not be completed due to a conflict with the current state of the resource",
    "500-UNKNOWN_EXCEPTION": "An unexpected error occurred. Please include this ErrorId if you contact support: 1-2 (3)",
    "503-SERVER_UNAVAILABLE": "The server is currently too busy",
}


class Refusal(Exception):
    """Raised anywhere below an endpoint."""

    def __init__(self, status: int, code: str, message: str = "", fields: Sequence[str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.fields = status, code, fields
        self.message = message or KINDS[f"{status}-{code}"]

    def answer(self) -> Response:
        return refused(self.status, self.code, self.message, self.fields)


def refused(status: int, code: str, message: str, fields: Sequence[str] | None = None) -> Response:
    entry: _ENTRY = {"message": message, "errorCode": code}
    if fields is not None:
        entry["fields"] = list(fields)
    return Response(json.dumps([entry]), status, content_type="application/json;charset=UTF-8")


def page(status: int, title: str) -> Response:
    text = f"<html><head><title>Error Page</title></head><body><h1>{status} {title}</h1></body></html>"
    return Response(text, status, content_type="text/html; charset=UTF-8")
