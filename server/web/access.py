"""Every route says who may call it; one that says nothing stops the start."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, current_app, request
from flask_wtf.csrf import CSRFProtect

from server.errors import SignInNeeded
from server.web import sessions

csrf = CSRFProtect()

OPEN_BODY = 100_000
"""Bytes that are read of anybody at all: reading so many short fields of a form takes a twentieth of a second."""
SMALL_BODY = 1_000_000
MAIL_BODY = 50_000_000
"""Bytes. Gmail takes mails of 25 MB; two base64 codings stand around them."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

View = TypeVar("View", bound=Callable[..., Any])


class Access(StrEnum):
    ANYONE = "anyone"
    PERSON = "person"  # signed in here, with a browser's session
    CLIENT = "client"  # the same, or the extension with its bearer token
    PROVEN = "proven"  # the request carries its own proof, which the view asks for: a code, a ticket, Google's token


def access(kind: Access, *, body: int | None = None) -> Callable[[View], View]:
    """`body`: the longest request body, in bytes; if it is not told, it depends on who may call."""
    longest = body or (SMALL_BODY if kind in (Access.PERSON, Access.CLIENT) else OPEN_BODY)

    def mark(view: View) -> View:
        view.access = kind  # type: ignore[attr-defined]
        view.longest_body = longest  # type: ignore[attr-defined]
        return view

    return mark


def access_of(app: Flask, endpoint: str) -> Access | None:
    return getattr(app.view_functions[endpoint], "access", None)


def mark(app: Flask, endpoint: str, kind: Access) -> None:
    """For a view that a library made."""
    app.view_functions[endpoint] = access(kind)(app.view_functions[endpoint])


def require_marks(app: Flask) -> None:
    forgotten = sorted(str(rule) for rule in app.url_map.iter_rules() if access_of(app, rule.endpoint) is None)
    if forgotten:
        raise RuntimeError(f"nobody decided who may call {', '.join(forgotten)}")


def check() -> None:
    """Before each request; SignInNeeded, or Flask-WTF's CSRFError for a form or call that is not from our pages."""
    if request.endpoint is None or request.method == "OPTIONS":
        return
    request.max_content_length = getattr(current_app.view_functions[request.endpoint], "longest_body", OPEN_BODY)
    kind = access_of(current_app, request.endpoint)
    if kind is Access.PROVEN:
        return
    by_token = kind is Access.CLIENT and sessions.has_bearer()
    if kind in (Access.PERSON, Access.CLIENT) and sessions.current(by_token=by_token) is None:
        raise SignInNeeded()
    if request.method not in _SAFE and not by_token:
        csrf.protect()
