"""One account's mail: messages, threads, drafts, and what Gmail's page lets its owner do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from server.errors import BadInput, NotFound
from server.sandbox.accounts import Account
from server.sandbox.agenda import Appointment
from server.sandbox.history import Change, History, Record
from server.sandbox.message import Message
from server.sandbox.query import matches
from server.sandbox.threads import Thread, fits, same_subject, thread_for, threads_of
from server.sandbox.transit import written_on_the_page

if TYPE_CHECKING:
    from server.sandbox.world import World

_Thing = TypeVar("_Thing")
HIDDEN = frozenset({"TRASH", "SPAM"})


@dataclass
class Draft:
    """`message` changes with every save. `leaves_at` is set from pressing Send (or scheduling) until it left."""

    id: str
    message: Message
    leaves_at: datetime | None = None
    scheduled: bool = False
    appointment: Appointment | None = None
    sent: Message | None = None


class Mailbox:
    """Thread-safe; a missing id raises NotFound. Made by the World."""

    def __init__(self, world: "World", account: Account) -> None:
        self.world = world
        self.account = account
        self.history = History(world.random)
        self.message_lag = timedelta(0)
        self._messages: dict[str, Message] = {}
        self._drafts: dict[str, Draft] = {}

    # Reading

    def messages(self, query: str = "", labels: Iterable[str] = (), *, everywhere: bool = False) -> list[Message]:
        """Newest first; trash and spam only with `everywhere`, their label or `in:`. BadInput on a query it can't read."""
        wanted = set(labels)
        hidden_too = everywhere or bool(HIDDEN & wanted) or any(f"in:{name}" in query for name in ("anywhere", "trash", "spam"))
        with self.world.change():
            now = self.world.clock.now()
            found = [
                message
                for message in self._messages.values()
                if wanted <= message.labels and (hidden_too or not message.labels & HIDDEN) and matches(query, message, now)
            ]
        return sorted(found, key=lambda message: (message.internal_date, message.id), reverse=True)

    def message(self, id: str) -> Message:
        with self.world.change():
            return _found(self._messages.get(id))

    def threads(self, query: str = "", labels: Iterable[str] = ()) -> list[Thread]:
        """Whole threads with at least one message that fits; newest first."""
        with self.world.change():
            wanted = {message.thread_id for message in self.messages(query, labels)}
            return threads_of(message for message in self._messages.values() if message.thread_id in wanted)

    def thread(self, id: str) -> Thread:
        with self.world.change():
            return _found(next(iter(threads_of(m for m in self._messages.values() if m.thread_id == id)), None))

    def drafts(self) -> list[Draft]:
        """Newest first."""
        with self.world.change():
            return sorted(self._drafts.values(), key=lambda draft: draft.message.internal_date, reverse=True)

    def draft(self, id: str) -> Draft:
        with self.world.change():
            return _found(self._drafts.get(id))

    # Writing as on Gmail's page

    def compose(self, raw: bytes, draft_id: str | None = None, thread_id: str | None = None) -> Draft:
        """A new draft, or an autosave of `draft_id`. Headers a writer can't set are dropped. Unschedules a scheduled draft."""
        return self.save_draft(written_on_the_page(raw), draft_id, thread_id, in_thread=True)

    def send_draft(self, draft_id: str, undo_window: timedelta | None = None) -> Draft:
        """Press Send: it leaves (draft gone, SENT there) after the undo window, by default the world's."""
        window = self.world.undo_window if undo_window is None else undo_window
        return self._leave_at(draft_id, self.world.clock.now() + window, scheduled=False)

    def schedule(self, draft_id: str, at: datetime) -> Draft:
        """Schedule send: label SCHEDULED instead of DRAFT until `at`."""
        with self.world.change():
            draft = self._leave_at(draft_id, at, scheduled=True)
            self._relabel(draft.message, add={"SCHEDULED"}, remove={"DRAFT"})
            return draft

    def undo(self, draft_id: str) -> Draft:
        """Undo send, or cancel the schedule: a plain draft again. NotFound once it left."""
        with self.world.change():
            draft = self.draft(draft_id)
            if draft.appointment is not None:
                draft.appointment.cancel()
            if draft.scheduled:
                self._relabel(draft.message, add={"DRAFT"}, remove={"SCHEDULED"})
            draft.leaves_at, draft.appointment, draft.scheduled = None, None, False
            return draft

    def delete_draft(self, draft_id: str) -> None:
        with self.world.change():
            draft = self.undo(draft_id)
            del self._drafts[draft_id]
            self._delete(draft.message)

    def modify(self, message_id: str, add: Iterable[str] = (), remove: Iterable[str] = ()) -> Message:
        with self.world.change():
            message = self.message(message_id)
            self._relabel(message, add=set(add), remove=set(remove))
            return message

    def trash(self, message_id: str) -> Message:
        return self.modify(message_id, add=("TRASH",), remove=("INBOX",))

    def delete(self, message_id: str) -> None:
        with self.world.change():
            self._delete(self.message(message_id))

    # What the API and the World build upon

    def save_draft(
        self, raw: bytes, draft_id: str | None = None, thread_id: str | None = None, *, in_thread: bool = False
    ) -> Draft:
        """Every save is a new message: the former one is deleted. `in_thread` trusts `thread_id` without Gmail's rule."""
        with self.world.change():
            former = None if draft_id is None else self.undo(draft_id)
            kept = former.message.thread_id if former and thread_id is None else None
            message = self._new_message(raw, thread_id or kept, trusted=in_thread or kept is not None)
            self._store(message, {"DRAFT"})
            if former is not None:
                self._delete(former.message)
                former.message = message
                return former
            draft = Draft(f"r{self.world.random.randrange(10**17, 10**19)}", message)
            self._drafts[draft.id] = draft
            return draft

    def dispatch(self, draft_id: str) -> Message:
        """The draft leaves now."""
        with self.world.change():
            draft = self.undo(draft_id)
            draft.sent = self.world.send(
                self.account.address, draft.message.raw, thread_id=draft.message.thread_id, in_thread=True
            )
            del self._drafts[draft_id]
            self._delete(draft.message)
            return draft.sent

    def keep(self, raw: bytes, labels: set[str], thread_id: str | None = None, *, in_thread: bool = False) -> Message:
        with self.world.change():
            message = self._new_message(raw, thread_id, trusted=in_thread)
            self._store(message, labels)
            return message

    def thread_exists(self, thread_id: str) -> bool:
        with self.world.change():
            return any(message.thread_id == thread_id for message in self._messages.values())

    def _leave_at(self, draft_id: str, at: datetime, *, scheduled: bool) -> Draft:
        with self.world.change():
            draft = self.undo(draft_id)
            if not draft.message.recipients:
                raise BadInput("Recipient address required")
            draft.leaves_at, draft.scheduled = at, scheduled
            if at <= self.world.clock.now():
                self.dispatch(draft_id)
            else:
                draft.appointment = self.world.agenda.at(at, lambda: self._leave_when_due(draft_id, at))
            return draft

    def _leave_when_due(self, draft_id: str, at: datetime) -> None:
        # An undo or a new save may win the race for the lock: then this appointment means nothing any more.
        with self.world.change():
            draft = self._drafts.get(draft_id)
            if draft is not None and draft.leaves_at == at:
                self.dispatch(draft_id)

    def _new_message(self, raw: bytes, thread_id: str | None, *, trusted: bool) -> Message:
        id = self.world.new_hex_id()
        message = Message(id=id, thread_id=id, raw=raw, internal_date=self.world.clock.now())
        if thread_id is not None and (trusted or self._belongs(message, thread_id)):
            message.thread_id = thread_id
        elif thread_id is None:
            message.thread_id = thread_for(message, self._messages.values()) or id
        return message

    def _belongs(self, message: Message, thread_id: str) -> bool:
        others = [other for other in self._messages.values() if other.thread_id == thread_id]
        return fits(message, others) and any(same_subject(message, other) for other in others)

    def _store(self, message: Message, labels: set[str]) -> None:
        self._messages[message.id] = message
        message.labels = set(labels)
        self._record(Change.MESSAGE_ADDED, message)

    def _delete(self, message: Message) -> None:
        del self._messages[message.id]
        self._record(Change.MESSAGE_DELETED, message)

    def _relabel(self, message: Message, add: set[str], remove: set[str]) -> None:
        added, removed = add - message.labels, remove & message.labels
        message.labels = (message.labels | add) - remove
        if added:
            self._record(Change.LABEL_ADDED, message, added)
        if removed:
            self._record(Change.LABEL_REMOVED, message, removed)

    def _record(self, change: Change, message: Message, changed: Iterable[str] = ()) -> None:
        message.history_id = self.history.next_id()
        now = self.world.clock.now()
        labels = tuple(sorted(message.labels))
        self.history.add(Record(message.history_id, now, change, message.id, message.thread_id, labels, tuple(sorted(changed))))
        self.world.changed(self.account.address, set(labels) | set(changed))


def _found(thing: _Thing | None) -> _Thing:
    if thing is None:
        raise NotFound("Requested entity was not found.")
    return thing
