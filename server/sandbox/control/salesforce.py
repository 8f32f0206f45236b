"""Salesforce's app, users, limits, sessions and failures, and what was asked of it."""

from dataclasses import replace

from flask import Response, request

from server.errors import BadInput
from server.sandbox.control.routes import Json, body, control, failures_json, number, script_failure, text, texts
from server.sandbox.crm.reps import Rep
from server.sandbox.salesforce.oauth import public_key
from server.sandbox.salesforce.org import here


@control.get("/salesforce")
def read_salesforce() -> Json:
    org = here()
    return {
        "calls": dict(org.calls),
        "used": org.used(),
        "refused": dict(org.refused),
        "limits": {"daily": org.daily, "batch": org.batch},
        "app": {"key": org.app.key, "keys": len(org.app.keys), "run_as": org.app.run_as},
        "open_queries": len(org.cursors),
    }


@control.delete("/salesforce")
def reset_salesforce() -> Response:
    """Forget what was asked and used."""
    here().reset()
    return Response(status=204)


@control.put("/salesforce/limits")
def set_salesforce_limits() -> Json:
    """`daily` requests in 24 h, `batch` records a page."""
    org, found = here(), body("daily", "batch")
    for name in found:
        setattr(org, name, number(found, name))
    return read_salesforce()


@control.put("/salesforce/app")
def set_salesforce_app() -> Json:
    """`keys`: PEM of certificates or public keys; `run_as`, `approved`: addresses of reps."""
    app, found = here().app, body("key", "secret", "keys", "run_as", "approved")
    for pem in texts(found, "keys"):
        public_key(pem)
    for name in found:
        match name:
            case "keys":
                app.keys = texts(found, name)
            case "approved":
                app.approved = set(texts(found, name)) if found[name] is not None else None
            case _:
                setattr(app, name, text(found, name))
    return read_salesforce()


@control.post("/salesforce/users")
def set_salesforce_user() -> tuple[Json, int]:
    """Adds a user, or changes the one with that address: `name`, `active`."""
    crm, found = here().crm, body("email", "name", "active")
    email = text(found, "email").lower()
    with crm.lock:
        reps = crm.people.reps
        at = next((at for at, rep in enumerate(reps) if rep.email == email), len(reps))
        if at == len(reps):
            reps.append(Rep(len(reps) + 1, email, text(found, "name")))
        name, active = str(found.get("name", reps[at].name)), found.get("active", reps[at].active)
        if not isinstance(active, bool):
            raise BadInput("active: true or false")
        reps[at] = replace(reps[at], name=name, active=active)
        return {"id": reps[at].id, "email": email, "name": name, "active": active}, 201


@control.post("/salesforce/sessions/end")
def end_salesforce_sessions() -> Json:
    return {"ended": here().end_sessions()}


@control.delete("/salesforce/queries")
def forget_salesforce_queries() -> Response:
    """Every locator is invalid from now on."""
    here().cursors.clear()
    return Response(status=204)


@control.get("/salesforce/failures")
def list_salesforce_failures() -> Json:
    return failures_json(here().failures)


@control.post("/salesforce/failures")
def add_salesforce_failure() -> tuple[Json, int]:
    return script_failure(here().failures), 201


@control.delete("/salesforce/failures")
def clear_salesforce_failures() -> Response:
    here().failures.clear(request.args.get("method"))
    return Response(status=204)
