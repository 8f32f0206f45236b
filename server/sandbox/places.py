"""A tiny place database and network database (.mmdb) for the networks that RFC 5737 and RFC 3849 set aside for
documentation, so that simulated recipients have towns and providers without any download.

Towns and the big senders' network numbers are real; everything they are attached to here is made up. Providers that do not
exist use the network numbers of RFC 5398 (64496–64511).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any

from mmdb_writer import MMDBWriter
from netaddr import IPSet

Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class Town:
    name: str
    country: str
    country_name: str
    continent: str
    latitude: float
    longitude: float
    radius: int  # kilometres, as in the place databases in use
    time_zone: str


@dataclass(frozen=True)
class Provider:
    number: int
    name: str


@dataclass(frozen=True)
class Line:
    """One network: who runs it and where it comes out. `town` None: nobody knows."""

    key: str
    networks: tuple[str, ...]
    provider: Provider
    town: Town | None


LYON = Town("Lyon", "FR", "France", "EU", 45.7485, 4.8467, 5, "Europe/Paris")
PARIS = Town("Paris", "FR", "France", "EU", 48.8566, 2.3522, 200, "Europe/Paris")
GENEVA = Town("Geneva", "CH", "Switzerland", "EU", 46.2044, 6.1432, 10, "Europe/Zurich")
HAMBURG = Town("Hamburg", "DE", "Germany", "EU", 53.5511, 9.9937, 20, "Europe/Berlin")
MUNICH = Town("Munich", "DE", "Germany", "EU", 48.1351, 11.582, 10, "Europe/Berlin")
WARSAW = Town("Warsaw", "PL", "Poland", "EU", 52.2297, 21.0122, 20, "Europe/Warsaw")
ZARAGOZA = Town("Zaragoza", "ES", "Spain", "EU", 41.6488, -0.8891, 10, "Europe/Madrid")
BRNO = Town("Brno", "CZ", "Czechia", "EU", 49.1951, 16.6068, 20, "Europe/Prague")
TAIPEI = Town("Taipei", "TW", "Taiwan", "AS", 25.033, 121.5654, 10, "Asia/Taipei")
KAOHSIUNG = Town("Kaohsiung", "TW", "Taiwan", "AS", 22.6273, 120.3014, 20, "Asia/Taipei")
OSAKA = Town("Osaka", "JP", "Japan", "AS", 34.6937, 135.5023, 20, "Asia/Tokyo")
KOCHI = Town("Kochi", "IN", "India", "AS", 9.9312, 76.2673, 50, "Asia/Kolkata")
DENVER = Town("Denver", "US", "United States", "NA", 39.7392, -104.9903, 20, "America/Denver")
BOSTON = Town("Boston", "US", "United States", "NA", 42.3601, -71.0589, 10, "America/New_York")
BERGEN = Town("Bergen", "NO", "Norway", "EU", 60.3913, 5.3221, 10, "Europe/Oslo")
SOMEWHERE_US = Town("", "US", "United States", "NA", 37.751, -97.822, 1000, "America/Chicago")
SOMEWHERE_IE = Town("Dublin", "IE", "Ireland", "EU", 53.3498, -6.2603, 500, "Europe/Dublin")

HOME_FR = Provider(64496, "Saone Fibre Broadband")
MOBILE_FR = Provider(64497, "Hexagone Mobile")
HOME_DE = Provider(64498, "Elbe Kabel Broadband")
HOME_PL = Provider(64499, "Vistula Broadband")
HOME_TW = Provider(64500, "Formosa Home Broadband")
HOME_US = Provider(64501, "Front Range Cable Broadband")
HOME_EU = Provider(64502, "Continental Broadband")
HOME_ASIA = Provider(64503, "Monsoon Fibre Broadband")
COMPANY = Provider(64504, "Wisla Cargo S.A. corporate network")
COMPANY_NO = Provider(64505, "Fjordline AS corporate network")
MOBILE_US = Provider(64506, "Bayline Mobile")
HOSTING = Provider(64507, "Stratus Hosting GmbH")

LINES: tuple[Line, ...] = (
    Line("lyon", ("192.0.2.0/28", "2001:db8:10::/48"), HOME_FR, LYON),
    Line("paris-mobile", ("192.0.2.16/28", "2001:db8:11::/48"), MOBILE_FR, PARIS),
    Line("geneva", ("192.0.2.32/28",), HOME_EU, GENEVA),
    Line("hamburg", ("192.0.2.48/28", "2001:db8:12::/48"), HOME_DE, HAMBURG),
    Line("munich", ("192.0.2.64/28",), HOME_DE, MUNICH),
    Line("warsaw", ("192.0.2.80/28",), HOME_PL, WARSAW),
    Line("warsaw-company", ("192.0.2.96/28",), COMPANY, WARSAW),
    Line("zaragoza", ("192.0.2.112/28",), HOME_EU, ZARAGOZA),
    Line("brno", ("192.0.2.128/28",), HOME_EU, BRNO),
    Line("taipei", ("192.0.2.144/28", "2001:db8:13::/48"), HOME_TW, TAIPEI),
    Line("kaohsiung", ("192.0.2.160/28",), HOME_TW, KAOHSIUNG),
    Line("osaka", ("192.0.2.176/28",), HOME_ASIA, OSAKA),
    Line("kochi", ("192.0.2.192/28",), HOME_ASIA, KOCHI),
    Line("denver", ("192.0.2.208/28",), HOME_US, DENVER),
    Line("boston-mobile", ("192.0.2.224/28",), MOBILE_US, BOSTON),
    Line("bergen-company", ("192.0.2.240/28",), COMPANY_NO, BERGEN),
    Line("google", ("198.51.100.0/27", "2001:db8:a::/48"), Provider(15169, "GOOGLE"), SOMEWHERE_US),
    Line("microsoft", ("198.51.100.32/27",), Provider(8075, "MICROSOFT-CORP-MSN-AS-BLOCK"), SOMEWHERE_IE),
    Line("apple", ("198.51.100.64/27", "2001:db8:b::/48"), Provider(36183, "AKAMAI-AS"), SOMEWHERE_US),
    Line("proofpoint", ("198.51.100.96/27",), Provider(22843, "PROOFPOINT-ASN-US-EAST"), SOMEWHERE_US),
    Line("mimecast", ("198.51.100.128/27",), Provider(30031, "MIMECAST"), SOMEWHERE_US),
    Line("barracuda", ("198.51.100.160/27",), Provider(15324, "BARRACUDA-NETWORKS"), SOMEWHERE_US),
    Line("yahoo", ("198.51.100.192/28",), Provider(36647, "YAHOO-GQ1"), SOMEWHERE_US),
    Line("slack", ("198.51.100.208/28",), Provider(16509, "AMAZON-02"), SOMEWHERE_US),
    Line("meta", ("198.51.100.224/28",), Provider(32934, "FACEBOOK"), SOMEWHERE_US),
    Line("hosting", ("203.0.113.0/26",), HOSTING, MUNICH),
    Line("nowhere", ("203.0.113.64/26",), Provider(64508, "Continental Mobile"), None),
)

_BY_KEY = {line.key: line for line in LINES}


def line(key: str) -> Line:
    """KeyError for a key that is not in LINES."""
    return _BY_KEY[key]


def address(key: str, number: int, *, six: bool = False) -> str:
    """An address of a line: the same number gives the same address. `six`: an IPv6 one where the line has any."""
    networks = [ip_network(text) for text in line(key).networks]
    wanted = next((net for net in networks if six and net.version == 6), networks[0])
    usable = min(wanted.num_addresses - 2, 2**16)
    return str(wanted[1 + number % usable])


def write(folder: Path) -> tuple[Path, Path]:
    """Writes both databases into `folder`; returns (places, networks) as paths."""
    folder.mkdir(parents=True, exist_ok=True)
    places, networks = folder / "places.mmdb", folder / "networks.mmdb"
    _database(places, "GeoLite2-City", ((line, _place(line.town)) for line in LINES if line.town))
    _database(networks, "GeoLite2-ASN", ((line, _provider(line.provider)) for line in LINES))
    return places, networks


def _database(path: Path, kind: str, rows: Iterable[tuple[Line, dict[str, Any]]]) -> None:
    writer = MMDBWriter(6, kind, languages=["en"], description="Documentation networks only", ipv4_compatible=True)
    for row, content in rows:
        writer.insert_network(IPSet(row.networks), content)
    writer.to_db_file(str(path))


def _place(town: Town) -> dict[str, Any]:
    place: dict[str, Any] = {
        "continent": {"code": town.continent},
        "country": {"iso_code": town.country, "names": {"en": town.country_name}},
        "location": {
            "latitude": town.latitude,
            "longitude": town.longitude,
            "accuracy_radius": town.radius,
            "time_zone": town.time_zone,
        },
    }
    if town.name:
        place["city"] = {"names": {"en": town.name}}
    return place


def _provider(provider: Provider) -> dict[str, Any]:
    return {"autonomous_system_number": provider.number, "autonomous_system_organization": provider.name}
