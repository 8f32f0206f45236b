"""Where addresses are and whose networks they belong to, from the .mmdb files an operator gives."""

import ipaddress
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import maxminddb

from server.domain.engagement import Network, Place
from server.domain.location import read_place
from server.domain.networks import network
from server.errors import BadInput

# Addresses repeat: offices, proxies, scanners.
REMEMBERED = 16_384

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Places:
    """Look-ups in city and ASN files; each list may hold several, such as one for IPv4 and one for IPv6.

    Files that are not there are listed in `missing` and answer nothing. Raises BadInput for a file that is there
    but unreadable. Safe for use from several threads; `close` when done.
    """

    def __init__(self, city: Sequence[Path] = (), asn: Sequence[Path] = ()) -> None:
        self.missing = tuple(path for path in (*city, *asn) if not path.is_file())
        self._cities = [_open(path, other="asn") for path in city if path.is_file()]
        self._asns = [_open(path, other="city") for path in asn if path.is_file()]
        self._found_place: Callable[[str], Place | None] = lru_cache(REMEMBERED)(self._find_place)
        self._found_network: Callable[[str], Network | None] = lru_cache(REMEMBERED)(self._find_network)

    def place(self, address: str) -> Place | None:
        """As precise as the data says; what may be shown of it is `location.shown`."""
        return self._found_place(address) if self._cities else None

    def network(self, address: str) -> Network | None:
        return self._found_network(address) if self._asns else None

    def close(self) -> None:
        for reader in (*self._cities, *self._asns):
            reader.close()

    def _find_place(self, address: str) -> Place | None:
        record = _first(self._cities, address)
        return read_place(record) if record else None

    def _find_network(self, address: str) -> Network | None:
        record = _first(self._asns, address)
        return network_of(record) if record else None


def _open(path: Path, other: str) -> maxminddb.Reader:
    try:
        reader = maxminddb.open_database(path, maxminddb.MODE_AUTO)
    except (maxminddb.InvalidDatabaseError, OSError, ValueError) as error:
        raise BadInput(f"{path} is not a readable .mmdb file", path=str(path)) from error
    kind = reader.metadata().database_type
    if other in kind.lower():
        reader.close()
        raise BadInput(f"{path} holds {kind} data, which belongs in the other setting", path=str(path))
    return reader


def _first(readers: Sequence[maxminddb.Reader], address: str) -> Mapping[str, Any] | None:
    """The first record found; None for what is no address, for IPv6 in IPv4 files, and for damaged records."""
    try:
        parsed = _address(address)
    except ValueError:
        return None
    for reader in readers:
        if parsed.version == 6 and reader.metadata().ip_version == 4:
            continue
        try:
            record = reader.get(parsed)
        except (maxminddb.InvalidDatabaseError, ValueError):
            continue
        if isinstance(record, dict):
            return record
    return None


def _address(address: str) -> Address:
    parsed = ipaddress.ip_address(address.strip().partition("%")[0])
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, ipaddress.IPv6Address) else parsed


def network_of(record: Mapping[str, Any]) -> Network | None:
    """From the usual schema, or from flat ones with other names; numbers may be written "AS64500"."""
    number = record.get("autonomous_system_number") or record.get("asn") or record.get("as_number")
    owner = record.get("autonomous_system_organization") or record.get("organization") or record.get("as_name")
    digits = str(number or "").upper().removeprefix("AS")
    asn = int(digits) if digits.isascii() and digits.isdigit() else None
    if asn is None and not owner:
        return None
    return network(asn, str(owner) if owner else None)
