"""One line of engagement that was pressed: what can be done about it, and every hit in it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from server.cards import envelopes
from server.cards.hits import hits_card
from server.cards.menu import menu_card
from server.cards.rows import did
from server.cards.widgets import Json
from server.domain.engagement import Kind
from server.domain.feed import Line
from server.domain.overview import Opened, Seen
from server.domain.users import User
from server.errors import NotFound
from server.services.cards.stage import Deed, Pressed, Stage
from server.services.feed import Feed
from server.storage import context as stored_context
from server.storage import feed as stored
from server.storage import worklist
from server.storage.database import Database, Transaction


class LineCards:
    def __init__(self, stage: Stage, database: Database, feed: Feed) -> None:
        self._stage = stage
        self._database = database
        self._feed = feed
        self.deeds: dict[str, Deed] = {"open-line": self._open_line, "open-hits": self._open_hits}

    def _open_line(self, pressed: Pressed) -> Json:
        opened = self._database.read(_opened, pressed.user, pressed.facts["line"])
        act = self._stage.acting(pressed, above=pressed.above + 1)
        return envelopes.pushed(menu_card(opened, pressed.words, act, self._stage.site))

    def _open_hits(self, pressed: Pressed) -> Json:
        line = self._database.read(_line, pressed.user, pressed.facts["line"])
        hits = [_seen(one) for one in self._feed.hits(pressed.user, line.id)]
        return envelopes.pushed(hits_card(did(line, pressed.words), hits, pressed.words, self._stage.site))


def _line(tx: Transaction, user: User, line_id: str) -> Line:
    line = stored.line(tx, user.id, line_id)
    if line is None or line.removed:
        raise NotFound("no such line")
    return line


def _opened(tx: Transaction, user: User, line_id: str) -> Opened:
    line = _line(tx, user, line_id)
    person = line.facts["who"]["person"]
    muted = worklist.muted(tx, user.id, [line.message_id] if line.message_id else [])
    somebody = None
    if person is not None:
        known = stored_context.person(tx, user.workspace_id, user.id, person["id"]) if person["id"] else None
        address = person["address"] or ""
        somebody = known or stored_context.somebody(tx, user.workspace_id, user.id, address, person["name"])
    return Opened(line, user.address, somebody, bool(muted))


def _seen(hit: Mapping[str, Any]) -> Seen:
    device = hit["device"] or {}
    told = ", ".join(str(part) for part in (device.get("client"), device.get("system")) if part)
    return Seen(Kind(hit["kind"]), datetime.fromisoformat(hit["at"]), hit["place"], told)
