"""Where a hit came from, said only as precisely as the data and the way it came allow."""

import re
from collections.abc import Mapping
from typing import Any

from server.domain.engagement import Class, Network, NetworkKind, Place

# Kilometres. Public data names a city with radii from 1 to 1,000; beyond this the name is a guess.
CITY_RADIUS = 100

# Where a data file puts "somewhere in the United States".
_US_CENTROID = (37.751, -97.822)
_COUNTRY = re.compile(r"[A-Z]{2}")
# Codes that files use for "unknown", "anonymous", "Europe", "Asia/Pacific", "satellite", "Tor".
_NOWHERE = frozenset({"ZZ", "XX", "A1", "A2", "O1", "EU", "AP", "T1"})
_ELSEWHERE = frozenset({NetworkKind.PROXY, NetworkKind.RELAY, NetworkKind.SCANNER, NetworkKind.HOSTING, NetworkKind.MICROSOFT})
_NOT_A_PERSON = frozenset({Class.PROXY_HUMAN, Class.MACHINE})


def read_place(record: Mapping[str, Any]) -> Place | None:
    """The place of a database record in the nested (country.iso_code, city.names) or the flat (country_code, city) schema.

    A city needs an accuracy radius of at most CITY_RADIUS: files without one do not say how precise they are,
    so they give countries only.
    """
    nested = _part(record, "country")
    country = str(nested.get("iso_code") or record.get("country_code") or "").strip().upper()
    if not _COUNTRY.fullmatch(country) or country in _NOWHERE:
        return None
    city = _city(record)
    if city and _is_precise(record):
        return Place("city", city, country)
    return Place("country", None, country)


def shown(place: Place | None, klass: Class, network: Network | None) -> Place | None:
    """What may be said about the person's place: nothing for proxies and machines; no city where the address is
    a relay's or a data centre's rather than the person's."""
    if place is None or klass in _NOT_A_PERSON:
        return None
    if network is not None and network.kind in _ELSEWHERE:
        return Place("country", None, place.country)
    return place


def _city(record: Mapping[str, Any]) -> str | None:
    flat = record.get("city")
    if isinstance(flat, Mapping):
        names = _part(flat, "names")
        flat = names.get("en") or next(iter(names.values()), None)
    return flat.strip() or None if isinstance(flat, str) else None


def _is_precise(record: Mapping[str, Any]) -> bool:
    location = _part(record, "location") or record
    radius = location.get("accuracy_radius")
    if not isinstance(radius, (int, float)) or not 0 <= radius <= CITY_RADIUS:
        return False
    return (location.get("latitude"), location.get("longitude")) != _US_CENTROID


def _part(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = record.get(name)
    return part if isinstance(part, Mapping) else {}
