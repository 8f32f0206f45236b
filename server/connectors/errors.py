"""What refusals of outside services mean to us: who must act, and whether and when to try again."""

from datetime import datetime

from server.errors import OutsideError


class ConnectorError(OutsideError):
    """`number` is the service's own code. `detail` holds no secrets and no addresses of people. `cause`: what an admin reads
    about it in their language, one of domain.causes; empty when only `detail` can tell."""

    def __init__(
        self,
        service: str,
        detail: str = "",
        *,
        number: str = "",
        cause: str = "",
        retryable: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(service, detail, retryable=retryable, retry_after=retry_after)
        self.number = number
        self.cause = cause


class Refused(ConnectorError):
    """An admin, here or there, must act: wrong credentials, a missing permission, a field that does not exist."""

    code = "outside-refused"
    status = 409


class Throttled(ConnectorError):
    """Nothing was done, and nothing will be before `until` (aware UTC)."""

    code = "outside-throttled"
    status = 503

    def __init__(self, service: str, detail: str, until: datetime, now: datetime, *, number: str = "", cause: str = "") -> None:
        wait = max(0.0, (until - now).total_seconds())
        super().__init__(service, detail, number=number, cause=cause, retryable=True, retry_after=wait)
        self.until = until


class Away(ConnectorError):
    """The service or the way to it failed. `maybe_done`: the request may have been carried out all the same."""

    code = "outside-away"
    status = 503

    def __init__(
        self,
        service: str,
        detail: str = "",
        *,
        number: str = "",
        cause: str = "",
        retry_after: float | None = None,
        maybe_done: bool = True,
    ) -> None:
        super().__init__(service, detail, number=number, cause=cause, retryable=True, retry_after=retry_after)
        self.maybe_done = maybe_done


class Rejected(ConnectorError):
    """This one request is wrong; the same again will be refused again. The connection itself is well."""

    code = "outside-rejected"


class Absent(Rejected):
    """What the request is about is not there, or no longer."""

    code = "outside-absent"
    status = 404


class TooMany(Rejected):
    """The answer would hold more than the service gives at once: ask for less."""

    code = "outside-too-many"
