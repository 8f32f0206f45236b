"""The recipients' control API (docs/recipients.md): everything happens at once and answers with what was done."""

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify, request

from server.errors import BadInput, LivefeedError, NotFound

from ..places import line
from ..visitors import refuse_other_sites
from .clients import CLIENTS
from .fetch import Request
from .letter import Letter
from .population import Recipients

_LONGEST_WAIT = 120.0
Orders = dict[str, Any]


def control(people: Recipients) -> Blueprint:
    routes = Blueprint("recipients_control", __name__, url_prefix="/control/recipients")
    routes.before_request(refuse_other_sites)
    routes.register_error_handler(LivefeedError, _refusal)

    @routes.get("")
    def everybody() -> Response:
        return jsonify({"recipients": [_person(people, address) for address in people.addresses()]})

    @routes.get("/clients")
    def clients() -> Response:
        return jsonify({"clients": [{**asdict(client), "by_itself": client.by_itself} for client in CLIENTS.values()]})

    @routes.get("/requests")
    def requests() -> Response:
        made = people.requests(who=request.args.get("who", ""), since=request.args.get("since", 0, int))
        return jsonify({"requests": [row.facts() for row in made]})

    @routes.get("/idle")
    def idle() -> Response:
        timeout = min(request.args.get("timeout", 10.0, float), _LONGEST_WAIT)
        return jsonify({"idle": people.schedule.wait_idle(timeout), "waiting": people.schedule.waiting})

    @routes.post("/hurry")
    def hurry() -> Response:
        return jsonify({"done": people.schedule.run_all()})

    @routes.put("/pace")
    def pace() -> Response:
        people.pace = _pace(_orders().get("pace"))
        return jsonify({"pace": people.pace})

    @routes.get("/<address>/letters")
    def letters(address: str) -> Response:
        wanted = request.args.get("at_least", 0, int)
        found = _wait_for(lambda: people.letters(address), wanted, request.args.get("timeout", 10.0, float))
        return jsonify({"letters": [_letter(letter) for letter in found]})

    @routes.get("/<address>/letters/<id>")
    def letter(address: str, id: str) -> Response:
        found = _of(people, address, {"letter": id})
        return jsonify({**_letter(found), "html": found.html, "text": found.text, "raw": found.raw.decode("utf-8", "replace")})

    @routes.post("/<address>/<verb>")
    def act(address: str, verb: str) -> Response:
        orders = _orders()
        if verb not in _VERBS:
            raise NotFound(f"A recipient can: {', '.join(_VERBS)}.")
        return jsonify(_VERBS[verb](people, _of(people, address, orders), orders))

    return routes


def _refusal(error: LivefeedError) -> tuple[Response, int]:
    return jsonify({"error": error.code, "detail": error.detail}), error.status


def _orders() -> Orders:
    if not request.data:
        return {}
    given = request.get_json(silent=True)
    if not isinstance(given, dict):
        raise BadInput("The body is a JSON object, sent as application/json.")
    return given


def _pace(given: object) -> float | None:
    if given is None:
        return None
    if isinstance(given, int | float) and given >= 0:
        return float(given)
    raise BadInput("pace is a number, or null for quiet recipients.")


def _wait_for(find: Callable[[], list[Letter]], at_least: int, timeout: float) -> list[Letter]:
    end = time.monotonic() + min(timeout, _LONGEST_WAIT)
    found = find()
    while len(found) < at_least and time.monotonic() < end:
        time.sleep(0.05)
        found = find()
    return found


def _of(people: Recipients, address: str, orders: Orders) -> Letter:
    """The letter named in the orders, else the newest of this recipient."""
    if orders.get("letter"):
        letter = people.letter(str(orders["letter"]))
        if letter.owner == address.lower():
            return letter
        raise NotFound("This recipient has no such letter.")
    letters = people.letters(address)
    if not letters:
        raise NotFound("This recipient has no letter yet.")
    return letters[0]


def _reader(orders: Orders) -> dict[str, Any]:
    return {
        "client": str(orders.get("client", "")),
        "address": str(orders.get("address", "")),
        "elsewhere": bool(orders.get("elsewhere", False)),
    }


def _ordinal(orders: Orders) -> int:
    try:
        return int(orders.get("link", 1))
    except (TypeError, ValueError) as error:
        raise BadInput("link is a number, counted from 1.") from error


def _open(people: Recipients, letter: Letter, orders: Orders) -> dict[str, Any]:
    return _made(letter, people.open(letter, fresh=bool(orders.get("fresh", False)), **_reader(orders)))


def _click(people: Recipients, letter: Letter, orders: Orders) -> dict[str, Any]:
    return _made(letter, [people.click(letter, _ordinal(orders), **_reader(orders))])


def _scan(people: Recipients, letter: Letter, orders: Orders) -> dict[str, Any]:
    return _made(letter, people.scan(letter, str(orders.get("client", "proofpoint")), str(orders.get("address", ""))))


def _prefetch(people: Recipients, letter: Letter, orders: Orders) -> dict[str, Any]:
    return _scan(people, letter, {"client": "gmail-prefetch", **orders})


def _preview(people: Recipients, letter: Letter, orders: Orders) -> dict[str, Any]:
    return _made(letter, [people.preview(letter, _ordinal(orders), str(orders.get("client", "slack")))])


def _forward(people: Recipients, letter: Letter, orders: Orders) -> dict[str, Any]:
    to = str(orders.get("to", "colleague@forwarded.example"))
    forwarded, made = people.forward(letter, to, read=bool(orders.get("read", True)), words=str(orders.get("words", "")))
    return {**_made(letter, made), "forwarded": _letter(forwarded)}


def _reply(people: Recipients, letter: Letter, orders: Orders) -> dict[str, Any]:
    raw = people.reply(letter, str(orders.get("words", "")), str(orders.get("from", "")), str(orders.get("to", "")))
    return {"letter": letter.id, "raw": raw.decode("utf-8", "replace")}


def _auto_reply(people: Recipients, letter: Letter, orders: Orders) -> dict[str, Any]:
    raw = people.auto_reply(letter, str(orders.get("shape", "vacation")))
    return {"letter": letter.id, "raw": raw.decode("utf-8", "replace")}


def _bounce(people: Recipients, letter: Letter, orders: Orders) -> dict[str, Any]:
    raw = people.bounce(letter, str(orders.get("kind", "hard")))
    return {"letter": letter.id, "raw": raw.decode("utf-8", "replace")}


_VERBS: dict[str, Callable[[Recipients, Letter, Orders], dict[str, Any]]] = {
    "open": _open,
    "click": _click,
    "scan": _scan,
    "prefetch": _prefetch,
    "preview": _preview,
    "forward": _forward,
    "reply": _reply,
    "auto-reply": _auto_reply,
    "bounce": _bounce,
}


def _made(letter: Letter, requests: list[Request]) -> dict[str, Any]:
    return {"letter": letter.id, "requests": [row.facts() for row in requests]}


def _letter(letter: Letter) -> dict[str, Any]:
    return {
        "id": letter.id,
        "owner": letter.owner,
        "sender": letter.sender,
        "subject": letter.subject,
        "message_id": letter.message_id,
        "delivered_at": letter.delivered_at.isoformat(),
        "images": list(letter.images),
        "links": [asdict(link) for link in letter.links],
    }


def _person(people: Recipients, address: str) -> dict[str, Any]:
    person = people.person(address)
    town = line(person.line).town
    return {**asdict(person), "place": town.name if town else "", "letters": len(people.letters(address))}
