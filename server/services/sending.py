"""Sending a tracked mail through Gmail: once, from an allowed address, in its thread, as one mail or a copy a recipient."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from server.domain.binding import Mark, SentMail, base_subject
from server.domain.consent import Standing
from server.domain.drafts import Outgoing
from server.domain.mailboxes import Mailbox
from server.domain.messages import Field, Message, Recipient, State
from server.domain.replies import message_ids
from server.domain.users import User
from server.errors import BadInput, Conflict, NotAllowed, NotFound
from server.gmail.addresses import addresses, header_text
from server.gmail.client import Gmail, Ref
from server.gmail.compose import answering, compose, separate_copy
from server.gmail.credentials import may_send
from server.gmail.errors import GmailError, Missing, Refused, Transient
from server.gmail.parts import read_parts
from server.gmail.payload import header
from server.gmail.reading import chain, recipients_in, rfc_message_id, sent_at
from server.logs import logger
from server.services import engagement
from server.services.binding import bind
from server.services.connections import Connections
from server.services.instrumenting import Instrumenting, Numbers, Parcel
from server.services.sync import Sync
from server.storage import consent, copies
from server.storage import mailboxes as stored_mailboxes
from server.storage import messages as stored
from server.storage.database import Transaction

LEASE = timedelta(minutes=5)
"""How long one submit keeps others out; one that died is looked for in the Sent folder before another try."""

UNSURE = timedelta(seconds=30)
"""Nobody knows whether Gmail took it: by then the Sent folder shows it if it did."""

Wake = Callable[[Iterable[str]], None]
_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class _Case:
    """All that is known before anything is sent."""

    user: User
    message: Message
    mailbox: Mailbox
    tried_before: bool


@dataclass(frozen=True, slots=True)
class _Left:
    """A parcel that Gmail took. `mail` is None when Gmail could not be asked about it yet: the watch will find it."""

    parcel: Parcel
    mail: SentMail | None


@dataclass(frozen=True, slots=True)
class _Mail:
    """One mail of the thread that is answered."""

    subject: str
    message_id: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """`unsure`: Gmail may have taken it all the same; the watch will tell."""

    recipients: tuple[Recipient, ...]
    detail: str
    unsure: bool = False


class Sending:
    def __init__(self, connections: Connections, sync: Sync, instrumenting: Instrumenting, wake: Wake) -> None:
        self._connections = connections
        self._database = connections.database
        self._clock = connections.clock
        self._sync = sync
        self._instrumenting = instrumenting
        self._wake = wake

    def send(self, user: User, message_id: str, mail: Outgoing) -> tuple[Failed, ...]:
        """Which separate copies failed. A message that went out before is left alone."""
        case = self._database.read(_case, user, message_id, mail)
        if case.tried_before:
            # A former try may have gone out although nobody heard Gmail's answer.
            self._sync.run(case.mailbox.id)
            case = self._database.read(_case, user, message_id, mail)
        if case.message.state in (State.SENT, State.ARCHIVED):
            return ()
        _check(case, mail)
        if not self._database.write(stored.claim_sending, message_id, self._clock(), self._clock() + LEASE):
            raise Conflict("this message is being sent already")
        return self._send_claimed(case, mail)

    def _send_claimed(self, case: _Case, mail: Outgoing) -> tuple[Failed, ...]:
        surely_not_sent = True
        try:
            with self._connections.using(case.mailbox) as gmail:
                parcels, thread_id = self._packed(gmail, case, mail)
                surely_not_sent = False
                left, failed, error = self._posted(gmail, parcels, thread_id)
                surely_not_sent = not left and not _is_unsure(error)
                if error is not None and not left:
                    raise error
        except GmailError:
            if not surely_not_sent:
                self._database.write(stored.keep_sending, case.message.id, self._clock() + UNSURE)
            raise
        finally:
            if surely_not_sent:
                self._database.write(stored.release_sending, case.message.id)
        self._wake(self._database.write(self._bind, case, left, failed))
        return failed

    def _packed(self, gmail: Gmail, case: _Case, mail: Outgoing) -> tuple[list[Parcel], str | None]:
        """The mails to send, and the thread they belong to."""
        raw, subject, thread_id = _written(gmail, case, mail)
        numbers = self._database.write(self._instrumenting.number, case.message, raw)
        recipients = case.message.recipients
        standing = self._database.write(_address, case, mail.separate)
        if not mail.separate:
            return [self._parcel(case, raw, subject, numbers, 0, recipients, standing, mail.tracked)], thread_id
        copied = [(one, separate_copy(raw, (one.name, one.address))) for one in recipients]
        parcels = [
            self._parcel(case, copy, subject, numbers, one.ordinal, (one,), standing, mail.tracked) for one, copy in copied
        ]
        return parcels, thread_id

    def _parcel(
        self,
        case: _Case,
        raw: bytes,
        subject: str,
        numbers: Numbers,
        ordinal: int,
        to: tuple[Recipient, ...],
        standing: Standing,
        tracked: bool,
    ) -> Parcel:
        marks: tuple[Mark, ...] = ()
        if tracked:
            raw, marks = self._instrumenting.tracked(case.user, case.message, numbers, raw, ordinal, standing)
        return Parcel(case.message.id, ordinal, to, raw, subject, marks)

    def _posted(
        self, gmail: Gmail, parcels: Sequence[Parcel], thread_id: str | None
    ) -> tuple[list[_Left], tuple[Failed, ...], GmailError | None]:
        """After an error that would befall the others too, they are not tried."""
        left: list[_Left] = []
        failed: list[Failed] = []
        last: GmailError | None = None
        for parcel in parcels:
            if last is not None and not isinstance(last, Refused):
                failed.append(Failed(parcel.recipients, last.detail))
                continue
            try:
                ref = gmail.send(parcel.raw, thread_id)
            except GmailError as error:
                last = error
                failed.append(Failed(parcel.recipients, error.detail, _is_unsure(error)))
                continue
            left.append(_Left(parcel, self._read_back(gmail, ref, parcel)))
        return left, tuple(failed), last

    def _read_back(self, gmail: Gmail, ref: Ref, parcel: Parcel) -> SentMail | None:
        """With Gmail's own Message-ID and time: it replaces ours."""
        try:
            found = gmail.headers(ref.id)
        except GmailError as error:
            _log.info("gmail.sent_unread", gmail_id=ref.id, detail=error.detail)
            # A copy without tokens is nothing the watch could recognise.
            return None if parcel.marks else _sent(ref, parcel, "", self._clock())
        return _sent(ref, parcel, rfc_message_id(found), sent_at(found))

    def _bind(self, tx: Transaction, case: _Case, left: Sequence[_Left], failed: Sequence[Failed]) -> set[str]:
        now = self._clock()
        tracked = any(one.parcel.marks for one in left)
        for one in left:
            if one.mail is not None:
                _take_over(tx, case, one.mail.gmail_id)
                bind(tx, case.mailbox, one.mail, now, tracked=tracked)
        for failure in failed:
            for recipient in failure.recipients:
                bounce = {
                    "state": "unsure" if failure.unsure else "not-sent",
                    "text": failure.detail,
                    "address": recipient.address,
                }
                stored.mark_bounced(tx, case.message.id, recipient.address, bounce)
        if all(one.mail is not None for one in left):
            stored.release_sending(tx, case.message.id)
        return engagement.rejudge(tx, {case.message.id}, now)


def _case(tx: Transaction, user: User, message_id: str, mail: Outgoing) -> _Case:
    message = stored.get(tx, message_id, user.id)
    if message is None:
        raise NotFound("no such message")
    if mail.raw is not None:
        # Whom a finished mail names is whom it goes to, whatever was registered before.
        message = replace(message, recipients=recipients_in(read_parts(mail.raw).get))
    mailbox = stored_mailboxes.of_user(tx, user.id)
    if mailbox is None or mailbox.credentials is None:
        raise NotAllowed("Gmail is not connected")
    tried = stored.sending_until(tx, message_id)
    return _Case(user, message, mailbox, tried is not None)


def _check(case: _Case, mail: Outgoing) -> None:
    if not may_send(case.mailbox.scopes):
        raise NotAllowed("sending with Gmail was not granted")
    sender = _raw_sender(mail.raw) if mail.raw is not None else mail.sender
    if sender is not None and sender.lower() not in case.mailbox.addresses:
        raise BadInput("Gmail does not let this account send from that address", {"from": "one of the account's own addresses"})
    if not case.message.recipients:
        raise BadInput("nobody to send it to", {"to": "at least one recipient"})
    if not (mail.html or mail.text or mail.raw):
        raise BadInput("an empty mail", {"html": "html or text"})


def _is_unsure(error: GmailError | None) -> bool:
    return isinstance(error, Transient) and error.sent_maybe


def _raw_sender(raw: bytes) -> str | None:
    found = addresses(read_parts(raw).get("from"))
    return found[0][1] if found else None


def _written(gmail: Gmail, case: _Case, mail: Outgoing) -> tuple[bytes, str, str | None]:
    """(the mail, its subject, its thread). Another subject begins a thread of its own, as in Gmail itself."""
    thread = _thread(gmail, mail)
    began_with = thread[0].subject if thread else ""
    if mail.raw is not None:
        raw, subject = _in_thread(mail.raw, mail, thread), header_text(read_parts(mail.raw).get("subject") or "")
    else:
        subject = case.message.subject or (f"Re: {began_with}" if thread else "")
        raw = _composed(case, mail, subject, thread)
    belongs = bool(thread) and base_subject(subject) == base_subject(began_with)
    return raw, subject, mail.thread_id if belongs else None


def _composed(case: _Case, mail: Outgoing, subject: str, thread: Sequence[_Mail]) -> bytes:
    answered = _answered(thread, mail.in_reply_to)
    people: dict[Field, list[tuple[str, str]]] = {field: [] for field in Field}
    for one in case.message.recipients:
        people[one.field].append((one.name, one.address))
    return compose(
        sender=(case.user.name, (mail.sender or case.mailbox.address).lower()),
        to=people[Field.TO],
        cc=people[Field.CC],
        bcc=people[Field.BCC],
        subject=subject,
        html=mail.html or None,
        text=mail.text or None,
        in_reply_to=answered.message_id if answered else mail.in_reply_to,
        references=answered.references if answered else (),
    )


def _in_thread(raw: bytes, mail: Outgoing, thread: Sequence[_Mail]) -> bytes:
    """Gmail puts only a mail that says what it answers into the thread."""
    own = next(iter(message_ids(read_parts(raw).get("in-reply-to") or "")), None)
    answered = _answered(thread, own or mail.in_reply_to)
    in_reply_to = answered.message_id if answered else mail.in_reply_to
    return answering(raw, in_reply_to, answered.references if answered else ()) if in_reply_to else raw


def _answered(thread: Sequence[_Mail], message_id: str | None) -> _Mail | None:
    return next((one for one in thread if one.message_id == message_id), thread[-1] if thread else None)


def _thread(gmail: Gmail, mail: Outgoing) -> list[_Mail]:
    """Its mails, oldest first; empty when the mail is no answer."""
    if mail.thread_id is None:
        return []
    try:
        found = gmail.thread(mail.thread_id)
    except (Missing, Refused):
        raise BadInput("no such thread in this mailbox", {"thread_id": "a thread of the connected mailbox"}) from None
    return [_Mail(header(one.get("payload") or {}, "Subject") or "", rfc_message_id(one), chain(one)) for one in found]


def _sent(ref: Ref, parcel: Parcel, message_id: str, at: datetime) -> SentMail:
    # A copy without tokens is this message too: we sent it.
    marks = parcel.marks or (Mark(parcel.message_id, parcel.ordinal),)
    return SentMail(ref.id, ref.thread_id, message_id, at, parcel.subject, parcel.recipients, marks)


def _address(tx: Transaction, case: _Case, separate: bool) -> Standing:
    """Whom it goes to, known before the first copy is out and hit; and who of them may be tracked by now."""
    to = case.message.recipients
    if separate:
        to = tuple(replace(one, personal=True, field=Field.TO) for one in to)
    stored.replace_recipients(tx, case.message.id, case.message.workspace_id, to)
    return consent.standings(tx, [case.message.id])[case.message.id]


def _take_over(tx: Transaction, case: _Case, gmail_id: str) -> None:
    """The watch may have seen a copy without tokens before us and taken it for a mail of its own."""
    holder = copies.message_of(tx, case.mailbox.id, gmail_id)
    if holder is not None and holder != case.message.id:
        stored.discard(tx, holder)
