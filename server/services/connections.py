"""Using a rep's grant: opened for one piece of work, renewed tokens kept, its state told by how the work went."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from server.domain.mailboxes import Connection, Mailbox
from server.gmail.client import Gmail
from server.gmail.credentials import GoogleAccess, Grant
from server.gmail.errors import AdminBlocked, GmailError, ReconnectNeeded
from server.logs import logger
from server.storage import mailboxes as stored
from server.storage.database import Database, Transaction
from server.tokens import Tokens

Clock = Callable[[], datetime]
_log = logger(__name__)


class Connections:
    """`google` is asked each time: an operator may enter the OAuth client while we run. `sleep` is what short waits between
    tries use."""

    def __init__(
        self,
        database: Database,
        tokens: Tokens,
        google: Callable[[], GoogleAccess],
        clock: Clock,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.database = database
        self.tokens = tokens
        self.clock = clock
        self._google = google
        self._sleep = sleep

    def open(self, grant: Grant) -> Gmail:
        return Gmail(self._google(), grant, self._sleep)

    @contextmanager
    def using(self, mailbox: Mailbox, *, looking: bool = False) -> Iterator[Gmail]:
        """Raises what Gmail's client raises, once the state is stored. While `looking`, whatever Google refuses is trouble of
        the connection; else it may be of the one thing asked for."""
        grant = self._unsealed(mailbox)
        gmail = self.open(grant)
        try:
            yield gmail
        except GmailError as error:
            self._note(mailbox, error, looking=looking)
            raise
        else:
            if mailbox.connection.state is not Connection.OK:
                self._set(mailbox, Connection.OK, "")
        finally:
            self._keep(mailbox, gmail)

    def sealed(self, grant: Grant) -> str:
        return self.tokens.encrypt(grant.to_json())

    def _unsealed(self, mailbox: Mailbox) -> Grant:
        text = self.tokens.decrypt(mailbox.credentials) if mailbox.credentials else None
        if text is None:
            error = ReconnectNeeded("no credentials" if mailbox.credentials is None else "the keys were replaced")
            self._note(mailbox, error)
            raise error
        return Grant.from_json(text)

    def _note(self, mailbox: Mailbox, error: GmailError, *, looking: bool = False) -> None:
        state = _state_after(error) or (Connection.DEGRADED if looking else None)
        if state is not None:
            self._set(mailbox, state, error.detail)

    def _set(self, mailbox: Mailbox, state: Connection, detail: str) -> None:
        if self.database.write(stored.set_state, mailbox.id, state, detail, self.clock(), mailbox.credentials):
            _log.info("gmail.connection", mailbox=mailbox.id, state=state.value, detail=detail)

    def _keep(self, mailbox: Mailbox, gmail: Gmail) -> None:
        if gmail.renewed is not None and mailbox.credentials is not None:
            self.database.write(_store_renewed, mailbox, self.sealed(gmail.renewed))


def _store_renewed(tx: Transaction, mailbox: Mailbox, sealed: str) -> None:
    stored.store_credentials(tx, mailbox.id, sealed, former=mailbox.credentials or "")


def _state_after(error: GmailError) -> Connection | None:
    if isinstance(error, ReconnectNeeded):
        return Connection.RECONNECT_NEEDED
    if isinstance(error, AdminBlocked):
        return Connection.ADMIN_BLOCKED
    return Connection.DEGRADED if error.retryable else None
