"""Google's consent page and what comes back from it: OAuth with PKCE, whole or partial grants."""

import json
import secrets
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from server.domain.users import GoogleClient
from server.errors import OutsideError
from server.gmail.credentials import Grant
from server.later import later

if TYPE_CHECKING:
    import requests
    from google_auth_oauthlib import flow
    from oauthlib import oauth2
else:
    requests = later("requests")
    flow = later("google_auth_oauthlib.flow")
    oauth2 = later("oauthlib.oauth2")

SIGN_IN = ("openid", "https://www.googleapis.com/auth/userinfo.email", "https://www.googleapis.com/auth/userinfo.profile")
_TIMEOUT = 10
_PAGE_ERRORS = ("redirect_uri_mismatch", "invalid_client", "deleted_client", "disabled_client", "org_internal")


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser goes, and what must be at hand when it comes back."""

    url: str
    state: str
    verifier: str
    nonce: str


@dataclass(frozen=True, slots=True)
class Return:
    """What Google gave: `scopes` may be fewer than were asked for."""

    id_token: str
    grant: Grant
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Refusal:
    """`error` is OAuth's, or the consent page's own, such as redirect_uri_mismatch; `says` is Google's sentence."""

    error: str
    says: str


class ConsentFailed(OutsideError):
    """The exchange was refused; `code` is OAuth's error, such as invalid_grant."""

    status = 400

    def __init__(self, code: str) -> None:
        super().__init__("google", retryable=False)
        self.code = code


class Consent:
    def __init__(self, auth_url: str, token_url: str, redirect_uri: str) -> None:
        self._auth_url = auth_url
        self._token_url = token_url
        self._redirect_uri = redirect_uri

    def leave(self, client: GoogleClient, scopes: Sequence[str], *, login_hint: str = "", offline: bool = False) -> Departure:
        """`offline`: ask for a grant that outlives the visit, beside what was granted before."""
        question = self._flow(client, scopes)
        nonce = secrets.token_urlsafe(16)
        more = {"include_granted_scopes": "true"} if offline else {}
        url, state = question.authorization_url(
            access_type="offline" if offline else "online",
            prompt="consent" if offline else "select_account",
            nonce=nonce,
            **more,
            **({"login_hint": login_hint} if login_hint else {}),
        )
        # oauthlib makes no address without TLS, not even a sandbox's on this machine: the question is its, the address ours.
        return Departure(f"{self._auth_url}?{urlsplit(url).query}", state, question.code_verifier, nonce)

    def finish(self, client: GoogleClient, code: str, verifier: str) -> Return:
        """Exchange the code; the caller has compared the state. ConsentFailed, or a retryable OutsideError."""
        # oauthlib's own exchange would answer a partial grant with a Warning, and a sandbox without TLS with a refusal,
        # unless the whole process is told otherwise by its environment; told no scope, its parser takes both.
        parser = oauth2.WebApplicationClient(client.id)
        body = parser.prepare_request_body(
            code=code, redirect_uri=self._redirect_uri, code_verifier=verifier, client_secret=client.secret
        )
        answer = self._post(body)
        try:
            token = parser.parse_request_body_response(answer)
        except oauth2.OAuth2Error as error:
            raise ConsentFailed(error.error or "invalid_request") from None
        scopes = frozenset(str(scope) for scope in token.get("scope") or ())
        expires_at = datetime.now(UTC) + timedelta(seconds=int(token.get("expires_in", 0)))
        grant = Grant(str(token.get("refresh_token", "")), str(token["access_token"]), expires_at)
        return Return(str(token.get("id_token", "")), grant, scopes)

    def refusal(self, client: GoogleClient) -> Refusal | None:
        """Why Google does not let people in with this client; None when it does. A code that can't be good tells, by how it is
        refused; then the consent page, by where it leads. A retryable OutsideError when Google is away."""
        body = oauth2.WebApplicationClient(client.id).prepare_request_body(
            code="check", redirect_uri=self._redirect_uri, client_secret=client.secret
        )
        try:
            told = json.loads(self._post(body))
            error, says = str(told.get("error", "")), str(told.get("error_description", ""))
        except (ValueError, AttributeError):
            return Refusal("", "an answer that is no JSON")
        return Refusal(error, says) if error != "invalid_grant" else self._page_refusal(client)

    def _page_refusal(self, client: GoogleClient) -> Refusal | None:
        """Google's consent page sends who comes with something wrong to a page that names it, in an encoded message."""
        try:
            answer = self._ask("GET", self.leave(client, SIGN_IN).url)
        except OutsideError:
            return None  # a page for people: that this server may not open it says nothing about them
        named = parse_qs(urlsplit(answer.headers.get("Location", "")).query).get("authError", [""])[0]
        try:
            message = urlsafe_b64decode(named + "=" * (-len(named) % 4)).decode("utf-8", "replace")
        except ValueError:
            return None
        found = next((error for error in _PAGE_ERRORS if error in message), None)
        return Refusal(found, "") if found else None

    def _post(self, body: str) -> str:
        return self._ask("POST", self._token_url, body).text

    def _ask(self, verb: str, url: str, body: str | None = None) -> "requests.Response":
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
        try:
            answer = requests.request(verb, url, data=body, headers=headers, timeout=_TIMEOUT, allow_redirects=False)
        except requests.RequestException as error:
            raise OutsideError("google", "Google did not answer", retryable=True, cause=type(error).__name__) from None
        if answer.status_code >= 500 or answer.status_code == 429:
            raise OutsideError("google", "Google failed", retryable=True, cause=str(answer.status_code))
        return answer

    def _flow(self, client: GoogleClient, scopes: Sequence[str]) -> "flow.Flow":
        web = {"client_id": client.id, "client_secret": client.secret, "auth_uri": "https://google", "token_uri": ""}
        return flow.Flow.from_client_config(
            {"web": web},
            scopes=list(scopes),
            redirect_uri=self._redirect_uri,
            code_verifier=secrets.token_urlsafe(64),
            autogenerate_code_verifier=False,
        )
