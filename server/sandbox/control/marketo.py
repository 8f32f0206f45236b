"""Marketo's limits, moods, role and failures, and what was asked of it."""

from dataclasses import asdict

from flask import Response, request

from server.errors import BadInput
from server.sandbox.control.routes import Json, body, control, failures_json, number, script_failure, text, texts
from server.sandbox.marketo.instance import PERMISSIONS, User, here


@control.get("/marketo")
def read_marketo() -> Json:
    found = here()
    limits = found.limits
    return {
        "calls": dict(limits.calls),
        "total": limits.calls.total(),
        "refused": dict(limits.refused),
        "parallel_peak": limits.parallel_peak,
        "burst_peak": limits.burst_peak,
        "limits": {"daily": limits.daily, "burst": limits.burst, "parallel": limits.parallel},
        "moods": asdict(found.moods),
        "permissions": sorted(found.permissions),
        "users": [{"client_id": user.client_id, "name": user.name} for user in found.users.values()],
        "triggered": found.triggered,
    }


@control.delete("/marketo")
def reset_marketo() -> Response:
    """Forget what was asked and used."""
    here().limits.reset()
    here().triggered.clear()
    return Response(status=204)


@control.put("/marketo/limits")
def set_marketo_limits() -> Json:
    """`daily` calls, `burst` calls in 20 s, `parallel` calls at once."""
    found, limits = body("daily", "burst", "parallel"), here().limits
    for name in found:
        setattr(limits, name, number(found, name))
    return read_marketo()


@control.put("/marketo/moods")
def set_marketo_moods() -> Json:
    moods = here().moods
    found = body(*asdict(moods))
    if found.get("warnings", "") not in ("", "objects", "strings"):
        raise BadInput("warnings: empty, objects or strings")
    for name in found:
        setattr(moods, name, found[name] if name == "warnings" else number(found, name))
    return read_marketo()


@control.put("/marketo/role")
def set_marketo_role() -> Json:
    """`permissions` of the API user."""
    wanted = texts(body("permissions"), "permissions")
    if not set(wanted) <= set(PERMISSIONS):
        raise BadInput(f"permissions: some of {', '.join(PERMISSIONS)}")
    here().permissions = set(wanted)
    return read_marketo()


@control.post("/marketo/users")
def add_marketo_user() -> tuple[Json, int]:
    """Adds one, or replaces the one with that id."""
    found = body("client_id", "client_secret", "name")
    user = User(text(found, "client_id"), text(found, "client_secret"), str(found.get("name") or User.name))
    here().add_user(user)
    return {"client_id": user.client_id, "name": user.name}, 201


@control.post("/marketo/tokens/end")
def end_marketo_tokens() -> Json:
    """Early: 602 for who still holds one."""
    ended = 0
    for tokens in here().tokens.values():
        ended += bool(tokens.value)
        tokens.end()
    return {"ended": ended}


@control.get("/marketo/failures")
def list_marketo_failures() -> Json:
    return failures_json(here().failures)


@control.post("/marketo/failures")
def add_marketo_failure() -> tuple[Json, int]:
    return script_failure(here().failures), 201


@control.delete("/marketo/failures")
def clear_marketo_failures() -> Response:
    here().failures.clear(request.args.get("method"))
    return Response(status=204)
