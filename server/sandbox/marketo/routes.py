"""The blueprint, and what every endpoint does before its own work."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, request

from server.sandbox.crm.crm import Crm
from server.sandbox.marketo.envelope import Refusal, page
from server.sandbox.marketo.instance import Marketo, User, here

marketo = Blueprint("marketo", __name__)
_VERBS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_BIGGEST_BODY, _LONGEST_URI = 1_000_000, 8_192
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Call:
    marketo: Marketo
    user: User
    given: Mapping[str, str]

    @property
    def crm(self) -> Crm:
        return self.marketo.crm

    def needed(self, name: str) -> str:
        value = self.given.get(name, "").strip()
        if not value:
            raise Refusal("701", f"{name} cannot be blank")
        return value

    def words(self, name: str, most: int) -> list[str]:
        """A list with commas."""
        found = [word.strip() for word in self.given.get(name, "").split(",") if word.strip()]
        if len(found) > most:
            raise Refusal("1003", f"{name} has too many values, {most} is the maximum")
        return found

    def numbers(self, name: str, most: int) -> list[int]:
        found = self.words(name, most)
        if not all(word.isdigit() for word in found):
            raise Refusal("1003", f"Invalid value for {name}")
        return [int(word) for word in found]

    def batch_size(self) -> int:
        size = self.numbers("batchSize", 1) or [300]
        if not 0 < size[0] <= 300:
            raise Refusal("1003", "batchSize is at most 300")
        return size[0]


View = Callable[..., Response]


def endpoint(name: str, path: str, permission: str, verb: str = "GET") -> Callable[[View], View]:
    """Register `(call, **path) -> answer` under /rest/v1. `name` is what failures and meters call it."""

    def register(view: View) -> View:
        @functools.wraps(view)
        def answer(**parts: str) -> Response:
            found = here()
            with found.limits.running() as running:
                played = found.failures.play(name)
                return played or _noted(found, lambda: _run(view, found, name, permission, verb, running, parts))

        marketo.add_url_rule(f"/rest/v1{path}", name.replace(".", "_"), answer, methods=_VERBS)
        return view

    return register


@marketo.route("/rest/<path:_rest>", methods=_VERBS)
def _unknown(_rest: str) -> Response:
    return _noted(here(), _nowhere)


def _nowhere() -> Response:
    raise Refusal("610")


def _run(view: View, found: Marketo, name: str, permission: str, verb: str, running: int, parts: Mapping[str, str]) -> Response:
    if (request.content_length or 0) > _BIGGEST_BODY:
        return page(413, "Request Entity Too Large")
    if len(_uri()) > _LONGEST_URI:
        return page(414, "Request-URI Too Large")
    user = _user(found)
    if permission not in found.permissions:
        raise Refusal("603")
    found.limits.charge(user.name, name, running)
    call = Call(found, user, _given(verb))
    with found.crm.lock:
        return view(call, **parts)


def _noted(found: Marketo, work: Callable[[], Response]) -> Response:
    try:
        answer = work()
    except Refusal as refusal:
        found.limits.note(refusal.code)
        return refusal.answer()
    if answer.status_code >= 400:
        found.limits.note(str(answer.status_code))
    return answer


def _uri() -> str:
    return str(request.environ.get("REQUEST_URI") or request.full_path)


def _user(found: Marketo) -> User:
    """Only the header counts; a token in the address is refused even beside one."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if "access_token" in request.args or scheme.lower() != "bearer" or not value:
        raise Refusal("600")
    now = found.crm.now()
    for client_id, tokens in found.tokens.items():
        if value == tokens.value and tokens.ends is not None and now < tokens.ends:
            return found.users[client_id]
        if value == tokens.value or value in tokens.former:
            raise Refusal("602")
    raise Refusal("601")


def _given(verb: str) -> Mapping[str, str]:
    """The query, or the form of a `POST …?_method=GET`."""
    if request.method == "POST" and verb == "GET" and request.args.get("_method") == "GET":
        if request.mimetype != _FORM:
            raise Refusal("612")
        return {**request.args.to_dict(), **request.form.to_dict()}
    if request.method != verb:
        raise Refusal("605")
    return request.args.to_dict()


def sent_json() -> Mapping[str, object]:
    if request.mimetype != "application/json":
        raise Refusal("612")
    found = request.get_json(silent=True)
    if not isinstance(found, dict):
        raise Refusal("609")
    return found
