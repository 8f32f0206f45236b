"""Errors become answers, here and nowhere else: problem+json for programs, a page for people."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, g, jsonify, make_response, redirect, render_template, request
from flask_wtf.csrf import CSRFError
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from server.errors import BadInput, Conflict, LivefeedError, OutsideError, SignInNeeded
from server.logs import Seldom, logger
from server.web.languages import has_text, t

_log = logger(__name__)
_SELDOM = Seldom()

_CODES = {
    400: "bad-request",
    404: "not-found",
    405: "wrong-method",
    413: "too-large",
    415: "wrong-type",
    421: "wrong-host",
    429: "too-many",
}
_FOR_PROGRAMS = ("/api/", "/webhooks/", "/addon/", "/auth/token", "/healthz", "/readyz", "/metrics", "/ws/")


def problem(
    code: str,
    status: int,
    detail: str = "",
    errors: Sequence[dict[str, str]] = (),
    headers: dict[str, str] | None = None,
    **more: object,
) -> Response:
    """RFC 9457, with the stable `code`, the request's id, and what is wrong with which field. `more`: further members."""
    body = {
        "type": f"urn:livefeed:problem:{code}",
        "title": title_of(code),
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": g.get("request_id", ""),
        "errors": list(errors),
        **more,
    }
    response = jsonify(body)
    response.status_code = status
    response.content_type = "application/problem+json"
    response.headers.update(headers or {})
    return response


def title_of(code: str) -> str:
    return t(f"error.{code}") if has_text(f"error.{code}") else t("error.internal")


def answer(
    code: str, status: int, detail: str = "", errors: Sequence[dict[str, str]] = (), headers: dict[str, str] | None = None
) -> AnyResponse:
    if wants_problem():
        return problem(code, status, detail, errors, headers)
    return make_response(render_template("error.html", status=status), status, headers or {})


def wants_problem() -> bool:
    return request.path.startswith(_FOR_PROGRAMS) or not request.accept_mimetypes.accept_html


def invalid(error: ValidationError) -> Response:
    """flask-openapi3 asks this for the answer to a body or query that does not fit."""
    errors = [{"field": ".".join(str(part) for part in one["loc"]), "message": one["msg"]} for one in error.errors()]
    return problem("bad-input", 422, errors=errors)


def register(app: Flask) -> None:
    app.register_error_handler(LivefeedError, _of_ours)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)


def _of_ours(error: LivefeedError) -> AnyResponse:
    if isinstance(error, SignInNeeded) and not wants_problem():
        return redirect(sign_in_address(), 303)
    if isinstance(error, Conflict) and error.facts.get("current") is not None and wants_problem():
        return problem(error.code, error.status, error.detail, current=error.facts["current"])
    if error.status >= 500:
        _log.warning("request failed", code=error.code, cause=str(error.facts.get("cause", "")), detail=error.detail)
    errors = [{"field": name, "message": text} for name, text in error.fields.items()] if isinstance(error, BadInput) else []
    return answer(error.code, error.status, error.detail, errors, _headers(error))


def _headers(error: LivefeedError) -> dict[str, str]:
    if isinstance(error, SignInNeeded):
        return {"WWW-Authenticate": "Bearer"}
    wait = error.retry_after if isinstance(error, OutsideError) else None
    return {"Retry-After": str(max(1, round(wait or 5)))} if error.retryable else {}


def sign_in_address() -> str:
    """Back to where one wanted to go, if that was a page."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return "/auth/sign-in" + (f"?{urlencode({'next': wanted})}" if wanted != "/" else "")


def _csrf(_error: CSRFError) -> AnyResponse:
    return answer("csrf", 400)


def _http(error: HTTPException) -> Any:
    status = error.code or 500
    if status < 400:
        return error
    headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    return answer(_CODES.get(status, "internal" if status >= 500 else "bad-request"), status, headers=headers)


def _unforeseen(error: Exception) -> AnyResponse:
    route = request.url_rule.rule if request.url_rule else "none"
    kept_back = _SELDOM.due(f"{route} {type(error).__name__}")
    if kept_back is not None:
        _log.error("request broke", route=route, others=kept_back, exc_info=error)
    return answer("internal", 500)
