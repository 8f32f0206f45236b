"""The one way to outside services: time-outs, budgets of calls, and trying again where that can help."""

import json
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from server.connectors.errors import Away, ConnectorError, Refused, Throttled
from server.domain import causes
from server.later import later
from server.logs import logger

if TYPE_CHECKING:
    import requests
else:
    requests = later("requests")

TIMEOUT = 30.0
TRIES = 5
_CONNECT_TIMEOUT = 10.0
_FIRST_DELAY = 1.0
_LONGEST_DELAY = 20.0
MOST_BYTES = 64_000_000
"""Of an answer, unpacked: their largest pages have a tenth of it."""
_PIECE = 65_536

Told = Callable[[ConnectorError | None], None]
"""Hears how each call ended, once all tries are over: None is a success."""

_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Request:
    """`form`, `body` (JSON) and `content` exclude each other. `repeatable`: carried out twice it does no harm."""

    verb: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] | None = None
    body: Any = None
    content: bytes | None = None
    timeout: float = TIMEOUT
    repeatable: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """None when it is none: an HTML page of some gateway, say."""
        try:
            return json.loads(self.body) if self.body else None
        except (ValueError, RecursionError):
            return None


class Budget:
    """At most `calls` begin within any `window` seconds, and `at_once` are under way. Who comes too early waits."""

    def __init__(
        self,
        calls: int,
        window: float,
        at_once: int,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._calls, self._window = calls, window
        self._places = threading.BoundedSemaphore(at_once)
        self._begun: deque[float] = deque()
        self._lock = threading.Lock()
        self._monotonic, self._sleep = monotonic, sleep

    @contextmanager
    def place(self) -> Iterator[None]:
        with self._places:
            while (wait := self._begin()) > 0:
                self._sleep(wait)
            yield

    def _begin(self) -> float:
        """0 when a call may begin now, and it is counted; else seconds after which to ask again."""
        with self._lock:
            now = self._monotonic()
            while self._begun and self._begun[0] <= now - self._window:
                self._begun.popleft()
            if len(self._begun) < self._calls:
                self._begun.append(now)
                return 0.0
            return self._begun[0] + self._window - now


def unlimited() -> Budget:
    return Budget(1_000_000, 1.0, 1_000)


class Transport:
    """One service's door. Answers are judged by the caller's `judge`, which raises what they mean. `tries` counts the first."""

    def __init__(
        self,
        service: str,
        budget: Budget,
        told: Told = lambda outcome: None,
        *,
        tries: int = TRIES,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.service = service
        self._budget, self.told = budget, told
        self._tries, self._sleep, self._chance, self.clock = tries, sleep, chance, clock
        self._own = threading.local()

    def send(self, request: Request, judge: Callable[[Answer], None]) -> Answer:
        """The first answer that `judge` lets pass; what it raised last once trying again can't help or took too long."""
        try:
            answer = self._persist(request, judge)
        except ConnectorError as error:
            self.told(error)
            raise
        self.told(None)
        return answer

    def _persist(self, request: Request, judge: Callable[[Answer], None]) -> Answer:
        for attempt in range(1, self._tries + 1):
            try:
                answer = self._once(request)
                judge(answer)
                return answer
            except ConnectorError as error:
                delay = self._delay(attempt, error)
                if attempt == self._tries or not _may_repeat(request, error) or delay > _LONGEST_DELAY:
                    raise
                _log.info(
                    "outside.again", service=self.service, detail=error.detail, number=error.number, after=round(delay, 1)
                )
            self._sleep(delay)
        raise AssertionError("unreachable")

    def _delay(self, attempt: int, error: ConnectorError) -> float:
        """Doubles, between half and all of it by chance; never before the service's own word."""
        grown = min(_FIRST_DELAY * 2.0 ** (attempt - 1), _LONGEST_DELAY)
        return max(grown * (0.5 + self._chance() / 2), error.retry_after or 0.0)

    def _once(self, request: Request) -> Answer:
        with self._budget.place():
            try:
                with self._session().request(
                    request.verb,
                    request.url,
                    params=dict(request.query),
                    headers=dict(request.headers),
                    data=dict(request.form) if request.form is not None else request.content,
                    json=request.body,
                    timeout=(min(_CONNECT_TIMEOUT, request.timeout), request.timeout),
                    allow_redirects=False,
                    auth=_as_it_is,
                    stream=True,
                ) as given:
                    answer = Answer(given.status_code, given.headers, self._body(given))
            except requests.RequestException as error:
                raise self._silence(error) from None
        self._judge_any(answer)
        return answer

    def _body(self, given: "requests.Response") -> bytes:
        body = bytearray()
        for piece in given.iter_content(_PIECE):
            body += piece
            if len(body) > MOST_BYTES:
                raise Refused(self.service, "an answer too large to be one of its own", cause=causes.ADDRESS)
        return bytes(body)

    def _judge_any(self, answer: Answer) -> None:
        """What every service means by these."""
        retry_after = self._retry_after(answer.headers.get("Retry-After"))
        if answer.status == 429:
            now = self.clock()
            until = datetime.fromtimestamp(now.timestamp() + (retry_after or 1.0), UTC)
            raise Throttled(self.service, "too many calls at a time", until, now, number="429", cause=causes.BUSY)
        if answer.status >= 500 or answer.status == 408:
            number = str(answer.status)
            raise Away(self.service, f"an answer {number}", number=number, cause=causes.FAILING, retry_after=retry_after)
        if 300 <= answer.status < 400:
            number = str(answer.status)
            raise Refused(self.service, "the address given for it leads elsewhere", number=number, cause=causes.ADDRESS)

    def _silence(self, error: "requests.RequestException") -> ConnectorError:
        """Their texts may quote addresses and secrets: the class says enough."""
        if isinstance(error, requests.exceptions.SSLError):
            return Refused(self.service, "its certificate is not one to trust", cause=causes.CERTIFICATE)
        if isinstance(
            error, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema | requests.exceptions.MissingSchema
        ):
            return Refused(self.service, "the address given for it is none", cause=causes.ADDRESS)
        if isinstance(error, requests.exceptions.ReadTimeout):
            return Away(self.service, "no answer in time", cause=causes.SILENT)
        unsent = isinstance(error, requests.exceptions.ConnectTimeout) or "NewConnectionError" in repr(error)
        says = "can't be reached" if unsent else "the connection broke"
        return Away(self.service, says, cause=causes.UNREACHABLE, maybe_done=not unsent)

    def _session(self) -> "requests.Session":
        # One a thread: a Session is not made for several.
        session: requests.Session | None = getattr(self._own, "session", None)
        if session is None:
            session = self._own.session = requests.Session()
        return session

    def _retry_after(self, header: str | None) -> float | None:
        """Seconds, from a number or a date."""
        if header and header.strip().isdigit():
            return float(header)
        try:
            at = parsedate_to_datetime(header) if header else None
        except ValueError:
            return None
        return max(0.0, at.timestamp() - self.clock().timestamp()) if at else None


def _may_repeat(request: Request, error: ConnectorError) -> bool:
    return error.retryable and (request.repeatable or not getattr(error, "maybe_done", False))


def _as_it_is(request: "requests.PreparedRequest") -> "requests.PreparedRequest":
    """Without this, a ~/.netrc of the machine would replace our Authorization header."""
    return request
