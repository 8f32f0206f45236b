"""Each request: an id, one line in the log without anything secret, and its place in the metrics."""

import re
import secrets
import time

import structlog
from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram

from server.logs import logger

_REQUESTS = Counter("livefeed_http_requests", "Requests answered", ["method", "route", "status"])
_SECONDS = Histogram("livefeed_http_request_seconds", "Time to answer", ["route"])

_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_log = logger(__name__)


def register(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_finish)


def _begin() -> None:
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if _ID.fullmatch(given) else secrets.token_hex(8)
    g.began = time.monotonic()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _finish(response: Response) -> Response:
    seconds = time.monotonic() - g.began
    route = request.url_rule.rule if request.url_rule else "none"
    method = request.method if request.method in _METHODS else "other"
    _REQUESTS.labels(method, route, response.status_code).inc()
    _SECONDS.labels(route).observe(seconds)
    response.headers["X-Request-Id"] = g.request_id
    if request.path not in _QUIET:
        caller = g.get("caller")
        _log.info(
            "request",
            method=method,
            # The rule, not the address: what stands in its places or behind the question mark may be a secret.
            route=route,
            status=response.status_code,
            ms=round(seconds * 1000, 1),
            user=caller.user.id if caller else None,
        )
    return response
