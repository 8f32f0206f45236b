"""Google's consent page and what comes back from it: OAuth with PKCE, whole or partial grants."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import requests
from google_auth_oauthlib.flow import Flow
from oauthlib.oauth2 import OAuth2Error, WebApplicationClient

from server.domain.users import GoogleClient
from server.errors import OutsideError
from server.gmail.credentials import Grant

SIGN_IN = ("openid", "https://www.googleapis.com/auth/userinfo.email", "https://www.googleapis.com/auth/userinfo.profile")
_TIMEOUT = 10


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
        flow = self._flow(client, scopes)
        nonce = secrets.token_urlsafe(16)
        more = {"include_granted_scopes": "true"} if offline else {}
        url, state = flow.authorization_url(
            access_type="offline" if offline else "online",
            prompt="consent" if offline else "select_account",
            nonce=nonce,
            **more,
            **({"login_hint": login_hint} if login_hint else {}),
        )
        # oauthlib makes no address without TLS, not even a sandbox's on this machine: the question is its, the address ours.
        return Departure(f"{self._auth_url}?{urlsplit(url).query}", state, flow.code_verifier, nonce)

    def finish(self, client: GoogleClient, code: str, verifier: str) -> Return:
        """Exchange the code; the caller has compared the state. ConsentFailed, or a retryable OutsideError."""
        # oauthlib's own exchange would answer a partial grant with a Warning, and a sandbox without TLS with a refusal,
        # unless the whole process is told otherwise by its environment; told no scope, its parser takes both.
        parser = WebApplicationClient(client.id)
        body = parser.prepare_request_body(
            code=code, redirect_uri=self._redirect_uri, code_verifier=verifier, client_secret=client.secret
        )
        answer = self._post(body)
        try:
            token = parser.parse_request_body_response(answer)
        except OAuth2Error as error:
            raise ConsentFailed(error.error or "invalid_request") from None
        scopes = frozenset(str(scope) for scope in token.get("scope") or ())
        expires_at = datetime.now(UTC) + timedelta(seconds=int(token.get("expires_in", 0)))
        grant = Grant(str(token.get("refresh_token", "")), str(token["access_token"]), expires_at)
        return Return(str(token.get("id_token", "")), grant, scopes)

    def refusal(self, client: GoogleClient) -> str:
        """Why Google does not know this client; empty when it does. A code that can't be good tells, by how it is refused."""
        body = WebApplicationClient(client.id).prepare_request_body(
            code="check", redirect_uri=self._redirect_uri, client_secret=client.secret
        )
        try:
            error = json.loads(self._post(body)).get("error", "")
        except (ValueError, AttributeError):
            return "an answer that is no JSON"
        return "" if error == "invalid_grant" else str(error)

    def _post(self, body: str) -> str:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            answer = requests.post(self._token_url, data=body, headers=headers, timeout=_TIMEOUT, allow_redirects=False)
        except requests.RequestException as error:
            raise OutsideError("google", "Google did not answer", retryable=True, cause=type(error).__name__) from None
        if answer.status_code >= 500 or answer.status_code == 429:
            raise OutsideError("google", "Google failed", retryable=True, cause=str(answer.status_code))
        return answer.text

    def _flow(self, client: GoogleClient, scopes: Sequence[str]) -> Flow:
        web = {"client_id": client.id, "client_secret": client.secret, "auth_uri": "https://google", "token_uri": ""}
        return Flow.from_client_config(
            {"web": web},
            scopes=list(scopes),
            redirect_uri=self._redirect_uri,
            code_verifier=secrets.token_urlsafe(64),
            autogenerate_code_verifier=False,
        )
