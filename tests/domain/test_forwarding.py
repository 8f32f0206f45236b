from collections.abc import Sequence
from typing import Any

from server.domain.classify import reclassify
from server.domain.engagement import Hit, Place
from server.domain.forwarding import forwarding
from tests.domain.clients import (
    APPLE_MAIL_IPHONE,
    CHROME,
    CHROME_ANDROID,
    EDGE,
    FIREFOX_LINUX,
    GMAIL,
    OUTLOOK,
    SAFARI,
    SAFARI_IPHONE,
    a_hit,
    a_message,
)

LYON, PARIS, GENEVA = Place("city", "Lyon", "FR"), Place("city", "Paris", "FR"), Place("city", "Geneva", "CH")
FRANCE = Place("country", None, "FR")
MINUTE, HOUR, DAY = 60, 3_600, 86_400


def seen(after: float, agent: str, place: Place | None = LYON, **facts: Any) -> Hit:
    return a_hit(f"at-{after}", after, agent, place=place, address=f"{place}", **facts)


def hint(hits: Sequence[Hit], readers: int = 1) -> dict[str, int]:
    verdicts = reclassify(a_message(), hits)
    reasons = forwarding([(hit, verdicts[hit.id]) for hit in hits], readers)
    return {reason.code: reason.values["count"] for reason in reasons}


def test_one_view_is_no_hint() -> None:
    assert hint([seen(HOUR, CHROME)]) == {}
    assert hint([]) == {}


def test_a_phone_and_a_laptop_in_one_place_are_one_person() -> None:
    assert hint([seen(HOUR, CHROME), seen(2 * HOUR, APPLE_MAIL_IPHONE), seen(3 * HOUR, SAFARI_IPHONE)]) == {}


def test_a_mail_program_and_the_browser_it_opens_are_one_device() -> None:
    assert hint([seen(HOUR, OUTLOOK), seen(HOUR + 9, EDGE, link=1), seen(2 * HOUR, CHROME_ANDROID)]) == {}


def test_a_third_device_is_a_hint() -> None:
    assert hint([seen(HOUR, CHROME), seen(2 * HOUR, APPLE_MAIL_IPHONE), seen(3 * HOUR, SAFARI)]) == {"devices": 3}


def test_two_countries_within_minutes_are_a_hint_whatever_the_device() -> None:
    assert hint([seen(HOUR, CHROME), seen(HOUR + 18 * MINUTE, CHROME, GENEVA)]) == {"places": 2}


def test_who_travels_with_the_laptop_is_one_person() -> None:
    assert hint([seen(HOUR, CHROME), seen(DAY, CHROME, GENEVA)]) == {}


def test_another_country_on_another_device_is_a_hint() -> None:
    assert hint([seen(HOUR, CHROME), seen(DAY, SAFARI, GENEVA)]) == {"places": 2}


def test_two_cities_within_the_hour_on_two_devices_are_a_hint() -> None:
    assert hint([seen(HOUR, CHROME), seen(HOUR + 20 * MINUTE, SAFARI, PARIS)]) == {"places": 2}


def test_a_commute_is_no_hint() -> None:
    assert hint([seen(HOUR, CHROME), seen(4 * HOUR, SAFARI, PARIS)]) == {}
    assert hint([seen(HOUR, CHROME), seen(HOUR + 20 * MINUTE, CHROME, PARIS)]) == {}


def test_a_country_and_one_of_its_cities_are_one_place() -> None:
    assert hint([seen(HOUR, CHROME), seen(HOUR + 5 * MINUTE, SAFARI, FRANCE)]) == {}


def test_agents_that_name_no_system_are_not_another_device() -> None:
    assert hint([seen(HOUR, CHROME), seen(DAY, "Airmail 1.0 rv:148", GENEVA)]) == {}


def test_a_country_without_its_city_is_not_counted_twice() -> None:
    hits = [seen(HOUR, CHROME), seen(HOUR + MINUTE, CHROME, FRANCE), seen(HOUR + 2 * MINUTE, CHROME, GENEVA)]
    assert hint(hits) == {"places": 2}


def test_two_places_and_three_devices_say_both() -> None:
    hits = [seen(HOUR, CHROME), seen(HOUR + MINUTE, SAFARI, GENEVA), seen(DAY, FIREFOX_LINUX, GENEVA)]
    assert hint(hits) == {"places": 2, "devices": 3}


def test_a_proxy_says_nothing_about_readers() -> None:
    hits = [seen(n * HOUR, GMAIL, place, network="google") for n, place in enumerate((LYON, GENEVA, PARIS), 1)]
    assert hint(hits) == {}


def test_a_machine_says_nothing_about_readers() -> None:
    assert hint([seen(HOUR, CHROME), seen(HOUR + MINUTE, SAFARI, GENEVA, network="scanner-22843")]) == {}


def test_a_vpn_a_relay_a_gateway_and_a_roaming_phone_say_nothing_about_places() -> None:
    for network in ("vpn", "relay-36183", "zscaler", "t-mobile"):
        assert hint([seen(HOUR, CHROME), seen(HOUR + MINUTE, SAFARI_IPHONE, GENEVA, network=network)]) == {}


def test_known_readers_of_a_shared_body_raise_the_bar() -> None:
    two = [seen(HOUR, CHROME, recipient=0), seen(HOUR + MINUTE, SAFARI, GENEVA, recipient=0)]
    assert hint(two, readers=2) == {}
    assert hint([*two, seen(2 * HOUR, FIREFOX_LINUX, PARIS, recipient=0)], readers=2) == {"places": 3}
    assert hint([*two, seen(2 * HOUR, FIREFOX_LINUX, PARIS, recipient=0)], readers=3) == {}


def test_many_devices_are_a_hint_even_among_two_readers() -> None:
    agents = (CHROME, SAFARI, FIREFOX_LINUX, CHROME_ANDROID, APPLE_MAIL_IPHONE)
    hits = [seen(n * HOUR, agent, recipient=0) for n, agent in enumerate(agents, 1)]
    assert hint(hits[:4], readers=2) == {}
    assert hint(hits, readers=2) == {"devices": 5}
