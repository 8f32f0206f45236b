"""Failures played on request: by method, so many times, in the shapes a service's own answers have."""

import fnmatch
import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from email.utils import format_datetime
from functools import partial

from flask import Response, request

from server.errors import BadInput
from server.sandbox.clock import Clock
from server.sandbox.envelope import envelope, html_page

_QUOTA = "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user' of service 'gmail.googleapis.com'."
_USAGE = "usageLimits"
_OFF = "Gmail API has not been used in project 412900000000 before or it is disabled. Enable it, then retry."


@dataclass(frozen=True)
class Failure:
    """`method` as in Google's discovery document (gmail.users.messages.get), `oauth.token`, `batch`, or a pattern with *.

    `times` None goes on until cleared; `after` lets so many calls through first; `seconds` is how long a slow answer takes.
    """

    method: str
    kind: str
    times: int | None = 1
    after: int = 0
    account: str | None = None
    seconds: float = 2.0


_ENVELOPES: dict[str, tuple[int, str, str, str]] = {
    "400-badRequest": (400, "Bad Request", "badRequest", "global"),
    "400-failedPrecondition": (400, "Precondition check failed.", "failedPrecondition", "global"),
    "401-authError": (401, "Request had invalid authentication credentials.", "authError", "global"),
    "403-rateLimitExceeded": (403, _QUOTA, "rateLimitExceeded", _USAGE),
    "403-userRateLimitExceeded": (403, "User Rate Limit Exceeded", "userRateLimitExceeded", _USAGE),
    "403-dailyLimitExceeded": (403, "Daily Limit Exceeded", "dailyLimitExceeded", _USAGE),
    "403-domainPolicy": (403, "The domain administrators have disabled Gmail apps.", "domainPolicy", "global"),
    "403-accessNotConfigured": (403, _OFF, "accessNotConfigured", _USAGE),
    "403-insufficientPermissions": (403, "Insufficient Permission", "insufficientPermissions", "global"),
    "404-notFound": (404, "Requested entity was not found.", "notFound", "global"),
    "429-rateLimitExceeded": (429, _QUOTA, "rateLimitExceeded", _USAGE),
    "429-concurrent": (429, "Too many concurrent requests for user", "rateLimitExceeded", _USAGE),
    "500-backendError": (500, "Internal error encountered.", "backendError", "global"),
    "503-backendError": (503, "The service is currently unavailable.", "backendError", "global"),
}

_PAGES: dict[str, tuple[int, str]] = {
    "403-html": (403, "Your client does not have permission to get URL from this server."),
    "500-html": (500, "The server encountered an error and could not complete your request."),
    "502-html": (502, "The server encountered a temporary error and could not complete your request."),
    "503-html": (503, "The service you requested is not available at this time."),
}

# What only the token endpoint says.
_TOKEN_ANSWERS: dict[str, tuple[int, dict[str, str]]] = {
    "invalid_grant": (400, {"error_description": "Token has been expired or revoked."}),
    "invalid_client": (401, {"error_description": "The OAuth client was not found."}),
    "admin_policy_enforced": (400, {"error_description": "Access to your account data is restricted by policies."}),
    "invalid_rapt": (
        400,
        {
            "error": "invalid_grant",
            "error_description": "reauth related error (invalid_rapt)",
            "error_uri": "https://support.google.com/a/answer/9368756",
            "error_subtype": "invalid_rapt",
        },
    ),
    "temporarily_unavailable": (503, {"error_description": "The service is temporarily unavailable."}),
    "internal_failure": (500, {"error_description": "Internal Error"}),
}

Answer = Callable[[], Response]


class Failures:
    """`answers` by kind: what this service says when it fails; by default what Google says."""

    def __init__(self, clock: Clock, answers: Mapping[str, Answer] | None = None) -> None:
        self._answers = {**(_of_google(clock) if answers is None else answers), **_ANYWHERE}
        self._lock = threading.Lock()
        self._script: list[Failure] = []
        self._stopping = threading.Event()

    @property
    def kinds(self) -> list[str]:
        return [*self._answers, "slow"]

    def add(self, failure: Failure) -> None:
        if failure.kind not in self.kinds:
            raise BadInput(f"no such failure; one of: {', '.join(self.kinds)}")
        with self._lock:
            self._script.append(failure)

    def clear(self, method: str | None = None) -> None:
        with self._lock:
            self._script = [failure for failure in self._script if method is not None and failure.method != method]

    def pending(self) -> list[Failure]:
        with self._lock:
            return list(self._script)

    def take(self, method: str, account: str | None) -> Failure | None:
        """The first that fits this call, counted down."""
        with self._lock:
            for at, failure in enumerate(self._script):
                if fnmatch.fnmatchcase(method, failure.method) and failure.account in (None, account):
                    return self._count_down(at, failure)
        return None

    def _count_down(self, at: int, failure: Failure) -> Failure | None:
        if failure.after > 0:
            self._script[at] = replace(failure, after=failure.after - 1)
            return None
        if failure.times is not None:
            if failure.times <= 1:
                del self._script[at]
            else:
                self._script[at] = replace(failure, times=failure.times - 1)
        return failure

    def play(self, method: str, account: str | None = None) -> Response | None:
        """The answer to give instead of the real one; None to go on (perhaps after a while)."""
        failure = self.take(method, account)
        return None if failure is None else self.answer(failure)

    def answer(self, failure: Failure) -> Response | None:
        if failure.kind == "slow":
            self._stopping.wait(failure.seconds)
            return None
        return self._answers[failure.kind]()

    def stop(self) -> None:
        """Wake every slow answer."""
        self._stopping.set()


def _of_google(clock: Clock) -> dict[str, Answer]:
    answers: dict[str, Answer] = {"403-details-only": _details_only, "429-retry-after": partial(_retry_later, clock)}
    for kind, (code, message, reason, domain) in _ENVELOPES.items():
        answers[kind] = partial(envelope, code, message, reason, domain=domain)
    for kind, page in _PAGES.items():
        answers[kind] = partial(html_page, *page)
    for kind, (status, said) in _TOKEN_ANSWERS.items():
        answers[kind] = partial(_json, {"error": kind, **said}, status)
    return answers


def _retry_later(clock: Clock) -> Response:
    now = clock.now()
    until = (now + timedelta(seconds=30)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    said = f"User-rate limit exceeded.  Retry after {until}"
    return envelope(429, said, "rateLimitExceeded", domain=_USAGE, headers={"Date": format_datetime(now, usegmt=True)})


def _details_only() -> Response:
    info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "RATE_LIMIT_EXCEEDED", "domain": "googleapis.com"}
    error = {"code": 403, "message": _QUOTA, "status": "PERMISSION_DENIED", "details": [info]}
    return _json({"error": error}, 403)


def _plain() -> Response:
    return Response("Internal Server Error", 500, content_type="text/plain")


def _half_json() -> Response:
    return Response('{"messages": [{"id": "18', 200, content_type="application/json; charset=UTF-8")


def _drop() -> Response:
    """The connection ends without an answer; on a server whose socket can't be reached, a bad gateway."""
    connection = request.environ.get("werkzeug.socket")
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)
    return Response("", 502)


def _drop_midway() -> Response:
    connection = request.environ.get("werkzeug.socket")

    def half() -> Iterator[bytes]:
        yield b'{"id": "18'
        if isinstance(connection, socket.socket):
            connection.shutdown(socket.SHUT_RDWR)
        yield b"never read"

    return Response(half(), 200, headers={"Content-Length": "5000"}, content_type="application/json; charset=UTF-8")


def _json(body: object, status: int) -> Response:
    return Response(json.dumps(body), status, content_type="application/json; charset=utf-8")


_ANYWHERE: dict[str, Answer] = {
    "500-plain": _plain,
    "invalid-json": _half_json,
    "drop": _drop,
    "drop-midway": _drop_midway,
}
KINDS = (*_of_google(Clock()), *_ANYWHERE, "slow")
