"""A mail in the Sent folder becomes its message, in the caller's transaction."""

from collections.abc import Iterable
from datetime import datetime

from server.domain.binding import Internal, Known, Mark, Owned, Reused, SentMail, Untracked, decide, is_internal, links_carried
from server.domain.mailboxes import Mailbox
from server.domain.messages import Copy, Message, Recipient, State
from server.storage import copies, people
from server.storage import mailboxes as stored_mailboxes
from server.storage import messages as stored
from server.storage.database import Transaction
from server.tokens import Tokens, new_id


class Marks:
    """Reads tokens of ours back."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def pixel(self, token: str) -> Mark | None:
        read = self._tokens.read_pixel(token)
        return None if read is None else Mark(read.message_id, read.recipient)

    def click(self, token: str) -> Mark | None:
        read = self._tokens.read_click(token)
        return None if read is None else Mark(read.message_id, read.recipient, read.link)


def bind(tx: Transaction, mailbox: Mailbox, mail: SentMail, now: datetime, *, tracked: bool = True) -> str | None:
    """The message it is a copy of; None when the mail was stored before or is nobody's business. `tracked`: whether the message
    carries tokens anywhere."""
    # The product's own send and the Sent folder's watch may meet here: one after the other.
    stored_mailboxes.lock(tx, mailbox.id)
    if copies.seen(tx, mailbox.id, [mail.gmail_id]):
        return None
    known = copies.known_by_token(tx, mailbox.workspace_id, {mark.message_id for mark in mail.marks})
    internal = _all_internal(tx, mailbox.workspace_id, mail.recipients)
    match decide(mail.marks, known, mailbox.user_id, internal=internal):
        case Owned(message_id, recipient):
            _own(tx, mailbox, mail, known[message_id], recipient, now, tracked=tracked and not (internal and recipient == 0))
            return _copied(tx, mailbox, mail, message_id, recipient)
        case Reused(message_id, recipient):
            stored.add_recipients(tx, message_id, mailbox.workspace_id, mail.recipients)
            link_people(tx, mailbox.workspace_id, message_id, mail.recipients, now)
            return _copied(tx, mailbox, mail, message_id, recipient, reused=True)
        case Untracked():
            return _copied(tx, mailbox, mail, _untracked(tx, mailbox, mail, now), 0)
        case Internal():
            return None


def _all_internal(tx: Transaction, workspace_id: str, recipients: Iterable[Recipient]) -> bool:
    domains = stored_mailboxes.own_domains(tx, workspace_id)
    colleagues = stored_mailboxes.colleagues(tx, workspace_id)
    return is_internal([recipient.address for recipient in recipients], domains, colleagues)


def link_people(tx: Transaction, workspace_id: str, message_id: str, recipients: Iterable[Recipient], now: datetime) -> None:
    names = {recipient.address: recipient.name for recipient in recipients}
    stored.link_people(tx, message_id, people.ensure(tx, workspace_id, names, now))


def _own(
    tx: Transaction, mailbox: Mailbox, mail: SentMail, known: Known, recipient: int, now: datetime, *, tracked: bool
) -> None:
    if not known.copies:
        stored.mark_sent(
            tx,
            known.message_id,
            subject=mail.subject,
            sent_at=mail.at,
            thread_id=mail.thread_id,
            tracked=tracked,
        )
        stored.keep_links(tx, known.message_id, links_carried(mail.marks, known.message_id))
    if recipient == 0:
        # The headers tell better than the compose window who it went to.
        stored.replace_recipients(tx, known.message_id, mailbox.workspace_id, mail.recipients)
    else:
        # Whether this copy went out may have been unknown until now.
        stored.clear_bounce(tx, known.message_id, recipient)
    link_people(tx, mailbox.workspace_id, known.message_id, mail.recipients, now)


def _untracked(tx: Transaction, mailbox: Mailbox, mail: SentMail, now: datetime) -> str:
    message = Message(
        id=new_id(),
        workspace_id=mailbox.workspace_id,
        user_id=mailbox.user_id,
        subject=mail.subject,
        state=State.SENT,
        tracked=False,
        created_at=now,
        sent_at=mail.at,
        thread_id=mail.thread_id,
        recipients=mail.recipients,
    )
    stored.add(tx, message, expires_at=None)
    link_people(tx, mailbox.workspace_id, message.id, mail.recipients, now)
    return message.id


def _copied(tx: Transaction, mailbox: Mailbox, mail: SentMail, message_id: str, recipient: int, *, reused: bool = False) -> str:
    copy = Copy(message_id, recipient, mailbox.id, mail.gmail_id, mail.thread_id, mail.rfc_message_id, mail.at)
    copies.add(tx, mailbox.workspace_id, copy, reused=reused)
    return message_id
