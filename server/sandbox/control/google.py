"""Clients, grants, failures, quota, push, keys."""

from dataclasses import asdict

from flask import Response, request

from server.errors import BadInput, NotFound
from server.sandbox.control.routes import Json, body, control, failures_json, script_failure, text, texts
from server.sandbox.google import here
from server.sandbox.oauth.clients import Client
from server.sandbox.oauth.scopes import scopes_in, unknown


@control.get("/clients")
def list_clients() -> Json:
    known = [asdict(client) | {"secret": "…"} for client in here().clients.values()]
    return {"clients": known}


@control.post("/clients")
def add_client() -> tuple[Json, int]:
    """Adds one, or replaces the one with that id."""
    found = body("id", "secret", "redirect_uris", "name", "testing", "testers", "internal_to")
    client = Client(
        text(found, "id"),
        text(found, "secret"),
        tuple(texts(found, "redirect_uris")),
        str(found.get("name") or Client.name),
        bool(found.get("testing", False)),
        tuple(texts(found, "testers")) if "testers" in found else (),
        str(found.get("internal_to") or ""),
    )
    here().clients[client.id] = client
    return asdict(client) | {"secret": "…"}, 201


@control.get("/grants")
def list_grants() -> Json:
    grants = here().grants.all()
    shown = [{"account": g.account.address, "client_id": g.client.id, "scopes": sorted(g.scopes)} for g in grants]
    return {"grants": shown}


@control.post("/grants")
def issue() -> tuple[Json, int]:
    """Tokens without the consent page."""
    google, found = here(), body("account", "client_id", "scopes")
    client = google.clients.get(text(found, "client_id"))
    if client is None:
        raise NotFound("no such client")
    scopes = scopes_in(" ".join(texts(found, "scopes")))
    if not scopes or unknown(scopes):
        raise BadInput(f"unknown scopes: {unknown(scopes)}" if scopes else "scopes are needed")
    access, refresh = google.grants.issue(client, google.world.mailbox(text(found, "account")).account, scopes)
    return {"access_token": access.value, "refresh_token": refresh.value, "scopes": scopes}, 201


@control.delete("/grants")
def revoke() -> Json:
    """As the account's owner does in their settings: `account`, and `client_id` for one client only."""
    address = request.args.get("account", "")
    return {"ended": here().grants.end(address.lower(), request.args.get("client_id"))}


@control.post("/grants/expire")
def expire_access() -> Json:
    """Access tokens end now, of one account or of all."""
    found = body("account")
    return {"expired": here().grants.expire_access(text(found, "account").lower() if "account" in found else None)}


@control.get("/failures")
def list_failures() -> Json:
    return failures_json(here().failures)


@control.post("/failures")
def add_failure() -> tuple[Json, int]:
    return script_failure(here().failures), 201


@control.delete("/failures")
def clear_failures() -> Response:
    here().failures.clear(request.args.get("method"))
    return Response(status=204)


@control.get("/quota")
def read_quota() -> Json:
    quota = here().quota
    limits = {"per_user": quota.per_user, "per_project": quota.per_project, "refuses_with": quota.refuses_with}
    return {"accounts": quota.read(), "refused": quota.refused, **limits}


@control.put("/quota")
def set_quota() -> Json:
    """`per_user`, `per_project` in units a minute; `refuses_with` 403, 429 or null for both in turn."""
    found, quota = body("per_user", "per_project", "refuses_with"), here().quota
    if found.get("refuses_with") not in (None, 403, 429):
        raise BadInput("refuses_with: 403, 429 or null")
    for name, value in found.items():
        if name != "refuses_with" and (isinstance(value, bool) or not isinstance(value, int)):
            raise BadInput(f"{name}: a whole number")
        setattr(quota, name, value)
    return read_quota()


@control.delete("/quota")
def reset_quota() -> Response:
    here().quota.reset()
    return Response(status=204)


@control.get("/push")
def read_push() -> Json:
    push = here().push
    watches = {
        address: {
            "topic": watch.topic,
            "labels": sorted(watch.labels),
            "exclude": watch.exclude,
            "expires_at": watch.expires_at.isoformat(),
        }
        for address, watch in push.watches().items()
    }
    return {"settings": asdict(push.settings), "watches": watches, "tally": asdict(push.tally)}


@control.put("/push")
def set_push() -> Json:
    push = here().push
    push.configure(**body(*asdict(push.settings)))
    return read_push()


@control.post("/keys/rotate")
def rotate_keys() -> Json:
    return {"kid": here().keys.rotate()}
