from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.engagement import Class, Place
from server.domain.location import read_place, shown
from tests.domain.clients import NETWORKS

LYON = Place("city", "Lyon", "FR")
FRANCE = Place("country", None, "FR")


def a_record(radius: float | None = 10, city: str | None = "Lyon", country: str = "FR", **location: float) -> dict[str, Any]:
    where = {"latitude": 45.75, "longitude": 4.85, **location}
    if radius is not None:
        where["accuracy_radius"] = radius
    names = {"city": {"names": {"en": city, "fr": city}}} if city else {}
    return {"country": {"iso_code": country}, "location": where, **names}


@pytest.mark.parametrize(("radius", "place"), [(1, LYON), (100, LYON), (101, FRANCE), (1_000, FRANCE), (None, FRANCE)])
def test_a_city_is_named_only_when_the_data_says_how_near_it_is(radius: float | None, place: Place) -> None:
    assert read_place(a_record(radius)) == place


def test_somewhere_in_the_united_states_is_not_a_town_in_kansas() -> None:
    centre = {"latitude": 37.751, "longitude": -97.822}
    assert read_place(a_record(1_000, None, "US", **centre)) == Place("country", None, "US")
    assert read_place(a_record(20, "Cheney", "US", **centre)) == Place("country", None, "US")


def test_a_flat_record_without_a_radius_gives_the_country() -> None:
    flat = {"country_code": "FR", "city": "Lyon", "latitude": 45.75, "longitude": 4.85}
    assert read_place(flat) == FRANCE
    assert read_place({**flat, "accuracy_radius": 20}) == LYON


def test_a_city_has_some_name_in_any_language() -> None:
    record = a_record()
    record["city"] = {"names": {"fr": "Genève"}}
    assert read_place(record) == Place("city", "Genève", "FR")


@pytest.mark.parametrize("country", ["", "EU", "AP", "A1", "ZZ", "fra", "F", "12"])
def test_what_is_no_country_is_no_place(country: str) -> None:
    assert read_place(a_record(country=country)) is None


def test_a_country_in_odd_casing_is_understood() -> None:
    assert read_place(a_record(country=" fr ")) == LYON


json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["iso_code", "names", "en", "accuracy_radius", "latitude"]), inner, max_size=3)
    ),
    max_leaves=6,
)
fields = st.sampled_from(["country", "country_code", "city", "location", "accuracy_radius", "latitude"])


@given(st.dictionaries(fields, json, max_size=5))
def test_no_record_however_odd_breaks_it(record: dict[str, Any]) -> None:
    place = read_place(record)
    assert place is None or len(place.country) == 2


@pytest.mark.parametrize("klass", [Class.PROXY_HUMAN, Class.MACHINE, Class.OWN])
def test_machines_proxies_and_the_sender_have_no_place(klass: Class) -> None:
    assert shown(LYON, klass, NETWORKS["comcast"]) is None


@pytest.mark.parametrize("where", ["vpn", "relay-36183", "microsoft", "google"])
def test_where_the_address_is_not_the_persons_only_the_country_shows(where: str) -> None:
    assert shown(LYON, Class.HUMAN, NETWORKS[where]) == FRANCE


@pytest.mark.parametrize("where", ["none", "comcast", "t-mobile", "university", "unnamed"])
def test_a_persons_city_shows(where: str) -> None:
    assert shown(LYON, Class.HUMAN, NETWORKS[where]) == LYON
    assert shown(LYON, Class.UNKNOWN, NETWORKS[where]) == LYON
    assert shown(None, Class.HUMAN, NETWORKS[where]) is None
