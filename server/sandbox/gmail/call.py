"""What every Gmail method does before and after its own work: script, token, owner, scope, quota, mask."""

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, request

from server.errors import BadInput, NotFound
from server.sandbox.envelope import Refusal
from server.sandbox.gmail.fields import Mask, Shape, pick, read_mask
from server.sandbox.gmail.scopes import METADATA, SCOPES
from server.sandbox.google import Google, here
from server.sandbox.mailbox import Mailbox
from server.sandbox.oauth.grants import Token

Json = dict[str, object]
_EVERYWHERE = frozenset(
    {"$.xgafv", "access_token", "alt", "callback", "fields", "key", "oauth_token", "prettyPrint", "quotaUser"}
) | {"uploadType", "upload_protocol", "upload_id"}


@dataclass(frozen=True)
class Call:
    google: Google
    mailbox: Mailbox
    token: Token

    @property
    def metadata_only(self) -> bool:
        """One token with gmail.metadata is held to it, whatever else it has."""
        return METADATA in self.token.scopes

    def body(self, *known: str) -> Json:
        """The request's JSON object; unknown names are refused."""
        found = request.get_json(force=True, silent=True) if request.get_data() else {}
        if not isinstance(found, dict):
            raise invalid("Invalid JSON payload received.")
        for name in found:
            if name not in known:
                raise invalid(f'Invalid JSON payload received. Unknown name "{name}": Cannot find field.')
        return found


View = Callable[..., Json | None]


def method(id: str, shape: Shape, *params: str) -> Callable[[View], Callable[..., Response]]:
    """Wrap a view `(call, **path) -> body or None`. `params` are the query parameters it knows besides Google's own."""

    def wrap(view: View) -> Callable[..., Response]:
        @functools.wraps(view)
        def answer(user: str, **path: str) -> Response:
            google = here()
            token = google.grants.access(_bearer())
            played = google.failures.play(id, token.grant.account.address if token else None)
            if played is not None:
                return played
            call = _admit(google, token, user, id, params)
            # Before the work: a mail must not leave and then be answered with a refusal.
            mask = read_mask(request.args.get("fields", ""), shape)
            google.quota.charge(call.mailbox.account.address, id)
            with google.world.change():
                return _answer(_run(view, call, path), mask)

        return answer

    return wrap


def invalid(message: str, location: str | None = None) -> Refusal:
    return Refusal(400, message, "invalidArgument", location=location)


def number(name: str, default: int, most: int) -> int:
    """A count from the query, at most `most`."""
    text = request.args.get(name, str(default))
    if not text.isdigit():
        raise invalid(f"Invalid value at '{name}' (TYPE_UINT32), \"{text}\"", name)
    return max(1, min(int(text), most))


def flag(name: str) -> bool:
    return request.args.get(name, "false").lower() == "true"


def _admit(google: Google, token: Token | None, user: str, id: str, params: tuple[str, ...]) -> Call:
    if token is None:
        raise _no_token()
    for name in request.args:
        if name not in _EVERYWHERE and name not in params:
            raise invalid(f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter.')
    if not SCOPES[id] & set(token.scopes):
        raise _too_little(id)
    account = token.grant.account
    if user.lower() not in ("me", account.address):
        raise Refusal(403, f"Delegation denied for {account.address}", "forbidden")
    return Call(google, google.world.mailbox(account.address), token)


def _run(view: View, call: Call, path: dict[str, str]) -> Json | None:
    try:
        return view(call, **path)
    except NotFound as missing:
        raise Refusal(404, "Requested entity was not found.", "notFound") from missing
    except BadInput as bad:
        raise invalid(bad.detail) from bad


def _answer(body: Json | None, mask: Mask) -> Response:
    if body is None:
        return Response(status=204)
    indent = None if request.args.get("prettyPrint") == "false" else 2
    return Response(json.dumps(pick(body, mask), indent=indent), content_type="application/json; charset=UTF-8")


def _bearer() -> str:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    return value if scheme.lower() == "bearer" else request.args.get("access_token", "")


def _no_token() -> Refusal:
    if not _bearer():
        message = "Request is missing required authentication credential. Expected OAuth 2 access token."
        return Refusal(401, message, "required", location="Authorization", headers={"WWW-Authenticate": "Bearer"})
    return Refusal(
        401,
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
        "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
        "authError",
        location="Authorization",
        headers={"WWW-Authenticate": 'Bearer realm="https://accounts.google.com/", error="invalid_token"'},
    )


def _too_little(id: str) -> Refusal:
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        "domain": "googleapis.com",
        "metadata": {"service": "gmail.googleapis.com", "method": id},
    }
    return Refusal(
        403,
        "Request had insufficient authentication scopes.",
        "insufficientPermissions",
        details=[info],
        headers={"WWW-Authenticate": 'Bearer realm="https://accounts.google.com/", error="insufficient_scope"'},
    )
