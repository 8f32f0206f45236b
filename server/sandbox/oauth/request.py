"""What an app asks for when it sends somebody to the consent page."""

from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from server.sandbox.accounts import Account
from server.sandbox.google import Google
from server.sandbox.oauth.clients import Client
from server.sandbox.oauth.scopes import SIGN_IN, scopes_in, unknown


class BadRequest(Exception):
    """Shown to the person on a page of Google's own; nothing goes back to the app."""

    def __init__(self, error: str, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.error, self.text, self.status = error, text, status


@dataclass(frozen=True)
class AuthRequest:
    client: Client
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str | None
    offline: bool
    prompt: frozenset[str]
    include_granted: bool
    login_hint: str
    hd: str
    nonce: str
    challenge: str
    challenge_method: str

    @property
    def sign_in_scopes(self) -> list[str]:
        return [scope for scope in self.scopes if scope in SIGN_IN]

    @property
    def choices(self) -> list[str]:
        """Scopes the person decides about, each by itself."""
        return [scope for scope in self.scopes if scope not in SIGN_IN]


def read_request(google: Google, asked: MultiDict[str, str]) -> AuthRequest:
    client = google.clients.get(asked.get("client_id", ""))
    if client is None:
        raise BadRequest("invalid_client", "The OAuth client was not found.", 401)
    redirect_uri = asked.get("redirect_uri", "")
    if redirect_uri not in client.redirect_uris:
        raise BadRequest("redirect_uri_mismatch", f"This redirect URI is not registered for the client: {redirect_uri}")
    if asked.get("response_type") != "code":
        raise BadRequest("unsupported_response_type", "Only response_type=code is played here.")
    return AuthRequest(
        client=client,
        redirect_uri=redirect_uri,
        scopes=_scopes(asked),
        state=asked.get("state"),
        offline=_one_of(asked, "access_type", ("online", "offline"), "online") == "offline",
        prompt=_prompt(asked),
        include_granted=_one_of(asked, "include_granted_scopes", ("true", "false"), "false") == "true",
        login_hint=asked.get("login_hint", ""),
        hd=asked.get("hd", ""),
        nonce=asked.get("nonce", ""),
        challenge=asked.get("code_challenge", ""),
        challenge_method=_one_of(asked, "code_challenge_method", ("S256", "plain"), "plain"),
    )


def require_admitted(client: Client, account: Account) -> None:
    """What Google says to people whom an app is not (yet) for."""
    if client.internal_to and account.hd != client.internal_to:
        raise BadRequest("org_internal", f"{client.name} can only be used within its organization.", 403)
    if client.testing and client.testers and account.address not in client.testers:
        text = f"{client.name} has not completed the Google verification process. Only developer-approved testers get in."
        raise BadRequest("access_denied", text, 403)


def _scopes(asked: MultiDict[str, str]) -> tuple[str, ...]:
    scopes = scopes_in(asked.get("scope", ""))
    if not scopes:
        raise BadRequest("invalid_request", "Missing required parameter: scope")
    wrong = unknown(scopes)
    if wrong:
        raise BadRequest("invalid_scope", f"Some requested scopes were invalid: {', '.join(wrong)}")
    return tuple(scopes)


def _prompt(asked: MultiDict[str, str]) -> frozenset[str]:
    prompt = frozenset(asked.get("prompt", "").split())
    if prompt - {"none", "consent", "select_account"} or ("none" in prompt and len(prompt) > 1):
        raise BadRequest("invalid_request", f"Invalid parameter value for prompt: {asked.get('prompt')}")
    return prompt


def _one_of(asked: MultiDict[str, str], name: str, allowed: tuple[str, ...], default: str) -> str:
    value = asked.get(name) or default
    if value not in allowed:
        raise BadRequest("invalid_request", f"Invalid parameter value for {name}: {value}")
    return value
