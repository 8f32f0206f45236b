"""A rep's mailbox: connecting it, keeping it watched, and letting go of it."""

from collections.abc import Iterable

from server.domain.mailboxes import ConnectionState
from server.domain.users import User
from server.gmail.credentials import Grant


class Mailboxes:
    def connect(self, user: User, credentials: Grant, scopes: Iterable[str]) -> ConnectionState:
        """Store what Google granted (encrypted) and begin to look. Without a scope to read: state not-granted, nothing stored."""
        raise NotImplementedError

    def disconnect(self, user: User) -> None:
        """Stop the watch, revoke the grant, forget the credentials; messages and what came of them stay."""
        raise NotImplementedError

    def state(self, user: User) -> ConnectionState:
        raise NotImplementedError

    def sync(self, mailbox_id: str) -> bool:
        """Bring in what changed since the last time. False: another worker is at it."""
        raise NotImplementedError

    def wake(self, address: str) -> None:
        """A push arrived. An unknown address is nothing to us."""
        raise NotImplementedError

    def heat(self, user: User) -> None:
        """A mail is being written: look every few seconds for two minutes."""
        raise NotImplementedError

    def watching(self, user: User) -> None:
        """The owner is looking at the feed: look more often for the next minute."""
        raise NotImplementedError
