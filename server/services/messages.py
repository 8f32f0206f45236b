"""A rep's messages: prepared while they are written, sent, listed, looked at, archived."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from server.domain.drafts import Draft, Outgoing, Prepared
from server.domain.users import User

Clock = Callable[[], datetime]


class Messages:
    """Everything here is bound to the user's own messages; another's is NotFound."""

    def prepare(self, user: User, draft: Draft) -> Prepared:
        raise NotImplementedError

    def update(self, user: User, message_id: str, draft: Draft) -> Prepared:
        """Conflict once the message was sent."""
        raise NotImplementedError

    def send(self, user: User, message_id: str, mail: Outgoing) -> dict[str, Any]:
        """The message's details as `details`, with `failed`: addresses whose separate copy did not go out."""
        raise NotImplementedError

    def list(self, user: User, before: str | None = None, limit: int = 50) -> dict[str, Any]:
        """`{"messages": […], "next": cursor | None}`, newest first; drafts are not in it."""
        raise NotImplementedError

    def details(self, user: User, message_id: str) -> dict[str, Any]:
        raise NotImplementedError

    def archive(self, user: User, message_id: str) -> dict[str, Any]:
        raise NotImplementedError

    def unarchive(self, user: User, message_id: str) -> dict[str, Any]:
        raise NotImplementedError

    def expire(self) -> int:
        """Drafts never sent; how many were given up."""
        raise NotImplementedError
