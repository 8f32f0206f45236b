"""The feeds that reps share with their team, as one. Private by default; of who shares, engagement with their mail is in it."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from server.domain.engagement import Kind
from server.domain.users import User
from server.errors import BadInput, NotFound
from server.services.feed import MOST_A_PAGE, Ask, Page, Viewer, only, page_after, read_page
from server.services.person import time_text
from server.storage import team as stored
from server.storage.database import Database, Transaction
from server.storage.feed import Placed
from server.storage.team import Sharer

LONGEST_CURSOR = 8_000

Wake = Callable[[Iterable[str]], None]


def topic(workspace_id: str) -> str:
    """What the bus wakes when somebody begins or ends to share."""
    return f"team:{workspace_id}"


class Team:
    """Items and pages are JSON-ready, in the shapes of the API. Whoever does not share is in none of them, nor by name."""

    def __init__(self, database: Database, wake: Wake) -> None:
        self._database = database
        self._wake = wake

    def page(
        self, user: User, before: str | None = None, colleague: str | None = None, kind: Kind | None = None, limit: int = 50
    ) -> dict[str, Any]:
        """{"items" newest first, "cursor", "next", "colleagues" who share, "sharing" whether the viewer does}; NotFound for a
        colleague who does not."""
        start = read_page(before) if before else None
        return self._database.read(self._page, user, start, colleague, kind, max(1, min(limit, MOST_A_PAGE)))

    def share(self, user: User, on: bool) -> None:
        self._database.write(stored.share, user.id, on)
        self._wake([topic(user.workspace_id)])

    # As the stream reads it

    def since(self, user: Viewer, cursor: str, limit: int = MOST_A_PAGE) -> Page:
        """BadInput once others share than did when the cursor was made: then begin anew."""
        return only(self.pages([(user, cursor)], limit))

    def pages(self, asks: Sequence[Ask], limit: int = MOST_A_PAGE) -> list[Page | BadInput]:
        """`since` for each. Without a cursor: an empty page, whose cursor stands behind everything there is."""
        return self._database.read(_pages, asks, max(1, min(limit, MOST_A_PAGE)))

    def topics(self, user: Viewer) -> set[str]:
        """Whose wake-ups concern this viewer."""
        found = self._database.read(stored.sharers, user.workspace_id)
        return {topic(user.workspace_id), *(one.id for one in found)}

    def _page(
        self,
        tx: Transaction,
        user: User,
        before: tuple[datetime, str] | None,
        colleague: str | None,
        kind: Kind | None,
        limit: int,
    ) -> dict[str, Any]:
        # The heads first: an item that arrives in between is then shown twice by its id, never missed.
        sharing = stored.sharers(tx, user.workspace_id)
        asked = [one.id for one in sharing if colleague in (None, one.id)]
        if colleague is not None and not asked:
            raise NotFound("nobody of that name shares a feed")
        found = stored.latest(tx, asked, before, kind, limit + 1)
        page, cursor = found[:limit], _cursor(sharing, {})
        names = {one.id: one.name for one in sharing}
        return {
            "items": [_item(one, names, cursor) for one in page],
            "cursor": cursor,
            "next": page_after(page[-1].line) if len(found) > limit else None,
            "colleagues": sorted(({"id": one.id, "name": one.name} for one in sharing), key=lambda one: one["name"].casefold()),
            "sharing": user.id in names,
        }


def _pages(tx: Transaction, asks: Sequence[Ask], limit: int) -> list[Page | BadInput]:
    sharing = {workspace_id: stored.sharers(tx, workspace_id) for workspace_id in {user.workspace_id for user, _ in asks}}
    return [_since(tx, sharing[user.workspace_id], cursor, limit) for user, cursor in asks]


def _since(tx: Transaction, sharing: Sequence[Sharer], cursor: str | None, limit: int) -> Page | BadInput:
    try:
        reached = {one.id: one.position for one in sharing} if cursor is None else _positions(sharing, cursor)
    except BadInput as error:
        return error
    behind = {one.id: reached[one.id] for one in sharing if one.position > reached[one.id]}
    found = stored.since(tx, behind, limit + 1)
    names = {one.id: one.name for one in sharing}
    items = []
    for one in found[:limit]:
        reached[one.line.user_id] = one.position
        if stored.is_visible(one):
            items.append(_item(one, names, _cursor(sharing, reached)))
    return {"items": items, "cursor": _cursor(sharing, reached), "more": len(found) > limit}


def _item(placed: Placed, names: Mapping[str, str], cursor: str) -> dict[str, Any]:
    """Of a line that is gone nothing is told but that it is."""
    line = placed.line
    told = {"id": line.id, "cursor": cursor, "removed": line.removed, "at": time_text(line.at)}
    told["colleague"] = {"id": line.user_id, "name": names[line.user_id]}
    if line.removed:
        return told
    who, person = line.facts["who"], line.facts["who"]["person"]
    return {
        **told,
        "kind": line.kind.value,
        "class": line.klass.value,
        "count": line.count,
        "first_at": time_text(line.first_at),
        "subject": line.facts["message"]["subject"],
        "who": {
            "person": {name: person[name] for name in ("id", "name", "address", "known")} if person else None,
            "account": who["account"],
            "of": who["of"],
            "possible": who["possible"],
        },
        **{name: line.facts.get(name) for name in ("link", "place", "device", "forwarded", "detail")},
    }


# Cursors: who shared when it was made, and how far each of their feeds was read


def _cursor(sharing: Sequence[Sharer], reached: Mapping[str, int]) -> str:
    positions = ",".join(f"{reached.get(one.id, one.position):x}" for one in sharing)
    return urlsafe_b64encode(f"{_digest(sharing)}:{positions}".encode()).decode().rstrip("=")


def _positions(sharing: Sequence[Sharer], cursor: str) -> dict[str, int]:
    try:
        text = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)).decode("ascii")
        digest, _, digits = text.partition(":")
        positions = [int(one, 16) for one in digits.split(",")] if digits else []
    except ValueError:
        raise _bad_cursor() from None
    if digest != _digest(sharing) or len(positions) != len(sharing):
        raise _bad_cursor()
    return {one.id: position for one, position in zip(sharing, positions, strict=True)}


def _digest(sharing: Sequence[Sharer]) -> str:
    return sha256(" ".join(one.id for one in sharing).encode()).hexdigest()[:16]


def _bad_cursor() -> BadInput:
    return BadInput("others share now: begin anew", fields={"after": "a cursor of this feed as it now is"})
