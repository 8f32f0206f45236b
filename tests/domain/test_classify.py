import pytest

from server.domain.classify import classify
from server.domain.engagement import Class, Kind
from tests.domain.clients import CASES, CHROME, GMAIL, SENT, Case, a_hit, a_message, hit_of


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_each_known_client_is_told_for_what_it_is(case: Case) -> None:
    verdict = classify(hit_of(case), a_message(delivered=case.delivered))
    assert (verdict.klass, " ".join(verdict.codes)) == (case.klass, case.codes)


def test_the_table_is_large_and_names_each_case_once() -> None:
    assert len(CASES) >= 180
    assert len({case.name for case in CASES}) == len(CASES)


def test_own_view_is_ignored_whatever_fetched_it() -> None:
    for agent in (CHROME, GMAIL, "curl/8.10.1", ""):
        verdict = classify(a_hit(agent=agent, own=True), a_message())
        assert (verdict.klass, verdict.codes[0]) == (Class.OWN, "own-session")


def test_a_hit_from_the_senders_own_network_is_own() -> None:
    message = a_message(owner_address_hashes=frozenset({"the-office"}))
    assert classify(a_hit(address="the-office"), message).codes == ("own-network", "ua-browser", "net-home")
    assert classify(a_hit(address="elsewhere"), message).klass is Class.HUMAN


@pytest.mark.parametrize("where", ["zscaler", "vpn", "relay-36183", "microsoft"])
def test_an_exit_shared_with_strangers_does_not_make_a_hit_own(where: str) -> None:
    message = a_message(owner_address_hashes=frozenset({"an-exit"}))
    assert classify(a_hit(address="an-exit", network=where), message).klass is Class.HUMAN


def test_a_hit_before_sending_is_the_senders_preview() -> None:
    verdict = classify(a_hit(after=-12), a_message())
    assert verdict.klass is Class.OWN
    assert verdict.reasons[0].to_json() == {"code": "before-send", "seconds": 12.0}


def test_until_the_mail_is_bound_every_hit_is_the_senders() -> None:
    assert classify(a_hit(), a_message(sent=None)).codes[0] == "not-sent"
    assert classify(a_hit(), a_message(sent=SENT)).klass is Class.HUMAN


def test_before_delivery_means_no_second_at_all() -> None:
    assert classify(a_hit(after=30), a_message(delivered=40)).reasons[0].values == {"seconds": 0.0}


def test_a_hidden_link_is_followed_by_machines_only() -> None:
    message = a_message(links=3, hidden_links=frozenset({3}))
    verdict = classify(a_hit(link=3), message)
    assert (verdict.klass, verdict.codes[0]) == (Class.MACHINE, "hidden-link")


def test_reasons_carry_what_their_sentence_needs() -> None:
    soon = classify(a_hit(after=2.34), a_message())
    assert soon.reasons[0].to_json() == {"code": "too-soon", "seconds": 2.3}
    scanned = classify(a_hit(network="scanner-22843", kind=Kind.CLICK, link=1), a_message())
    assert scanned.reasons[0].to_json() == {"code": "net-scanner", "organisation": "Proofpoint"}
    scripted = classify(a_hit(agent="python-requests/2.32.3"), a_message())
    assert scripted.reasons[0].to_json() == {"code": "ua-script", "agent": "python-requests"}
