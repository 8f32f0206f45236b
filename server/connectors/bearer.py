"""An access token: asked for when needed, renewed once when refused, then given up."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from server.connectors.errors import Refused
from server.connectors.http import Answer, Request, Transport
from server.domain import causes


class StaleToken(Exception):
    """The service refuses the token; a new one may help."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


@dataclass(frozen=True, slots=True)
class Grant:
    """`base` is where calls go, without a slash at its end. `until`: None where the service does not say."""

    token: str
    base: str
    until: datetime | None = None


class Bearer:
    def __init__(self, transport: Transport, ask: Callable[[], Grant]) -> None:
        self._transport = transport
        self._ask = ask
        self._lock = threading.Lock()
        self._grant: Grant | None = None

    def send(self, request: Request, judge: Callable[[Answer], None]) -> Answer:
        """`request.url` begins with a slash: it is put behind the grant's base. `judge` may raise StaleToken."""
        grant = self._in_force(None)
        try:
            return self._transport.send(_signed(request, grant), judge)
        except StaleToken:
            grant = self._in_force(grant)
        try:
            return self._transport.send(_signed(request, grant), judge)
        except StaleToken as again:
            service = self._transport.service
            says = f"a token it has just given is refused ({again.number})"
            error = Refused(service, says, number=again.number, cause=causes.TOKEN)
        self._transport.told(error)
        raise error

    def _in_force(self, refused: Grant | None) -> Grant:
        """Of several threads whose token died one asks for a new one."""
        with self._lock:
            known = self._grant
            if known is None or known is refused or (known.until is not None and known.until <= self._transport.clock()):
                known = self._grant = self._ask()
            return known


def _signed(request: Request, grant: Grant) -> Request:
    headers = {**request.headers, "Authorization": f"Bearer {grant.token}", "Accept": "application/json"}
    return replace(request, url=grant.base + request.url, headers=headers)
