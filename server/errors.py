"""One tree of errors. Each says how the caller is answered and whether trying again can help."""

from collections.abc import Mapping


class LivefeedError(Exception):
    """`code` is stable and machine-readable; `detail` may be shown to whoever asked."""

    code = "internal"
    status = 500
    retryable = False

    def __init__(self, detail: str = "", **facts: object) -> None:
        super().__init__(detail or self.code)
        self.detail = detail
        self.facts = facts


class BadInput(LivefeedError):
    """`fields` maps a field's name to what would be right."""

    code = "bad-input"
    status = 422

    def __init__(self, detail: str = "", fields: Mapping[str, str] | None = None, **facts: object) -> None:
        super().__init__(detail, **facts)
        self.fields = dict(fields or {})


class SignInNeeded(LivefeedError):
    code = "sign-in-needed"
    status = 401


class NotAllowed(LivefeedError):
    code = "not-allowed"
    status = 403


class NotFound(LivefeedError):
    code = "not-found"
    status = 404


class Conflict(LivefeedError):
    code = "conflict"
    status = 409


class Gone(LivefeedError):
    code = "gone"
    status = 410


class Unavailable(LivefeedError):
    """Something of our own (database, bus) is away for the moment."""

    code = "unavailable"
    status = 503
    retryable = True


class OutsideError(LivefeedError):
    """An outside service refused or failed. `retry_after` is in seconds."""

    code = "outside"
    status = 502

    def __init__(
        self, service: str, detail: str = "", *, retryable: bool = False, retry_after: float | None = None, **facts: object
    ) -> None:
        super().__init__(detail, **facts)
        self.service = service
        self.retryable = retryable
        self.retry_after = retry_after
