"""How the services outside are doing: heard from their connectors, shown to admins.

Their settings are the installation's, so they belong to its first workspace.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from server.connectors.errors import ConnectorError, Refused, Rejected, Throttled
from server.connectors.http import Told
from server.domain.integrations import SERVICES, Integration, Progress, Quota, State
from server.domain.users import Role, User
from server.errors import LivefeedError, NotAllowed
from server.logs import logger
from server.services.person import time_text
from server.storage import integrations as stored
from server.storage.database import Database, Transaction
from server.storage.users import eldest_workspace

NOTED_EVERY = timedelta(minutes=1)
"""A state that stays is written no more often than this."""

Clock = Callable[[], datetime]
_Standing = tuple[State, str, str]
"""The state, and the cause and the service's own words where it failed."""

_log = logger(__name__)


class Integrations:
    """`addresses`: where each service that is set up is, as an admin may read it: without names and secrets."""

    def __init__(self, database: Database, addresses: Callable[[], Mapping[str, str]], clock: Clock) -> None:
        self._database = database
        self._addresses = addresses
        self._clock = clock

    def overview(self, user: User) -> list[dict[str, Any]]:
        """Every service, JSON-ready; NotAllowed unless the user is an admin."""
        if Role.ADMIN not in user.roles:
            raise NotAllowed()
        return self._database.read(self._told, user, self._addresses())

    def current(self, service: str) -> Integration:
        """For what asks it right now; State.OFF and State.NEW as in the overview."""
        return self._database.read(self._standing, service, self._addresses())

    def home(self) -> str | None:
        """The workspace they belong to; None before anybody signed in."""
        return self._database.read(_home)

    def hearing(self, service: str) -> Told:
        """What a connector tells the end of each call. A database that is away does not end the call."""

        def heard(outcome: ConnectorError | None) -> None:
            standing = _standing(outcome)
            try:
                # Read, not remembered: another process may have noted something else, or an operator changed the settings.
                if self._database.read(self._is_news, service, standing):
                    self._database.write(self._note, service, standing)
            except LivefeedError as error:
                _log.warning("integration.not_noted", service=service, error=error.code)

        return heard

    @contextmanager
    def noted(self, service: str) -> Iterator[None]:
        """Around a piece of work as a whole, for what single calls do not show; its errors go on their way."""
        try:
            yield
        except ConnectorError as error:
            self.hearing(service)(error)
            raise
        self.hearing(service)(None)

    def used(self, service: str, used: int, limit: int) -> None:
        """Calls of the company's day."""
        self._database.write(self._at_home, stored.note_quota, service, Quota(used, limit))

    def progress(self, service: str, done: int, of: int | None) -> None:
        """Of a first sync."""
        self._database.write(self._at_home, stored.note_progress, service, Progress(done, of))

    def advanced(self, service: str, by: int) -> None:
        """So much more of it is here."""
        self._database.write(self._at_home, _advance, service, by)

    def arrived(self, service: str) -> None:
        """The first sync is over."""
        self._database.write(self._at_home, stored.note_progress, service, None)

    def _is_news(self, tx: Transaction, service: str, standing: _Standing) -> bool:
        home = _home(tx)
        known = stored.of_workspace(tx, home).get(service) if home else None
        if known is None:
            return home is not None
        is_well = standing[0] is State.OK
        at = known.succeeded_at if is_well else known.failed_at
        is_same = known.state is standing[0] and (is_well or (known.cause, known.detail) == standing[1:])
        return not is_same or at is None or self._clock() >= at + NOTED_EVERY

    def _note(self, tx: Transaction, service: str, standing: _Standing) -> None:
        self._at_home(tx, stored.note, service, *standing, self._clock())
        _log.info("integration", service=service, state=standing[0].value, cause=standing[1], detail=standing[2])

    def _at_home(self, tx: Transaction, work: Callable[..., None], *given: Any) -> None:
        home = _home(tx)
        if home is not None:
            work(tx, home, *given)

    def _told(self, tx: Transaction, user: User, addresses: Mapping[str, str]) -> list[dict[str, Any]]:
        known = stored.of_workspace(tx, user.workspace_id)
        set_up = addresses if _home(tx) == user.workspace_id else {}
        return [_told(_current(service, known.get(service), set_up), set_up.get(service)) for service in SERVICES]

    def _standing(self, tx: Transaction, service: str, addresses: Mapping[str, str]) -> Integration:
        home = _home(tx)
        known = stored.of_workspace(tx, home).get(service) if home else None
        return _current(service, known, addresses)


def _home(tx: Transaction) -> str | None:
    workspace = eldest_workspace(tx)
    return workspace.id if workspace else None


def _current(service: str, known: Integration | None, addresses: Mapping[str, str]) -> Integration:
    if service not in addresses:
        return Integration(service, State.OFF)
    return known or Integration(service, State.NEW)


def _advance(tx: Transaction, workspace_id: str, service: str, by: int) -> None:
    known = stored.of_workspace(tx, workspace_id).get(service)
    if known and known.progress:
        stored.note_progress(tx, workspace_id, service, Progress(known.progress.done + by, known.progress.of))


def _standing(outcome: ConnectorError | None) -> _Standing:
    """What is wrong with one request says nothing about the connection."""
    if outcome is None or isinstance(outcome, Rejected):
        return State.OK, "", ""
    if isinstance(outcome, Refused):
        return State.REFUSED, outcome.cause, outcome.detail
    return (State.WAITING if isinstance(outcome, Throttled) else State.DEGRADED), outcome.cause, outcome.detail


def _told(one: Integration, address: str | None) -> dict[str, Any]:
    return {
        "service": one.service,
        "state": one.state.value,
        "address": address,
        "cause": one.cause,
        "detail": one.detail,
        "since": time_text(one.since),
        "succeeded_at": time_text(one.succeeded_at),
        "failed_at": time_text(one.failed_at),
        "quota": {"used": one.quota.used, "limit": one.quota.limit} if one.quota else None,
        "progress": {"done": one.progress.done, "of": one.progress.of} if one.progress else None,
    }
