"""Two requests for the same thing within a second, from two places: a scanner follows the person's click.

Which is the scanner's must show: by a data centre against a line of people, by what the agents claim, by a
browser's word that a key or tap began it, by an address that also did other things. When nothing tells them apart,
neither is called a machine.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import timedelta

from server.domain.classify.agents import Agent, read_agent
from server.domain.classify.alone import is_suspect, network_kind
from server.domain.engagement import Class, Hit, Kind, NetworkKind, Reason, Verdict

TWIN = timedelta(seconds=1)
# A data centre that follows a person to the same link is known by its network and may take its time.
FOLLOWER = timedelta(seconds=10)
# How near an address must have done something else to be somebody's.
COMPANY = timedelta(seconds=20)
# In a flood only the nearest requests are compared.
_NEAREST = 16

_EYEBALLS = frozenset({NetworkKind.HOME, NetworkKind.BUSINESS, NetworkKind.MOBILE})
_AGENT_RANK = {Agent.BROWSER: 2, Agent.APPLE: 2, Agent.MAIL: 1}

Rank = tuple[int, int, int, int]


def find_twins(hits: Sequence[Hit], verdicts: Mapping[str, Verdict], machines: Iterable[str]) -> dict[str, Reason]:
    """Reasons by id for hits that are the shadow of a person's; `hits` of one recipient's copy in order of time,
    `machines` ids that other hits already told apart."""
    told = frozenset(machines)
    ranks = _ranks(hits, verdicts)
    found = {}
    for group in _same_target(hits, verdicts):
        for place, hit in enumerate(group):
            around = group[max(0, place - _NEAREST) : place] + group[place + 1 : place + 1 + _NEAREST]
            gaps = [
                abs(hit.at - other.at)
                for other in around
                if verdicts[other.id].klass is Class.HUMAN and other.id not in told and _shadows(hit, other, ranks)
            ]
            if gaps:
                found[hit.id] = Reason("twin-request", {"ms": round(min(gaps).total_seconds() * 1000)})
    return found


def _same_target(hits: Sequence[Hit], verdicts: Mapping[str, Verdict]) -> list[list[Hit]]:
    groups: dict[Hashable, list[Hit]] = {}
    for hit in hits:
        if verdicts[hit.id].klass is not Class.PROXY_HUMAN:
            groups.setdefault((hit.kind, hit.link), []).append(hit)
    return [group for group in groups.values() if len(group) > 1]


def _shadows(hit: Hit, person: Hit, ranks: Mapping[str, Rank]) -> bool:
    gap = abs(hit.at - person.at)
    if gap > FOLLOWER or _same_person(hit, person):
        return False
    ours, theirs = ranks[hit.id], ranks[person.id]
    if gap > TWIN:
        return hit.kind is Kind.CLICK and ours[0] < theirs[0]
    same_address = hit.address_hash == person.address_hash
    if hit.kind is Kind.VIEW:
        return ours[0] < theirs[0] or (same_address and not ours[1] and theirs[1] > 0)
    if same_address:
        return ours[:3] < theirs[:3]
    if network_kind(hit) in _EYEBALLS and network_kind(person) in _EYEBALLS:
        return False  # two people, or one device over IPv4 and IPv6
    return ours < theirs


def _same_person(one: Hit, other: Hit) -> bool:
    """A double click or a reload."""
    return one.user_agent == other.user_agent and one.address_hash == other.address_hash


def _ranks(hits: Sequence[Hit], verdicts: Mapping[str, Verdict]) -> dict[str, Rank]:
    """How much each looks like a person: network, agent, gesture, company; compared in this order."""
    times: dict[str, list[float]] = {}
    for hit in hits:
        if verdicts[hit.id].klass in (Class.HUMAN, Class.UNKNOWN):
            times.setdefault(hit.address_hash, []).append(hit.at.timestamp())
    return {
        hit.id: (
            0 if is_suspect(hit) else 1,
            _AGENT_RANK.get(read_agent(hit.user_agent).agent, 0),
            int("gesture" in hit.signs),
            int(_has_company(times.get(hit.address_hash, ()), hit.at.timestamp())),
        )
        for hit in hits
    }


def _has_company(times: Sequence[float], at: float) -> bool:
    """Another request of the same address, near, but not in the same second."""
    second, near = TWIN.total_seconds(), COMPANY.total_seconds()
    before = bisect_left(times, at - second) > bisect_left(times, at - near)
    after = bisect_right(times, at + near) > bisect_right(times, at + second)
    return before or after
