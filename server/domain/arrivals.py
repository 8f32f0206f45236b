"""An arrival as one line of text, as it waits in the inbox or in the spool to be taken into the feed."""

import json
from datetime import UTC, datetime
from typing import NamedTuple

from server.domain.engagement import Hit, Kind, Network, NetworkKind, Place
from server.domain.feed import Arrival


class Packed(NamedTuple):
    """`at` in seconds since 1970; `network` and `place` are the fields of these. The order is that of stored lines: add at the
    end, with a default."""

    id: str
    message_id: str
    kind: str
    at: float
    method: str
    user_agent: str
    signs: tuple[str, ...]
    network: tuple[int | None, str | None, str] | None
    place: tuple[str, str | None, str] | None
    address_hash: str
    recipient: int
    link: int | None
    address: str
    own_tags: tuple[str, ...]

    def line(self) -> str:
        """ASCII without a line break."""
        return json.dumps(self)


def of_network(network: Network | None) -> tuple[int | None, str | None, str] | None:
    return (network.asn, network.organisation, network.kind) if network else None


def of_place(place: Place | None) -> tuple[str, str | None, str] | None:
    return (place.precision, place.city, place.country) if place else None


def unpacked(line: str) -> Arrival:
    """Raises ValueError for what is no line of ours."""
    try:
        one = Packed(*json.loads(line))
        hit = Hit(
            id=one.id,
            message_id=one.message_id,
            kind=Kind(one.kind),
            at=datetime.fromtimestamp(one.at, UTC),
            method=one.method,
            user_agent=one.user_agent,
            signs=frozenset(one.signs),
            network=Network(one.network[0], one.network[1], NetworkKind(one.network[2])) if one.network else None,
            place=Place(*one.place) if one.place else None,  # type: ignore[arg-type]  # as `of_place` wrote it
            address_hash=one.address_hash,
            recipient=one.recipient,
            link=one.link,
            own_device=False,
        )
        return Arrival(hit, one.address, frozenset(one.own_tags))
    except (TypeError, LookupError) as error:
        raise ValueError("not an arrival") from error


def came_at(line: str) -> datetime:
    return unpacked(line).hit.at
