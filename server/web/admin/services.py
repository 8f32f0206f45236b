"""Where each service outside is set up: what to do there, what to enter here, and how the real call went."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from server.domain import mailserver
from server.domain.mailserver import SECURITIES, MailServer
from server.domain.users import Role, User
from server.errors import BadInput, Conflict, NotAllowed, NotFound
from server.services.configuration import Entry
from server.web.access import Access, access
from server.web.admin.connections import PAGES, may_operate, told
from server.web.admin.frame import admin, console, saved, typed
from server.web.context import here
from server.web.security import limiter

blueprint = Blueprint("admin-services", __name__, url_prefix="/admin")

_LONGEST = 10_000
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Section:
    """`steps`: how many things are to be done at the service, worded as connect.<service>-<n>. `tries`: whether a real call can
    be made from here."""

    service: str
    names: tuple[str, ...]
    steps: int
    tries: bool = True


GOOGLE = (
    Section("google", ("google_client_id", "google_client_secret"), 4),
    Section("push", ("gmail_topic", "gmail_push_account", "gmail_push_audience"), 4),
    Section("addon", ("addon_account", "addon_client_id"), 3, tries=False),
)
MARKETO = Section(
    "marketo", ("marketo_url", "marketo_client_id", "marketo_client_secret", "marketo_web_url", "marketo_daily_calls"), 4
)
SALESFORCE = Section(
    "salesforce",
    (
        "salesforce_url",
        "salesforce_client_id",
        "salesforce_client_secret",
        "salesforce_user",
        "salesforce_private_key",
        "salesforce_audience",
        "salesforce_web_url",
    ),
    3,
)
MAIL = Section("smtp", ("smtp_url", "mail_from"), 2)
_SECTIONS = {section.service: section for section in (*GOOGLE, MARKETO, SALESFORCE, MAIL)}


@blueprint.get("/google")
@access(Access.PERSON)
def google() -> str:
    return _page("google")


@blueprint.get("/marketo")
@access(Access.PERSON)
def marketo() -> str:
    return _page("marketo")


@blueprint.get("/salesforce")
@access(Access.PERSON)
def salesforce() -> str:
    return _page("salesforce")


@blueprint.get("/mail")
@access(Access.PERSON)
def mail() -> str:
    return _page("mail")


@blueprint.post("/set/<service>")
@access(Access.PERSON)
@limiter.limit("30/minute")
def keep(service: str) -> Response | tuple[str, int]:
    """Stored, and tried at once."""
    user, section = admin(), _section(service)
    try:
        here().configuration.keep(user, _typed_mail() if service == "smtp" else _typed(section))
    except BadInput as error:
        return _page(PAGES[service].rpartition("/")[2], wrong=error.fields, failed=service), 422
    if service == "push":
        here().mailboxes.watch_all()
    here().trials.of(service, user)
    return redirect(f"{PAGES[service]}?tried={service}#{service}", 303)


@blueprint.post("/forget/<service>")
@access(Access.PERSON)
def forget(service: str) -> Response:
    """Everything that was entered here about it."""
    user, section = admin(), _section(service)
    if service == "google":
        raise NotAllowed("nobody could sign in any more")
    entries = here().configuration.entries()
    here().configuration.keep(user, {name: "" for name in section.names if not entries[name].fixed})
    return saved(PAGES[service], f"{service}-off")


@blueprint.post("/salesforce/users/<user_id>")
@access(Access.PERSON)
def say_who(user_id: str) -> Response | tuple[str, int]:
    org = here().salesforce()
    if org is None:
        raise Conflict("Salesforce is not set up")
    written = typed("salesforce_id")
    by_hand = "again" not in request.form
    try:
        org.reps.say(admin(), user_id, written or None if by_hand else None, by_hand)
    except BadInput:
        return _page("salesforce", wrong={f"user-{user_id}": "salesforce-id"}), 422
    except Conflict:
        return _page("salesforce", wrong={f"user-{user_id}": "salesforce-taken"}), 409
    return saved("/admin/salesforce", "users")


def _section(service: str) -> Section:
    if service not in _SECTIONS:
        raise NotFound()
    return _SECTIONS[service]


def _page(name: str, wrong: Mapping[str, str] | None = None, failed: str = "") -> str:
    user = admin()
    tried = request.args.get("tried", "")
    return console(
        "service.html",
        wrong=wrong,
        place=name,
        sections=[section for section in _SECTIONS.values() if PAGES[section.service] == f"/admin/{name}"],
        entries=_shown(failed),
        of={one["service"]: one for one in told(user)},
        operates=may_operate(),
        tried=tried,
        copies=_copies(),
        server=_shown_mail(failed),
        securities=SECURITIES,
        gmail=here().mailboxes.state(user).state.value,
        users=_users(user) if name == "salesforce" else None,
        choices=here().marketing.choices(user),
    )


def _shown(failed: str) -> dict[str, Entry]:
    """As they are, or as somebody typed them who is shown what does not fit."""
    entries = here().configuration.entries()
    names = _SECTIONS[failed].names if failed else ()
    again = [name for name in names if name not in _SECRET and not entries[name].fixed]
    return {**entries, **{name: replace(entries[name], value=typed(name)) for name in again}}


def _copies() -> dict[str, tuple[tuple[str, str], ...]]:
    """What is to be pasted at each service, by a word for it."""
    base = here().public_url
    return {
        "google": (("redirect", f"{base}/auth/google/callback"), ("origin", base)),
        "push": (("endpoint", f"{base}/webhooks/gmail"), ("publisher", "gmail-api-push@system.gserviceaccount.com")),
    }


def _users(user: User) -> list[dict[str, Any]] | None:
    """Who is whom there; None while Salesforce is not set up."""
    org = here().salesforce()
    return org.reps.overview(user) if org is not None and Role.ADMIN in user.roles else None


def _typed(section: Section) -> dict[str, str]:
    """A secret left empty stays as it is; what the environment sets is not asked for."""
    entries = here().configuration.entries()
    found = {}
    for name in section.names:
        value, secret = _written(name), name in _SECRET
        if not entries[name].fixed and (value or not secret):
            found[name] = value
    return found


_SECRET = frozenset({"google_client_secret", "marketo_client_secret", "salesforce_client_secret", "salesforce_private_key"})


def _written(name: str) -> str:
    """Pasted values carry blanks and line ends that nobody sees; only a key is made of lines."""
    value = request.form.get(name, "").replace("\0", "").strip()[:_LONGEST]
    return value.replace("\r\n", "\n") if name == "salesforce_private_key" else _SPACE.sub("", value)


def _typed_mail() -> dict[str, str]:
    entries, before = here().configuration.entries(), _stored_mail()
    server = MailServer(
        typed("host"), typed("port"), typed("security") or before.security, typed("name"), request.form.get("password", "")
    )
    if server.name == before.name and not server.password:
        server = replace(server, password=before.password)
    found = {"smtp_url": server.url, "mail_from": typed("mail_from")}
    refused = mailserver.wrong(server)
    if refused:
        raise BadInput("the mail server's address does not fit", refused)
    return {name: value for name, value in found.items() if not entries[name].fixed}


def _stored_mail() -> MailServer:
    outside = here().outside().mail
    return mailserver.read(outside.url if outside else here().configuration.stored().get("smtp_url", ""))


def _shown_mail(failed: str) -> MailServer:
    """Never with the password."""
    if failed == "smtp":
        return MailServer(typed("host"), typed("port"), typed("security"), typed("name"))
    return replace(_stored_mail(), password="")
