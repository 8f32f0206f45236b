from dataclasses import replace

from server.domain.consent import EEA, UNTIL_DECIDED, Policy, Rule
from server.domain.policies import EVERYWHERE_EEA, Entry, Scope, differences, entries, with_rule


def test_rules_are_put_changed_and_dropped() -> None:
    policy = with_rule(Policy(), Scope.DOMAINS, ["a.example"], Rule.NEVER)
    policy = with_rule(policy, Scope.COUNTRIES, ["TW", "FR"], Rule.NOTICE)
    policy = with_rule(policy, Scope.DOMAINS, ["a.example"], Rule.ALWAYS)
    assert (policy.domains, policy.countries) == ({"a.example": Rule.ALWAYS}, {"FR": Rule.NOTICE, "TW": Rule.NOTICE})
    assert with_rule(with_rule(policy, Scope.COUNTRIES, ["TW", "FR"], None), Scope.DOMAINS, ["a.example"], None) == Policy()


def test_the_economic_area_is_one_line_while_one_rule_holds_in_it() -> None:
    whole = Entry(Scope.COUNTRIES, tuple(sorted(EVERYWHERE_EEA)), Rule.ONLY_WITH_CONSENT, whole_eea=True)
    assert entries(UNTIL_DECIDED) == [whole]
    other = with_rule(UNTIL_DECIDED, Scope.COUNTRIES, ["FR"], Rule.NEVER)
    assert len(entries(other)) == len(EEA) + 1
    assert Entry(Scope.COUNTRIES, ("FR",), Rule.NEVER) in entries(other)
    beside = with_rule(UNTIL_DECIDED, Scope.DOMAINS, ["x.example"], Rule.NEVER)
    assert entries(beside) == [whole, Entry(Scope.DOMAINS, ("x.example",), Rule.NEVER)]


def test_only_what_differs_is_told() -> None:
    assert differences(UNTIL_DECIDED, UNTIL_DECIDED) == ({}, {})
    after = replace(with_rule(UNTIL_DECIDED, Scope.DOMAINS, ["x.example"], Rule.NEVER), contact="p@x.example")
    assert differences(UNTIL_DECIDED, after) == ({"contact": ""}, {"contact": "p@x.example", "x.example": "never"})
    without = with_rule(UNTIL_DECIDED, Scope.COUNTRIES, EVERYWHERE_EEA, None)
    assert differences(UNTIL_DECIDED, without) == ({"EEA": "only-with-consent"}, {})
