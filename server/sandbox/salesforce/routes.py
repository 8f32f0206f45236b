"""The blueprint, and what every endpoint does before its own work."""

import functools
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, request

from server.sandbox.crm.crm import Crm
from server.sandbox.salesforce.org import Salesforce, here
from server.sandbox.salesforce.refusal import Refusal, page

salesforce = Blueprint("salesforce", __name__)
_VERBS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_LONGEST_URI = 16_384
_VERSION = re.compile(r"v(\d{2})\.0")
_OLDEST, NEWEST = 31, 66


@dataclass(frozen=True)
class Call:
    org: Salesforce
    version: str

    @property
    def crm(self) -> Crm:
        return self.org.crm

    def url(self, path: str) -> str:
        return f"/services/data/{self.version}{path}"


View = Callable[..., object]


def endpoint(name: str, path: str, *verbs: str) -> Callable[[View], View]:
    """Register `(call, **path) -> JSON, None (204) or (JSON, status)`. `name` is what failures and meters call it."""

    def register(view: View) -> View:
        @functools.wraps(view)
        def answer(version: str, **parts: str) -> Response:
            found = here()
            try:
                response = found.failures.play(name) or _run(view, found, name, verbs, version, parts)
            except Refusal as refusal:
                found.refused[refusal.code] += 1
                response = refusal.answer()
            response.headers["Sforce-Limit-Info"] = f"api-usage={found.used()}/{found.daily}"
            return response

        salesforce.add_url_rule(f"/services/data/<version>{path}", name.replace(".", "_"), answer, methods=_VERBS)
        return view

    return register


@salesforce.route("/services/data/<version>/<path:_rest>", methods=_VERBS)
@salesforce.route("/services/data/<version>/", methods=_VERBS)
def _unknown(version: str, _rest: str = "") -> Response:
    return Refusal(404, "NOT_FOUND").answer()


def _run(view: View, found: Salesforce, name: str, verbs: tuple[str, ...], version: str, parts: Mapping[str, str]) -> Response:
    if len(str(request.environ.get("REQUEST_URI") or request.full_path)) > _LONGEST_URI:
        return page(414, "URI Too Long")
    if sum(len(key) + len(value) for key, value in request.headers) > _LONGEST_URI:
        return page(431, "Request Header Fields Too Large")
    found.session(_bearer())
    number = _VERSION.fullmatch(version)
    if number is None or not _OLDEST <= int(number[1]) <= NEWEST:
        raise Refusal(404, "NOT_FOUND")
    found.charge(name)
    if request.method not in verbs:
        message = f"HTTP Method '{request.method}' not allowed. Allowed are {','.join(verbs)}"
        raise Refusal(405, "METHOD_NOT_ALLOWED", message)
    with found.crm.lock:
        return _answer(view(Call(found, version), **parts))


def _bearer() -> str:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    return value if scheme in ("Bearer", "OAuth") else ""


def _answer(told: object) -> Response:
    if told is None:
        return Response(status=204)
    body, status = told if isinstance(told, tuple) else (told, 200)
    return Response(json.dumps(body, ensure_ascii=False), status, content_type="application/json;charset=UTF-8")


def sent_json() -> Mapping[str, object]:
    if request.mimetype != "application/json":
        raise Refusal(415, "UNSUPPORTED_MEDIA_TYPE", "Content type of the request is not supported")
    found = request.get_json(silent=True)
    if not isinstance(found, dict):
        raise Refusal(400, "JSON_PARSER_ERROR", "Unexpected character at [line:1, column:1]")
    return found
