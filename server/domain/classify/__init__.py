"""Who caused a hit: a person, a proxy for a person, a machine, the sender, or nobody can tell; and why.

A verdict depends on facts alone, never on the order in which hits arrived or on the clock. Each rule, its source and
where it fails: docs/classification.md.
"""

from collections.abc import Iterable, Sequence

from server.domain.classify.alone import judge
from server.domain.classify.together import WINDOW, compare
from server.domain.engagement import Hit, Kind, MessageFacts, Verdict

__all__ = ["WINDOW", "classify", "reclassify"]

_JUDGED = frozenset({Kind.VIEW, Kind.CLICK})


def classify(hit: Hit, message: MessageFacts, neighbours: Sequence[Hit] = ()) -> Verdict:
    """The verdict on one view or click. `neighbours` are the other hits of the message at most WINDOW before and
    after; more do no harm, fewer may miss a burst. A new hit may change its neighbours: `reclassify` them together.
    """
    if not neighbours:
        return judge(hit, message)
    around = [other for other in neighbours if other.id != hit.id and abs(other.at - hit.at) <= WINDOW]
    return reclassify(message, [hit, *around])[hit.id]


def reclassify(message: MessageFacts, hits: Iterable[Hit]) -> dict[str, Verdict]:
    """Verdicts by hit id on all views and clicks given; hits of other messages and other kinds are left out."""
    judged = [hit for hit in hits if hit.message_id == message.id and hit.kind in _JUDGED]
    alone = {hit.id: judge(hit, message) for hit in judged}
    return compare(judged, message, alone) if len(alone) > 1 else alone
