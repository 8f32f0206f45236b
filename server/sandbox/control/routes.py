"""The blueprint of the control API, and how its calls read and refuse."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from server.errors import BadInput, LivefeedError
from server.sandbox.failures import Failure, Failures
from server.sandbox.google import here
from server.sandbox.mailbox import Mailbox

Json = dict[str, object]
control = Blueprint("control", __name__, url_prefix="/control")


@control.errorhandler(LivefeedError)
def _refuse(error: LivefeedError) -> tuple[Response, int]:
    return jsonify({"error": error.code, "detail": error.detail}), error.status


@control.errorhandler(HTTPException)
def _unread(error: HTTPException) -> tuple[Response, int]:
    return jsonify({"error": BadInput.code, "detail": error.description}), error.code or 400


@control.errorhandler(ValueError)
@control.errorhandler(TypeError)
def _misread(error: Exception) -> tuple[Response, int]:
    return jsonify({"error": BadInput.code, "detail": str(error)}), BadInput.status


def body(*known: str) -> Json:
    """The JSON object sent along (none is an empty one). Unknown names are refused, to catch a slip of the pen."""
    found = request.get_json() if request.get_data() else {}
    if not isinstance(found, dict):
        raise BadInput("a JSON object is needed")
    strange = [name for name in found if name not in known]
    if strange:
        raise BadInput(f"unknown: {', '.join(strange)}; known: {', '.join(known)}")
    return found


def text(found: Mapping[str, object], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not value:
        raise BadInput(f"{name} is needed, as a string")
    return value


def texts(found: Mapping[str, object], name: str) -> list[str]:
    """A list of strings; one string counts as a list of one."""
    value = found.get(name, [])
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(entry, str) for entry in values):
        raise BadInput(f"{name}: a list of strings")
    return values


def seconds(found: Mapping[str, object], name: str) -> float:
    value = found.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadInput(f"{name}: a number of seconds")
    return float(value)


def moment(found: Mapping[str, object], name: str) -> datetime:
    value = datetime.fromisoformat(text(found, name))
    if value.tzinfo is None:
        raise BadInput(f"{name}: an ISO time with its zone")
    return value.astimezone(UTC)


def mailbox_of(address: str) -> Mailbox:
    return here().world.mailbox(address)


def number(found: Mapping[str, object], name: str) -> int:
    value = found.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadInput(f"{name}: a whole number")
    return value


def failures_json(failures: Failures) -> Json:
    return {"failures": [asdict(failure) for failure in failures.pending()], "kinds": failures.kinds}


def script_failure(failures: Failures) -> Json:
    """From the request's body."""
    found = body("method", "kind", "times", "after", "account", "seconds")
    text(found, "method"), text(found, "kind")
    failure = Failure(**found)  # type: ignore[arg-type]
    failures.add(failure)
    return asdict(failure)
