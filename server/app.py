"""Composition root: settings → adapters → services → Flask app. The worker builds the same bundle."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from server.services.users import Users
from server.settings import Settings
from server.storage.database import Database
from server.tokens import Tokens

if TYPE_CHECKING:
    from server.queue import Queue
    from server.realtime import Bus
    from server.services.feed import Feed
    from server.services.mailbox import Mailboxes
    from server.services.messages import Messages


@dataclass(frozen=True, slots=True)
class Product:
    """Everything that runs, built once a process. Nothing below `app` and `cli` sees the settings."""

    settings: Settings
    database: Database
    tokens: Tokens
    bus: "Bus"
    queue: "Queue"
    users: Users
    messages: "Messages"
    mailboxes: "Mailboxes"
    feed: "Feed"
