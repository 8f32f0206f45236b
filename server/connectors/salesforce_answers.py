"""What Salesforce's answers mean: errors are a list of `{message, errorCode}` with a status of 400 and above."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from server.connectors.bearer import StaleToken
from server.connectors.errors import Absent, Away, ConnectorError, Refused, Rejected, Throttled
from server.connectors.http import Answer
from server.domain import causes
from server.logs import mask_address

_SERVICE = "salesforce"
_WINDOW_MOVES = timedelta(hours=1)
"""The limit is of any 24 hours, so calls come back little by little."""

_OTHERS_END = timedelta(seconds=10)
_LIMIT = "REQUEST_LIMIT_EXCEEDED"
_ABSENT = {"NOT_FOUND", "ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY"}
_AWAY = {"UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE", "QUERY_TIMEOUT", "UNKNOWN_EXCEPTION", "INVALID_QUERY_LOCATOR"}
_NO_API = {"API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED", "FUNCTIONALITY_NOT_ENABLED"}
_FOR_ADMIN = {
    *_NO_API,
    "INSUFFICIENT_ACCESS",
    "INVALID_TYPE",
    "TXN_SECURITY_METERING_ERROR",
}


def judge(answer: Answer, now: datetime, about: str = "") -> None:
    """`about`: whose records it asks for."""
    if answer.status < 400:
        return
    number, message = _told(answer.json())
    if answer.status == 401:
        raise StaleToken(number or "401")
    if number == _LIMIT:
        raise _throttled(message, now)
    raise _of_number(answer.status, number, f"{number} {mask_address(message)}".strip()[:200], about)


def judge_token(answer: Answer) -> None:
    told = answer.json()
    if not isinstance(told, Mapping):
        if answer.status == 404:
            says = "there is no Salesforce at the address given for it"
            raise Refused(_SERVICE, says, number="404", cause=causes.SALESFORCE_ADDRESS)
        says = "an answer that is no JSON"
        raise Away(_SERVICE, says, number=str(answer.status), cause=causes.SALESFORCE_ADDRESS)
    if answer.status >= 400 or "access_token" not in told or "instance_url" not in told:
        error, says = str(told.get("error", answer.status)), str(told.get("error_description", ""))
        detail = f"signing in is refused: {error} {mask_address(says)}".strip()[:200]
        raise Refused(_SERVICE, detail, number=error, cause=causes.of_salesforce(error, says))


def _throttled(message: str, now: datetime) -> Throttled:
    """The day's calls, or too many long ones at once: the code is the same."""
    if message.startswith("Concurrent"):
        return Throttled(_SERVICE, "too many long calls to Salesforce at once", now + _OTHERS_END, now, number=_LIMIT)
    used_up = "the company's calls to Salesforce are used up"
    return Throttled(_SERVICE, used_up, now + _WINDOW_MOVES, now, number=_LIMIT, cause=causes.QUOTA)


def _of_number(status: int, number: str, says: str, about: str) -> ConnectorError:
    if number in _AWAY:
        return Away(_SERVICE, says, number=number, maybe_done=False)
    if status == 404 or number in _ABSENT:
        return Absent(_SERVICE, says or "not there", number=number or str(status))
    if status == 403 or number in _FOR_ADMIN or _hides_a_field(number, says):
        cause = causes.SALESFORCE_API if number in _NO_API else causes.SALESFORCE_PERMISSION
        said = says or f"an answer {status}"
        return Refused(_SERVICE, f"{about}: {said}" if about else said, number=number or str(status), cause=cause)
    return Rejected(_SERVICE, says or f"an answer {status}", number=number or str(status))


def _hides_a_field(number: str, says: str) -> bool:
    """Fields that the user may not see look as if they did not exist."""
    return number == "INVALID_FIELD" and "No such column" in says


def _told(errors: Any) -> tuple[str, str]:
    first = errors[0] if isinstance(errors, list) and errors else errors
    if not isinstance(first, Mapping):
        return "", ""
    return str(first.get("errorCode", "")), str(first.get("message", ""))
