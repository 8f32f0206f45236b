"""Changing a workspace's privacy policy rule by rule, and telling what changed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from server.domain.consent import EEA, Policy, Rule

EVERYWHERE_EEA = frozenset({*EEA, "EU"})
"""With addresses under .eu."""

MOST_RULES = 2000


class Scope(StrEnum):
    COUNTRIES = "countries"
    DOMAINS = "domains"


@dataclass(frozen=True, slots=True)
class Entry:
    """Rules that are told in one line. `whole_eea`: the countries are the European Economic Area."""

    scope: Scope
    names: tuple[str, ...]
    rule: Rule
    whole_eea: bool = False


def with_rule(policy: Policy, scope: Scope, names: Collection[str], rule: Rule | None) -> Policy:
    """`rule` None: these are no exception any more."""
    kept = {name: held for name, held in _rules(policy, scope).items() if name not in names}
    added = {} if rule is None else dict.fromkeys(sorted(names), rule)
    rules = {**kept, **added}
    return replace(policy, countries=rules) if scope is Scope.COUNTRIES else replace(policy, domains=rules)


def entries(policy: Policy) -> list[Entry]:
    """The exceptions: the Economic Area in one line where one rule holds in all of it, else each by itself."""
    countries = dict(policy.countries)
    told = []
    common = {countries.get(code) for code in EVERYWHERE_EEA}
    shared = common.pop() if len(common) == 1 else None
    if shared is not None:
        told.append(Entry(Scope.COUNTRIES, tuple(sorted(EVERYWHERE_EEA)), shared, whole_eea=True))
        countries = {code: rule for code, rule in countries.items() if code not in EVERYWHERE_EEA}
    told += [Entry(Scope.COUNTRIES, (code,), rule) for code, rule in sorted(countries.items())]
    return told + [Entry(Scope.DOMAINS, (name,), rule) for name, rule in sorted(policy.domains.items())]


def differences(before: Policy, after: Policy) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was, and what is instead, JSON-ready: only where they differ; empty when nothing does."""
    old, new = before.to_json(), after.to_json()
    was, now = ({name: told[name] for name in ("default", "contact") if old[name] != new[name]} for told in (old, new))
    for scope in Scope:
        changed = {name for name in {*old[scope], *new[scope]} if old[scope].get(name) != new[scope].get(name)}
        for told, held in ((was, old[scope]), (now, new[scope])):
            told |= _in_short({name: held[name] for name in sorted(changed) if name in held})
    return was, now


def _in_short(rules: Mapping[str, str]) -> dict[str, str]:
    """The Economic Area by its own name, where one rule held in all of it."""
    area = {rules.get(code) for code in EVERYWHERE_EEA}
    common = area.pop() if len(area) == 1 else None
    if common is None:
        return dict(rules)
    return {"EEA": common, **{name: rule for name, rule in rules.items() if name not in EVERYWHERE_EEA}}


def _rules(policy: Policy, scope: Scope) -> Mapping[str, Rule]:
    return policy.countries if scope is Scope.COUNTRIES else policy.domains
