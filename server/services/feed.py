"""One stored, ordered feed for each viewer: pages of it, and what changed since a cursor."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any, Literal, Protocol, TypedDict
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from server.domain.engagement import Kind
from server.domain.feed import Cast, Judged, Line, device_fact, key_of, link_fact, place_fact, thread_url
from server.domain.messages import Recipient
from server.domain.ranks import NO_REGARD, Regard
from server.domain.searches import EVERYTHING, Wanted
from server.domain.tasks import zone_of
from server.errors import BadInput, NotFound
from server.storage import engagement as engagements
from server.storage import feed as storage
from server.storage import narrowing, notices, ranks, tracking, worklist
from server.storage.database import Database, Transaction
from server.storage.feed import Placed

MOST_A_PAGE = 200
_MOST_COUNTED = 1000


class Viewer(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def workspace_id(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def time_zone(self) -> str | None: ...


class Page(TypedDict):
    """`cursor`: behind the last of these items; `more`: there are others behind it."""

    items: list[dict[str, Any]]
    cursor: str
    more: bool


def only(pages: Sequence[Page | BadInput]) -> Page:
    """The one there is; raises what stands in its place."""
    [page] = pages
    if isinstance(page, BadInput):
        raise page
    return page


Ask = tuple[Viewer, str | None]
"""Whose feed, and behind which cursor."""


class Feed:
    """Items, pages and hits are JSON-ready, in the shapes of the API."""

    def __init__(self, database: Database, gmail_web_url: str, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._gmail_web_url = gmail_web_url
        self._clock = clock

    def latest(
        self,
        user: Viewer,
        before: str | None = None,
        kind: str | None = None,
        hidden: bool = False,
        message: str | None = None,
        limit: int = 50,
        feed: Literal["live", "lead"] = "live",
        wanted: Wanted = EVERYTHING,
    ) -> dict[str, Any]:
        """{"items", "cursor", "next", "hidden_today", "seen"}; `hidden` shows machine traffic too, if the admin lets it be
        seen."""
        start = read_page(before) if before else None
        return self._database.read(self._latest, user, start, kind, hidden, message, _bounded(limit), feed == "lead", wanted)

    def since(self, user: Viewer, cursor: str, limit: int = MOST_A_PAGE) -> Page:
        """Items in order of position, of both feeds; BadInput when the cursor is not of this feed."""
        return only(self.pages([(user, cursor)], limit))

    def pages(self, asks: Sequence[Ask], limit: int = MOST_A_PAGE) -> list[Page | BadInput]:
        """`since` for each. Without a cursor: an empty page, whose cursor stands behind everything there is."""
        reached = [_reached(cursor) for _, cursor in asks]
        good = [(user, one) for (user, _), one in zip(asks, reached, strict=True) if not isinstance(one, BadInput)]
        pages = iter(self._database.read(self._pages, good, _bounded(limit)) if good else ())
        return [one if isinstance(one, BadInput) else next(pages) for one in reached]

    def behind(self, user: Viewer, cursor: str | None) -> int:
        """How many items `since` would bring, up to 1,000; none without a cursor."""
        if cursor is None:
            return 0
        position = _read_cursor(cursor)
        return self._database.read(storage.count_since, user.id, position, _MOST_COUNTED)

    def seen(self, user: Viewer, cursor: str) -> None:
        """Remember how far this viewer has looked."""
        position = _read_cursor(cursor)
        self._database.write(_remember, user.id, position, self._clock())

    def hits(self, user: Viewer, item_id: str) -> list[dict[str, Any]]:
        """Every hit of one line, newest first; NotFound when it is not this viewer's."""
        return self._database.read(_hits_of_line, user.id, item_id)

    def topics(self, user: Viewer) -> set[str]:
        """Whose wake-ups concern this viewer."""
        return {user.id}

    def heads(self, user_ids: set[str]) -> dict[str, str]:
        """{user id: cursor of the newest item}: whether there is anything to read."""
        found = self._database.read(storage.positions, user_ids)
        return {user_id: cursor_of(position) for user_id, position in found.items()}

    def _latest(
        self,
        tx: Transaction,
        user: Viewer,
        before: tuple[datetime, str] | None,
        kind: str | None,
        hidden: bool,
        message: str | None,
        limit: int,
        lead: bool,
        wanted: Wanted,
    ) -> dict[str, Any]:
        # The head first: an item that arrives in between is then shown twice by its id, never missed.
        head = storage.head(tx, user.id)
        span = wanted.span(zone_of(user.time_zone))
        narrowed = narrowing.of_feed(tx, user.workspace_id, wanted, span) if wanted != EVERYTHING else ()
        logs = not tracking.hides_machines(tx, user.workspace_id)
        found = storage.latest(tx, user.id, before, kind, hidden and logs, message, limit + 1, lead=lead, narrowed=narrowed)
        page = found[:limit]
        seen = {"cursor": cursor_of(head.seen_position), "at": _text(head.seen_at)} if head.seen_at else None
        return {
            "items": self.items(tx, user, page),
            "cursor": cursor_of(head.position),
            "next": page_after(page[-1].line) if len(found) > limit else None,
            "hidden_today": storage.count_hidden(tx, user.id, self._midnight(user), _MOST_COUNTED) if logs else 0,
            "seen": seen,
        }

    def _pages(self, tx: Transaction, asks: Sequence[tuple[Viewer, int | None]], limit: int) -> list[Page | BadInput]:
        heads = storage.positions(tx, {user.id for user, _ in asks})
        return [self._page(tx, user, position, heads.get(user.id, 0), limit) for user, position in asks]

    def _page(self, tx: Transaction, user: Viewer, position: int | None, head: int, limit: int) -> Page | BadInput:
        """`head`: of this feed, read before."""
        if position is None:
            position = head
        if position > head:
            return BadInput("this cursor is not of this feed", fields={"after": "a cursor this feed gave"})
        found = storage.since(tx, user.id, position, limit + 1) if position < head else []
        page = found[:limit]
        return {
            "items": self.items(tx, user, _visible(tx, user, page)),
            "cursor": cursor_of(page[-1].position if page else position),
            "more": len(found) > limit,
        }

    def items(self, tx: Transaction, user: Viewer, page: Sequence[Placed]) -> list[dict[str, Any]]:
        """With what is no fact of a line, since one word of the viewer changes it on many: what is muted and watched, and how
        the person ranks."""
        people: set[str] = {(placed.line.facts["who"]["person"] or {}).get("id") or "" for placed in page}
        muted = worklist.muted(tx, user.id, people | {placed.line.message_id or "" for placed in page})
        regards = ranks.regards(tx, user.workspace_id, user.id, people - {""}, self._clock())
        return [self._item(user, placed, muted, regards) for placed in page]

    def _item(self, user: Viewer, placed: Placed, muted: Collection[str], regards: Mapping[str, Regard]) -> dict[str, Any]:
        line, facts = placed.line, placed.line.facts
        of_mail = line.kind is not Kind.MOMENT
        return {
            "id": line.id,
            "cursor": cursor_of(placed.position),
            "mark": "mail" if of_mail else "mktg",
            "kind": line.kind.value,
            "class": line.klass.value,
            "hidden": line.hidden,
            "removed": line.removed,
            "count": line.count,
            "first_at": _text(line.first_at),
            "at": _text(line.at),
            "message": self._message(user, line, muted) if of_mail else None,
            "moment": facts.get("moment"),
            "who": _who(facts["who"], muted, regards),
            "feeds": [name for name, stands in (("live", line.live), ("lead", line.lead)) if stands],
            **{name: facts.get(name) for name in ("link", "place", "device", "forwarded", "detail")},
        }

    def _message(self, user: Viewer, line: Line, muted: Collection[str]) -> dict[str, Any]:
        message = line.facts["message"]
        return {
            "id": line.message_id,
            "subject": message["subject"],
            "thread_url": thread_url(self._gmail_web_url, user.address, message["thread_id"]),
            "archived": message["archived"],
            "muted": line.message_id in muted,
        }

    def _midnight(self, user: Viewer) -> datetime:
        try:
            zone: Any = ZoneInfo(user.time_zone or "UTC")
        except (ZoneInfoNotFoundError, ValueError):
            zone = UTC
        return datetime.combine(self._clock().astimezone(zone).date(), time(), zone)


def _visible(tx: Transaction, user: Viewer, page: Sequence[Placed]) -> Sequence[Placed]:
    """Machine traffic is not for every company's reps. What left the screen is told in any case: it may stand there."""
    if not any(placed.line.hidden for placed in page) or not tracking.hides_machines(tx, user.workspace_id):
        return page
    return [placed for placed in page if not placed.line.hidden or placed.line.removed]


def _who(who: Mapping[str, Any], muted: Collection[str], regards: Mapping[str, Regard]) -> dict[str, Any]:
    person = who["person"]
    regard = regards.get(person["id"] or "", NO_REGARD) if person else NO_REGARD
    return {
        **who,
        "person": {**person, "muted": person["id"] in muted} if person else None,
        "watched": regard.watched,
        "stars": regard.stars,
        "flames": regard.flames,
        "best_bet": regard.best_bet,
    }


def cursor_of(position: int | None) -> str:
    return _sealed(f"p{position or 0}")


def hit_json(judged: Judged, cast: Cast) -> dict[str, Any]:
    """One hit as the API tells it; the recipient only where it had a copy of its own."""
    hit = judged.hit
    return {
        "id": hit.id,
        "kind": hit.kind.value,
        "at": _text(hit.at),
        "class": judged.verdict.klass.value,
        "reasons": [reason.to_json() for reason in judged.verdict.reasons],
        "link": link_fact(cast, hit.link),
        "recipient": _recipient(cast.recipients, hit.recipient),
        "place": place_fact(judged),
        "device": device_fact(judged),
        "method": hit.method,
    }


def _hits_of_line(tx: Transaction, user_id: str, item_id: str) -> list[dict[str, Any]]:
    line = storage.line(tx, user_id, item_id)
    if line is None or (line.hidden and tracking.hides_machines(tx, line.workspace_id)):
        raise NotFound("no such item")
    if line.message_id is None:
        return []
    cast = engagements.casts(tx, {line.message_id})[line.message_id]
    found = [judged for judged in engagements.hits_of(tx, {line.message_id}) if key_of(judged) == line.key]
    found.sort(key=lambda judged: (judged.hit.at, judged.hit.id), reverse=True)
    return [hit_json(judged, cast) for judged in found]


def _recipient(recipients: tuple[Recipient, ...], ordinal: int) -> dict[str, str] | None:
    known = [one for one in recipients if ordinal in (0, one.ordinal)]
    return {"name": known[0].name, "address": known[0].address} if len(known) == 1 else None


def _remember(tx: Transaction, user_id: str, position: int, now: datetime) -> None:
    seen = min(position, storage.head(tx, user_id).position)
    storage.remember_seen(tx, user_id, seen, now)
    notices.see(tx, user_id, seen, now)


def _bounded(limit: int) -> int:
    return max(1, min(limit, MOST_A_PAGE))


def _text(at: datetime | None) -> str | None:
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z") if at else None


def page_after(line: Line) -> str:
    return page_at(line.at, line.id)


def page_at(at: datetime, thing_id: str) -> str:
    return _sealed(f"t{at.isoformat()} {thing_id}")


def read_page(cursor: str) -> tuple[datetime, str]:
    at, _, line_id = _opened(cursor, "t").partition(" ")
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        raise _bad_cursor() from None
    if found.tzinfo is None or not line_id or "\0" in line_id:
        raise _bad_cursor()
    return found, line_id


def _reached(cursor: str | None) -> int | BadInput | None:
    try:
        return None if cursor is None else _read_cursor(cursor)
    except BadInput as error:
        return error


def _read_cursor(cursor: str) -> int:
    digits = _opened(cursor, "p")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 18:
        raise _bad_cursor()
    return int(digits)


def _sealed(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _opened(cursor: str, letter: str) -> str:
    try:
        text = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)).decode("ascii")
    except ValueError:
        raise _bad_cursor() from None
    if not text.startswith(letter):
        raise _bad_cursor()
    return text[1:]


def _bad_cursor() -> BadInput:
    return BadInput("not a cursor of this feed", fields={"cursor": "as it was given"})
