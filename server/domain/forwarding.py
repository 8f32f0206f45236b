"""Whether views and clicks of one copy look like more than one reader: a hint, never a claim.

One person has a phone and a computer, opens a link in a browser beside the mail program, commutes and travels.
So a hint needs either a third device, or two places that one reader cannot well explain:

* two countries within hours, or two cities of one country within the hour, each on a device not seen at the other; or
* two countries at any time, again without a device in common: travellers carry theirs along.

Image proxies and machines say nothing. An address of a relay, a data centre or a company's web gateway says nothing
about places, a phone network's only the country. A body that several known recipients share needs that many more
places and devices, and gives up the two-place rule: different readers are what is expected there.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

from server.domain.devices import Device, device, is_mail_program
from server.domain.engagement import Class, Hit, NetworkKind, Place, Reason, Verdict

DEVICES_OF_ONE_READER = 2
SAME_HOUR = timedelta(hours=1)

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
    places = {sighting.place for sighting in sightings if sighting.place}
    if len(places) > readers if readers > 1 else _apart(sightings):
        reasons.append(Reason("places", {"count": len(places)}))
    devices = _count_devices(sightings)
    if devices > DEVICES_OF_ONE_READER * max(1, readers):
        reasons.append(Reason("devices", {"count": devices}))
    return tuple(reasons)


def _sighting(hit: Hit) -> _Sighting:
    return _Sighting(hit.at, _place(hit), device(hit.user_agent), is_mail_program(hit.user_agent))


def _place(hit: Hit) -> Place | None:
    kind = hit.network.kind if hit.network else NetworkKind.UNKNOWN
    if hit.place is None or kind in _SAYS_PLACE:
        return hit.place
    return Place("country", None, hit.place.country) if kind is NetworkKind.MOBILE else None


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
    if not _systems(one).isdisjoint(_systems(other)):
        return False
    here, there = one[0].place, other[0].place
    assert here and there
    if here.country != there.country:
        return True
    cities = here.precision == there.precision == "city"
    return cities and _gap(one, other) <= SAME_HOUR


def _systems(sightings: Sequence[_Sighting]) -> set[str]:
    return {sighting.device.system for sighting in sightings if sighting.device and sighting.device.system}


def _gap(one: Sequence[_Sighting], other: Sequence[_Sighting]) -> timedelta:
    """The shortest time between the two, both in order of time."""
    times = sorted([(sighting.at, 0) for sighting in one] + [(sighting.at, 1) for sighting in other])
    pairs = zip(times, times[1:], strict=False)
    return min(later[0] - earlier[0] for earlier, later in pairs if earlier[1] != later[1])
