"""What the worker needs of the product."""

from collections.abc import Callable
from typing import Protocol

from server.queue import Queue
from server.services.alerts import Alerts
from server.services.compositions import Compositions
from server.services.configuration import Configuration
from server.services.days import Days
from server.services.handover import Handover
from server.services.imports import Imports
from server.services.mailbox import Mailboxes
from server.services.marketo import MarketoSync
from server.services.messages import Messages
from server.services.notices import Notices
from server.services.outbox import Outbox
from server.services.push import Pushes
from server.services.ranks import Ranks
from server.services.salesforce import SalesforceSync
from server.services.suggestions import Suggestions
from server.services.tracking import Tracking
from server.storage.database import Database


class Bus(Protocol):
    def listen(self, callback: Callable[[frozenset[str]], None]) -> None: ...


class Users(Protocol):
    def clear_expired(self) -> None:
        """One-time codes and sessions whose time is over."""


class Parts(Protocol):
    @property
    def database(self) -> Database: ...
    @property
    def queue(self) -> Queue: ...
    @property
    def bus(self) -> Bus: ...
    @property
    def mailboxes(self) -> Mailboxes: ...
    @property
    def messages(self) -> Messages: ...
    @property
    def compositions(self) -> Compositions: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def imports(self) -> Imports: ...
    @property
    def users(self) -> Users: ...
    @property
    def marketo_sync(self) -> MarketoSync: ...
    @property
    def salesforce_sync(self) -> Callable[[], SalesforceSync | None]: ...
    @property
    def configuration(self) -> Configuration: ...
    @property
    def ranks(self) -> Ranks: ...
    @property
    def suggestions(self) -> Suggestions: ...
    @property
    def alerts(self) -> Alerts: ...
    @property
    def notices(self) -> Notices: ...
    @property
    def pushes(self) -> Pushes: ...
    @property
    def days(self) -> Days: ...
    @property
    def handover(self) -> Handover: ...
    @property
    def tracking(self) -> Tracking: ...
