"""What hits of one message say about each other. Nothing here looks further than WINDOW from a hit."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from datetime import timedelta

from server.domain.classify.alone import is_speculative
from server.domain.classify.bursts import BURST, Burst, by_actor, find_bursts, nearest, visible_links
from server.domain.classify.twins import find_twins
from server.domain.engagement import Class, Hit, Kind, MessageFacts, Reason, Verdict

AFTER_VIEW = timedelta(seconds=30)
# The farthest chain: a click's view (30 s), that view's twin (10 s), the burst near the twin (10 s) and its length (60 s).
WINDOW = timedelta(seconds=120)

Verdicts = Mapping[str, Verdict]


def compare(hits: Sequence[Hit], message: MessageFacts, alone: Verdicts) -> dict[str, Verdict]:
    """Verdicts of hits of one message, each told alone before. Order and repetition of `hits` do not matter."""
    copies: dict[int, list[Hit]] = {}
    for hit in sorted({hit.id: hit for hit in hits}.values(), key=lambda hit: (hit.at, hit.id)):
        copies.setdefault(hit.recipient, []).append(hit)
    verdicts = dict(alone)
    for copy in copies.values():
        others = [hit for hit in copy if alone[hit.id].klass is not Class.OWN]
        if len(others) > 1:
            verdicts.update(_compare_copy(others, message, alone))
    return verdicts


def _compare_copy(hits: Sequence[Hit], message: MessageFacts, alone: Verdicts) -> dict[str, Verdict]:
    # Order: twins need to know which requests a burst has already told to be a machine's, views before clicks.
    bursts, near = _told_by_links(hits, message, alone)
    told: dict[str, Reason] = {
        **_told_by_head(hits),
        **near,
        **{hit_id: burst.reason(visible_links(message)) for hit_id, burst in bursts.items()},
    }
    twins = find_twins(hits, alone, told)
    verdicts = {hit.id: _joined(alone[hit.id], told.get(hit.id), twins.get(hit.id)) for hit in hits}
    return {**verdicts, **dict(_after_view(hits, verdicts))}


def _told_by_links(
    hits: Sequence[Hit], message: MessageFacts, alone: Verdicts
) -> tuple[Mapping[str, Burst], dict[str, Reason]]:
    """Clicks in a burst; and hits within seconds of a burst of the same actor, or of a hidden link."""
    clicks = [hit for hit in hits if hit.kind is Kind.CLICK and not is_speculative(hit)]
    bursts = find_bursts(clicks, message)
    hidden = [hit for hit in clicks if hit.link in message.hidden_links]
    hidden_times = [hit.at.timestamp() for hit in hidden]
    near = dict(_near([hit for hit in clicks if hit.id in bursts] + hidden, hits, alone))
    for hit in clicks:
        gap = nearest(hidden_times, hit.at.timestamp())
        if gap is not None and gap <= BURST.total_seconds() and hit.link not in message.hidden_links:
            near[hit.id] = _near_burst(gap)
    return bursts, {hit_id: reason for hit_id, reason in near.items() if hit_id not in bursts}


def _told_by_head(hits: Sequence[Hit]) -> dict[str, Reason]:
    """What the same program at the same address fetched that it had asked about with HEAD: no browser does so."""
    heads = [hit for hit in hits if hit.method != "GET" and hit.method.upper() == "HEAD"]
    if not heads:
        return {}
    asked: dict[Hashable, list[float]] = {}
    for hit in heads:
        asked.setdefault(_program(hit), []).append(hit.at.timestamp())
    found: dict[str, Reason] = {}
    for hit in hits:
        gap = nearest(asked.get(_program(hit), ()), hit.at.timestamp())
        if gap is not None and gap <= BURST.total_seconds() and hit.method.upper() != "HEAD":
            found[hit.id] = Reason("head-and-get", {"seconds": round(gap, 1)})
    return found


def _program(hit: Hit) -> Hashable:
    """Who fetches what."""
    return hit.kind, hit.link, hit.address_hash, hit.user_agent


def _near(machines: Sequence[Hit], hits: Sequence[Hit], alone: Verdicts) -> Iterator[tuple[str, Reason]]:
    """Hits within BURST of one of `machines` that may be the same actor's. Image proxies act for somebody else."""
    told = {hit.id for hit in machines}
    times = {key: sorted(hit.at.timestamp() for hit in group) for key, group in by_actor(machines).items()}
    candidates = [hit for hit in hits if hit.id not in told and alone[hit.id].klass is not Class.PROXY_HUMAN]
    gaps: dict[str, float] = {}
    for key, group in by_actor(candidates).items():
        for hit in group:
            gap = nearest(times.get(key, ()), hit.at.timestamp())
            if gap is not None and gap <= min(BURST.total_seconds(), gaps.get(hit.id, gap)):
                gaps[hit.id] = gap
    for hit_id, gap in gaps.items():
        yield hit_id, _near_burst(gap)


def _near_burst(gap: float) -> Reason:
    return Reason("near-burst", {"seconds": round(gap, 1)})


def _joined(alone: Verdict, *told: Reason | None) -> Verdict:
    reasons = tuple(reason for reason in told if reason)
    if not reasons:
        return alone
    if alone.klass is Class.MACHINE:
        return Verdict(Class.MACHINE, alone.reasons + reasons)
    return Verdict(Class.MACHINE, reasons + alone.reasons)


def _after_view(hits: Sequence[Hit], verdicts: Verdicts) -> Iterator[tuple[str, Verdict]]:
    """A person's click soon after a person's view: said beside the other reasons, it decides nothing."""
    viewed: Hit | None = None
    for hit in hits:
        verdict = verdicts[hit.id]
        if hit.kind is Kind.VIEW and verdict.klass in (Class.HUMAN, Class.PROXY_HUMAN):
            viewed = hit
        elif hit.kind is Kind.CLICK and verdict.klass is Class.HUMAN and viewed and hit.at - viewed.at <= AFTER_VIEW:
            seconds = round((hit.at - viewed.at).total_seconds(), 1)
            yield hit.id, Verdict(verdict.klass, (*verdict.reasons, Reason("after-view", {"seconds": seconds})))
