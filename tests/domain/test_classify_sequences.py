"""What hits of one message say about each other: scans, twins, offices, and the person who comes after."""

from collections.abc import Sequence

from server.domain.classify import WINDOW, classify, reclassify
from server.domain.engagement import Class, Hit, MessageFacts
from tests.domain.clients import (
    CHROME,
    CHROME_MAC,
    EDGE,
    FIREFOX,
    GMAIL,
    OUTLOOK,
    SAFARI,
    a_hit,
    a_message,
)


def told(hits: Sequence[Hit], message: MessageFacts | None = None) -> dict[str, str]:
    """Class and deciding reason by the hit's name."""
    verdicts = reclassify(message or a_message(), hits)
    return {name: f"{verdict.klass} {verdict.codes[0]}" for name, verdict in verdicts.items()}


def a_scan(links: Sequence[int] = (1, 2, 3, 4, 5), start: float = 60, over: float = 3, **facts: object) -> list[Hit]:
    step = over / max(1, len(links) - 1)
    return [a_hit(f"scan-{link}", start + place * step, link=link, **facts) for place, link in enumerate(links)]  # type: ignore[arg-type]


def test_a_scan_of_every_link_is_a_machines() -> None:
    verdicts = reclassify(a_message(), a_scan())
    assert {verdict.klass for verdict in verdicts.values()} == {Class.MACHINE}
    assert verdicts["scan-3"].reasons[0].to_json() == {"code": "all-links", "seconds": 3.0, "count": 5}


def test_three_of_five_links_in_seconds_are_a_burst() -> None:
    verdicts = reclassify(a_message(), a_scan((1, 2, 4), over=8))
    assert verdicts["scan-1"].reasons[0].to_json() == {"code": "burst", "seconds": 8.0, "count": 3}


def test_the_person_who_clicks_two_minutes_after_the_scan_stays_a_person() -> None:
    classes = told([*a_scan(), a_hit("person", 183, link=2)])
    assert classes["person"] == "human ua-browser"
    assert classes["scan-2"] == "machine all-links"


def test_a_person_who_clicked_long_before_a_scan_from_the_same_office_stays_a_person() -> None:
    classes = told([a_hit("person", 60, link=1), *a_scan(start=600)])
    assert classes["person"] == "human ua-browser"


def test_two_links_of_five_are_a_persons() -> None:
    assert set(told(a_scan((1, 2), over=4)).values()) == {"human ua-browser"}


def test_both_of_two_links_in_seconds_are_a_machines() -> None:
    assert set(told(a_scan((1, 2), over=4), a_message(links=2)).values()) == {"machine all-links"}


def test_the_only_link_clicked_over_and_over_is_a_persons() -> None:
    clicks = [a_hit(f"click-{n}", 60 + n, link=1) for n in range(6)]
    assert set(told(clicks, a_message(links=1)).values()) == {"human ua-browser"}


def test_links_opened_at_leisure_are_a_persons() -> None:
    assert set(told(a_scan(over=60)).values()) == {"human ua-browser"}


def test_a_scanner_that_changes_addresses_and_agents_is_found_by_its_data_centre() -> None:
    agents = (CHROME, EDGE, FIREFOX)
    hits = [
        a_hit(f"scan-{n}", 600 + n, agents[n], "aws", link=n + 1, address=f"address-{n}") for n in range(3)
    ]  # long after delivery: only the links tell
    assert set(told(hits).values()) == {"machine burst"}


def test_two_links_suffice_at_microsoft() -> None:
    hits = [a_hit(f"scan-{n}", 600 + n, network="microsoft", link=n, address=f"address-{n}") for n in (1, 2)]
    assert set(told(hits).values()) == {"machine burst"}


def test_one_click_at_microsoft_without_any_sign_stays_a_persons() -> None:
    assert told([a_hit("click", 600, network="microsoft", link=1)]) == {"click": "human ua-browser"}


def test_the_view_a_scanner_makes_in_its_burst_is_the_machines_too() -> None:
    classes = told([a_hit("view", 59), *a_scan()])
    assert classes["view"] == "machine near-burst"


def test_a_gmail_view_beside_a_scan_stays_a_persons() -> None:
    classes = told([a_hit("view", 61, GMAIL, "google", address="google"), *a_scan(network="aws", address="cloud")])
    assert classes["view"] == "proxy-human gmail-proxy-open"


def test_a_gmail_view_beside_a_scan_from_googles_network_stays_a_persons() -> None:
    classes = told([a_hit("view", 61, GMAIL, "google", address="proxy"), *a_scan(network="google", address="cloud")])
    assert classes["view"] == "proxy-human gmail-proxy-open"


def test_a_person_elsewhere_beside_a_scan_stays_a_person() -> None:
    scan = a_scan(network="aws", address="cloud")
    assert told([*scan, a_hit("person", 62, SAFARI, "orange", address="home")])["person"] == "human ua-browser"


def test_later_evidence_makes_earlier_clicks_a_machines() -> None:
    first, *later = a_scan((1, 2, 3))
    assert classify(first, a_message(), []).klass is Class.HUMAN
    assert classify(first, a_message(), later).klass is Class.MACHINE


def test_an_office_behind_one_address_stays_human() -> None:
    """Each colleague has a copy; all click within seconds of the same announcement."""
    hits = [a_hit(f"colleague-{n}", 300 + n, link=n, recipient=n) for n in (1, 2, 3)]
    assert set(told(hits).values()) == {"human ua-browser"}


def test_colleagues_who_share_one_body_and_one_address_stay_human() -> None:
    agents = (CHROME, FIREFOX, EDGE)
    hits = [a_hit(f"colleague-{n}", 300 + n, agent, link=n + 1, recipient=0) for n, agent in enumerate(agents)]
    assert set(told(hits).values()) == {"human ua-browser"}


def test_a_scan_of_one_copy_says_nothing_about_another() -> None:
    classes = told([*a_scan(recipient=1), a_hit("person", 61, link=1, recipient=2)])
    assert classes["person"] == "human ua-browser"


def test_clicks_around_a_hidden_link_are_a_machines() -> None:
    message = a_message(links=9, hidden_links=frozenset({9}))
    hits = [
        a_hit("before", 95, link=1, address="one"),
        a_hit("hidden", 100, link=9, address="two", agent=FIREFOX),
        a_hit("after", 109, link=2, address="three", agent=EDGE),
        a_hit("view", 101, SAFARI, address="four"),
        a_hit("later", 111, link=3, address="five", agent=SAFARI),
    ]
    assert told(hits, message) == {
        "before": "machine near-burst",
        "hidden": "machine hidden-link",
        "after": "machine near-burst",
        "view": "human ua-browser",
        "later": "human ua-browser",
    }


def test_the_scanners_twin_is_a_machine_and_the_persons_click_remains() -> None:
    hits = [
        a_hit("person", 600, EDGE, "orange", link=1, address="office"),
        a_hit("twin", 600.04, CHROME, "microsoft", link=1, address="azure"),
    ]
    verdicts = reclassify(a_message(), hits)
    assert verdicts["person"].klass is Class.HUMAN
    assert verdicts["twin"].klass is Class.MACHINE
    assert verdicts["twin"].reasons[0].to_json() == {"code": "twin-request", "ms": 40}


def test_the_twin_may_come_first() -> None:
    hits = [
        a_hit("twin", 600, CHROME, "microsoft", link=1, address="azure"),
        a_hit("person", 600.2, EDGE, "orange", link=1, address="office"),
    ]
    assert told(hits) == {"twin": "machine twin-request", "person": "human ua-browser"}


def test_without_network_data_a_twin_without_a_known_agent_is_found() -> None:
    hits = [
        a_hit("person", 600, EDGE, "none", link=1, address="office"),
        a_hit("twin", 600.1, "", "none", link=1, address="cloud"),
    ]
    assert told(hits) == {"person": "human ua-browser", "twin": "machine twin-request"}


def test_without_network_data_the_address_that_viewed_before_is_the_persons() -> None:
    hits = [
        a_hit("view", 590, OUTLOOK, "none", address="office"),
        a_hit("person", 600, EDGE, "none", link=1, address="office"),
        a_hit("twin", 600.1, CHROME, "none", link=1, address="cloud"),
    ]
    assert told(hits)["person"] == "human ua-browser"
    assert told(hits)["twin"] == "machine twin-request"


def test_without_network_data_a_browsers_word_of_a_tap_tells() -> None:
    tap = {"Sec-Fetch-User": "?1"}
    hits = [
        a_hit("person", 600, EDGE, "none", link=1, address="office", headers=tap),
        a_hit("twin", 600.1, CHROME, "none", link=1, address="cloud"),
    ]
    assert told(hits) == {"person": "human ua-browser", "twin": "machine twin-request"}


def test_twins_that_nothing_tells_apart_both_stay() -> None:
    hits = [
        a_hit("one", 600, EDGE, "none", link=1, address="one"),
        a_hit("other", 600.1, CHROME, "none", link=1, address="other"),
    ]
    assert set(told(hits).values()) == {"human ua-browser"}


def test_two_people_in_the_same_second_both_stay() -> None:
    hits = [
        a_hit("one", 600, EDGE, "orange", link=1, address="one", recipient=0),
        a_hit("other", 600.1, OUTLOOK, "t-mobile", link=1, address="other", recipient=0),
        a_hit("before", 590, EDGE, "orange", address="one", recipient=0),
    ]
    assert told(hits) == {"one": "human ua-browser", "other": "human ua-mail", "before": "human ua-browser"}


def test_a_double_click_is_one_persons() -> None:
    hits = [a_hit("click", 600, link=1), a_hit("again", 600.15, link=1)]
    assert set(told(hits).values()) == {"human ua-browser"}


def test_one_device_over_ipv4_and_ipv6_is_no_twin() -> None:
    hits = [a_hit("four", 600, link=1, address="four"), a_hit("six", 600.02, link=1, address="six")]
    assert set(told(hits).values()) == {"human ua-browser"}


def test_outlooks_own_probe_before_the_browser_is_its_shadow() -> None:
    hits = [a_hit("probe", 600, OUTLOOK, link=1), a_hit("person", 600.3, EDGE, link=1)]
    assert told(hits) == {"probe": "machine twin-request", "person": "human ua-browser"}


def test_a_view_has_a_twin_in_a_data_centre() -> None:
    hits = [a_hit("person", 600, OUTLOOK, "orange"), a_hit("twin", 600.2, CHROME, "microsoft", address="azure")]
    assert told(hits) == {"person": "human ua-mail", "twin": "machine twin-request"}


def test_two_programs_of_one_office_that_view_at_once_both_stay() -> None:
    assert told([a_hit("one", 600, OUTLOOK), a_hit("other", 600.2)]) == {"one": "human ua-mail", "other": "human ua-browser"}


def test_a_view_without_an_agent_beside_a_persons_is_its_shadow() -> None:
    assert told([a_hit("person", 600), a_hit("shadow", 600.2, "")])["shadow"] == "machine twin-request"


def test_a_twin_needs_the_same_link() -> None:
    hits = [
        a_hit("person", 600, EDGE, "orange", link=1, address="office"),
        a_hit("other", 600.04, CHROME, "microsoft", link=2, address="azure"),
    ]
    assert told(hits)["other"] == "human ua-browser"


def test_a_request_near_a_scans_click_is_not_that_clicks_twin() -> None:
    hits = [*a_scan(), a_hit("person", 60.1, CHROME_MAC, "aws", link=1, address="elsewhere")]
    assert told(hits)["person"] == "human ua-browser"


def test_a_click_after_a_view_says_so() -> None:
    hits = [a_hit("view", 600, GMAIL, "google", address="google"), a_hit("click", 609, link=1)]
    verdict = reclassify(a_message(), hits)["click"]
    assert verdict.klass is Class.HUMAN
    assert verdict.reasons[-1].to_json() == {"code": "after-view", "seconds": 9.0}


def test_the_longest_chain_of_evidence_lies_within_the_window() -> None:
    """A scan, the view it spoils twenty seconds on, and the click that view would have supported."""
    scan = [a_hit(f"scan-{n}", 580 + n * 4.9, link=n + 1) for n in range(3)]
    view, click = a_hit("view", 599.5), a_hit("click", 629, link=4)
    for hits in ([view, click], [*scan, view, click]):
        around = [hit for hit in hits if hit is not click and abs(hit.at - click.at) <= WINDOW]
        assert classify(click, a_message(), around) == reclassify(a_message(), hits)["click"]
    assert "after-view" in reclassify(a_message(), [view, click])["click"].codes
    assert "after-view" not in reclassify(a_message(), [*scan, view, click])["click"].codes


def test_a_click_after_a_machines_view_does_not() -> None:
    hits = [a_hit("view", 600, "curl/8.10.1"), a_hit("click", 609, link=1)]
    assert "after-view" not in reclassify(a_message(), hits)["click"].codes


def test_a_machine_keeps_its_own_reasons_and_gains_the_bursts() -> None:
    verdict = reclassify(a_message(), a_scan(network="scanner-22843"))["scan-1"]
    assert verdict.codes == ("net-scanner", "ua-browser", "all-links")


def test_the_senders_clicks_make_nobody_a_machine() -> None:
    hits = [*a_scan((1, 2, 3, 4), own=True), a_hit("person", 62, link=5)]
    assert told(hits)["person"] == "human ua-browser"


def test_links_a_browser_prefetches_do_not_make_the_reader_a_machine() -> None:
    ahead = {"Sec-Purpose": "prefetch"}
    hits = [*a_scan((1, 2, 3), headers=ahead), a_hit("person", 65, link=2)]
    assert told(hits)["person"] == "human ua-browser"


def test_hits_of_other_messages_are_left_out() -> None:
    hits = [a_hit("ours", 60, link=1), *a_scan((2, 3, 4), message="another")]
    assert told(hits) == {"ours": "human ua-browser"}
