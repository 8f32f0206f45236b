from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.classify import WINDOW, classify, reclassify
from server.domain.engagement import Class, Hit, MessageFacts, Verdict
from tests.domain.clients import (
    APPLE_MAIL,
    CHROME,
    EDGE,
    GMAIL,
    GMAIL_PREFETCH,
    NETWORKS,
    OUTLOOK,
    SENT,
    a_hit,
    a_message,
)

AGENTS = (CHROME, EDGE, OUTLOOK, APPLE_MAIL, GMAIL, GMAIL_PREFETCH, "", "Mozilla/5.0", "curl/8", "Zeppelin/3.1")
WHERE = ("none", "comcast", "t-mobile", "aws", "microsoft", "google", "relay-36183", "scanner-22843", "zscaler")

messages = st.builds(
    a_message,
    links=st.integers(0, 6),
    delivered=st.none() | st.integers(0, 60),
    hidden_links=st.sets(st.integers(4, 6)).map(frozenset),
    owner_address_hashes=st.sets(st.sampled_from("ab")).map(frozenset),
)


@st.composite
def hit_sets(draw: st.DrawFn) -> list[Hit]:
    count = draw(st.integers(1, 14))
    return [
        a_hit(
            f"hit-{number}",
            draw(st.integers(-20, 200) | st.integers(0, 900)) / 10,
            draw(st.sampled_from(AGENTS)),
            draw(st.sampled_from(WHERE)),
            link=draw(st.none() | st.integers(1, 6)),
            method=draw(st.sampled_from(("GET", "GET", "GET", "HEAD"))),
            headers=draw(st.sampled_from(({}, {}, {"Sec-Fetch-User": "?1"}, {"Purpose": "prefetch"}))),
            address=draw(st.sampled_from("abcde")),
            recipient=draw(st.integers(0, 2)),
            own=draw(st.sampled_from((False,) * 9 + (True,))),
        )
        for number in range(count)
    ]


@given(messages, hit_sets(), st.randoms(use_true_random=False))
def test_the_order_in_which_hits_arrive_changes_nothing(message: MessageFacts, hits: list[Hit], chance: object) -> None:
    shuffled = list(hits)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert reclassify(message, shuffled) == reclassify(message, hits)


@settings(max_examples=300)
@given(messages, hit_sets())
def test_one_hit_with_its_neighbourhood_is_told_as_in_the_whole_set(message: MessageFacts, hits: list[Hit]) -> None:
    whole = reclassify(message, hits)
    for hit in hits:
        around = [other for other in hits if other.id != hit.id and abs(other.at - hit.at) <= WINDOW]
        assert classify(hit, message, around) == whole[hit.id]


@given(messages, hit_sets(), st.booleans())
def test_a_far_away_hit_changes_nothing(message: MessageFacts, hits: list[Hit], before: bool) -> None:
    edge = min(hit.at for hit in hits) - WINDOW if before else max(hit.at for hit in hits) + WINDOW
    far = replace(hits[0], id="far", at=edge + timedelta(microseconds=-1 if before else 1), link=1)
    together = reclassify(message, [*hits, far])
    assert {name: verdict for name, verdict in together.items() if name != "far"} == reclassify(message, hits)


@given(messages, hit_sets())
def test_a_hit_seen_twice_counts_once(message: MessageFacts, hits: list[Hit]) -> None:
    assert reclassify(message, hits + hits) == reclassify(message, hits)


@given(messages, hit_sets())
def test_every_verdict_has_a_reason(message: MessageFacts, hits: list[Hit]) -> None:
    assert all(verdict.reasons for verdict in reclassify(message, hits).values())


@given(messages, hit_sets())
def test_own_always_wins(message: MessageFacts, hits: list[Hit]) -> None:
    verdicts = reclassify(message, hits)
    for hit in hits:
        if hit.own_device or hit.at < SENT:
            assert verdicts[hit.id].klass is Class.OWN


@given(messages, hit_sets())
def test_evidence_only_ever_turns_people_into_machines(message: MessageFacts, hits: list[Hit]) -> None:
    together = reclassify(message, hits)
    for hit in hits:
        alone = classify(hit, message)
        assert together[hit.id].klass in (alone.klass, Class.MACHINE)


hostile = st.text(max_size=3_000) | st.text(alphabet="(;:/ .botMzila5.0chrome-applewebkit", max_size=3_000)


@given(hostile, st.text(max_size=40), st.dictionaries(st.text(max_size=30), hostile, max_size=4))
def test_no_string_a_stranger_sends_breaks_it(agent: str, method: str, headers: dict[str, str]) -> None:
    for network in NETWORKS:
        verdict = classify(a_hit(agent=agent, method=method, headers=headers, network=network, link=1), a_message())
        assert isinstance(verdict, Verdict)


@given(hit_sets())
def test_reasons_survive_storage(hits: list[Hit]) -> None:
    for verdict in reclassify(a_message(), hits).values():
        for reason in verdict.reasons:
            assert type(reason).from_json(reason.to_json()) == reason
