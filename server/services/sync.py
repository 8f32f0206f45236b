"""Bringing in what changed in a mailbox: fetched outside any transaction, stored together with how far that reaches."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.domain.binding import SentMail
from server.domain.mailboxes import Mailbox
from server.errors import Conflict
from server.gmail.client import Gmail, Ref
from server.gmail.errors import HistoryExpired, Missing
from server.gmail.history import Changes, changes, chunks, is_inbound, is_sent, may_answer_elsewhere, resync
from server.gmail.reading import Answer, answer, is_notice, sender, sent_mail
from server.logs import logger
from server.queue import Queue
from server.services import engagement
from server.services.answers import record
from server.services.binding import Marks, bind
from server.services.connections import Connections
from server.storage import copies
from server.storage import mailboxes as stored
from server.storage import messages as stored_messages
from server.storage.database import Transaction
from server.tokens import new_id

LEASE = timedelta(minutes=2)
"""Longer than any chunk takes to fetch; each stored chunk begins it anew."""

LOOK_AGAIN = timedelta(seconds=4)
"""A mail that history names may not be there yet: one more try after this, then it is given up."""

RECENT = timedelta(days=60)
ADDRESSES_ASKED_FOR = 25

_PLAIN = re.compile(r"[\w.+\-@]+")
"""Addresses that mean nothing else in Gmail's search language."""

Wake = Callable[[Iterable[str]], None]
_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Brought:
    """What one chunk was found to be; `absent` are ids that Google named but did not give."""

    sent: tuple[SentMail, ...]
    answers: tuple[Answer, ...]
    absent: tuple[str, ...]


class Sync:
    def __init__(self, connections: Connections, queue: Queue, wake: Wake) -> None:
        self._connections = connections
        self._database = connections.database
        self._clock = connections.clock
        self._queue = queue
        self._wake = wake
        self._marks = Marks(connections.tokens)

    def run(self, mailbox_id: str) -> bool:
        """False when another worker has it. A connection that is dead brings nothing. Errors of Gmail's client pass through."""
        claim = new_id()
        mailbox = self._claim(mailbox_id, claim)
        if mailbox is None:
            known = self._database.read(stored.get, mailbox_id)
            return known is None or not known.connection.state.alive
        if mailbox.history_id is None:
            return True
        try:
            with self._connections.using(mailbox) as gmail:
                self._bring_in(gmail, mailbox, mailbox.history_id)
        finally:
            self._database.write(stored.release, mailbox_id, claim)
        return True

    def look_again(self, mailbox_id: str, gmail_id: str) -> None:
        """A mail that was not there a moment ago. Still absent, it is given up."""
        mailbox = self._database.read(stored.get, mailbox_id)
        if mailbox is None or not mailbox.connection.state.alive:
            return
        with self._connections.using(mailbox) as gmail:
            try:
                message = gmail.message(gmail_id)
            except Missing:
                _log.info("gmail.message_gone", mailbox=mailbox_id, gmail_id=gmail_id)
                return
            ref = Ref(gmail_id, str(message["threadId"]), frozenset(message.get("labelIds", ())))
            brought = self._fetched(gmail, mailbox, self._wanted(mailbox, [ref], gmail))
        self._wake(self._database.write(self._store_late, mailbox, brought))

    def _claim(self, mailbox_id: str, claim: str) -> Mailbox | None:
        now = self._clock()
        return self._database.write(stored.claim, mailbox_id, claim, now, now + LEASE)

    def _bring_in(self, gmail: Gmail, mailbox: Mailbox, start: int) -> None:
        found = self._changes(gmail, mailbox, start)
        wanted = self._wanted(mailbox, list(found.added), gmail)
        for part, reached in chunks(wanted, start, found.history_id):
            brought = self._fetched(gmail, mailbox, part)
            self._wake(self._database.write(self._store, mailbox, brought, reached))

    def _changes(self, gmail: Gmail, mailbox: Mailbox, start: int) -> Changes:
        try:
            return changes(gmail, start)
        except HistoryExpired:
            _log.warning("gmail.resync", mailbox=mailbox.id)
            return resync(gmail)

    def _wanted(self, mailbox: Mailbox, added: list[Ref], gmail: Gmail) -> list[Ref]:
        """Sent mail, and inbound mail of threads with sent mail. Everything else is never fetched."""
        seen, threads = self._database.read(_stored_of, mailbox, added)
        threads |= {ref.thread_id for ref in added if is_sent(ref)}
        new = [ref for ref in added if ref.id not in seen]
        strays = self._strays(mailbox, [ref for ref in new if is_inbound(ref) and ref.thread_id not in threads], gmail)
        return [ref for ref in new if is_sent(ref) or (is_inbound(ref) and (ref.thread_id in threads or ref.id in strays))]

    def _strays(self, mailbox: Mailbox, inbound_elsewhere: list[Ref], gmail: Gmail) -> set[str]:
        """Of mails that begin a thread, those from somebody this rep wrote to lately, or from a mail server: a changed subject
        parts an answer from its thread. One search (5 units) tells, instead of 20 units for each."""
        candidates = {ref.id for ref in inbound_elsewhere if may_answer_elsewhere(ref)}
        if not candidates:
            return set()
        since = self._clock() - RECENT
        recent = self._database.read(stored_messages.recent_addresses, mailbox.user_id, since, ADDRESSES_ASKED_FOR)
        addresses = [address for address in recent if _PLAIN.fullmatch(address)]
        if not addresses:
            return set()
        senders = " ".join(f"from:{address}" for address in (*addresses, "mailer-daemon", "postmaster"))
        found = gmail.search(f"in:inbox newer_than:2d {{{senders}}}", limit=100)
        return candidates & {ref.id for ref in found}

    def _fetched(self, gmail: Gmail, mailbox: Mailbox, refs: Iterable[Ref]) -> Brought:
        sent: list[SentMail] = []
        answers: list[Answer] = []
        absent: list[str] = []
        for ref in refs:
            try:
                if is_sent(ref):
                    sent.append(sent_mail(gmail.message(ref.id), self._marks.pixel, self._marks.click))
                else:
                    answers += self._understood(gmail, mailbox, ref)
            except Missing:
                absent.append(ref.id)
        return Brought(tuple(sent), tuple(answers), tuple(absent))

    def _understood(self, gmail: Gmail, mailbox: Mailbox, ref: Ref) -> list[Answer]:
        """Nothing for the rep's own mails."""
        message = gmail.headers(ref.id)
        if sender(message) in mailbox.addresses:
            return []
        # Only a mail server's notice is read beyond its headers: who failed stands in its body.
        return [answer(message, gmail.raw(ref.id) if is_notice(message) else None)]

    def _store(self, tx: Transaction, mailbox: Mailbox, brought: Brought, reached: int) -> set[str]:
        now = self._clock()
        if not stored.advance(tx, mailbox.id, mailbox.claim or "", reached, now, now + LEASE):
            raise Conflict("another worker took this mailbox over")
        for gmail_id in brought.absent:
            key = f"{mailbox.id}:{gmail_id}"
            payload = {"mailbox": mailbox.id, "gmail_id": gmail_id}
            self._queue.ask(tx, "look-again", key, payload, now + LOOK_AGAIN, mailbox.workspace_id)
        return self._apply(tx, mailbox, brought, now)

    def _store_late(self, tx: Transaction, mailbox: Mailbox, brought: Brought) -> set[str]:
        stored.lock(tx, mailbox.id)
        return self._apply(tx, mailbox, brought, self._clock())

    def _apply(self, tx: Transaction, mailbox: Mailbox, brought: Brought, now: datetime) -> set[str]:
        bound = [bind(tx, mailbox, mail, now) for mail in sorted(brought.sent, key=lambda mail: mail.at)]
        woken = engagement.rejudge(tx, {message_id for message_id in bound if message_id}, now) if any(bound) else set()
        for one in sorted(brought.answers, key=lambda one: one.at):
            woken |= record(tx, mailbox, one, now)
        return woken


def _stored_of(tx: Transaction, mailbox: Mailbox, added: list[Ref]) -> tuple[set[str], set[str]]:
    """(ids stored before, threads with sent mail)"""
    seen = copies.seen(tx, mailbox.id, [ref.id for ref in added])
    return seen, copies.tracked_threads(tx, mailbox.id, [ref.thread_id for ref in added])
