from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from server.domain.engagement import Network, NetworkKind, Place
from server.errors import BadInput
from server.storage.places import Places

LYON = {
    "country": {"iso_code": "FR"},
    "city": {"names": {"en": "Lyon"}},
    "location": {"latitude": 45.75, "longitude": 4.85, "accuracy_radius": 20},
}
FLAT = {"country_code": "CH", "city": "Geneva", "latitude": 46.2, "longitude": 6.1}


def a_file(path: Path, records: Mapping[str, Mapping[str, Any]], kind: str = "GeoLite2-City", version: int = 6) -> Path:
    writer = MMDBWriter(version, kind, ipv4_compatible=version == 6)
    for block, record in records.items():
        writer.insert_network(IPSet([block]), record)
    writer.to_db_file(str(path))
    return path


@pytest.fixture
def city_file(tmp_path: Path) -> Path:
    return a_file(tmp_path / "city.mmdb", {"203.0.113.0/24": LYON, "2001:db8::/32": LYON})


def test_an_address_has_a_place_in_either_family(city_file: Path) -> None:
    places = Places(city=[city_file])
    for address in ("203.0.113.9", "2001:db8::9", "::ffff:203.0.113.9", " 203.0.113.9 ", "2001:DB8::9%eth0"):
        assert places.place(address) == Place("city", "Lyon", "FR")
    assert places.place("198.51.100.1") is None


@pytest.mark.parametrize("address", ["", "unknown", "203.0.113", "203.0.113.9:443", "::ffff:999.1.1.1", "x" * 5_000])
def test_what_is_no_address_has_no_place(city_file: Path, address: str) -> None:
    assert Places(city=[city_file]).place(address) is None


def test_flat_files_one_for_each_family_are_read_together(tmp_path: Path) -> None:
    four = a_file(tmp_path / "four.mmdb", {"203.0.113.0/24": FLAT}, "dbip-city-ipv4", version=4)
    six = a_file(tmp_path / "six.mmdb", {"2001:db8::/32": FLAT}, "dbip-city-ipv6")
    places = Places(city=[four, six])
    assert places.place("203.0.113.9") == places.place("2001:db8::9") == Place("country", None, "CH")
    assert Places(city=[four]).place("2001:db8::9") is None


@pytest.mark.parametrize(
    "record",
    [
        {"autonomous_system_number": 22843, "autonomous_system_organization": "Proofpoint, Inc."},
        {"asn": "AS22843", "organization": "Proofpoint, Inc."},
    ],
)
def test_an_address_has_a_network(tmp_path: Path, record: dict[str, Any]) -> None:
    path = a_file(tmp_path / "asn.mmdb", {"203.0.113.0/24": record}, "GeoLite2-ASN")
    assert Places(asn=[path]).network("203.0.113.9") == Network(22843, "Proofpoint, Inc.", NetworkKind.SCANNER)
    assert Places(asn=[path]).network("198.51.100.1") is None


def test_an_empty_record_is_no_network(tmp_path: Path) -> None:
    path = a_file(tmp_path / "asn.mmdb", {"203.0.113.0/24": {"asn": "none"}}, "GeoLite2-ASN")
    assert Places(asn=[path]).network("203.0.113.9") is None


def test_without_files_nothing_is_known() -> None:
    assert Places().place("203.0.113.9") is None
    assert Places().network("203.0.113.9") is None


def test_a_missing_file_is_named_and_answers_nothing(tmp_path: Path) -> None:
    places = Places(city=[tmp_path / "not-there.mmdb"])
    assert places.missing == (tmp_path / "not-there.mmdb",)
    assert places.place("203.0.113.9") is None


@pytest.mark.parametrize("content", [b"", b"not a database", b"\x00" * 4_096])
def test_an_unreadable_file_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.mmdb"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"broken\.mmdb is not a readable"):
        Places(city=[path])


def test_files_in_each_others_setting_are_refused(tmp_path: Path, city_file: Path) -> None:
    with pytest.raises(BadInput, match="GeoLite2-City data"):
        Places(asn=[city_file])


def test_a_file_damaged_inside_answers_nothing(city_file: Path) -> None:
    content = city_file.read_bytes()
    metadata = content.rindex(b"\xab\xcd\xefMaxMind.com")
    city_file.write_bytes(b"\xff" * metadata + content[metadata:])
    assert Places(city=[city_file]).place("203.0.113.9") is None
