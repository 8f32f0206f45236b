"""What keeps browsers safe: headers, cross-origin rules, limits, and only our own names as Host."""

from urllib.parse import urlsplit

from flask import Flask, Response, request
from flask_limiter import Limiter
from flask_talisman import Talisman
from werkzeug.exceptions import BadRequest, HTTPException

from server.domain.addresses import line_of
from server.web import access, sessions
from server.web.context import Context, here


def _line() -> str:
    """Of IPv6 the /64: whoever has one address there has them all."""
    return line_of(sessions.address())


limiter = Limiter(key_func=_line, headers_enabled=False)

_CORS_PATHS = ("/api/", "/auth/token")
_SECRET_PATHS = ("/feeds/", "/subscriptions/stop/", "/digest/stop/")
_PROBES = frozenset({"/healthz", "/readyz", "/metrics"})


class WrongHost(HTTPException):
    code = 421
    description = "Misdirected Request"


def register(app: Flask, context: Context, redis_url: str = "") -> None:
    app.config.update(
        SESSION_COOKIE_NAME="lf_form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,  # a window stays open for days; the token ends with the session
        RATELIMIT_STORAGE_URI=redis_url or "memory://",
        RATELIMIT_SWALLOW_ERRORS=True,  # Redis away: people still get in
    )
    app.after_request(_refer_nobody)  # before Talisman's, so that it comes after it
    Talisman(
        app,
        force_https=False,  # the proxy's task
        session_cookie_secure=context.secure,
        strict_transport_security=context.secure,
        frame_options="DENY",
        referrer_policy="same-origin",
        content_security_policy=_policy(context),
        content_security_policy_nonce_in=["script-src"],
    )
    access.csrf.init_app(app)
    limiter.init_app(app)
    app.before_request(_check_host)
    app.before_request(_refuse_nul)
    app.before_request(_answer_preflight)
    app.before_request(access.check)
    app.after_request(_allow_extension)


def _refer_nobody(response: Response) -> Response:
    # The address is the secret.
    if request.path.startswith(_SECRET_PATHS):
        response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _policy(context: Context) -> dict[str, str]:
    socket = context.public_url.replace("http", "ws", 1)
    google = urlsplit(context.auth_url)
    back = [f"https://{extension_id}.chromiumapp.org" for extension_id in sorted(context.extension_ids)]
    return {
        "default-src": "'self'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": f"'self' {socket}",
        "object-src": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        # Browsers hold a form to this through its redirects: signing in leads to Google, by way of the
        # tracking host, and from there to the extension.
        "form-action": " ".join(["'self'", f"{google.scheme}://{google.netloc}", context.tracking_url, *back]),
    }


def _check_host() -> None:
    if request.path in _PROBES:
        return  # load balancers ask by address
    name = urlsplit(f"//{request.host}").hostname or ""
    if name not in here().hosts:
        raise WrongHost()


def _refuse_nul() -> None:
    # PostgreSQL keeps no NUL in a text; nobody honest sends one.
    if "\0" in request.path or "\0" in "".join(f"{name}{value}" for name, value in request.args.items(multi=True)):
        raise BadRequest()


def _extension_origin() -> str | None:
    origin = request.headers.get("Origin", "")
    scheme, _, extension_id = origin.partition("://")
    allowed = scheme == "chrome-extension" and extension_id in here().extension_ids
    return origin if allowed and request.path.startswith(_CORS_PATHS) else None


def _answer_preflight() -> Response | None:
    if request.method != "OPTIONS" or _extension_origin() is None:
        return None
    response = Response(status=204)
    response.headers["Access-Control-Allow-Methods"] = "GET, POST, PUT, PATCH, DELETE"
    response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type, X-Request-Id"
    response.headers["Access-Control-Max-Age"] = "7200"
    return response


def _allow_extension(response: Response) -> Response:
    if request.path.startswith(_CORS_PATHS):
        response.vary.add("Origin")
        response.headers.setdefault("Cache-Control", "no-store")
    origin = _extension_origin()
    if origin is not None:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = "X-Request-Id, Retry-After"
    return response
