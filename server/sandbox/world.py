"""Everything there is in the sandbox: the clock, the accounts, their mailboxes, and the mail between them."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from server.errors import Conflict, NotFound
from server.logs import logger
from server.sandbox.accounts import Account, new_account
from server.sandbox.agenda import Agenda
from server.sandbox.clock import Clock
from server.sandbox.headers import Headers
from server.sandbox.mailbox import Mailbox
from server.sandbox.message import Message
from server.sandbox.transit import arriving, leaving, without_bcc

log = logger(__name__)


@dataclass(frozen=True)
class Delivery:
    """A mail to people outside the sandbox's mailboxes. `raw` has no Bcc; `sender` and `recipients` are bare addresses."""

    raw: bytes
    sender: str
    recipients: tuple[str, ...]
    sent_at: datetime
    message_id: str


class World:
    """Thread-safe. `undo_window` is how long Send on the page can be taken back; `seed` makes ids repeatable."""

    def __init__(
        self, *, clock: Clock | None = None, seed: int | None = None, undo_window: timedelta = timedelta(seconds=10)
    ) -> None:
        self.clock = clock or Clock()
        self.agenda = Agenda(self.clock)
        self.random = Random(seed)
        self.undo_window = undo_window
        self._lock = threading.RLock()
        self._depth = 0
        self._effects: list[Callable[[], None]] = []
        self._mailboxes: dict[str, Mailbox] = {}
        self._last_id = 0
        self._delivered: list[Callable[[Delivery], None]] = []
        self._changed: list[Callable[[str, int, frozenset[str]], None]] = []

    def start(self) -> None:
        """Let undo windows and schedules come due by themselves."""
        self.agenda.start()

    def stop(self) -> None:
        self.agenda.stop()

    @contextmanager
    def change(self) -> Iterator[None]:
        """Hold the world. Callbacks run after the outermost holder let go, on its thread, so they may do anything."""
        self._lock.acquire()
        self._depth += 1
        effects: list[Callable[[], None]] = []
        # Busy while still holding: nobody may see an idle sandbox between the change and its effects.
        self.agenda.begin()
        try:
            yield
        finally:
            self._depth -= 1
            if self._depth == 0:
                effects, self._effects = self._effects, []
            self._lock.release()
            for effect in effects:
                _run(effect)
            self.agenda.end()

    @property
    def accounts(self) -> Mapping[str, Account]:
        """By address, in the order they were added."""
        with self.change():
            return {address: mailbox.account for address, mailbox in self._mailboxes.items()}

    def add_account(self, address: str, name: str, aliases: Iterable[str] = (), signature: str = "") -> Account:
        account = new_account(address, name, tuple(aliases), signature)
        with self.change():
            if any(self.owner_of(known) for known in account.addresses):
                raise Conflict("there is such an account already")
            self._mailboxes[account.address] = Mailbox(self, account)
        return account

    def remove_account(self, address: str) -> None:
        with self.change():
            del self._mailboxes[self.mailbox(address).account.address]

    def owner_of(self, address: str) -> Account | None:
        """The account an address or alias belongs to, if any."""
        with self.change():
            found = (mailbox.account for mailbox in self._mailboxes.values() if mailbox.account.owns(address))
            return next(found, None)

    def mailbox(self, address: str) -> Mailbox:
        """By address or alias; NotFound for a stranger."""
        with self.change():
            owner = self.owner_of(address)
            if owner is None:
                raise NotFound("no such account in the sandbox")
            return self._mailboxes[owner.address]

    def send(self, account: str, raw: bytes, *, thread_id: str | None = None, in_thread: bool = False) -> Message:
        """The one path by which mail leaves: kept in SENT, delivered at once. BadInput without a recipient.

        `thread_id` counts only when References and subject fit too, unless `in_thread`.
        """
        with self.change():
            mailbox = self.mailbox(account)
            now = self.clock.now()
            stored = leaving(raw, mailbox.account, now, self.random)
            recipients = [address for _, address in Headers(stored).addresses("To", "Cc", "Bcc")]
            owners = {owner.address for address in recipients if (owner := self.owner_of(address))}
            labels = {"SENT", "INBOX", "UNREAD"} if mailbox.account.address in owners else {"SENT"}
            message = mailbox.keep(stored, labels, thread_id, in_thread=in_thread)
            copy = without_bcc(stored)
            for inside in sorted(owners - {mailbox.account.address}):
                self._arrive(copy, inside)
            outside = tuple(address for address in recipients if self.owner_of(address) is None)
            if outside:
                self._tell(Delivery(copy, message.sender[1], outside, now, message.message_id))
            return message

    def receive(self, raw: bytes, to: str) -> list[Message]:
        """An outside mail arrives. `to`: an account's address or alias, or several with commas."""
        with self.change():
            owners = dict.fromkeys(self.mailbox(address).account.address for address in to.split(","))
            return [self._arrive(raw, owner) for owner in owners]

    def on_delivery(self, callback: Callable[[Delivery], None]) -> None:
        """Called once a sent mail, after it lies in SENT, on the sender's thread: hand long work to another."""
        self._delivered.append(callback)

    def on_change(self, callback: Callable[[str, int, frozenset[str]], None]) -> None:
        """Called with (address, history id, labels touched) for each change of a mailbox."""
        self._changed.append(callback)

    def changed(self, address: str, labels: Iterable[str]) -> None:
        latest, touched = self._mailboxes[address].history.latest, frozenset(labels)
        self._effects += [lambda tell=tell: tell(address, latest, touched) for tell in self._changed]  # type: ignore[misc]

    def new_hex_id(self) -> str:
        """Like Gmail's: milliseconds and chance in 64 bits, growing."""
        drawn = (int(self.clock.now().timestamp() * 1000) << 20) | self.random.getrandbits(20)
        self._last_id = drawn if drawn > self._last_id else self._last_id + 1 + self.random.getrandbits(12)
        return f"{self._last_id:x}"

    def _arrive(self, raw: bytes, owner: str) -> Message:
        copy = arriving(raw, owner, self.clock.now(), self.random)
        return self._mailboxes[owner].keep(copy, {"INBOX", "UNREAD"})

    def _tell(self, delivery: Delivery) -> None:
        self._effects += [lambda tell=tell: tell(delivery) for tell in self._delivered]  # type: ignore[misc]


def _run(effect: Callable[[], None]) -> None:
    try:
        effect()
    except Exception:
        log.exception("sandbox.callback_failed")
