"""Many links in a few seconds: nobody reads that fast.

Clicks count together when they can be one actor's. A scanner reads one recipient's copy, so copies are never mixed
(see `together.py`); within a copy, clicks belong together by address, by agent within a network, or, in data
centres, by network alone, since scanners there change addresses and agents from request to request.
"""

from bisect import bisect_left
from collections import deque
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from server.domain.classify.alone import is_suspect
from server.domain.engagement import Hit, MessageFacts, Reason

BURST = timedelta(seconds=10)
MANY_LINKS = 3
# Both links of a mail that has two: people open them one after the other, machines at once.
PAIR = timedelta(seconds=2)
MANY_LINKS_FROM_SUSPECTS = 2
# Scanners that take their time: three links in a minute, where hardly anybody reads.
SLOW = timedelta(seconds=60)


def actors(hit: Hit) -> tuple[Hashable, ...]:
    """The keys under which this hit may be one actor's with others.

    In a body that several people share, one address is an office: there the agent must be the same too.
    """
    asn = hit.network.asn if hit.network else None
    if is_suspect(hit):
        return ("network", asn or hit.network), ("address", hit.address_hash)
    address = ("address", hit.address_hash) if hit.recipient else ("address", hit.address_hash, hit.user_agent)
    return (address, ("agent", asn, hit.user_agent)) if hit.user_agent else (address,)


@dataclass(frozen=True, slots=True)
class Burst:
    links: int
    seconds: float

    def reason(self, visible_links: int) -> Reason:
        every = self.links >= visible_links >= 2
        return Reason("all-links" if every else "burst", {"seconds": self.seconds, "count": self.links})


def find_bursts(clicks: Sequence[Hit], message: MessageFacts) -> Mapping[str, Burst]:
    """The burst each click belongs to, by hit id; clicks in order of time, all of one recipient's copy."""
    found: dict[str, Burst] = {}
    for key, group in by_actor(clicks).items():
        for needed, within in _limits(key, visible_links(message)):
            for hit_id, burst in _bursts(group, needed, within) if len(group) >= needed else ():
                known = found.get(hit_id)
                if known is None or (burst.links, -burst.seconds) > (known.links, -known.seconds):
                    found[hit_id] = burst
    return found


def by_actor(hits: Sequence[Hit]) -> dict[Hashable, list[Hit]]:
    groups: dict[Hashable, list[Hit]] = {}
    for hit in hits:
        for key in actors(hit):
            groups.setdefault(key, []).append(hit)
    return groups


def visible_links(message: MessageFacts) -> int:
    return message.links - len(message.hidden_links)


def nearest(times: Sequence[float], at: float) -> float | None:
    """Seconds to the nearest of the sorted times."""
    place = bisect_left(times, at)
    around = times[max(0, place - 1) : place + 1]
    return min((abs(at - time) for time in around), default=None)


def _limits(key: Hashable, visible: int) -> tuple[tuple[int, timedelta], ...]:
    """So many distinct links, within so long, are a burst."""
    if isinstance(key, tuple) and key[0] == "network":
        return (MANY_LINKS_FROM_SUSPECTS, BURST), (MANY_LINKS, SLOW)
    return ((2, PAIR),) if visible == 2 else ((MANY_LINKS, BURST),)


def _bursts(clicks: Sequence[Hit], needed: int, within: timedelta) -> Iterator[tuple[str, Burst]]:
    """For each click the window of at most `within` around it with most distinct links, when it holds enough.

    One pass: `ends` holds the right ends of windows that reach the current click, most links first.
    """
    windows = list(_windows(clicks, within))
    ends: deque[int] = deque()
    ahead = 0
    for here, click in enumerate(clicks):
        while ahead < len(windows) and windows[ahead][0] <= here:
            while ends and windows[ends[-1]][1] < windows[ahead][1]:
                ends.pop()
            ends.append(ahead)
            ahead += 1
        while ends[0] < here:
            ends.popleft()
        first, links = windows[ends[0]]
        if links >= needed:
            yield click.id, Burst(links, round((clicks[ends[0]].at - clicks[first].at).total_seconds(), 1))


def _windows(clicks: Sequence[Hit], within: timedelta) -> Iterator[tuple[int, int]]:
    """For each click: the first click at most `within` before it, and how many distinct links lie from there to here."""
    counts: dict[int | None, int] = {}
    first = 0
    for click in clicks:
        counts[click.link] = counts.get(click.link, 0) + 1
        while click.at - clicks[first].at > within:
            gone = clicks[first].link
            counts[gone] -= 1
            if not counts[gone]:
                del counts[gone]
            first += 1
        yield first, len(counts) - (None in counts)
