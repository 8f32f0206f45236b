"""Clock, accounts, waiting."""

from datetime import timedelta

from flask import Response, jsonify

from server.sandbox.accounts import Account
from server.sandbox.control.routes import Json, body, control, mailbox_of, moment, seconds, text, texts
from server.sandbox.google import here


@control.get("/clock")
def read_clock() -> Json:
    clock = here().world.clock
    told = {"now": clock.now().isoformat(), "frozen": clock.frozen, "offset": clock.offset.total_seconds()}
    return {**told, "speed": clock.speed}


@control.put("/clock")
def set_clock() -> Json:
    """`speed` (its seconds in a real one) and `frozen` first, then `at`, then `advance` in seconds."""
    found, clock = body("at", "advance", "frozen", "speed"), here().world.clock
    if "speed" in found:
        clock.speed = seconds(found, "speed")
    if "frozen" in found:
        clock.freeze() if found["frozen"] else clock.run()
    if "at" in found:
        clock.set(moment(found, "at"))
    if "advance" in found:
        clock.advance(seconds(found, "advance"))
    return read_clock()


@control.post("/idle")
def wait_idle() -> tuple[Json, int]:
    """Wait until everything due happened and every push was answered; 503 when that takes longer than `timeout`."""
    found = body("timeout")
    idle = here().world.agenda.wait_idle(seconds(found, "timeout") if "timeout" in found else 10.0)
    return {"idle": idle}, 200 if idle else 503


@control.get("/accounts")
def list_accounts() -> Json:
    return {"accounts": [_json(account) for account in here().world.accounts.values()]}


@control.post("/accounts")
def add_account() -> tuple[Json, int]:
    found = body("address", "name", "aliases")
    account = here().world.add_account(text(found, "address"), text(found, "name"), texts(found, "aliases"))
    return _json(account), 201


@control.delete("/accounts/<address>")
def remove_account(address: str) -> Response:
    google = here()
    google.grants.end(google.world.mailbox(address).account.address)
    google.world.remove_account(address)
    return Response(status=204)


@control.put("/accounts/<address>/index")
def set_index(address: str) -> Json:
    """How far the index lags, in seconds, and how many of the next history lists start with an empty page."""
    mailbox, found = mailbox_of(address), body("history_lag", "message_lag", "empty_history_pages")
    if "history_lag" in found:
        mailbox.history.lag = timedelta(seconds=seconds(found, "history_lag"))
    if "message_lag" in found:
        mailbox.message_lag = timedelta(seconds=seconds(found, "message_lag"))
    if "empty_history_pages" in found:
        mailbox.history.empty_pages = int(seconds(found, "empty_history_pages"))
    return {
        "history_lag": mailbox.history.lag.total_seconds(),
        "message_lag": mailbox.message_lag.total_seconds(),
        "empty_history_pages": mailbox.history.empty_pages,
    }


@control.post("/accounts/<address>/history/expire")
def expire_history(address: str) -> Response:
    """Every history id below `before` (by default: below the newest) is answered 404 from now on."""
    found, mailbox = body("before"), mailbox_of(address)
    mailbox.history.expire(int(str(found["before"])) if "before" in found else None)
    return jsonify({"floor": str(mailbox.history.floor), "latest": str(mailbox.history.latest)})


def _json(account: Account) -> Json:
    return {
        "address": account.address,
        "name": account.name,
        "aliases": list(account.aliases),
        "sub": account.sub,
        "hd": account.hd,
        "history_id": str(mailbox_of(account.address).history.latest),
    }
