"""What a rep writes here: drafts that no second window overwrites, sent now or at a time, looked at before, taken back."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from server.domain import placeholders, richtext
from server.domain.compositions import (
    FARTHEST,
    KEPT_WHEN_SENT,
    TIME_TO_UNDO,
    Choice,
    Composition,
    Mail,
    MailState,
    Recipients,
    State,
    Written,
    ended,
    moment,
    split,
)
from server.domain.drafts import Addressee
from server.domain.mailboxes import Mailbox
from server.domain.tasks import zone_of
from server.domain.users import User
from server.errors import BadInput, Conflict, NotAllowed, NotFound
from server.gmail.addresses import normal_address
from server.gmail.credentials import may_send
from server.gmail.errors import GmailError
from server.queue import Queue
from server.services.composed import people, previewed, told, told_all, words_for
from server.services.connections import Connections
from server.services.feed import page_at, read_page
from server.services.messages import MOST_RECIPIENTS
from server.storage import compositions as stored
from server.storage import mailboxes as stored_mailboxes
from server.storage.database import Transaction
from server.tokens import new_id

SEND = "send-mails"
"""The kind of job that sends what is due, keyed by user: one mail after the other."""

MOST_OPEN = 1000
UNFINISHED = (State.DRAFT, State.SCHEDULED, State.SENDING, State.FAILED)


class Compositions:
    """Everything here is the user's own; another's is NotFound. Answers are JSON-ready, in the shapes of the API."""

    def __init__(self, connections: Connections, queue: Queue, clock: Callable[[], datetime]) -> None:
        self._connections = connections
        self._database = connections.database
        self._queue = queue
        self._clock = clock

    def page(
        self, user: User, states: Collection[State] = UNFINISHED, before: str | None = None, limit: int = 50
    ) -> dict[str, Any]:
        """{"items", "next"}, changed last first."""
        after = read_page(before) if before else None
        return self._database.read(self._page, user, states, after, limit)

    def unsent(self, user: User) -> int:
        """How many did not go out and wait for a word of the rep."""
        return self._database.read(stored.count, user.id, State.FAILED)

    def get(self, user: User, composition_id: str) -> dict[str, Any]:
        return self._database.read(lambda tx: told(tx, user, _own(tx, user, composition_id)))

    def add(self, user: User, written: Written) -> dict[str, Any]:
        return self._database.write(self._add, user, _normal(written))

    def change(self, user: User, composition_id: str, version: int, written: Written) -> dict[str, Any]:
        """Conflict, with the `current` one, when it changed since `version` or is no draft any more."""
        return self._database.write(self._change, user, composition_id, version, _normal(written))

    def remove(self, user: User, composition_id: str, version: int) -> None:
        self._database.write(self._remove, user, composition_id, version)

    def preview(self, user: User, composition_id: str) -> dict[str, Any]:
        """{"items": each mail as its reader gets it, with what speaks against it}"""
        return self._database.read(self._preview, user, composition_id)

    def send(
        self,
        user: User,
        composition_id: str,
        version: int,
        at: datetime | None = None,
        missing: Choice = Choice.ASK,
        unsubscribed: Choice = Choice.ASK,
    ) -> dict[str, Any]:
        """`at`: what the clock on the rep's wall shows then; None: now, but for the time to take it back. BadInput tells what
        has to be decided or written first."""
        done = self._database.write(self._send, user, composition_id, version, at, missing, unsubscribed)
        self._queue.wake()
        return done

    def cancel(self, user: User, composition_id: str) -> dict[str, Any]:
        """A draft again, for those who got nothing yet. While its mails go out, those not begun stay here. Conflict once all
        are out."""
        return self._database.write(self._cancel, user, composition_id)

    def senders(self, user: User) -> dict[str, Any]:
        """{"items": the addresses the rep may write from, the usual one first}; signatures as plain words, None when Gmail does
        not tell."""
        mailbox = self._database.read(stored_mailboxes.of_user, user.id)
        if mailbox is None:
            return {"items": []}
        try:
            with self._connections.using(mailbox) as gmail:
                aliases = [one for one in gmail.send_as() if one.accepted]
        except GmailError:
            known = (mailbox.address, *mailbox.aliases)
            return {"items": [{"address": one, "name": user.name, "signature": None} for one in known]}
        aliases.sort(key=lambda one: (not one.default, not one.primary, one.address))
        items = [
            {"address": one.address, "name": one.name, "signature": richtext.plain(richtext.signature(one.signature))}
            for one in aliases
        ]
        return {"items": items}

    def forget_sent(self) -> int:
        """What is out stands in Messages."""
        return self._database.write(stored.forget_sent, self._clock() - KEPT_WHEN_SENT)

    # Units of work ----------------------------------------------------------------------

    def _page(
        self, tx: Transaction, user: User, states: Collection[State], after: stored.Position | None, limit: int
    ) -> dict[str, Any]:
        found = stored.page(tx, user.id, states, after, limit + 1)
        page = found[:limit]
        return {
            "items": told_all(tx, user, page),
            "next": page_at(page[-1].updated_at, page[-1].id) if len(found) > limit else None,
        }

    def _add(self, tx: Transaction, user: User, written: Written) -> dict[str, Any]:
        if stored.count(tx, user.id, State.DRAFT) >= MOST_OPEN:
            raise BadInput(f"at most {MOST_OPEN} drafts")
        now = self._clock()
        made = Composition(new_id(), user.workspace_id, user.id, written, State.DRAFT, None, "", 1, now, now)
        stored.add(tx, made)
        return told(tx, user, made)

    def _change(self, tx: Transaction, user: User, composition_id: str, version: int, written: Written) -> dict[str, Any]:
        found = _at(tx, user, composition_id, version, State.DRAFT)
        if not stored.change(tx, found, self._clock(), written=written):
            raise _conflict(tx, user, composition_id)
        return told(tx, user, _own(tx, user, composition_id))

    def _remove(self, tx: Transaction, user: User, composition_id: str, version: int) -> None:
        found = _at(tx, user, composition_id, version, State.DRAFT, State.FAILED, State.SENT)
        if not stored.remove(tx, found):
            raise _conflict(tx, user, composition_id)

    def _preview(self, tx: Transaction, user: User, composition_id: str) -> dict[str, Any]:
        found = _own(tx, user, composition_id)
        written, parts = found.written, split(found.written)
        known = people(tx, user, written.recipients)
        address = written.sender or user.address
        return {"items": [previewed(tx, user, written, part, known, address) for part in parts]}

    def _send(
        self,
        tx: Transaction,
        user: User,
        composition_id: str,
        version: int,
        at: datetime | None,
        missing: Choice,
        unsubscribed: Choice,
    ) -> dict[str, Any]:
        found = _at(tx, user, composition_id, version, State.DRAFT, State.FAILED)
        mailbox = _connected(tx, user)
        _check(found.written, mailbox)
        mails = self._mails(tx, user, found, missing, unsubscribed)
        send_at = self._moment(user, at)
        if not stored.change(tx, found, self._clock(), state=State.SCHEDULED, send_at=send_at):
            raise _conflict(tx, user, composition_id)
        stored.put_mails(tx, found, mails)
        self._queue.ask(tx, SEND, user.id, due_at=send_at, workspace_id=user.workspace_id)
        return told(tx, user, _own(tx, user, composition_id))

    def _mails(self, tx: Transaction, user: User, found: Composition, missing: Choice, unsubscribed: Choice) -> list[Mail]:
        """Those still to be sent."""
        written, before = found.written, stored.mails(tx, [found.id])[found.id]
        had = frozenset(one.address.lower() for mail in before if mail.state is MailState.SENT for one in mail.recipients)
        known = people(tx, user, written.recipients)
        gone = frozenset(address for address, person in known.items() if person.unsubscribed)
        if gone - had and unsubscribed is Choice.ASK:
            raise BadInput("somebody unsubscribed", {"unsubscribed": "skip or anyway"})
        out = had | gone if unsubscribed is Choice.SKIP else had
        parts = split(replace(written, recipients=written.recipients.without(out)))
        number = max((mail.ordinal for mail in before), default=0)
        mails = []
        for recipients in parts:
            words = words_for(user, written, recipients, known)
            if placeholders.missing(words, written.subject, written.body):
                if missing is Choice.ASK:
                    raise BadInput("a placeholder has no value", {"missing": "skip or anyway"})
                if missing is Choice.SKIP:
                    continue
            number += 1
            filled = {name: words[name] for name in sorted(placeholders.used(written.subject, written.body)) if name in words}
            mails.append(Mail(found.id, number, recipients, filled, unsubscribed is Choice.ANYWAY, new_id()))
        if not mails:
            raise BadInput("nobody to send it to", {"to": "at least one recipient"})
        return mails

    def _moment(self, user: User, at: datetime | None) -> datetime:
        now = self._clock()
        if at is None:
            return now + TIME_TO_UNDO
        chosen = moment(at, zone_of(user.time_zone))
        if not now <= chosen <= now + FARTHEST:
            raise BadInput("not a time to come", {"at": "a time within the next year"})
        return chosen

    def _cancel(self, tx: Transaction, user: User, composition_id: str) -> dict[str, Any]:
        found, now = _own(tx, user, composition_id), self._clock()
        if found.state is State.SENDING:
            stored.stop_waiting(tx, composition_id, "stopped")
            state = ended([mail.state for mail in stored.mails(tx, [composition_id])[composition_id]])
            if state is not None:
                stored.end(tx, composition_id, state, now)
            return told(tx, user, _own(tx, user, composition_id))
        if found.state not in (State.SCHEDULED, State.FAILED):
            raise _conflict(tx, user, composition_id)
        sent = [mail for mail in stored.mails(tx, [composition_id])[composition_id] if mail.state is MailState.SENT]
        had = frozenset(one.address.lower() for mail in sent for one in mail.recipients)
        left = replace(found.written, recipients=found.written.recipients.without(had))
        if not stored.change(tx, found, now, written=left, state=State.DRAFT):
            raise _conflict(tx, user, composition_id)
        stored.drop_unsent(tx, composition_id)
        return told(tx, user, _own(tx, user, composition_id))


def _own(tx: Transaction, user: User, composition_id: str) -> Composition:
    found = stored.get(tx, composition_id, user.id)
    if found is None:
        raise NotFound("no such mail")
    return found


def _at(tx: Transaction, user: User, composition_id: str, version: int, *states: State) -> Composition:
    found = _own(tx, user, composition_id)
    if found.version != version or found.state not in states:
        raise _conflict(tx, user, composition_id)
    return found


def _conflict(tx: Transaction, user: User, composition_id: str) -> Conflict:
    current = told(tx, user, _own(tx, user, composition_id))
    return Conflict("this mail changed meanwhile", current=current)


def _connected(tx: Transaction, user: User) -> Mailbox:
    mailbox = stored_mailboxes.of_user(tx, user.id)
    if mailbox is None or mailbox.credentials is None or not mailbox.connection.state.alive:
        raise NotAllowed("Gmail is not connected")
    if not may_send(mailbox.scopes):
        raise NotAllowed("sending with Gmail was not granted")
    return mailbox


def _check(written: Written, mailbox: Mailbox) -> None:
    wrong = {}
    if not list(written.recipients):
        wrong["to"] = "at least one recipient"
    if not written.subject.strip() and written.thread_id is None:
        wrong["subject"] = "a subject"
    if richtext.is_blank(written.body):
        wrong["html"] = "a text"
    if written.sender is not None and written.sender not in mailbox.addresses:
        wrong["from"] = "one of the account's own addresses"
    if wrong:
        raise BadInput("this mail cannot be sent yet", wrong)


def _normal(written: Written) -> Written:
    """Addresses spelt one way, the text without what has no place in a mail."""

    def spelt(part: Sequence[Addressee]) -> tuple[Addressee, ...]:
        return tuple(Addressee(one.name.strip(), normal_address(one.address)) for one in part)

    given = written.recipients
    recipients = Recipients(spelt(given.to), spelt(given.cc), spelt(given.bcc))
    if len(list(recipients)) > MOST_RECIPIENTS:
        raise BadInput("too many recipients", {"to": f"at most {MOST_RECIPIENTS} recipients"})
    sender = written.sender.lower() if written.sender else None
    return replace(written, recipients=recipients, body=richtext.written(written.body), sender=sender)
