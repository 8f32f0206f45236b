"""Tracked drafts: written here, put into the rep's mailbox with their links and pixel, finished and sent in Gmail."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from server.domain.consent import Standing
from server.domain.drafts import Addressee, Draft
from server.domain.letters import html_of
from server.domain.mailboxes import Mailbox
from server.domain.messages import Message
from server.domain.users import User
from server.errors import NotAllowed, NotFound
from server.gmail.client import Draft as Made
from server.gmail.client import Gmail
from server.gmail.compose import compose
from server.gmail.credentials import Grant, may_draft
from server.gmail.errors import GmailError
from server.services.addresses import Addresses
from server.services.connections import Connections
from server.services.instrumenting import Instrumenting, Notices
from server.services.messages import Messages
from server.storage import consent
from server.storage import mailboxes as stored_mailboxes
from server.storage import messages as stored
from server.storage.database import Transaction

_NO_END = datetime(9999, 1, 1, tzinfo=UTC)
"""A lent token can't be renewed: whether it still lives is Gmail's to say."""


@dataclass(frozen=True, slots=True)
class Lent:
    """What Gmail lends an add-on for one event: the user's own access token, and what it is good for."""

    token: str = field(default="", repr=False)
    scopes: frozenset[str] = frozenset()


class Drafts:
    def __init__(self, connections: Connections, messages: Messages, addresses: Addresses) -> None:
        self._connections = connections
        self._database = connections.database
        self._messages = messages
        self._instrumenting = Instrumenting(addresses, Notices(addresses))

    def make(self, user: User, message_id: str, draft: Draft, text: str, lent: Lent) -> Made:
        """A draft in Gmail, as message `message_id`; Conflict when there is one of that name. NotAllowed while nothing lets us
        write into the mailbox, a GmailError when Gmail did not take it: then nothing is kept."""
        mailbox = self._database.read(stored_mailboxes.of_user, user.id)
        with self._opened(mailbox, lent) as gmail:
            self._messages.prepare(user, draft, message_id)
            try:
                return gmail.draft(self._written(user, mailbox, message_id, draft, text))
            except GmailError:
                self._messages.give_up(user, message_id)
                raise

    @contextmanager
    def _opened(self, mailbox: Mailbox | None, lent: Lent) -> Iterator[Gmail]:
        if lent.token and may_draft(lent.scopes):
            yield self._connections.open(Grant("", lent.token, _NO_END))
        elif mailbox is not None and mailbox.credentials is not None and may_draft(mailbox.scopes):
            with self._connections.using(mailbox) as gmail:
                yield gmail
        else:
            raise NotAllowed("writing drafts with Gmail was not granted")

    def _written(self, user: User, mailbox: Mailbox | None, message_id: str, draft: Draft, text: str) -> bytes:
        sender = (user.name, mailbox.address if mailbox else user.address)
        html = html_of(text)
        raw = compose(
            sender=sender,
            to=_people(draft.to),
            cc=_people(draft.cc),
            bcc=_people(draft.bcc),
            subject=draft.subject,
            html=html,
            text=text,
        )
        message, standing = self._database.read(_prepared, user, message_id)
        numbers = self._database.write(self._instrumenting.number, message, raw)
        return self._instrumenting.tracked(user, message, numbers, raw, 0, standing)[0]


def _people(addressees: tuple[Addressee, ...]) -> list[tuple[str, str]]:
    return [(one.name, one.address) for one in addressees]


def _prepared(tx: Transaction, user: User, message_id: str) -> tuple[Message, Standing]:
    message = stored.get(tx, message_id, user.id)
    if message is None:
        raise NotFound("no such message")
    return message, consent.standings(tx, [message.id])[message.id]
