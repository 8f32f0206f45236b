"""What Google's refusals mean to us. Strangers' exceptions end here."""

import http.client
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from server.errors import OutsideError
from server.later import later

if TYPE_CHECKING:
    import google.auth.exceptions as google
    import googleapiclient.errors as api
    import httplib2
else:
    httplib2 = later("httplib2")
    google = later("google.auth.exceptions")
    api = later("googleapiclient.errors")

_RATE_REASONS = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "RATE_LIMIT_EXCEEDED"})
_BLOCKED_REASONS = frozenset({"domainPolicy", "accessNotConfigured", "SERVICE_DISABLED", "dailyLimitExceeded"})
_SCOPE_REASONS = frozenset({"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"})
_BLOCKED_GRANTS = frozenset(
    {"admin_policy_enforced", "invalid_client", "unauthorized_client", "org_internal", "deleted_client"}
)
_LONGEST_WAIT = 24 * 3600.0
"""Seconds. Google's longest limits are those of a day."""

_AFTER = re.compile(r"[Rr]etry after (\S+)")


class GmailError(OutsideError):
    """Base of what Gmail's client raises. `detail` holds no tokens and no addresses."""

    def __init__(self, detail: str = "", *, retryable: bool = False, retry_after: float | None = None, **facts: object) -> None:
        super().__init__("gmail", detail, retryable=retryable, retry_after=retry_after, **facts)


class ReconnectNeeded(GmailError):
    """The grant is gone or too small: only the rep can give it again."""

    code = "gmail-reconnect-needed"
    status = 409


class AdminBlocked(GmailError):
    """The Google administrator or the OAuth client stands in the way."""

    code = "gmail-admin-blocked"
    status = 409


class RateLimited(GmailError):
    code = "gmail-rate-limited"
    status = 503


class Missing(GmailError):
    """No such message or thread in this mailbox, or not yet in Google's index."""

    code = "gmail-missing"


class HistoryExpired(GmailError):
    """Google no longer knows what changed since our history id."""

    code = "gmail-history-expired"


class Refused(GmailError):
    """The request itself is wrong; the same again will fail again."""

    code = "gmail-refused"


class Transient(GmailError):
    """Google or the way to it failed. `sent_maybe`: the request may have been carried out all the same."""

    code = "gmail-transient"
    status = 503

    def __init__(self, detail: str = "", *, retry_after: float | None = None, sent_maybe: bool = True) -> None:
        super().__init__(detail, retryable=True, retry_after=retry_after)
        self.sent_maybe = sent_maybe


@contextmanager
def translated() -> Iterator[None]:
    try:
        yield
    except api.HttpError as error:
        raise of_answer(error) from None
    except google.RefreshError as error:
        raise of_refresh(error) from None
    except ConnectionRefusedError:
        raise Transient("connection refused", sent_maybe=False) from None
    except (
        google.GoogleAuthError,
        httplib2.HttpLib2Error,
        httplib2.decode.DecodeLimitError,
        httplib2.decode.DecodeRatioError,
        http.client.HTTPException,
        OSError,
        api.Error,
        ValueError,
        RecursionError,
    ) as error:
        # Their texts may quote addresses of requests: the class says enough.
        raise Transient(type(error).__name__) from None


def of_answer(error: "api.HttpError") -> GmailError:
    """By Google's reason first, then by status: quota errors come as 403 or 429."""
    status, reasons = int(error.resp.status), _reasons(error.content)
    detail = " ".join((str(status), *sorted(reasons)))
    if status == 429 or (status == 403 and reasons & _RATE_REASONS):
        return RateLimited(detail, retryable=True, retry_after=_retry_after(error))
    if status == 401 or (status == 403 and reasons & _SCOPE_REASONS):
        return ReconnectNeeded(detail)
    if status == 403 and reasons & _BLOCKED_REASONS:
        return AdminBlocked(detail)
    if status == 404:
        return Missing(detail)
    if status >= 500 or status == 408:
        return Transient(detail, retry_after=_retry_after(error))
    return Refused(detail)


def of_refresh(error: "google.RefreshError") -> GmailError:
    """By Google's own word in `args[1]`, not by the exception: a plain 500 looks like a refusal, and rapt has no args[1]."""
    answer = error.args[1] if len(error.args) > 1 and isinstance(error.args[1], dict) else {}
    word = answer.get("error")
    if word == "invalid_grant":
        return ReconnectNeeded("invalid_grant")
    if word in _BLOCKED_GRANTS:
        return AdminBlocked(str(word))
    if isinstance(error, google.ReauthFailError) or "eauthentication" in str(error.args[:1]):
        return ReconnectNeeded("invalid_rapt")
    return Transient("token endpoint", sent_maybe=False)


def _reasons(content: bytes) -> set[str]:
    """Every `reason` in Google's error, wherever it stands; empty for an HTML page."""
    try:
        error = json.loads(content)["error"]
        entries = [*error.get("errors", ()), *error.get("details", ())]
        return {str(entry["reason"]) for entry in entries if "reason" in entry}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return set()


def _retry_after(error: "api.HttpError") -> float | None:
    """Seconds, from the header (a number or a date) or from the sentence `… Retry after 2026-11-21T14:00:00.000Z`."""
    header = error.resp.get("retry-after")
    if header and header.strip().isdigit():
        return min(float(header), _LONGEST_WAIT)
    try:
        moment = _aware(parsedate_to_datetime(header)) if header else _moment_named(error.content)
        # By Google's clock, of which the answer tells; ours may be another.
        now = _aware(parsedate_to_datetime(error.resp["date"])) if "date" in error.resp else datetime.now(UTC)
    except ValueError:
        return None
    return min(max(0.0, (moment - now).total_seconds()), _LONGEST_WAIT) if moment else None


def _moment_named(content: bytes) -> datetime | None:
    found: Any = _AFTER.search(content.decode("utf-8", "replace"))
    return _aware(datetime.fromisoformat(found[1].rstrip('".,'))) if found else None


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
