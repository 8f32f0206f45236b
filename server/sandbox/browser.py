"""Enough of a browser to sign in: cookies, redirects, forms."""

import http.client
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.message import Message
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import html5lib

from server.errors import OutsideError

TIMEOUT = 20.0
_MOST_HOPS = 15
_AGENT = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"


@dataclass(frozen=True)
class Field:
    name: str
    value: str
    kind: str
    checked: bool


@dataclass(frozen=True)
class Form:
    """`buttons` are (name, value, words) of the submit buttons."""

    action: str
    method: str
    fields: tuple[Field, ...]
    buttons: tuple[tuple[str, str, str], ...]

    def values(self, *, tick_all: bool = False, choose: str = "") -> list[tuple[str, str]]:
        """What is sent: of radio buttons the one whose value is `choose`, of boxes the ticked ones or all."""
        return [(field.name, field.value) for field in self.fields if field.name and _is_sent(field, tick_all, choose)]


def _is_sent(field: Field, tick_all: bool, choose: str) -> bool:
    if field.kind == "checkbox":
        return tick_all or field.checked
    if field.kind == "radio":
        return field.value == choose if choose else field.checked
    return True


@dataclass(frozen=True)
class Page:
    url: str
    status: int
    headers: Message
    body: bytes

    @property
    def location(self) -> str:
        found = self.headers.get("Location", "")
        return urljoin(self.url, found) if found else ""

    @property
    def tree(self) -> Any:
        return html5lib.parse(self.body, namespaceHTMLElements=False)

    @property
    def forms(self) -> list[Form]:
        return [_form(node, self.url) for node in self.tree.iter("form")]

    @property
    def links(self) -> list[tuple[str, str]]:
        """(address, words)."""
        return [(urljoin(self.url, node.get("href", "")), _words(node)) for node in self.tree.iter("a")]

    @property
    def csrf_token(self) -> str:
        metas = (node.get("content", "") for node in self.tree.iter("meta") if node.get("name") == "csrf-token")
        hidden = (node.get("value", "") for node in self.tree.iter("input") if node.get("name") == "csrf_token")
        return next(metas, "") or next(hidden, "")


class _Still(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass
class Browser:
    """One person's browser. `stop_at`: a redirect to an address that begins so is handed back, not followed."""

    stop_at: tuple[str, ...] = ()
    jar: CookieJar = field(default_factory=CookieJar)

    def __post_init__(self) -> None:
        cookies = urllib.request.HTTPCookieProcessor(self.jar)
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies, _Still)

    def get(self, url: str) -> Page:
        return self._follow(self._send("GET", url, None))

    def submit(self, page: Page, form: Form, values: Iterable[tuple[str, str]]) -> Page:
        data = urlencode(list(values)).encode()
        if form.method == "GET":
            return self._follow(self._send("GET", f"{form.action}?{data.decode()}", None))
        return self._follow(self._send("POST", form.action, data, page.url))

    def post(self, url: str, values: dict[str, str], came_from: str = "") -> Page:
        return self._follow(self._send("POST", url, urlencode(values).encode(), came_from or url))

    def _follow(self, page: Page) -> Page:
        for _ in range(_MOST_HOPS):
            if page.status not in (301, 302, 303, 307, 308) or page.location.startswith(self.stop_at or ("\0",)):
                return page
            page = self._send("GET", page.location, None)
        raise OutsideError("product", "The sign-in goes round in circles.")

    def _send(self, method: str, url: str, data: bytes | None, came_from: str = "") -> Page:
        headers = {"User-Agent": _AGENT, "Accept": "text/html,application/xhtml+xml", "Accept-Language": "en"}
        if method == "POST":
            split = urlsplit(came_from)
            headers |= {"Referer": came_from, "Origin": f"{split.scheme}://{split.netloc}"}
        if urlsplit(url).scheme not in ("http", "https"):
            raise OutsideError("product", "A redirect leads away from the web.")
        request = urllib.request.Request(url, data, headers, method=method)  # noqa: S310 - the scheme is checked above
        try:
            with self._opener.open(request, timeout=TIMEOUT) as answer:
                return Page(url, answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Page(url, error.code, error.headers, error.read())
        except (OSError, http.client.HTTPException) as error:
            raise OutsideError("product", f"no answer: {type(error).__name__}", retryable=True) from error


def _form(node: Any, base: str) -> Form:
    fields, buttons = [], []
    for inner in node.iter():
        name, value, kind = inner.get("name", ""), inner.get("value", ""), inner.get("type", "").lower()
        if inner.tag == "button" and kind in ("", "submit"):
            buttons.append((name, value, _words(inner)))
        elif inner.tag == "input" and kind in ("submit", "image"):
            buttons.append((name, value, value))
        elif inner.tag == "input":
            checked = inner.get("checked") is not None
            fields.append(Field(name, value or ("on" if kind == "checkbox" else ""), kind or "text", checked))
        elif inner.tag == "textarea":
            fields.append(Field(name, inner.text or "", "text", False))
    action = urljoin(base, node.get("action") or base)
    return Form(action, node.get("method", "get").upper(), tuple(fields), tuple(buttons))


def _words(node: Any) -> str:
    return " ".join("".join(node.itertext()).split())
