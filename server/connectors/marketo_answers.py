"""What Marketo's answers mean. Its errors come with HTTP 200, its codes as text in errors and as numbers in warnings."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from server.connectors.bearer import StaleToken
from server.connectors.errors import Absent, Away, ConnectorError, Refused, Rejected, Throttled, TooMany
from server.connectors.http import Answer
from server.domain import causes
from server.domain.marketo import day_ends
from server.logs import logger

_SERVICE = "marketo"
_WINDOW = timedelta(seconds=5)
_LATER = timedelta(hours=1)

_TOKEN = {"601", "602"}
_AWAY = {"502", "604", "608", "611", "614", "713"}
_DENIED = "603"
_FOR_ADMIN = {_DENIED, "610", "1006"}
_ABSENT = {"1004", "1013"}
_NOTHING = "702"

_log = logger(__name__)


def judge(answer: Answer, now: datetime, needs: str = "") -> None:
    """Raises what the answer means; lets pass what holds a result, or says there is none. `needs`: the permission without which
    Marketo denies this, by its name there."""
    told = answer.json()
    if not isinstance(told, Mapping) or "success" not in told:
        raise _of_status(answer.status)
    if told["success"]:
        return
    errors = told.get("errors") or [{}]
    number, message = str(errors[0].get("code", "")), str(errors[0].get("message", ""))
    if number in _TOKEN:
        raise StaleToken(number)
    if number != _NOTHING:
        raise _of_number(number, f"{needs}: {message}" if number == _DENIED and needs else message, now)


def judge_token(answer: Answer) -> None:
    told = answer.json()
    if isinstance(told, Mapping) and answer.status in (400, 401, 403):
        raise _unknown(str(told.get("error", "")), str(answer.status))
    if answer.status == 400 or (isinstance(told, Mapping) and "access_token" not in told):
        raise _of_status(404)
    if not isinstance(told, Mapping):
        raise _of_status(answer.status)


def _unknown(error: str, number: str) -> Refused:
    if error == "invalid_client":
        says = "Marketo knows this client id, but not with this secret"
        return Refused(_SERVICE, says, number=number, cause=causes.MARKETO_SECRET)
    return Refused(_SERVICE, "Marketo does not know this client id", number=number, cause=causes.MARKETO_CLIENT)


def noted_warnings(told: Mapping[str, Any]) -> None:
    """`{code, message}` by the published description, plain texts as some clients expect: both occur."""
    for warning in told.get("warnings") or ():
        is_plain = not isinstance(warning, Mapping)
        number, text = ("", str(warning)) if is_plain else (str(warning.get("code", "")), str(warning.get("message", "")))
        _log.warning("marketo.warning", number=number, detail=text[:200])


def _of_number(number: str, message: str, now: datetime) -> ConnectorError:
    says = f"{number} {message}"[:200]
    if number in _AWAY:
        return Away(_SERVICE, says, number=number, retry_after=60.0 if number == "614" else None, maybe_done=number != "614")
    if number in ("606", "615"):
        return Throttled(_SERVICE, says, now + _WINDOW if number == "606" else now, now, number=number)
    if number == "607":
        used_up = "the day's calls to Marketo are used up"
        return Throttled(_SERVICE, used_up, day_ends(now), now, number=number, cause=causes.QUOTA)
    if number == "1029":
        return Throttled(_SERVICE, says, now + _LATER, now, number=number)
    return _for_somebody(number, message, says)


def _for_somebody(number: str, message: str, says: str) -> ConnectorError:
    if number in _FOR_ADMIN:
        cause = {_DENIED: causes.MARKETO_PERMISSION, "1006": causes.MARKETO_FIELD}.get(number, causes.MARKETO_ADDRESS)
        return Refused(_SERVICE, says, number=number, cause=cause)
    if number == "1003" and "too many" in message.lower():
        return TooMany(_SERVICE, says, number=number)
    return Absent(_SERVICE, says, number=number) if number in _ABSENT else Rejected(_SERVICE, says, number=number)


def _of_status(status: int) -> ConnectorError:
    """An answer that is none of Marketo's own: an HTML page of a gateway, mostly."""
    number = str(status)
    if status in (413, 414):
        return Rejected(_SERVICE, "the request is too long", number=number)
    if status in (401, 403):
        return Refused(_SERVICE, "Marketo lets nobody in from here", number=number, cause=causes.MARKETO_NETWORK)
    if status == 404:
        says = "there is no Marketo at the address given for it"
        return Refused(_SERVICE, says, number=number, cause=causes.MARKETO_ADDRESS)
    if status >= 400:
        return Rejected(_SERVICE, f"an answer {status}", number=number)
    return Away(_SERVICE, "an answer that is no JSON", number=number, cause=causes.MARKETO_ADDRESS)
