"""One HTTP request as a given client makes it. Only loopback addresses and named product hosts are ever reached."""

import http.client
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from .clients import Client

Headers = list[tuple[str, str]]
TIMEOUT = 10.0  # seconds
MOST_BYTES = 2_000_000


@dataclass(frozen=True)
class Request:
    """A request that was made, or was not (`skipped` says why, `status` is 0). `seconds` is how long the answer took."""

    at: datetime
    who: str
    client: str
    address: str
    method: str
    url: str
    status: int = 0
    seconds: float = 0.0
    location: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    skipped: str = ""
    body: bytes = b""

    def facts(self) -> dict[str, Any]:
        row = asdict(self)
        row["at"] = self.at.isoformat()
        row["body"] = len(self.body)
        return row


@dataclass(frozen=True)
class Reader:
    """Who asks: a recipient, with a client, at an address."""

    who: str
    client: Client
    address: str


class Fetcher:
    """`product_hosts`: host names outside loopback that may be reached, such as the product's tracking host."""

    def __init__(
        self,
        now: Callable[[], datetime],
        record: Callable[[Request], None],
        product_hosts: frozenset[str] = frozenset(),
    ) -> None:
        self._now = now
        self._record = record
        self._hosts = product_hosts
        self.served_at: dict[str, tuple[str, int]] = {}
        """Names whose https an operator's proxy would end, and where they are served in plain HTTP: (host, port)."""

    def allowed(self, url: str) -> bool:
        try:
            host = urlsplit(url).hostname or ""
        except ValueError:
            return False
        return host in self._hosts or _is_loopback(host)

    def image(self, reader: Reader, url: str, method: str = "GET") -> Request:
        return self._fetch(reader, method, url, reader.client.image_headers)

    def page(self, reader: Reader, url: str, method: str = "GET", *, hops: int = 5) -> Request:
        """The answer to the link itself; a redirect is followed like a browser does, as far as that stays on this machine."""
        first = self._fetch(reader, method, url, reader.client.page_headers)
        onward = urljoin(url, first.location) if first.location else ""
        if onward and hops and self.allowed(onward):
            self.page(reader, onward, method, hops=hops - 1)
        return first

    def _fetch(self, reader: Reader, method: str, url: str, extra: tuple[tuple[str, str], ...]) -> Request:
        request = self._ask(reader, method, url, extra)
        self._record(request)
        return request

    def _ask(self, reader: Reader, method: str, url: str, extra: tuple[tuple[str, str], ...]) -> Request:
        made = Request(self._now(), reader.who, reader.client.key, reader.address, method, url)
        if not self.allowed(url):
            return _with(made, skipped="not on this machine")
        started = time.monotonic()
        try:
            target = urlsplit(url)
            connection = _connection(target, self.served_at.get(target.hostname or ""))
            answer = _exchange(connection, method, target, _headers(reader, extra))
        except (OSError, http.client.HTTPException, ValueError) as error:
            return _with(made, skipped=type(error).__name__, seconds=round(time.monotonic() - started, 4))
        return _with(made, seconds=round(time.monotonic() - started, 4), **answer)


def _connection(url: SplitResult, served_at: tuple[str, int] | None) -> http.client.HTTPConnection:
    if served_at:
        return http.client.HTTPConnection(*served_at, timeout=TIMEOUT)
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    return kind(url.hostname or "", url.port, timeout=TIMEOUT)


def _with(request: Request, **changes: Any) -> Request:
    return Request(**{**request.__dict__, **changes})


def _headers(reader: Reader, extra: tuple[tuple[str, str], ...]) -> Headers:
    return [
        ("User-Agent", reader.client.agent),
        *extra,
        ("X-Forwarded-For", reader.address),
        ("Connection", "close"),
    ]


def _exchange(connection: http.client.HTTPConnection, method: str, url: SplitResult, headers: Headers) -> dict[str, Any]:
    try:
        connection.putrequest(method, _target(url), skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", url.netloc.rpartition("@")[2])
        for name, value in headers:
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        body = answer.read(MOST_BYTES)
        found = {name: value for name, value in answer.getheaders()}
        return {"status": answer.status, "location": answer.getheader("Location", ""), "headers": found, "body": body}
    finally:
        connection.close()


def _target(url: SplitResult) -> str:
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    return quote(path, safe="!#$%&'()*+,/:;=?@[]~")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
