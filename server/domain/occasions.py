"""What has newly happened that a person would be called for. Keys make it one however often it is looked at: they name the
happening, not the look."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise

from server.domain.engagement import Class, Kind
from server.domain.feed import Line, delivery_state

BY_PEOPLE = frozenset({Class.HUMAN, Class.PROXY_HUMAN})
OFTEN = 3
"""Views on one day of the viewer's."""

ONE_VISIT = timedelta(hours=1)
"""Links clicked one after the other, with no longer pause, are one happening."""

TOO_LATE = timedelta(days=1)
"""What is older is history when it is found: a worker was away, or the person has just come into the viewer's sight. So is
whatever was before the viewer came."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """`kind` is one of notifications.KINDS. `count`: of views, where it tells how many."""

    kind: str
    key: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class Context:
    """`again_after`: the pause after which a view is told again; `zone` where the viewer's days are; `since`: when the viewer
    came here."""

    now: datetime
    again_after: timedelta
    zone: tzinfo
    since: datetime | None = None


def is_about_people(line: Line) -> bool:
    """Whether somebody may have done something, and the viewer may see it."""
    return not line.hidden and not line.removed and (line.live or line.lead) and line.klass in BY_PEOPLE


def is_calm(line: Line, muted: Collection[str]) -> bool:
    """The viewer does not want to hear of it: it is archived, or the mail or the person is muted."""
    message = line.facts.get("message") or {}
    person = line.facts["who"]["person"] or {}
    return bool(message.get("archived")) or line.message_id in muted or person.get("id") in muted


def occasions(line: Line, times: Sequence[datetime], context: Context) -> list[Occasion]:
    """The most telling first. `times`: when people viewed this copy, or clicked in it, in order, the line's own among them."""
    if not is_about_people(line):
        return []
    if line.kind is Kind.VIEW:
        return list(_views(line, times, context))
    if line.kind is Kind.CLICK:
        return list(_clicks(line, times, context))
    return [Occasion(line.kind.value, line.key)] if _is_told(line) and _is_news(line.at, context) else []


def news(found: Iterable[Occasion], known: Collection[str]) -> tuple[list[Occasion], Occasion | None]:
    """(all that were not known, the one of them to tell)."""
    fresh = [one for one in found if one.key not in known]
    return fresh, fresh[0] if fresh else None


def copy_of(line: Line) -> tuple[str, int]:
    """(message, recipient) of a line of views or clicks; 0 for a text that several share."""
    message, _, _, recipient, _ = line.key.split(":")
    return message, int(recipient)


def _views(line: Line, times: Sequence[datetime], context: Context) -> Iterable[Occasion]:
    copy = _named(line)
    day = context.now.astimezone(context.zone).date()
    today = sum(at.astimezone(context.zone).date() == day for at in times)
    if today >= OFTEN:
        yield Occasion("view-often", f"{copy}:view-often:{day}", today)
    again = [at for before, at in pairwise(times) if at - before >= context.again_after]
    if again and _is_news(again[-1], context):
        yield Occasion("view-again", f"{copy}:view-again:{again[-1].isoformat()}")
    if times and _is_news(times[0], context):
        yield Occasion("first-view", f"{copy}:first-view")


def _clicks(line: Line, times: Sequence[datetime], context: Context) -> Iterable[Occasion]:
    begun = [at for before, at in pairwise(times) if at - before >= ONE_VISIT] or times[:1]
    if begun and _is_news(begun[-1], context):
        yield Occasion("click", f"{_named(line)}:click:{begun[-1].isoformat()}")


def _named(line: Line) -> str:
    return "{}:{}".format(*copy_of(line))


def _is_told(line: Line) -> bool:
    """A mail that is only late has not failed yet; that somebody is away is no answer."""
    return line.kind in (Kind.REPLY, Kind.MOMENT) or (line.kind is Kind.BOUNCE and delivery_state(line) == "failed")


def _is_news(at: datetime, context: Context) -> bool:
    return at >= context.now - TOO_LATE and (context.since is None or at >= context.since)
