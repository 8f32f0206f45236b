"""What is due goes out: one mail after the other, no faster than its rep wants, each of them once."""

from datetime import timedelta

from server.domain import placeholders, richtext
from server.domain.compositions import Composition, Mail, MailState, State, ended, pause
from server.domain.drafts import Draft, Outgoing
from server.domain.users import User
from server.errors import BadInput, Conflict, NotAllowed
from server.gmail.credentials import may_read
from server.gmail.errors import AdminBlocked, GmailError, Missing, RateLimited, ReconnectNeeded, Refused
from server.logs import logger
from server.services.connections import Connections
from server.services.mailbox import Mailboxes
from server.services.messages import Messages
from server.storage import compositions as stored
from server.storage import mailboxes as stored_mailboxes
from server.storage import people as stored_people
from server.storage import users as stored_users
from server.storage.database import Transaction

_MINUTE = timedelta(minutes=1)
_BUSY = timedelta(seconds=10)
"""Somebody else is at this mail or mailbox."""

_CLOCKS_DIFFER = timedelta(minutes=2)

_log = logger(__name__)


class Outbox:
    def __init__(self, connections: Connections, messages: Messages, mailboxes: Mailboxes) -> None:
        self._connections = connections
        self._database = connections.database
        self._clock = connections.clock
        self._messages = messages
        self._mailboxes = mailboxes

    def send_due(self, user_id: str) -> timedelta | None:
        """One mail of this user's, if one is due. When to look again, or None. Errors of Gmail's that pass by themselves are
        raised; that mail waits."""
        user = self._database.read(stored_users.by_id, user_id)
        found = self._database.read(stored.due, user_id, self._clock())
        if found is None or user is None:
            return self._later(user_id)
        composition, mail = found
        if mail is None:
            self._database.write(self._end, composition)
            return timedelta()
        wait = self._pause(user)
        if wait:
            return wait
        if self._database.write(stored.begin, composition, mail, self._clock()):
            return self._send(user, composition, mail)
        return timedelta()

    def _later(self, user_id: str) -> timedelta | None:
        at = self._database.read(stored.next_at, user_id)
        return max(at - self._clock(), timedelta()) if at else None

    def _pause(self, user: User) -> timedelta:
        now = self._clock()
        tried = self._database.read(stored.tried_since, user.id, now - _MINUTE)
        return pause(tried, user.preferences.sends_a_minute, now)

    def _send(self, user: User, composition: Composition, mail: Mail) -> timedelta:
        try:
            self._once(user, composition, mail)
        except (ReconnectNeeded, AdminBlocked, NotAllowed) as error:
            # All that follow would meet the same: it is the rep's turn.
            self._database.write(self._give_up, composition, mail, error.code)
        except (Refused, Missing, BadInput) as error:
            _log.info("mail.refused", composition=composition.id, ordinal=mail.ordinal, code=error.code)
            self._database.write(self._settle, composition, mail, MailState.FAILED, error.code)
        except Conflict:
            return _BUSY
        except GmailError as error:
            away = error.code if isinstance(error, RateLimited) else "gmail-away"
            self._database.write(stored.note, composition.id, away)
            raise
        return timedelta()

    def _once(self, user: User, composition: Composition, mail: Mail) -> None:
        if user.deactivated_at is not None:
            raise NotAllowed("deactivated")
        if not mail.anyway and self._database.read(_unsubscribed, user, mail):
            self._database.write(self._settle, composition, mail, MailState.FAILED, "unsubscribed")
            return
        subject = placeholders.filled(composition.written.subject, mail.filled, html=False)
        went_out = self._found_in_sent(user, mail, subject) if mail.tried_at else None
        if went_out is None:
            self._hand_over(user, composition, mail, subject)
        self._database.write(self._settle, composition, mail, MailState.SENT, "", went_out)

    def _hand_over(self, user: User, composition: Composition, mail: Mail, subject: str) -> None:
        written, to = composition.written, mail.recipients
        body = placeholders.filled(written.body, mail.filled, html=True)
        signature = self._signature(user, written.sender) if written.signed else ""
        if not self._messages.has(user, mail.message_id):
            self._messages.prepare(user, Draft(subject, to.to, to.cc, to.bcc), mail.message_id)
        outgoing = Outgoing(
            html=_html(body, signature),
            text=_text(body, signature),
            sender=written.sender,
            thread_id=written.thread_id,
            tracked=written.tracked,
        )
        self._messages.send(user, mail.message_id, outgoing)

    def _found_in_sent(self, user: User, mail: Mail, subject: str) -> str | None:
        """Nobody heard Gmail's answer to a former try. A mail with tokens is known by them; one without is looked for."""
        mailbox = self._database.read(stored_mailboxes.of_user, user.id)
        if mailbox is None or mail.tried_at is None or not self._messages.has(user, mail.message_id):
            return None
        if not self._mailboxes.sync(mailbox.id):
            raise Conflict("this mailbox is being looked at")
        addresses = [one.address for one in mail.recipients]
        since = mail.tried_at - _CLOCKS_DIFFER
        return self._database.read(stored.sent_without_tokens, user.id, subject, addresses, since)

    def _signature(self, user: User, sender: str | None) -> str:
        mailbox = self._database.read(stored_mailboxes.of_user, user.id)
        if mailbox is None or not may_read(mailbox.scopes):
            return ""
        with self._connections.using(mailbox) as gmail:
            aliases = gmail.send_as()
        wanted = sender or mailbox.address
        return richtext.signature(next((one.signature for one in aliases if one.address == wanted), ""))

    # Units of work ----------------------------------------------------------------------

    def _settle(
        self,
        tx: Transaction,
        composition: Composition,
        mail: Mail,
        state: MailState,
        error: str,
        message_id: str | None = None,
    ) -> None:
        stored.settle(tx, mail, state, error=error, message_id=message_id)
        self._end(tx, composition)

    def _end(self, tx: Transaction, composition: Composition) -> None:
        state = ended([one.state for one in stored.mails(tx, [composition.id])[composition.id]])
        if state is not None:
            stored.end(tx, composition.id, state, self._clock())
        elif composition.error:
            stored.note(tx, composition.id, "")

    def _give_up(self, tx: Transaction, composition: Composition, mail: Mail, error: str) -> None:
        stored.settle(tx, mail, MailState.FAILED, error=error)
        stored.stop_waiting(tx, composition.id, error)
        stored.end(tx, composition.id, State.FAILED, self._clock(), error)


def _unsubscribed(tx: Transaction, user: User, mail: Mail) -> bool:
    """Somebody may have done so since it was scheduled."""
    addresses = {one.address.lower() for one in mail.recipients}
    return any(person.unsubscribed for person in stored_people.by_addresses(tx, user.workspace_id, addresses).values())


def _html(body: str, signature: str) -> str:
    under = f'<br><div>-- </div><div class="gmail_signature">{signature}</div>' if signature else ""
    return f'<div dir="auto">{body}</div>{under}'


def _text(body: str, signature: str) -> str:
    plain = richtext.plain(signature)
    return richtext.plain(body) + (f"\n\n-- \n{plain}" if plain else "") + "\n"
