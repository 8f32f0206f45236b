"""One stored, ordered feed for each viewer: pages of it, and what changed since a cursor."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from server.storage.database import Database


class Viewer(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def workspace_id(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def time_zone(self) -> str | None: ...


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
    ) -> dict[str, Any]:
        """{"items", "cursor", "next", "hidden_today", "seen"}; `hidden` shows machine traffic too."""
        raise NotImplementedError

    def since(self, user: Viewer, cursor: str, limit: int = 200) -> dict[str, Any]:
        """{"items" in order of position, "cursor", "more"}; BadInput when the cursor is not of this feed."""
        raise NotImplementedError

    def behind(self, user: Viewer, cursor: str | None) -> int:
        """How many items `since` would bring."""
        raise NotImplementedError

    def seen(self, user: Viewer, cursor: str) -> None:
        """Remember how far this viewer has looked."""
        raise NotImplementedError

    def hits(self, user: Viewer, item_id: str) -> list[dict[str, Any]]:
        """Every hit of one line, newest first; NotFound when it is not this viewer's."""
        raise NotImplementedError
