"""Whether somebody may be tracked: what they said, what the workspace's policy says, and why.

Asked with the same facts when a mail is prepared, when it is sent and each time it is hit, so that a no counts at once and for
mail that is already out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from server.domain.engagement import Reason
from server.domain.people import domain_of


class State(StrEnum):
    UNKNOWN = "unknown"
    GRANTED = "granted"
    DENIED = "denied"  # asked, and said no
    WITHDRAWN = "withdrawn"  # took a yes back, or opted out


class Rule(StrEnum):
    NEVER = "never"
    ONLY_WITH_CONSENT = "only-with-consent"
    NOTICE = "notice-and-opt-out"
    ALWAYS = "always"


class Moment(StrEnum):
    PREPARE = "prepare"
    SEND = "send"
    HIT_VIEW = "hit-view"
    HIT_CLICK = "hit-click"


class Source(StrEnum):
    """How a choice reached us."""

    REP = "rep"  # told to somebody here, by phone or in a reply
    FORM = "form"
    IMPORT = "import"
    API = "api"
    OPT_OUT_PAGE = "opt-out-page"
    ONE_CLICK = "one-click"


EEA = (
    "AT", "BE", "BG", "HR", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HU", "IE", "IS", "IT", "LI", "LT", "LU",
    "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip
"""Where the ePrivacy directive asks for consent before pixels and tracked links report back."""

PURPOSE = "engagement"
"""To tell the sender who viewed and clicked: what is consented to unless somebody says otherwise."""

_NO = frozenset({State.DENIED, State.WITHDRAWN})
_BY_RECIPIENT = frozenset({Source.OPT_OUT_PAGE, Source.ONE_CLICK})

# Two letters at the end of a domain that are sold to everybody and say nothing about a country.
_FOR_EVERYBODY = frozenset([
    "ac", "ai", "as", "bz", "cc", "cd", "co", "cx", "dj", "fm", "gg", "gl", "gs", "io", "je", "la", "ly", "me", "ms", "mu",
    "nu", "pw", "sc", "sh", "so", "st", "tk", "to", "tv", "vc", "vg", "ws",
])  # fmt: skip
_OTHER_CODES = {"uk": "GB", "el": "GR"}


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody said, when, about what, and how that can be shown."""

    state: State = State.UNKNOWN
    at: datetime | None = None
    purpose: str = ""
    proof: str = ""
    source: Source | None = None

    @property
    def is_no(self) -> bool:
        return self.state in _NO

    @property
    def by_recipient(self) -> bool:
        """Made by the recipient on a page of ours, where it can be taken back too."""
        return self.source in _BY_RECIPIENT


@dataclass(frozen=True, slots=True)
class Policy:
    """The workspace's rules: by the recipient's domain (and those under it) first, then by country, else `default`.

    `contact` is the address for privacy questions that recipients are shown.
    """

    default: Rule = Rule.NOTICE
    countries: Mapping[str, Rule] = field(default_factory=dict, hash=False)
    domains: Mapping[str, Rule] = field(default_factory=dict, hash=False)
    contact: str = ""

    def to_json(self) -> dict[str, Any]:
        told = {"countries": self.countries, "domains": self.domains}
        rules = {name: {key: rule.value for key, rule in sorted(found.items())} for name, found in told.items()}
        return {"default": self.default.value, **rules, "contact": self.contact}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        rules = {name: {key: Rule(rule) for key, rule in data[name].items()} for name in ("countries", "domains")}
        return cls(Rule(data["default"]), **rules, contact=data["contact"])


@dataclass(frozen=True, slots=True)
class Facts:
    """`own`: of the workspace itself, by domain or as its user. `signs` are those of a hit (`engagement.header_signs`)."""

    address: str
    state: State = State.UNKNOWN
    country: str | None = None
    own: bool = False
    signs: frozenset[str] = frozenset()


UNTIL_DECIDED = Policy(Rule.ALWAYS, countries=dict.fromkeys((*EEA, "EU"), Rule.ONLY_WITH_CONSENT))
"""Until an admin decides: where the law asks for consent we wait for it, elsewhere mail looks exactly as it was written."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The first of `reasons` decided. `notice`: the mail has to say that it is tracked."""

    allowed: bool
    reasons: tuple[Reason, ...]
    notice: bool = False


def decide(facts: Facts, policy: Policy, moment: Moment) -> Decision:
    """A no from anybody (recipient, policy, their browser) ends it; nothing but a yes opens `only-with-consent`."""
    if facts.own:
        return _refused("own-domain")
    if facts.state in _NO:
        return _refused(f"consent-{facts.state}")
    # A click is a deliberate act; loading pictures is not.
    asked = sorted(facts.signs & {"dnt", "gpc"}) if moment is Moment.HIT_VIEW else []
    if asked:
        return Decision(False, tuple(Reason(f"asked-{sign}") for sign in asked))
    rule, by = rule_for(facts, policy)
    because = Reason(f"policy-{rule}", by)
    if rule is Rule.NEVER:
        return Decision(False, (because,))
    if facts.state is State.GRANTED:
        return Decision(True, (Reason("consent-granted"), because), notice=rule is Rule.NOTICE)
    if rule is Rule.ONLY_WITH_CONSENT:
        return Decision(False, (because, Reason("consent-unknown")))
    return Decision(True, (because,), notice=rule is Rule.NOTICE)


def decide_together(facts: Iterable[Facts], policy: Policy, moment: Moment) -> Decision:
    """Of a body that several share: nobody can tell whose hit it is, so one no is everybody's. Nobody yet: allowed so far."""
    decisions = [decide(one, policy, moment) for one in facts]
    refusals = [one for one in decisions if not one.allowed]
    told = dict.fromkeys(reason for one in refusals or decisions for reason in one.reasons)
    return Decision(not refusals, tuple(told), notice=not refusals and any(one.notice for one in decisions))


@dataclass(frozen=True, slots=True)
class Standing:
    """All that decides about one message. `recipients` by ordinal; `opted_out`: a reader of the shared body said no."""

    policy: Policy
    recipients: Mapping[int, Facts] = field(hash=False)
    opted_out: bool = False

    def decide(self, recipient: int, moment: Moment, signs: frozenset[str] = frozenset()) -> Decision:
        """About the copy of that recipient, 0 being the body that all share. Of a recipient we do not know, all answer."""
        if self.opted_out:
            return _refused("opted-out")
        asked = [self.recipients[recipient]] if recipient in self.recipients else self.recipients.values()
        return decide_together([replace(one, signs=signs) for one in asked], self.policy, moment)


def rule_for(facts: Facts, policy: Policy) -> tuple[Rule, dict[str, str]]:
    """The rule and where it stands: `{"by": "domain" | "country" | "default", "value": …}`. The narrowest domain wins."""
    labels = domain_of(facts.address).split(".")
    for start in range(len(labels)):
        domain = ".".join(labels[start:])
        if domain in policy.domains:
            return policy.domains[domain], {"by": "domain", "value": domain}
    country = facts.country or country_of(facts.address) or ""
    if country in policy.countries:
        return policy.countries[country], {"by": "country", "value": country}
    return policy.default, {"by": "default", "value": ""}


def country_of(address: str) -> str | None:
    """The ISO code at the end of the address's domain; None where that says nothing."""
    last = domain_of(address).rpartition(".")[2]
    if last in _OTHER_CODES:
        return _OTHER_CODES[last]
    return last.upper() if len(last) == 2 and last.isalpha() and last.isascii() and last not in _FOR_EVERYBODY else None


def _refused(code: str) -> Decision:
    return Decision(False, (Reason(code),))


def strictest(states: Iterable[State]) -> State:
    """What holds for a person with several addresses: a no of any, else a yes of any."""
    said = set(states)
    ranked = (State.WITHDRAWN, State.DENIED, State.GRANTED)
    return next((state for state in ranked if state in said), State.UNKNOWN)


class Objection(StrEnum):
    """Why a choice cannot be recorded."""

    NEEDS_PURPOSE = "purpose"
    NEEDS_PROOF = "proof"
    IN_THE_FUTURE = "at"
    OLDER_THAN_NO = "older-than-no"  # what was said last counts
    NO_STAYS = "no-stays"  # a no is not forgotten


def objection(former: Choice, wanted: Choice, now: datetime) -> Objection | None:
    """A yes needs its purpose and proof, and one after a no must have been given after it."""
    if wanted.at is None or wanted.at > now:
        return Objection.IN_THE_FUTURE
    if wanted.state is State.GRANTED and not wanted.purpose.strip():
        return Objection.NEEDS_PURPOSE
    if wanted.state is State.GRANTED and not wanted.proof.strip():
        return Objection.NEEDS_PROOF
    if not former.is_no:
        return None
    if wanted.state is State.UNKNOWN:
        return Objection.NO_STAYS
    if wanted.state is State.GRANTED and former.at is not None and wanted.at <= former.at:
        return Objection.OLDER_THAN_NO
    return None


def masked(address: str) -> str:
    """a•••••.d•••••@baobab.example: enough for its owner to know it."""
    local, _, domain = address.rpartition("@")
    return f"{'.'.join(f'{part[:1]}•••••' for part in local.split('.'))}@{domain}"
