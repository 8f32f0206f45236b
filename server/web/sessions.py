"""Who asks: the browser's session or the extension's bearer token, looked up once a request."""

from urllib.parse import urlsplit

from flask import g, request
from flask import session as csrf_session
from werkzeug.wrappers import Response

from server.domain.addresses import client_address
from server.domain.users import Session, User
from server.errors import SignInNeeded
from server.web.context import here
from server.web.tracking import OWN_COOKIE, OWN_MAX_AGE, OWN_PURPOSE, own_cookie

COOKIE = "lf_session"
_YEARS = 400 * 86400
"""Browsers keep no cookie longer; the session's own row says when it ends."""
_DEVICE_TAGS = 10


def address() -> str:
    headers = request.headers
    forwarded_for, forwarded = headers.get("X-Forwarded-For", ""), headers.get("Forwarded", "")
    return client_address(request.remote_addr or "", forwarded_for, forwarded, here().proxies)


def from_cookie() -> Session | None:
    sealed = request.cookies.get(COOKIE)
    session_id = here().tokens.unsign("session", sealed, _YEARS) if sealed else None
    return here().users.session(session_id, address()) if isinstance(session_id, str) else None


def from_bearer() -> Session | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return here().users.bearer(token.strip(), address()) if scheme.lower() == "bearer" else None


def has_bearer() -> bool:
    return request.headers.get("Authorization", "").lower().startswith("bearer ")


def current(*, by_token: bool = False) -> Session | None:
    """The caller's session: by bearer token where the route takes one and one is sent, else by cookie."""
    if "caller" not in g:
        g.caller = from_bearer() if by_token else from_cookie()
    caller: Session | None = g.caller
    return caller


def user() -> User:
    """The caller; SignInNeeded when nobody is signed in."""
    caller = current()
    if caller is None:
        raise SignInNeeded()
    return caller.user


def begin(response: Response, who: User) -> None:
    """Open a session in this browser, end the one before, and remember the device as the rep's own."""
    former = from_cookie()
    if former is not None:
        here().users.end_session(former.id)
    csrf_session.clear()  # a form got before signing in must not work after it
    opened = here().users.open_session(who, "web", request.user_agent.string, address())
    _keep(response, COOKIE, here().tokens.sign("session", opened.id))
    keep_device(response, who)


def keep_device(response: Response, who: User) -> None:
    """This browser is the user's own, at the host it asks now."""
    # Read at pictures inside other sites' pages too, which browsers allow only over TLS.
    site = "None" if here().secure else "Lax"
    _keep(response, OWN_COOKIE, own_cookie(here().tokens, _tags_with(who.tag)), site)


def way_in(who: User, onward: str) -> str:
    """Where to go after signing in: by way of the tracking host, if it is another, which then knows the device too. Browsers
    let it keep a cookie when it is visited; when it is only asked for a picture, many don't."""
    if urlsplit(here().tracking_url).hostname == urlsplit(here().public_url).hostname:
        return onward
    return f"{here().tracking_url}/auth/device/{here().users.device_code(who, onward)}"


def end(response: Response) -> None:
    """The device stays the rep's own: what it opens later is still no view."""
    caller = from_cookie()
    if caller is not None:
        here().users.end_session(caller.id)
    csrf_session.clear()
    response.delete_cookie(COOKIE, path="/", secure=here().secure, httponly=True, samesite="Lax")


def _tags_with(tag: str) -> list[str]:
    sealed = request.cookies.get(OWN_COOKIE)
    known = here().tokens.unsign(OWN_PURPOSE, sealed, OWN_MAX_AGE) if sealed else None
    others = [other for other in known if other != tag] if isinstance(known, list) else []
    return [tag, *others][:_DEVICE_TAGS]


def _keep(response: Response, name: str, value: str, site: str = "Lax") -> None:
    response.set_cookie(name, value, max_age=_YEARS, path="/", secure=here().secure, httponly=True, samesite=site)
