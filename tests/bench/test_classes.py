"""The population behind the figures on classes: its truth comes from what is simulated, and the counting is strict."""

import inspect
from collections import Counter
from datetime import timedelta

from server.bench import classes, population
from server.bench.population import machines, mail, mails, people, reading
from server.domain.engagement import Kind

SOME = list(mails(400))


def test_the_same_seed_gives_the_same_mails_and_another_one_others() -> None:
    assert [one.asked for one in mails(20)] == [one.asked for one in SOME[:20]]
    assert [one.asked for one in mails(20, seed=9)] != [one.asked for one in SOME[:20]]


def test_the_truth_knows_nothing_of_the_rules() -> None:
    for part in (population, machines, mail, people, reading):
        assert "domain.classify" not in inspect.getsource(part)


def test_people_and_machines_of_every_kind_ask() -> None:
    who = Counter(asked.who for one in SOME for asked in one.asked)
    assert {"person, Gmail", "person, Outlook", "Microsoft Safe Links", "Proofpoint", "Apple's privacy proxy"} <= who.keys()
    assert {asked.person for one in SOME for asked in one.asked} == {True, False}


def test_nobody_asks_before_sending_or_for_a_link_that_is_not_there() -> None:
    for one in SOME:
        for asked in one.asked:
            assert asked.hit.at - mail.SENT > timedelta(0)
            assert (asked.hit.kind is Kind.CLICK) == (asked.hit.link is not None)
            assert asked.hit.link is None or 1 <= asked.hit.link <= one.links


def test_unknown_lowers_the_recall_and_nobodys_precision() -> None:
    tally = Counter({("a", True, "human"): 6, ("a", True, "unknown"): 2, ("b", False, "human"): 2, ("b", False, "machine"): 4})
    values = {row.name.split(",")[1].strip(): row.value for row in classes._goals(tally, "few", None)}
    assert values == {"human precision": 0.75, "human recall": 0.75, "machine precision": 1.0, "machine recall": 0.667}


def test_without_agents_nothing_but_time_and_network_is_left() -> None:
    bare = classes._without_agent(SOME[0].asked[0].hit)
    assert (bare.user_agent, bare.signs, bare.method) == ("", frozenset(), "GET")
    assert bare.network == SOME[0].asked[0].hit.network
