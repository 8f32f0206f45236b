"""Who may join, who uses the product, what they may do, and letting them go."""

from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from server.domain.members import Member, Part, Place, may_let_go
from server.domain.users import Role, User
from server.errors import BadInput, Conflict
from server.web import sessions
from server.web.access import Access, access
from server.web.admin.frame import brief_time, console, saved, shown_time, typed
from server.web.context import here

blueprint = Blueprint("admin-people", __name__, url_prefix="/admin/people")

_HERE = "/admin/people"


@blueprint.get("")
@access(Access.PERSON)
def show() -> str:
    return _page()


@blueprint.post("/company")
@access(Access.PERSON)
def rename() -> Response | tuple[str, int]:
    try:
        here().members.rename(sessions.user(), typed("name"))
    except BadInput as error:
        return _page(error.fields), 422
    return saved(_HERE, "company")


@blueprint.post("/domains")
@access(Access.PERSON)
def add_domain() -> Response | tuple[str, int]:
    try:
        here().members.add_domain(sessions.user(), typed("domain"))
    except BadInput as error:
        return _page(error.fields), 422
    except Conflict:
        return _page({"domain": "elsewhere"}), 409
    return saved(_HERE, "domains")


@blueprint.post("/domains/switch")
@access(Access.PERSON)
def switch_domain() -> Response:
    here().members.switch_domain(sessions.user(), typed("domain"), typed("joins") == "1")
    return saved(_HERE, "domains")


@blueprint.post("/domains/remove")
@access(Access.PERSON)
def drop_domain() -> Response:
    here().members.drop_domain(sessions.user(), typed("domain"))
    return saved(_HERE, "domains")


@blueprint.post("/invite")
@access(Access.PERSON)
def invite() -> Response | tuple[str, int]:
    try:
        here().members.invite(sessions.user(), typed("address"), typed("name"), _roles())
    except BadInput as error:
        return _page(error.fields), 422
    except Conflict:
        return _page({"address": "taken"}), 409
    return saved(_HERE, "invite")


@blueprint.get("/<user_id>")
@access(Access.PERSON)
def one(user_id: str) -> str:
    return _one(user_id)


@blueprint.post("/<user_id>/roles")
@access(Access.PERSON)
def choose_roles(user_id: str) -> Response | tuple[str, int]:
    try:
        here().members.choose_roles(sessions.user(), user_id, _roles())
    except BadInput as error:
        return _one(user_id, error.fields), 422
    return saved(f"{_HERE}/{user_id}", "roles")


@blueprint.post("/<user_id>/let-go")
@access(Access.PERSON)
def let_go(user_id: str) -> Response | tuple[str, int]:
    parts = [part for part in Part if part in request.form.getlist("part")]
    try:
        here().members.let_go(sessions.user(), user_id, typed("heir") or None, parts)
    except BadInput as error:
        return _one(user_id, error.fields), 422
    return saved(f"{_HERE}/{user_id}", "let-go")


@blueprint.post("/<user_id>/readmit")
@access(Access.PERSON)
def readmit(user_id: str) -> Response:
    here().members.readmit(sessions.user(), user_id)
    return saved(f"{_HERE}/{user_id}", "readmit")


def _page(wrong: dict[str, str] | None = None) -> str:
    workspace, members = here().members.overview(sessions.user())
    counted = sum(one.place is not Place.OUT for one in members)
    return console(
        "people.html",
        wrong=wrong,
        workspace=workspace,
        members=[_told(one) for one in members],
        counted=counted,
        roles=_may_give(),
        sign_in_url=here().public_url,
    )


def _one(user_id: str, wrong: dict[str, str] | None = None) -> str:
    admin = sessions.user()
    member, holding, heirs = here().members.one(admin, user_id)
    return console(
        "person.html",
        wrong=wrong,
        member=_told(member),
        holding=holding,
        heirs=heirs,
        parts=[(part.value, holding.of(part)) for part in Part],
        roles=list(Role),
        fixed=_fixed(admin, member.user),
        may_let_go=may_let_go(admin, member.user),
    )


def _told(member: Member) -> dict[str, Any]:
    times = {"since": shown_time(member.since), "seen_at": brief_time(member.seen_at)}
    roles = [role.value for role in Role if role in member.user.roles]
    return {"user": member.user, "place": member.place.value, "gmail": member.gmail.value, "roles": roles, **times}


def _may_give() -> list[Role]:
    return [role for role in Role if role is not Role.OPERATOR or Role.OPERATOR in sessions.user().roles]


def _fixed(admin: User, subject: User) -> set[Role]:
    """Roles that this admin can't change of this user."""
    own = {Role.ADMIN} if admin.id == subject.id else set()
    return own if Role.OPERATOR in admin.roles else own | {Role.OPERATOR}


def _roles() -> set[Role]:
    return {role for role in Role if role in request.form.getlist("role")}
