"""Place and network data that is uploaded, replaced and taken away while the product runs."""

import gzip
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from server.domain.engagement import Place
from server.domain.places import Data
from server.errors import BadInput
from server.storage import place_files
from server.storage.place_files import LOOK_EVERY, PlaceFiles
from tests.storage.test_places import FLAT, LYON, a_file

IN_LYON = "203.0.113.9"
ACME = {"autonomous_system_number": 64500, "autonomous_system_organization": "Acme"}


class Office:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = 0.0

    def process(self, **given: Path) -> PlaceFiles:
        named = {Data(name): path for name, path in given.items()}
        return PlaceFiles(named, self.folder / "places", lambda: self.now)

    def city(self, record: dict[str, object] = LYON, name: str = "new.mmdb") -> bytes:
        return a_file(self.folder / name, {"203.0.113.0/24": record}).read_bytes()


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def kept(files: PlaceFiles, data: Data, content: bytes) -> str:
    return files.keep(data, io.BytesIO(content)).state


def test_what_is_uploaded_is_used_at_once_and_replaced_while_it_is_read(office: Office) -> None:
    files = office.process()
    assert (files.place(IN_LYON), files.any) == (None, False)
    assert kept(files, Data.CITY, office.city()) == "ok"
    assert (files.place(IN_LYON), files.any) == (Place("city", "Lyon", "FR"), True)
    oslo = {**LYON, "country": {"iso_code": "NO"}, "city": {"names": {"en": "Oslo"}}}
    kept(files, Data.CITY, office.city(oslo))
    assert files.place(IN_LYON) == Place("city", "Oslo", "NO")
    assert files.drop(Data.CITY)
    assert files.place(IN_LYON) is None
    assert not files.drop(Data.CITY)


def test_other_processes_notice_within_seconds(office: Office) -> None:
    here, there = office.process(), office.process()
    kept(here, Data.CITY, office.city())
    assert there.place(IN_LYON) is None
    office.now += LOOK_EVERY
    assert there.place(IN_LYON) == Place("city", "Lyon", "FR")


def test_a_packed_file_is_unpacked(office: Office) -> None:
    files = office.process()
    assert kept(files, Data.CITY, gzip.compress(office.city())) == "ok"
    assert files.place(IN_LYON) is not None


def test_it_is_told_what_a_file_is(office: Office, tmp_path: Path) -> None:
    files = office.process()
    kept(files, Data.CITY, office.city(FLAT))
    asn = a_file(tmp_path / "asn.mmdb", {"203.0.113.0/24": ACME}, "GeoLite2-ASN")
    kept(files, Data.ASN, asn.read_bytes())
    city, networks = files.files()
    assert (city.state, city.kind, city.cities, city.given) == ("ok", "GeoLite2-City", False, False)
    assert (networks.kind, networks.cities, networks.size) == ("GeoLite2-ASN", None, asn.stat().st_size)
    kept(files, Data.CITY, office.city())
    assert files.files()[0].cities


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda content: b"", "empty"),
        (lambda content: b"a letter, no data", "unreadable"),
        (lambda content: content[: len(content) // 2], "unreadable"),
        (lambda content: gzip.compress(content)[:-200], "unreadable"),
    ],
)
def test_what_is_no_such_file_changes_nothing(office: Office, spoil: Callable[[bytes], bytes], why: str) -> None:
    files = office.process()
    kept(files, Data.CITY, office.city())
    with pytest.raises(BadInput) as refused:
        kept(files, Data.CITY, spoil(office.city({**LYON, "country": {"iso_code": "NO"}})))
    assert refused.value.fields == {"data": why}
    assert files.place(IN_LYON) == Place("city", "Lyon", "FR")
    assert [path.name for path in (office.folder / "places").iterdir()] == ["city.mmdb"], "nothing half is left"


def test_the_other_kind_and_what_tells_nothing_are_refused(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    files = office.process()
    for data, content, why in (
        (Data.ASN, office.city(), "other-kind"),
        (Data.CITY, office.city({"colour": "blue"}), "nothing"),
    ):
        with pytest.raises(BadInput) as refused:
            kept(files, data, content)
        assert refused.value.fields == {"data": why}
    monkeypatch.setattr(place_files, "MOST_BYTES", 100)
    with pytest.raises(BadInput) as large:
        kept(files, Data.CITY, gzip.compress(office.city()))
    assert large.value.fields == {"data": "large"}, "however small it is packed"


def test_a_file_that_the_environment_names_wins_and_is_followed(office: Office, tmp_path: Path) -> None:
    named = a_file(tmp_path / "named.mmdb", {"203.0.113.0/24": LYON})
    files = office.process(city=named)
    assert (files.is_given(Data.CITY), files.files()[0].path) == (True, str(named))
    other = tmp_path / "other"
    other.mkdir()
    a_file(other / "x.mmdb", {"203.0.113.0/24": {**LYON, "country": {"iso_code": "CH"}}}).replace(named)
    office.now += LOOK_EVERY
    found = files.place(IN_LYON)
    assert found is not None
    assert found.country == "CH"
    named.write_bytes(b"broken")
    office.now += LOOK_EVERY
    assert files.place(IN_LYON) == found, "a file that breaks takes nothing away"
    assert files.files()[0].state == "broken"
    named.unlink()
    assert files.files()[0].state == "missing"
