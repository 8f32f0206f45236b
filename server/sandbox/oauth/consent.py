"""Choosing an account, and allowing an app some of what it asks for."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from server.sandbox.accounts import Account
from server.sandbox.google import Google, here
from server.sandbox.keys import ISSUER
from server.sandbox.oauth.grants import Code
from server.sandbox.oauth.request import AuthRequest, BadRequest, read_request, require_admitted
from server.sandbox.oauth.scopes import KNOWN

consent = Blueprint("consent", __name__)

# Fields of the page's own form; everything else is carried along as the app sent it.
_OWN_FIELDS = frozenset({"account", "granted", "decision"})


@consent.errorhandler(BadRequest)
def _show(bad: BadRequest) -> AnyResponse:
    return redirect("/signin/oauth/error?" + urlencode({"authError": _sealed(bad), "flowName": "GeneralOAuthFlow"}), 302)


@consent.get("/signin/oauth/error")
def error() -> tuple[str, int]:
    name, text, status = _opened(request.args.get("authError", ""))
    return render_template("google/error.html", error=name, text=text, status=status), status


def _sealed(bad: BadRequest) -> str:
    """Google's own message: fields 1 and 2 are texts, 4 the status."""
    parts = b"".join(bytes((tag, len(raw) & 127 | 128, len(raw) >> 7)) + raw for tag, raw in _fields(bad))
    return urlsafe_b64encode(parts + b"\x20" + bytes((bad.status & 127 | 128, bad.status >> 7))).decode()


def _fields(bad: BadRequest) -> tuple[tuple[int, bytes], ...]:
    return (0x0A, bad.error.encode()), (0x12, bad.text.encode())


def _opened(sealed: str) -> tuple[str, str, int]:
    try:
        raw = urlsafe_b64decode(sealed)
        end = 3 + (raw[1] & 127) + (raw[2] << 7)
        after = end + 3 + (raw[end + 1] & 127) + (raw[end + 2] << 7)
        return raw[3:end].decode(), raw[end + 3 : after].decode(), (raw[after + 1] & 127) + (raw[after + 2] << 7)
    except (ValueError, IndexError):
        return "invalid_request", "", 400


@consent.get("/o/oauth2/v2/auth")
@consent.get("/o/oauth2/auth")
def ask() -> str | AnyResponse:
    google = here()
    asked = read_request(google, request.args)
    played = _play(google, asked)
    if played is not None:
        return played
    account = _chosen(google, asked)
    if account is None:
        return _back(asked, error="login_required") if "none" in asked.prompt else _choose(google, asked)
    require_admitted(asked.client, account)
    known = google.grants.granted(asked.client, account)
    if "consent" not in asked.prompt and set(asked.scopes) <= known:
        return _allow(google, asked, account, asked.scopes, fresh=False)
    if "none" in asked.prompt:
        return _back(asked, error="interaction_required")
    return render_template(
        "google/consent.html", asked=asked, account=account, texts=KNOWN, known=known, carried=_carried(), app_host=_host(asked)
    )


@consent.post("/signin/oauth/consent")
def decide() -> AnyResponse:
    """Form fields: what the app asked with, `account`, `granted` once for each ticked scope, `decision` allow or deny."""
    google = here()
    asked = read_request(google, request.form)
    account = google.world.accounts.get(request.form.get("account", "").lower())
    if account is None:
        raise BadRequest("invalid_request", "There is no such account in the sandbox.")
    require_admitted(asked.client, account)
    if request.form.get("decision") != "allow":
        return _back(asked, error="access_denied")
    ticked = set(request.form.getlist("granted"))
    granted = [scope for scope in asked.scopes if scope in asked.sign_in_scopes or scope in ticked]
    if not granted:
        return _back(asked, error="access_denied")
    return _allow(google, asked, account, granted, fresh=True)


def _allow(
    google: Google, asked: AuthRequest, account: Account, scopes: list[str] | tuple[str, ...], *, fresh: bool
) -> AnyResponse:
    before = google.grants.granted(asked.client, account)
    grant = google.grants.allow(asked.client, account, scopes)
    everything = [*scopes, *sorted(before - set(scopes))] if asked.include_granted else [*scopes]
    code = Code(
        grant=grant,
        redirect_uri=asked.redirect_uri,
        scopes=tuple(everything),
        expires_at=google.grants.code_expiry(),
        offline=asked.offline,
        fresh_consent=fresh and "consent" in asked.prompt,
        nonce=asked.nonce,
        challenge=asked.challenge,
        challenge_method=asked.challenge_method,
    )
    more = {"hd": account.hd} if account.hd else {}
    shown = "consent" if fresh else "none"
    return _back(
        asked, code=google.grants.new_code(code), scope=" ".join(everything), authuser="0", prompt=shown, iss=ISSUER, **more
    )


def _back(asked: AuthRequest, **answer: str) -> AnyResponse:
    with_state = answer if asked.state is None else {"state": asked.state, **answer}
    joint = "&" if urlsplit(asked.redirect_uri).query else "?"
    return redirect(asked.redirect_uri + joint + urlencode(with_state), 302)


def _chosen(google: Google, asked: AuthRequest) -> Account | None:
    accounts = google.world.accounts
    picked = request.args.get("account")
    if picked is not None:
        return accounts.get(picked.lower())
    if "select_account" in asked.prompt:
        return None
    hinted = (account for account in accounts.values() if asked.login_hint.lower() in (account.address, account.sub))
    return next(hinted, None)


def _choose(google: Google, asked: AuthRequest) -> str:
    accounts = [
        account for account in google.world.accounts.values() if asked.hd in ("", account.hd) or _any_hosted(asked, account)
    ]
    return render_template(
        "google/chooser.html", asked=asked, accounts=accounts, carried=_carried(), action=request.path, app_host=_host(asked)
    )


def _any_hosted(asked: AuthRequest, account: Account) -> bool:
    return asked.hd == "*" and account.hd is not None


def _carried() -> list[tuple[str, str]]:
    asked = request.args.to_dict()
    return [(name, value) for name, value in asked.items() if name not in _OWN_FIELDS]


def _host(asked: AuthRequest) -> str:
    return urlsplit(asked.redirect_uri).hostname or asked.client.name


def _play(google: Google, asked: AuthRequest) -> AnyResponse | None:
    failure = google.failures.take("oauth.auth", None)
    if failure is None:
        return None
    if failure.kind == "admin_policy_enforced":
        return _back(asked, error="admin_policy_enforced")
    played: Response | None = google.failures.answer(failure)
    return played
