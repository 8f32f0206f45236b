"""What the tracking edge saw becomes hits: enriched, then stored with everything that comes of them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from server.domain.addresses import cut, line_of
from server.domain.engagement import Hit, Kind, Network, Place
from server.domain.feed import Arrival
from server.realtime.bus import Bus
from server.services import engagement
from server.storage.database import Database


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


class Tracking:
    def __init__(
        self,
        database: Database,
        places: Places,
        hash_address: Callable[[str], str],
        bus: Bus,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._places = places
        self._hash_address = hash_address
        self._bus = bus
        self._clock = clock

    def store(self, sightings: Sequence[Sighting]) -> None:
        """All of them in one transaction; what was stored before is not stored again."""
        arrivals = [self._arrival(sighting) for sighting in sightings]
        self._bus.wake(self._database.write(engagement.record_hits, arrivals, self._clock()))

    def _arrival(self, seen: Sighting) -> Arrival:
        hit = Hit(
            id=seen.id,
            message_id=seen.message_id,
            kind=seen.kind,
            at=seen.at,
            method=seen.method,
            user_agent=seen.user_agent,
            signs=seen.signs,
            network=self._places.network(seen.address),
            place=self._places.place(seen.address),
            address_hash=self._hash_address(line_of(seen.address)),
            recipient=seen.recipient,
            link=seen.link,
            own_device=False,
        )
        return Arrival(hit, cut(seen.address), seen.own_tags)
