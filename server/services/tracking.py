"""What the tracking edge saw: a line in the inbox, durable before its answer leaves, then a hit with all that it brings."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple, Protocol

from server.domain.addresses import cut, line_of
from server.domain.arrivals import Packed, came_at, of_network, of_place, unpacked
from server.domain.engagement import Kind, Network, Place
from server.errors import LivefeedError
from server.logs import logger
from server.realtime.bus import Bus
from server.services import engagement
from server.storage import arrivals
from server.storage.database import Database, Transaction
from server.storage.spool import extent

MOST_FOLDED = 100
"""In one transaction: on SQLite others wait for its end."""

_POURING = timedelta(seconds=1)
_MANY = 8

_log = logger(__name__)


class Sighting(NamedTuple):
    """One request of a pixel or link as the edge read it. `own_tags`: the users whose own device it came from."""

    id: str
    message_id: str
    kind: Kind
    at: datetime
    method: str
    user_agent: str
    signs: frozenset[str]
    address: str
    recipient: int
    link: int | None
    own_tags: frozenset[str]


class Places(Protocol):
    def network(self, address: str) -> Network | None: ...
    def place(self, address: str) -> Place | None: ...


class Inbox(NamedTuple):
    """How many hits wait to be taken into the feed, since when the first of them does, and how many can't be taken in."""

    waiting: int
    since: datetime | None
    refused: int


class Spooled(NamedTuple):
    """Bytes that wait for the database on this machine, and since when the first hit of them does."""

    size: int
    since: datetime | None


class Tracking:
    def __init__(
        self,
        database: Database,
        places: Places,
        hash_address: Callable[[str], str],
        bus: Bus,
        clock: Callable[[], datetime],
        spool: Path,
    ) -> None:
        self._database = database
        self._places = places
        self._hash_address = hash_address
        self._bus = bus
        self._clock = clock
        self._spool = spool

    def line(self, seen: Sighting) -> str:
        """As it is kept from here on: without the address itself."""
        address = seen.address
        return Packed(
            id=seen.id,
            message_id=seen.message_id,
            kind=seen.kind,
            at=seen.at.timestamp(),
            method=seen.method,
            user_agent=seen.user_agent,
            signs=tuple(seen.signs),
            network=of_network(self._places.network(address)),
            place=of_place(self._places.place(address)),
            address_hash=self._hash_address(line_of(address)),
            recipient=seen.recipient,
            link=seen.link,
            address=cut(address),
            own_tags=tuple(seen.own_tags),
        ).line()

    def receive(self, lines: Sequence[str]) -> None:
        """Into the inbox, all of them in one transaction. What lay there before, or was folded before, brings nothing."""
        self._database.write_once(arrivals.add, lines)

    def fold(self, most: int = MOST_FOLDED) -> int:
        """Take the oldest out of the inbox into the feed, in one transaction. How many these were."""
        try:
            count, viewers = self._database.write(_fold, most, self._clock())
        except LivefeedError:
            raise
        except Exception:
            _log.exception("a batch of hits was refused: they go one by one")
            count, viewers = self._database.write(_fold_each, most, self._clock())
        self._bus.wake(viewers)
        return count

    def catch_up(self) -> bool:
        """Fold some. Whether others may wait still."""
        return self.fold() >= MOST_FOLDED

    def lag(self) -> timedelta:
        """How long the oldest in the inbox waits."""
        line = self._database.read(arrivals.oldest)
        return self.age(came_at(line) if line else None)

    def pouring(self) -> bool:
        """Whether hits come so fast that who answers them has no time to fold: many share each batch."""
        line, size = self._database.read(arrivals.newest)
        return line is not None and size > _MANY and self.age(came_at(line)) < _POURING

    def age(self, since: datetime | None) -> timedelta:
        return max(self._clock() - since, timedelta()) if since else timedelta()

    def inbox(self) -> Inbox:
        found = self._database.read(arrivals.backlog)
        return Inbox(found.waiting, came_at(found.oldest) if found.oldest else None, found.refused)

    def spooled(self) -> Spooled:
        found = extent(self._spool)
        return Spooled(found.size, came_at(found.first) if found.first else None)

    def readmit(self) -> None:
        """Try again what an older version could not take in."""
        if self._database.write(arrivals.readmit):
            _log.info("hits that were refused before are tried again")


def _fold(tx: Transaction, most: int, now: datetime) -> tuple[int, set[str]]:
    lines = arrivals.take(tx, most)
    return len(lines), engagement.record_hits(tx, [unpacked(line) for line in lines], now) if lines else set()


def _fold_each(tx: Transaction, most: int, now: datetime) -> tuple[int, set[str]]:
    """One hit that can't be taken in must not hold up the others: it is set aside."""
    lines, viewers = arrivals.take(tx, most), set[str]()
    for line in lines:
        try:
            with tx.begin_nested():
                viewers |= engagement.record_hits(tx, [unpacked(line)], now)
        except LivefeedError:
            raise
        except Exception as error:
            _log.error("a hit was set aside", error=type(error).__name__)
            arrivals.add(tx, [line], refused=True)
    return len(lines), viewers
