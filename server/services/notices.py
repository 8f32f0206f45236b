"""Who is called for what: decided once, in the worker, from the feed's own order; told by whichever screen claims it first."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from server.domain.engagement import Kind
from server.domain.feed import Line
from server.domain.notifications import is_quiet, may_be_told
from server.domain.occasions import Context, Occasion, copy_of, is_calm, news, occasions
from server.domain.tasks import zone_of
from server.domain.users import User
from server.queue import Queue
from server.services.headlines import Headlines
from server.storage import feed, notices, push, worklist
from server.storage import users as stored_users
from server.storage.database import Database, Transaction
from server.storage.feed import Placed
from server.storage.notices import Head, Notice
from server.tokens import new_id

DECIDE = "decide-notices"
TELL = "tell-notices"

SCREENS_FIRST = timedelta(seconds=4)
"""So long an open screen may claim what it was woken for before it is pushed to browsers that sleep."""

HISTORY = timedelta(days=1)
"""What nobody was told of for so long is told no more."""

_REMEMBERED = timedelta(days=40)
"""Longer than anything can still be found to be news."""

_MOST_USERS = 50
_MOST_LINES = 500
_MOST_TOLD = 50
_MOST_COUNTED = 100

Wake = Callable[[Iterable[str]], None]


def bell(user_id: str) -> str:
    """What the bus is given for screens of this user that show notifications."""
    return f"notices:{user_id}"


def named_by(name: str) -> str:
    """The user whose bell this is, "" when it is none."""
    return name.removeprefix("notices:") if name.startswith("notices:") else ""


@dataclass(frozen=True, slots=True)
class _Decided:
    head: Head
    to: int
    made: tuple[Notice, ...]


class Notices:
    def __init__(
        self, database: Database, queue: Queue, wake: Wake, headlines: Headlines, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._queue = queue
        self._wake = wake
        self._headlines = headlines
        self._clock = clock

    # In the worker -------------------------------------------------------------

    def ask_for_looks(self) -> bool:
        """A job when some feed has lines nobody has decided about. One for all feeds, so that nothing is decided twice."""
        found = bool(self._database.read(notices.behind, 1))
        if found:
            self._database.write(self._queue.ask_once, DECIDE, "")
        return found

    def decide(self) -> bool:
        """Reads on in every feed that went on. True when there is more to read at once."""
        decided = self._database.read(self._decide)
        if not decided:
            return False
        self._wake(bell(user_id) for user_id in self._database.write(self._keep, decided))
        return len(decided) == _MOST_USERS or any(one.to < one.head.position for one in decided)

    def forget(self) -> None:
        self._database.write(self._forget)

    def _decide(self, tx: Transaction) -> list[_Decided]:
        heads = notices.behind(tx, _MOST_USERS)
        users = {user.id: user for user in stored_users.by_ids(tx, {head.user_id for head in heads})}
        return [self._of_feed(tx, head, users.get(head.user_id)) for head in heads]

    def _of_feed(self, tx: Transaction, head: Head, user: User | None) -> _Decided:
        # What is there when we begin is no news, and who is not let in any more hears of nothing.
        if user is None or head.notified is None:
            return _Decided(head, head.position, ())
        page = feed.since(tx, user.id, head.notified, _MOST_LINES)
        to = page[-1].position if len(page) == _MOST_LINES else max([head.position, *(placed.position for placed in page)])
        return _Decided(head, to, tuple(self._of_lines(tx, user, page, head)))

    def _of_lines(self, tx: Transaction, user: User, page: Sequence[Placed], head: Head) -> list[Notice]:
        now, wishes = self._clock(), user.notifications
        context = Context(now, timedelta(days=wishes.again_after), zone_of(user.time_zone), head.since)
        found = _occasions(tx, page, context)
        known = notices.known(tx, user.id, {one.key for _, all_of_it in found for one in all_of_it})
        people = {(placed.line.facts["who"]["person"] or {}).get("id") or "" for placed, _ in found}
        muted = worklist.muted(tx, user.id, people | {placed.line.message_id or "" for placed, _ in found})
        due_at = may_be_told(wishes.quiet, now, context.zone)
        made: dict[str, Notice] = {}
        for placed, all_of_it in found:
            fresh, told = news(all_of_it, known | made.keys())
            for one in fresh:
                is_wanted = wishes.tells(one.kind) and not is_calm(placed.line, muted)
                is_told = one is told and is_wanted and placed.position > (head.seen or 0)
                made[one.key] = _notice(user, placed, one, now, due_at if is_told else None)
        return list(made.values())

    def _keep(self, tx: Transaction, decided: Sequence[_Decided]) -> set[str]:
        """The users to wake now."""
        now = self._clock()
        mine = [one for one in decided if notices.advance(tx, one.head, one.to)]
        made = [notice for one in mine for notice in one.made]
        added = notices.add(tx, made)
        told = [one for one in made if one.id in added and one.claimed_at is None]
        for user_id, workspace_id, due_at in _tellings(tx, told, now):
            self._queue.ask(tx, TELL, user_id, due_at=due_at, workspace_id=workspace_id)
        return {one.user_id for one in told if one.due_at <= now}

    def _forget(self, tx: Transaction) -> None:
        now = self._clock()
        notices.drop_old(tx, now - _REMEMBERED)
        push.drop_ended(tx, now)

    # For screens ---------------------------------------------------------------

    def waiting(self, user: User, locale: str) -> dict[str, Any]:
        """{"items": headlines that nobody has claimed, "unread": how much is new since the feed was looked at}."""
        return self._database.read(self._waiting, user, locale)

    def claim(self, user: User, ids: Collection[str], locale: str) -> dict[str, Any]:
        """{"show": one headline for all of these that nobody had claimed, or None}."""
        return self._database.write(self._claim, user, ids, locale)

    def rearrange(self, user: User) -> None:
        """After a change of the quiet hours, of the zone or of what is told: for what waits too."""
        self._database.write(self._rearrange, user)
        self._wake([bell(user.id)])

    def _waiting(self, tx: Transaction, user: User, locale: str) -> dict[str, Any]:
        now = self._clock()
        found = notices.unclaimed(tx, user.id, now - HISTORY, _MOST_TOLD)
        told = self._headlines.of(tx, user, locale, [one for one in found if one.due_at <= now])
        unread = notices.unread(tx, user.id, now - _REMEMBERED, _MOST_COUNTED)
        return {"items": [one.to_json() for one in told], "unread": unread}

    def _claim(self, tx: Transaction, user: User, ids: Collection[str], locale: str) -> dict[str, Any]:
        won = notices.claim(tx, user.id, ids, self._clock())
        headline = self._headlines.in_one(locale, self._headlines.of(tx, user, locale, won))
        return {"show": headline.to_json() if headline else None}

    def _rearrange(self, tx: Transaction, user: User) -> None:
        now, wishes = self._clock(), user.notifications
        zone = zone_of(user.time_zone)
        waiting = notices.unclaimed(tx, user.id, now - HISTORY, _MOST_TOLD)
        notices.claim(tx, user.id, {one.id for one in waiting if "line" in one.facts and not wishes.tells(one.kind)}, now)
        held = [one for one in waiting if one.due_at > now or is_quiet(wishes.quiet, now, zone)]
        due_at = may_be_told(wishes.quiet, now, zone)
        notices.due_anew(tx, [(one.id, due_at) for one in held])
        if held:
            self._queue.ask(tx, TELL, user.id, due_at=due_at, workspace_id=user.workspace_id)


def _occasions(tx: Transaction, page: Sequence[Placed], context: Context) -> list[tuple[Placed, list[Occasion]]]:
    """With what each line has to tell, the lines that have anything."""
    copies = {copy_of(placed.line) for placed in page if _is_of_hits(placed.line)}
    since = context.now - max(context.again_after * 2, timedelta(days=2))
    times = notices.times(tx, {message for message, _ in copies}, since)
    found = []
    for placed in page:
        line = placed.line
        seen = times.get((line.kind, copy_of(line)), []) if _is_of_hits(line) else []
        # What was before the times that were read counts by when the line began.
        before = [line.first_at] if seen and line.first_at < seen[0] else []
        told = occasions(line, before + seen, context)
        if told:
            found.append((placed, told))
    return found


def _is_of_hits(line: Line) -> bool:
    return line.kind in (Kind.VIEW, Kind.CLICK)


def _notice(user: User, placed: Placed, one: Occasion, now: datetime, due_at: datetime | None) -> Notice:
    """`due_at` None: known from now on, and told to nobody."""
    return Notice(
        id=new_id(),
        workspace_id=user.workspace_id,
        user_id=user.id,
        key=one.key,
        kind=one.kind,
        facts={"line": placed.line.id, "count": one.count},
        position=placed.position if due_at else None,
        made_at=now,
        due_at=due_at or now,
        claimed_at=None if due_at else now,
    )


def _tellings(tx: Transaction, told: Sequence[Notice], now: datetime) -> list[tuple[str, str, datetime]]:
    """(user, workspace, when): jobs for what is held till later, and for users whom only a push may reach."""
    sleeping = push.having(tx, {one.user_id for one in told})
    due: dict[tuple[str, str], datetime] = {}
    for one in told:
        if one.due_at > now or one.user_id in sleeping:
            at = one.due_at if one.due_at > now else now + SCREENS_FIRST
            user = one.user_id, one.workspace_id
            due[user] = min(at, due.get(user, at))
    return [(user_id, workspace_id, at) for (user_id, workspace_id), at in due.items()]
