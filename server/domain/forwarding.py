"""Whether views and clicks of one copy look like more than one reader: a hint, never a claim.

One person has a phone and a computer, opens a link in a browser beside the mail program, commutes and travels.
So a hint needs either a third device, or two places that one reader cannot well explain:

* two countries within three hours, whatever the device;
* two countries at any time, or two cities of one country within the hour, without a device in common: who travels or
  commutes takes the device along.

Image proxies and machines say nothing. An address of a relay, a data centre, a company's web gateway or a phone network
(roaming leaves at home) says nothing about places. A body that several known recipients share needs that many more
places and devices, and gives up the rules about two places: different readers are what is expected there.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations, pairwise

from server.domain.devices import Device, device, is_mail_program
from server.domain.engagement import Class, Hit, NetworkKind, Place, Reason, Verdict

DEVICES_OF_ONE_READER = 2
BETWEEN_CITIES = timedelta(hours=1)
BETWEEN_COUNTRIES = timedelta(hours=3)

_SAYS_PLACE = frozenset({NetworkKind.HOME, NetworkKind.BUSINESS, NetworkKind.UNKNOWN})


@dataclass(frozen=True, slots=True)
class _Sighting:
    at: datetime
    place: Place | None
    device: Device | None
    mail_program: bool


def forwarding(hits: Iterable[tuple[Hit, Verdict]], readers: int = 1) -> tuple[Reason, ...]:
    """Reasons to think one copy was passed on: `places` and `devices`, each with its count; empty for no hint.

    `hits` all belong to one copy (one recipient ordinal of one message); `readers` is how many known recipients
    that copy has: 1 for a personal copy, all of them for a shared body.
    """
    sightings = sorted(
        (_sighting(hit) for hit, verdict in hits if verdict.klass is Class.HUMAN), key=lambda sighting: sighting.at
    )
    reasons = []
    places = _count_places(sightings)
    if places > readers if readers > 1 else _apart(sightings):
        reasons.append(Reason("places", {"count": places}))
    devices = _count_devices(sightings)
    if devices > DEVICES_OF_ONE_READER * max(1, readers):
        reasons.append(Reason("devices", {"count": devices}))
    return tuple(reasons)


def _sighting(hit: Hit) -> _Sighting:
    return _Sighting(hit.at, _place(hit), device(hit.user_agent), is_mail_program(hit.user_agent))


def _place(hit: Hit) -> Place | None:
    kind = hit.network.kind if hit.network else NetworkKind.UNKNOWN
    return hit.place if kind in _SAYS_PLACE else None


def _count_places(sightings: Sequence[_Sighting]) -> int:
    """A country counts only when none of its cities does."""
    places = {sighting.place for sighting in sightings if sighting.place}
    with_city = {place.country for place in places if place.city}
    return sum(1 for place in places if place.city or place.country not in with_city)


def _count_devices(sightings: Sequence[_Sighting]) -> int:
    """A mail program and a browser on one system are one device; two browsers or two mail programs are two."""
    seen: dict[tuple[str, bool], set[str]] = defaultdict(set)
    for sighting in sightings:
        if sighting.device and sighting.device.system:
            seen[sighting.device.system, sighting.mail_program].add(sighting.device.client)
    systems = {system for system, _ in seen}
    return sum(max(len(seen[system, True]), len(seen[system, False])) for system in systems)


def _apart(sightings: Sequence[_Sighting]) -> bool:
    by_place: dict[Place, list[_Sighting]] = defaultdict(list)
    for sighting in sightings:
        if sighting.place:
            by_place[sighting.place].append(sighting)
    return any(_two_readers(one, other) for one, other in combinations(by_place.values(), 2))


def _two_readers(one: Sequence[_Sighting], other: Sequence[_Sighting]) -> bool:
    here, there = one[0].place, other[0].place
    assert here is not None
    assert there is not None
    other_device = _no_device_in_common(one, other)
    if here.country != there.country:
        return other_device or _gap(one, other) <= BETWEEN_COUNTRIES
    return bool(other_device and here.city and there.city) and _gap(one, other) <= BETWEEN_CITIES


def _no_device_in_common(one: Sequence[_Sighting], other: Sequence[_Sighting]) -> bool:
    here, there = _systems(one), _systems(other)
    return bool(here and there) and here.isdisjoint(there)


def _systems(sightings: Sequence[_Sighting]) -> set[str]:
    return {sighting.device.system for sighting in sightings if sighting.device and sighting.device.system}


def _gap(one: Sequence[_Sighting], other: Sequence[_Sighting]) -> timedelta:
    """The shortest time between the two, both in order of time."""
    times = sorted([(sighting.at, 0) for sighting in one] + [(sighting.at, 1) for sighting in other])
    return min(later[0] - earlier[0] for earlier, later in pairwise(times) if earlier[1] != later[1])
