"""What hits of one message say about each other: scans, twins, offices, and the person who comes after."""

from collections.abc import Sequence

from server.domain.classify import WINDOW, classify, reclassify
from server.domain.engagement import Class, Hit, MessageFacts
from tests.domain.clients import (
    CHROME,
    EDGE,
    GMAIL,
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


def test_later_evidence_makes_earlier_clicks_a_machines() -> None:
    first, *later = a_scan((1, 2, 3))
    assert classify(first, a_message(), []).klass is Class.HUMAN
    assert classify(first, a_message(), later).klass is Class.MACHINE


def test_the_scanners_twin_is_a_machine_and_the_persons_click_remains() -> None:
    hits = [
        a_hit("person", 600, EDGE, "orange", link=1, address="office"),
        a_hit("twin", 600.04, CHROME, "microsoft", link=1, address="azure"),
    ]
    verdicts = reclassify(a_message(), hits)
    assert verdicts["person"].klass is Class.HUMAN
    assert verdicts["twin"].klass is Class.MACHINE
    assert verdicts["twin"].reasons[0].to_json() == {"code": "twin-request", "ms": 40}


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
    verdict = reclassify(a_message(), a_scan(start=600, network="scanner-22843"))["scan-1"]
    assert verdict.codes == ("net-scanner", "ua-browser", "all-links")


def test_hits_of_other_messages_are_left_out() -> None:
    hits = [a_hit("ours", 60, link=1), *a_scan((2, 3, 4), message="another")]
    assert told(hits) == {"ours": "human ua-browser"}
