"""How machine traffic is shown, place and network data, and the address in mails."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Blueprint, request
from werkzeug.wrappers import Response

from server.connectors import tracking_address
from server.domain.engagement import Class
from server.domain.location import shown
from server.domain.places import Data
from server.domain.tracking import Machines
from server.domain.users import Role
from server.errors import BadInput, NotFound
from server.i18n import country
from server.storage.place_files import MOST_BYTES
from server.web import sessions
from server.web.access import Access, access
from server.web.admin.frame import admin, console, saved, shown_day, typed
from server.web.context import here
from server.web.languages import locale
from server.web.security import limiter
from server.web.tracking import GIF

blueprint = Blueprint("admin-tracking", __name__, url_prefix="/admin/tracking")

_HERE = "/admin/tracking"
_FORM_BYTES = 100_000


@blueprint.get("")
@access(Access.PERSON)
def show() -> str:
    return _page()


@blueprint.post("/machines")
@access(Access.PERSON)
def choose_machines() -> Response:
    chosen = Machines.HIDE if typed("machines") == Machines.HIDE else Machines.LOG
    here().tracking_choices.choose_machines(sessions.user(), chosen)
    return saved(_HERE, "machines")


@blueprint.post("/data/<data>")
@access(Access.PERSON, body=MOST_BYTES + _FORM_BYTES)
@limiter.limit("10/minute")
def keep_data(data: str) -> Response | tuple[str, int]:
    which, admin_ = _data(data), admin()
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise BadInput(fields={"data": "empty"})
        here().tracking_choices.keep_data(admin_, which, file.stream)  # type: ignore[arg-type]  # werkzeug's IO[bytes]
    except BadInput as error:
        return _page(wrong={f"data-{which.value}": error.fields["data"]}), 422
    return saved(_HERE, f"data-{which.value}")


@blueprint.post("/data/<data>/remove")
@access(Access.PERSON)
def drop_data(data: str) -> Response:
    which = _data(data)
    here().tracking_choices.drop_data(sessions.user(), which)
    return saved(_HERE, f"data-{which.value}")


@blueprint.post("/look-up")
@access(Access.PERSON)
def look_up() -> str | tuple[str, int]:
    """What we would say of a hit from this address: told here only, and kept nowhere."""
    asked = typed("address", 64)
    try:
        ip_address(asked)
    except ValueError:
        return _page(wrong={"ip": "ip"}), 422
    place, network = here().tracking_choices.look_up(sessions.user(), asked)
    told = shown(place, Class.HUMAN, network)
    name = {"city": told.city, "country": country(locale(), told.country)} if told else None
    return _page(found={"address": asked, "place": name, "network": network})


@blueprint.post("/check")
@access(Access.PERSON)
@limiter.limit("10/minute")
def check() -> str:
    admin()
    look = tracking_address.look(here().tracking_url, GIF)
    until = shown_day(look.certificate_until)
    return _page(look={"trouble": look.trouble, "milliseconds": look.milliseconds, "until": until})


def _page(wrong: dict[str, str] | None = None, **told: object) -> str:
    choices, user = here().tracking_choices, admin()
    files = [
        {"file": one, "built": shown_day(one.built_at), "megabytes": -(-one.size // 1_000_000)} for one in choices.data(user)
    ]
    return console(
        "tracking.html",
        wrong=wrong,
        machines=choices.machines(user),
        files=files,
        may_upload=Role.OPERATOR in user.roles,
        own_address=sessions.address(),
        tracking_url=here().tracking_url,
        remarks=_remarks(here().tracking_url, here().public_url),
        **told,
    )


def _remarks(tracking_url: str, public_url: str) -> list[str]:
    """What is to be said of the address by itself."""
    parts = urlsplit(tracking_url)
    if (parts.hostname or "") in ("localhost", "127.0.0.1", "::1"):
        return ["local"]
    found = [] if parts.scheme == "https" else ["plain"]
    return found + (["shared"] if parts.hostname == urlsplit(public_url).hostname else [])


def _data(name: str) -> Data:
    if name not in set(Data):
        raise NotFound()
    return Data(name)
