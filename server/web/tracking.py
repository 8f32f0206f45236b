"""The pixel and the tracked link: a raw WSGI callable in front of everything else.

A recipient's mail never breaks: the image is always an image and a link of ours always lands, whatever happens here.
What a hit needs stands in its token, so nothing is looked up before the answer.
"""

import re
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader

from server import i18n
from server.domain.addresses import Networks, Proxies, client_address
from server.domain.engagement import Kind, header_signs
from server.logs import Seldom, logger
from server.services.tracking import Sighting
from server.tokens import Tokens, new_id

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

OWN_COOKIE = "lf_own"
OWN_PURPOSE = "own-device"
OWN_MAX_AGE = 400 * 86_400.0
"""Seconds. The longest a browser keeps a cookie."""

GIF = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")
GIF_HEADERS = [
    ("Content-Type", "image/gif"),
    ("Content-Length", str(len(GIF))),
    ("Cache-Control", "no-store, no-cache, must-revalidate, max-age=0"),
    ("Pragma", "no-cache"),
]
_REDIRECT_HEADERS = [
    ("Content-Length", "0"),
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Robots-Tag", "noindex"),
]
_PAGE_HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
]
_SIGNS = (
    "HTTP_PURPOSE",
    "HTTP_SEC_PURPOSE",
    "HTTP_X_PURPOSE",
    "HTTP_X_MOZ",
    "HTTP_DNT",
    "HTTP_SEC_GPC",
    "HTTP_SEC_FETCH_USER",
)
_REFUSALS = frozenset({"dnt", "gpc"})
_LONGEST_AGENT = 500
_NONE: frozenset[str] = frozenset()
# What a Location header may hold as it stands.
_URL_CHARACTERS = "!#$%&'()*+,-./:;=?@[]_~"
_PLAIN_URL = re.compile(rf"https?://[A-Za-z0-9{re.escape(_URL_CHARACTERS)}]*")

# Without Flask, which stands behind this.
_TEMPLATES = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True)

_SELDOM = Seldom()
_log = logger(__name__)


class Edge:
    """`record` stores one sighting and returns once it is durable, or soon, whatever happens."""

    def __init__(
        self,
        app: "WSGIApplication",
        tokens: Tokens,
        record: Callable[[Sighting], object],
        trusted_proxies: Networks,
        clock: Callable[[], datetime],
    ) -> None:
        self._app = app
        self._tokens = tokens
        self._record = record
        self._proxies = Proxies(trusted_proxies)
        self._clock = clock

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        answer = self._pixel if path.startswith("/o/") else self._click if path.startswith("/c/") else None
        if answer is None:
            return self._app(environ, start_response)
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            start_response("405 Method Not Allowed", [("Allow", "GET, HEAD"), ("Content-Length", "0")])
            return []
        return answer(path, environ, start_response)

    def _pixel(self, path: str, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        token = self._tokens.read_pixel(path[path.rfind("/") + 1 :].removesuffix(".gif"))
        if token is not None:
            self._note(environ, token.message_id, Kind.VIEW, token.recipient, None)
        start_response("200 OK", GIF_HEADERS.copy())
        return [GIF] if environ["REQUEST_METHOD"] == "GET" else []

    def _click(self, path: str, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        token = self._tokens.read_click(path[3:])
        location = _location(token.url) if token is not None else None
        if token is None or location is None:
            return _not_found(environ, start_response)
        self._note(environ, token.message_id, Kind.CLICK, token.recipient, token.link)
        start_response("302 Found", [("Location", location), *_REDIRECT_HEADERS])
        return []

    def _note(self, environ: "WSGIEnvironment", message_id: str, kind: Kind, recipient: int, link: int | None) -> None:
        try:
            headers = {name: environ[name] for name in _SIGNS if name in environ}
            signs = header_signs(headers) if headers else _NONE
            if kind is Kind.VIEW and signs & _REFUSALS:
                return  # they asked not to be tracked; a click is a deliberate act
            self._record(
                Sighting(
                    new_id(),
                    message_id,
                    kind,
                    self._clock(),
                    environ["REQUEST_METHOD"],
                    _agent(environ),
                    signs,
                    _address(environ, self._proxies),
                    recipient,
                    link,
                    self._own_tags(environ),
                )
            )
        except Exception:
            # Whatever is wrong with us is none of the recipient's business.
            kept_back = _SELDOM.due("hit")
            if kept_back is not None:
                _log.exception("a hit was not noted", kept_back=kept_back)

    def _own_tags(self, environ: "WSGIEnvironment") -> frozenset[str]:
        sent = environ.get("HTTP_COOKIE", "")
        if OWN_COOKIE not in sent:
            return _NONE
        try:
            cookie = SimpleCookie(sent).get(OWN_COOKIE)
        except CookieError:
            return _NONE
        tags = self._tokens.unsign(OWN_PURPOSE, cookie.value, OWN_MAX_AGE) if cookie else None
        return frozenset(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else _NONE


def own_cookie(tokens: Tokens, tags: Iterable[str]) -> str:
    """The value of OWN_COOKIE: hits from this browser are these users' own."""
    return tokens.sign(OWN_PURPOSE, sorted(tags))


def _agent(environ: "WSGIEnvironment") -> str:
    agent: str = environ.get("HTTP_USER_AGENT", "")[:_LONGEST_AGENT]
    if not agent.isascii():
        agent = agent.encode("latin-1", "replace").decode("utf-8", "replace")
    return agent if agent.isprintable() else "".join(one for one in agent if one.isprintable())


def _address(environ: "WSGIEnvironment", proxies: Proxies) -> str:
    return client_address(
        environ.get("REMOTE_ADDR", ""),
        environ.get("HTTP_X_FORWARDED_FOR", ""),
        environ.get("HTTP_FORWARDED", ""),
        proxies,
    )


def _location(url: str) -> str | None:
    """The address as a header may carry it; None for what is no web address."""
    if _PLAIN_URL.fullmatch(url):
        return url
    if not url[:8].lower().startswith(("http://", "https://")):
        return None
    return quote(url, safe=_URL_CHARACTERS)


def _not_found(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """In the reader's language first, then in the others: who is told by their browser alone is easily told wrong."""
    first = i18n.best_locale(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
    locales = [first, *(locale for locale in i18n.LOCALES if locale != first)]
    texts = [(i18n.html_lang(one), i18n.text(one, "bad-link.title"), i18n.text(one, "bad-link.text")) for one in locales]
    nonce = secrets.token_urlsafe(16)
    page = _TEMPLATES.get_template("bad-link.html").render(texts=texts, nonce=nonce).encode()
    policy = f"default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; frame-ancestors 'none'"
    headers = [*_PAGE_HEADERS, ("Content-Security-Policy", policy), ("Content-Length", str(len(page)))]
    start_response("404 Not Found", headers)
    return [page] if environ["REQUEST_METHOD"] == "GET" else []
