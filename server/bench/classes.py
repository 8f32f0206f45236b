"""How often a request is taken for what it truly was: a person's or a machine's, over a simulated population.

Every request counts once. `unknown` is a miss: it lowers the recall of whoever it was, and the precision of nobody.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from server.bench.population import Mail, mails
from server.bench.results import Row, at_least, told
from server.domain.classify import reclassify
from server.domain.engagement import Class, Hit

_GOAL, _GOAL_WITHOUT_AGENTS = 0.98, 0.9
_MAILS = 10_000
"""Fewer tell less than the goals ask for; quick rounds leave out the breakdown instead."""

_PEOPLE = (Class.HUMAN, Class.PROXY_HUMAN)

Tally = Counter[tuple[str, bool, str]]
"""Requests by who truly asked, whether a person, and what they were taken for."""


def class_rows(quick: bool) -> Iterator[Row]:
    sent = list(mails(_MAILS))
    size = f"{len(sent):,} mails"
    full = _judged(sent, lambda hit: hit)
    yield from _goals(full, f"{size}", _GOAL)
    yield from _goals(_judged(sent, _without_agent), f"{size}, no agents", _GOAL_WITHOUT_AGENTS)
    if not quick:
        yield from _goals(_judged(sent, _without_network), f"{size}, no network data", None)
        yield from _each_kind(full)


def _judged(sent: Sequence[Mail], seen: Callable[[Hit], Hit]) -> Tally:
    tally: Tally = Counter()
    for mail in sent:
        verdicts = reclassify(mail.facts, [seen(asked.hit) for asked in mail.asked])
        for asked in mail.asked:
            tally[asked.who, asked.person, _taken_for(verdicts[asked.hit.id].klass)] += 1
    return tally


def _without_agent(hit: Hit) -> Hit:
    """Time and network alone: no agent, no header, no method."""
    return replace(hit, user_agent="", signs=frozenset(), method="GET")


def _without_network(hit: Hit) -> Hit:
    return replace(hit, network=None)


def _taken_for(klass: Class) -> str:
    return "human" if klass in _PEOPLE else str(klass)


def _goals(tally: Tally, what: str, goal: float | None) -> Iterator[Row]:
    for name, person in (("human", True), ("machine", False)):
        right = _count(tally, person=person, taken=name)
        for measure, whole in (("precision", _count(tally, taken=name)), ("recall", _count(tally, person=person))):
            label, share = f"classes, {name} {measure}, {what}", right / whole if whole else 0.0
            yield told(label, share, "") if goal is None else at_least(label, share, goal, "")


def _count(tally: Tally, *, person: bool | None = None, taken: str | None = None) -> int:
    return sum(
        count
        for (_, truth, said), count in tally.items()
        if truth == (truth if person is None else person) and taken in (None, said)
    )


def _each_kind(tally: Tally) -> Iterator[Row]:
    """Where it fails: of the requests of each kind the share told right."""
    whole: Counter[tuple[bool, str]] = Counter()
    right: Counter[tuple[bool, str]] = Counter()
    for (who, person, said), count in tally.items():
        whole[person, who] += count
        right[person, who] += count if said == ("human" if person else "machine") else 0
    for person, who in sorted(whole, key=lambda kind: (not kind[0], -whole[kind])):
        yield told(f"classes, right: {who} ({whole[person, who]:,})", right[person, who] / whole[person, who], "")
