"""Plays the rep's Chrome with the product's extension: signs in as a person would, prepares mails, has them sent."""

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from server.errors import OutsideError
from server.logs import logger

from .browser import Browser, Page
from .product_api import ask
from .tracked import Body

log = logger(__name__)

_MOST_PAGES = 12
_ALLOW_WORDS = ("continue", "allow", "accept", "grant", "sign in", "next")
_DENY_WORDS = ("deny", "cancel", "refuse", "back")


@dataclass(frozen=True)
class Mailto:
    name: str
    address: str


@dataclass(frozen=True)
class Tracked:
    """`problem` says why the mail goes out untracked; empty when it is tracked."""

    html: str
    problem: str = ""
    message_id: str = ""


@dataclass(frozen=True)
class Product:
    """`extension_id`: the id in https://<id>.chromiumapp.org/, under which the product knows the extension."""

    url: str
    extension_id: str

    @property
    def redirect_uri(self) -> str:
        return f"https://{self.extension_id}.chromiumapp.org/"


class Companion:
    """One rep's browser. Thread-safe; signs in when first needed, and again when its token dies."""

    def __init__(self, product: Product, account: str) -> None:
        self.account = account
        self._product = product
        self._browser = Browser()
        self._lock = threading.RLock()
        self._access = ""
        self._refresh = ""
        self._me: dict[str, Any] = {}

    def sign_in(self) -> None:
        """Google sign-in, Gmail consent with every scope, then the extension's token. OutsideError says where it stopped."""
        with self._lock:
            # A fresh browser: with an old session the sign-in page may not offer to sign in.
            self._browser = Browser(stop_at=(self._product.redirect_uri,))
            self._google_sign_in()
            self._gmail_consent()
            self._extension_token()
            self._me = self._call("GET", "/api/v1/me")

    def track(
        self, subject: str, to: Sequence[Mailto], html: str, *, cc: Sequence[Mailto] = (), bcc: Sequence[Mailto] = ()
    ) -> Tracked:
        """The body as the extension would send it; untouched, with the problem named, when anything goes wrong."""
        people = {"to": to, "cc": cc, "bcc": bcc}
        try:
            return self._track(subject, {kind: [asdict(person) for person in found] for kind, found in people.items()}, html)
        except (OutsideError, KeyError, TypeError, ValueError) as error:
            log.warning("mail goes out untracked", problem=str(error))
            return Tracked(html, problem=str(error) or type(error).__name__)

    def send_raw(self, raw: bytes) -> dict[str, Any]:
        """Has the product send a whole mail through Gmail; the product's message. OutsideError when it refuses."""
        mail = message_from_bytes(raw, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        prepared = self.api("POST", "/api/v1/messages", {"subject": _header(mail, "Subject"), **_people(mail), "links": []})
        encoded = base64.urlsafe_b64encode(raw).decode()
        return self.api("POST", f"/api/v1/messages/{prepared['id']}/send", {"raw": encoded})

    def api(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """One call of the product's API with the extension's token."""
        with self._lock:
            if not self._access:
                self.sign_in()
            try:
                return self._call(method, path, body)
            except OutsideError as error:
                if error.facts.get("status") != 401:
                    raise
            self._renew()
            return self._call(method, path, body)

    def _track(self, subject: str, people: dict[str, list[dict[str, str]]], html: str) -> Tracked:
        with self._lock:
            if not self._access:
                self.sign_in()
        body = Body(html, str(self._me.get("tracking_url") or self._product.url))
        links = [{"url": link.url, "text": link.text} for link in body.links]
        answer = self.api("POST", "/api/v1/messages", {"subject": subject, **people, "links": links})
        if answer["pixel_url"] is None:
            return Tracked(html, problem=_refusal(answer), message_id=str(answer["id"]))
        addresses = {int(link["ordinal"]): str(link["tracked_url"] or "") for link in answer["links"]}
        notice = str(answer.get("notice_html") or "")
        return Tracked(body.tracked(addresses, str(answer["pixel_url"]), notice), message_id=str(answer["id"]))

    # Signing in

    def _google_sign_in(self) -> None:
        page = self._browser.get(f"{self._product.url}/auth/sign-in")
        form = next((form for form in page.forms if urlsplit(form.action).path == "/auth/google"), None)
        if form is None:
            raise OutsideError("product", f"the sign-in page ({page.status}) has no Google button")
        self._through_google(self._browser.submit(page, form, form.values()), "sign-in")

    def _gmail_consent(self) -> None:
        page = self._browser.get(f"{self._product.url}/")
        token = page.csrf_token
        answer = self._browser.post(f"{self._product.url}/auth/gmail", {"csrf_token": token}, page.url)
        self._through_google(answer, "Gmail consent")

    def _through_google(self, page: Page, what: str) -> None:
        """Presses what a willing person presses until the product shows a page of its own."""
        home = urlsplit(self._product.url).netloc
        for _ in range(_MOST_PAGES):
            if page.status >= 400:
                raise OutsideError("product", f"{what} ended with {page.status} at {urlsplit(page.url).path}")
            if urlsplit(page.url).netloc == home:
                return
            page = self._press_on(page, what)
        raise OutsideError("product", f"{what} does not come to an end")

    def _press_on(self, page: Page, what: str) -> Page:
        for form in page.forms:
            button = _willing(form.buttons, self.account)
            if button is not None:
                values = form.values(tick_all=True, choose=self.account if _has_choice(form.fields, self.account) else "")
                return self._browser.submit(page, form, [*values, button] if button[0] else values)
        for address, words in page.links:
            if self.account in words:
                return self._browser.get(address)
        raise OutsideError("product", f"{what}: nothing to press at {urlsplit(page.url).path}")

    def _extension_token(self) -> None:
        verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self._product.extension_id,
            "redirect_uri": self._product.redirect_uri,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        page = self._browser.get(f"{self._product.url}/auth/extension?{urlencode(asked)}")
        if not page.location.startswith(self._product.redirect_uri):
            page = self._agree(page)
        answer = parse_qs(urlsplit(page.location).query)
        if answer.get("state") != [state] or "code" not in answer:
            raise OutsideError("product", f"the extension's sign-in ended with {page.status} and no code")
        self._take_token({"grant_type": "authorization_code", "code": answer["code"][0], "code_verifier": verifier})

    def _agree(self, page: Page) -> Page:
        for form in page.forms:
            button = _willing(form.buttons, "")
            if urlsplit(form.action).path == "/auth/extension" and button is not None:
                return self._browser.submit(page, form, [*form.values(), button] if button[0] else form.values())
        raise OutsideError("product", f"the extension's sign-in ended with {page.status}")

    def _renew(self) -> None:
        try:
            self._take_token({"grant_type": "refresh_token", "refresh_token": self._refresh})
        except OutsideError:
            self.sign_in()

    def _take_token(self, grant: dict[str, str]) -> None:
        grant |= {"client_id": self._product.extension_id, "redirect_uri": self._product.redirect_uri}
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = ask(self._product.url, "POST", "/auth/token", urlencode(grant).encode(), form)
        self._access, self._refresh = str(answer["access_token"]), str(answer.get("refresh_token") or self._refresh)

    # HTTP

    def _call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._access}", "Origin": f"chrome-extension://{self._product.extension_id}"}
        data = None if body is None else json.dumps(body).encode()
        return ask(self._product.url, method, path, data, headers | ({"Content-Type": "application/json"} if data else {}))


class Companions:
    """One for each account."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self._lock = threading.Lock()
        self._by_account: dict[str, Companion] = {}

    def of(self, account: str) -> Companion:
        with self._lock:
            return self._by_account.setdefault(account, Companion(self._product, account))


def _willing(buttons: Sequence[tuple[str, str, str]], account: str) -> tuple[str, str] | None:
    """The button a willing person presses: the account's own, else the one that says yes, else the only one."""
    for name, value, words in buttons:
        if account and account in (value, *words.split()):
            return name, value
    for name, value, words in buttons:
        said = f"{value} {words}".lower()
        if any(word in said for word in _ALLOW_WORDS) and not any(word in said for word in _DENY_WORDS):
            return name, value
    return buttons[0][:2] if len(buttons) == 1 else None


def _refusal(answer: dict[str, Any]) -> str:
    codes = [str(reason.get("code")) for reason in answer.get("tracking", {}).get("reasons", [])]
    return f"may not be tracked: {', '.join(codes)}"


def _has_choice(fields: Sequence[Any], account: str) -> bool:
    return any(field.kind == "radio" and field.value == account for field in fields)


def _people(mail: EmailMessage) -> dict[str, list[dict[str, str]]]:
    lists: dict[str, list[dict[str, str]]] = {}
    for name in ("To", "Cc", "Bcc"):
        pairs = getaddresses([_header(mail, name)])
        lists[name.lower()] = [{"name": person, "address": address} for person, address in pairs if "@" in address]
    return lists


def _header(mail: EmailMessage, name: str) -> str:
    try:
        return str(mail.get(name, ""))
    except Exception:  # malformed headers of real mail make the parser raise many things
        return ""
