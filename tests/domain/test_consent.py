from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.consent import (
    EEA,
    UNTIL_DECIDED,
    Choice,
    Facts,
    Moment,
    Objection,
    Policy,
    Rule,
    Source,
    Standing,
    State,
    country_of,
    decide,
    decide_together,
    masked,
    objection,
    rule_for,
    strictest,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DNT, NOTHING = frozenset({"dnt"}), frozenset[str]()

# (state, rule) → whether tracked, with the code that decided. All else is the same at each moment.
TABLE = {
    (State.UNKNOWN, Rule.NEVER): (False, "policy-never"),
    (State.UNKNOWN, Rule.ONLY_WITH_CONSENT): (False, "policy-only-with-consent"),
    (State.UNKNOWN, Rule.NOTICE): (True, "policy-notice-and-opt-out"),
    (State.UNKNOWN, Rule.ALWAYS): (True, "policy-always"),
    (State.GRANTED, Rule.NEVER): (False, "policy-never"),
    (State.GRANTED, Rule.ONLY_WITH_CONSENT): (True, "consent-granted"),
    (State.GRANTED, Rule.NOTICE): (True, "consent-granted"),
    (State.GRANTED, Rule.ALWAYS): (True, "consent-granted"),
    (State.DENIED, Rule.NEVER): (False, "consent-denied"),
    (State.DENIED, Rule.ONLY_WITH_CONSENT): (False, "consent-denied"),
    (State.DENIED, Rule.NOTICE): (False, "consent-denied"),
    (State.DENIED, Rule.ALWAYS): (False, "consent-denied"),
    (State.WITHDRAWN, Rule.NEVER): (False, "consent-withdrawn"),
    (State.WITHDRAWN, Rule.ONLY_WITH_CONSENT): (False, "consent-withdrawn"),
    (State.WITHDRAWN, Rule.NOTICE): (False, "consent-withdrawn"),
    (State.WITHDRAWN, Rule.ALWAYS): (False, "consent-withdrawn"),
}

EVERYTHING = list(product(State, Rule, Moment, (False, True), (NOTHING, DNT, frozenset({"gpc"}))))

domains = st.sampled_from(["a.example", "b.a.example", "firm.fr", "firm.io", "other.example"])
rules = st.sampled_from(Rule)
policies = st.builds(
    Policy, rules, st.dictionaries(st.sampled_from(["FR", "TW", "IO"]), rules), st.dictionaries(domains, rules)
)
people = st.builds(
    Facts,
    domains.map(lambda domain: f"somebody@{domain}"),
    st.sampled_from(State),
    st.sampled_from([None, "FR", "TW"]),
    st.booleans(),
    st.sampled_from([NOTHING, DNT, frozenset({"gpc", "prefetch"})]),
)
moments = st.sampled_from(Moment)


def test_the_table_is_whole() -> None:
    assert set(TABLE) == set(product(State, Rule))
    assert len(EVERYTHING) == 4 * 4 * 4 * 2 * 3


@pytest.mark.parametrize(("state", "rule", "moment", "own", "signs"), EVERYTHING)
def test_state_policy_and_moment_decide(state: State, rule: Rule, moment: Moment, own: bool, signs: frozenset[str]) -> None:
    decision = decide(Facts("a@b.example", state, own=own, signs=signs), Policy(rule), moment)
    allowed, code = TABLE[state, rule]
    if own:
        allowed, code = False, "own-domain"
    elif signs and moment is Moment.HIT_VIEW and state not in (State.DENIED, State.WITHDRAWN):
        allowed, code = False, f"asked-{next(iter(signs))}"
    assert (decision.allowed, decision.reasons[0].code) == (allowed, code)
    assert decision.notice == (allowed and rule is Rule.NOTICE)


@given(people, policies, moments)
def test_a_no_is_never_overruled(facts: Facts, policy: Policy, moment: Moment) -> None:
    decision = decide(facts, policy, moment)
    if facts.own or facts.state in (State.DENIED, State.WITHDRAWN) or rule_for(facts, policy)[0] is Rule.NEVER:
        assert not decision.allowed
    if decision.allowed and rule_for(facts, policy)[0] is Rule.ONLY_WITH_CONSENT:
        assert facts.state is State.GRANTED
    assert decision.reasons


@given(st.lists(people, max_size=5), policies, moments)
def test_one_no_on_a_shared_body_is_everybodys(several: list[Facts], policy: Policy, moment: Moment) -> None:
    together = decide_together(several, policy, moment)
    assert together.allowed == all(decide(one, policy, moment).allowed for one in several)
    assert not (together.notice and not together.allowed)


@given(people, policies)
def test_what_may_not_be_sent_tracked_may_not_be_recorded(facts: Facts, policy: Policy) -> None:
    sent = decide(facts, policy, Moment.SEND).allowed
    assert decide(facts, policy, Moment.PREPARE).allowed == sent == decide(facts, policy, Moment.HIT_CLICK).allowed
    assert sent or not decide(facts, policy, Moment.HIT_VIEW).allowed


@given(policies)
def test_a_policy_survives_being_stored(policy: Policy) -> None:
    assert Policy.from_json(policy.to_json()) == policy


@pytest.mark.parametrize(
    ("address", "country", "rule", "by"),
    [
        ("a@firm.fr", None, Rule.NEVER, "country"),
        ("a@firm.com", "FR", Rule.NEVER, "country"),
        ("a@firm.fr", "TW", Rule.NOTICE, "default"),  # what is known of the person counts more than the address
        ("a@partner.fr", None, Rule.ALWAYS, "domain"),
        ("a@mail.partner.fr", None, Rule.ALWAYS, "domain"),
        ("a@strict.partner.fr", None, Rule.ONLY_WITH_CONSENT, "domain"),
        ("a@notpartner.fr", None, Rule.NEVER, "country"),
        ("a@firm.example", None, Rule.NOTICE, "default"),
    ],
)
def test_the_narrowest_domain_decides_then_the_country(address: str, country: str | None, rule: Rule, by: str) -> None:
    policy = Policy(Rule.NOTICE, {"FR": Rule.NEVER}, {"partner.fr": Rule.ALWAYS, "strict.partner.fr": Rule.ONLY_WITH_CONSENT})
    found, where = rule_for(Facts(address, country=country), policy)
    assert (found, where["by"]) == (rule, by)


@pytest.mark.parametrize(
    ("domain", "country"),
    [("firm.fr", "FR"), ("firm.co.uk", "GB"), ("firm.eu", "EU"), ("firm.com.tw", "TW"), ("firm.io", None), ("firm.com", None)],
)
def test_an_address_may_tell_its_country(domain: str, country: str | None) -> None:
    assert country_of(f"a@{domain}") == country


def test_until_an_admin_decides_europe_is_asked_first() -> None:
    for code in (*EEA, "EU"):
        assert not decide(Facts("a@b.example", country=code), UNTIL_DECIDED, Moment.SEND).allowed
    elsewhere = decide(Facts("a@b.example", country="TW"), UNTIL_DECIDED, Moment.SEND)
    assert (elsewhere.allowed, elsewhere.notice) == (True, False), "mail looks exactly as it was written"


def test_of_several_addresses_a_no_counts_then_a_yes() -> None:
    assert strictest([State.GRANTED, State.WITHDRAWN, State.UNKNOWN]) is State.WITHDRAWN
    assert strictest([State.UNKNOWN, State.GRANTED]) is State.GRANTED
    assert strictest([]) is State.UNKNOWN


def test_a_copy_of_somebody_unknown_is_everybodys() -> None:
    standing = Standing(Policy(Rule.ALWAYS), {1: Facts("a@b.example"), 2: Facts("c@b.example", State.DENIED)})
    assert standing.decide(1, Moment.HIT_VIEW).allowed
    assert not standing.decide(2, Moment.HIT_VIEW).allowed
    assert not standing.decide(0, Moment.HIT_VIEW).allowed
    assert not standing.decide(7, Moment.HIT_VIEW).allowed


YES = Choice(State.GRANTED, NOON, "engagement", "signed form 12", Source.FORM)
NO = Choice(State.WITHDRAWN, NOON, source=Source.OPT_OUT_PAGE)


@pytest.mark.parametrize(
    ("former", "wanted", "wrong"),
    [
        (Choice(), YES, None),
        (Choice(), Choice(State.GRANTED, NOON, "engagement", " "), Objection.NEEDS_PROOF),
        (Choice(), Choice(State.GRANTED, NOON, "", "form"), Objection.NEEDS_PURPOSE),
        (Choice(), Choice(State.GRANTED, NOON + timedelta(days=1), "e", "form"), Objection.IN_THE_FUTURE),
        (Choice(), Choice(State.DENIED, NOON), None),
        (YES, Choice(State.WITHDRAWN, NOON - timedelta(days=9)), None),
        (YES, Choice(State.UNKNOWN, NOON), None),
        (NO, Choice(State.UNKNOWN, NOON), Objection.NO_STAYS),
        (NO, Choice(State.DENIED, NOON), None),
        (NO, YES, Objection.OLDER_THAN_NO),
        (NO, Choice(State.GRANTED, NOON + timedelta(hours=1), "engagement", "mail of 21 Nov"), None),
    ],
)
def test_a_no_stays_until_a_newer_yes_with_its_proof(former: Choice, wanted: Choice, wrong: Objection | None) -> None:
    assert objection(former, wanted, NOON + timedelta(hours=2)) is wrong


def test_an_address_is_shown_only_to_who_knows_it() -> None:
    assert masked("aissatou.diallo@baobab.example") == "a•••••.d•••••@baobab.example"
