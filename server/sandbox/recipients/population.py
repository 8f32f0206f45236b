"""The people outside: their mailboxes, what they do by themselves, and what they are told to do."""

import hashlib
import itertools
import random
import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Protocol, TypeVar
from zlib import crc32

from server.errors import BadInput, NotFound
from server.logs import logger, mask_address

from ..places import address as line_address
from .answers import AUTO_REPLIES, BOUNCES, Pen
from .clients import CLIENTS, Client
from .fetch import Fetcher, Reader, Request
from .habits import Step, plan
from .letter import Letter, read_letter
from .people import CAST, Person, person_at
from .schedule import Schedule

log = logger(__name__)

_LOG_LENGTH = 5000


class Delivery(Protocol):
    """A mail that left the sandbox's mailboxes for addresses outside."""

    @property
    def raw(self) -> bytes: ...
    @property
    def sender(self) -> str: ...
    @property
    def recipients(self) -> tuple[str, ...]: ...


T = TypeVar("T")
Receive = Callable[[bytes, str], object]  # a mail for a mailbox inside


class Recipients:
    """`pace` stretches what people do (1: within a minute; 60: about as in life); None: nobody does anything by themselves.

    Every action answers when it is done, with the requests it made. Safe to call from any thread.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        receive: Receive,
        *,
        seed: int = 1,
        pace: float | None = 1.0,
        product_hosts: frozenset[str] = frozenset(),
    ) -> None:
        self._now = now
        self._receive = receive
        self._seed = seed
        self.pace = pace
        self.schedule = Schedule(now)
        self.fetcher = Fetcher(now, self._record, product_hosts)
        self._lock = threading.RLock()
        self._letters: dict[str, Letter] = {}
        self._mailboxes: dict[str, list[str]] = {person.address: [] for person in CAST}
        self._counter = itertools.count(1)
        self._kept_images: set[tuple[str, str]] = set()
        self._log: deque[Request] = deque(maxlen=_LOG_LENGTH)
        self._chance = random.Random(seed)

    # Mailboxes

    def on_delivery(self, delivery: Delivery) -> None:
        for recipient in dict.fromkeys(address.lower() for address in delivery.recipients):
            self.deliver(recipient, delivery.raw, delivery.sender)

    def deliver(self, recipient: str, raw: bytes, sender: str) -> Letter:
        letter = self._keep(recipient, raw, sender)
        chance = random.Random(f"{self._seed}/{recipient}/{len(self.letters(recipient))}")
        if self.pace is not None:
            self._expect(letter, plan(self.person(recipient), chance, links=len(letter.links)), self.pace)
        log.info("letter delivered", recipient=mask_address(recipient), links=len(letter.links), images=len(letter.images))
        return letter

    def person(self, address: str) -> Person:
        return person_at(address, self._seed)

    def addresses(self) -> list[str]:
        with self._lock:
            return list(self._mailboxes)

    def letters(self, address: str) -> list[Letter]:
        """Newest first."""
        with self._lock:
            return [self._letters[id] for id in reversed(self._mailboxes.get(address.lower(), []))]

    def letter(self, id: str) -> Letter:
        with self._lock:
            found = self._letters.get(id)
        if found is None:
            raise NotFound("There is no such letter.")
        return found

    def requests(self, *, who: str = "", since: int = 0) -> list[Request]:
        with self._lock:
            kept = list(self._log)
        return [request for request in kept[since:] if not who or request.who == who]

    # What a person does

    def open(
        self, letter: Letter, client: str = "", address: str = "", *, elsewhere: bool = False, fresh: bool = False
    ) -> list[Request]:
        """Loads every picture once. A caching proxy asks again for one it has only sometimes, or when `fresh`."""
        reader = self.reader(letter.owner, client, address, elsewhere=elsewhere)
        if not reader.client.images:
            raise BadInput(f"{reader.client.label} loads no pictures.")
        return [self._picture(reader, url, fresh) for url in letter.images]

    def click(self, letter: Letter, ordinal: int, client: str = "", address: str = "", *, elsewhere: bool = False) -> Request:
        reader = self.reader(letter.owner, client, address, elsewhere=elsewhere)
        if reader.client.browser:
            browser = CLIENTS[reader.client.browser]
            own = address or self._address(letter.owner, browser, elsewhere=elsewhere)
            reader = Reader(reader.who, browser, own)
        return self.fetcher.page(reader, _nth(letter.links, ordinal, "link").url)

    def scan(self, letter: Letter, client: str, address: str = "") -> list[Request]:
        """A machine's visit: every picture and every link it looks at, one after another without a pause."""
        reader = self.reader(letter.owner, client, address)
        methods = ("HEAD", "GET") if reader.client.head_first else ("GET",)
        images = letter.images if reader.client.images else ()
        links = letter.links if reader.client.links else ()
        made = [self.fetcher.image(reader, url, method) for url in images for method in methods]
        return made + [self.fetcher.page(reader, link.url, method, hops=0) for link in links for method in methods]

    def preview(self, letter: Letter, ordinal: int, client: str) -> Request:
        """Somebody pasted the link into a chat, and the chat looks what it is."""
        return self.fetcher.page(self.reader(letter.owner, client), _nth(letter.links, ordinal, "link").url, hops=0)

    def forward(self, letter: Letter, to: str, *, read: bool = True, words: str = "") -> tuple[Letter, list[Request]]:
        """The next person gets the same body. `read`: opens it at once, with another device in another place."""
        person = self.person(letter.owner)
        raw = self._pen().forward(letter, person.name, person.address, to, words)
        forwarded = self._keep(to.lower(), raw, letter.owner)
        if not read:
            return forwarded, []
        other = self.person(to)
        same_place = other.line == person.line
        return forwarded, self.open(forwarded, other.second_client if same_place else "", elsewhere=same_place)

    def reply(self, letter: Letter, words: str = "", sender: str = "", to: str = "") -> bytes:
        """`sender`: another address to answer from, such as an alias; `to`: another one to answer than the writer."""
        person = self.person(letter.owner)
        raw = self._pen().reply(
            letter, person.name, sender or person.replies_from or person.address, person.language, words, to
        )
        self._post(raw, to or letter.sender, sender or letter.owner)
        return raw

    def auto_reply(self, letter: Letter, shape: str = "vacation") -> bytes:
        if shape not in AUTO_REPLIES:
            raise BadInput(f"shape is one of {', '.join(AUTO_REPLIES)}")
        person = self.person(letter.owner)
        raw = self._pen().auto_reply(letter, person.name, person.address, person.language, shape)
        self._post(raw, letter.sender, letter.owner)
        return raw

    def bounce(self, letter: Letter, kind: str = "hard") -> bytes:
        if kind not in BOUNCES:
            raise BadInput(f"kind is one of {', '.join(BOUNCES)}")
        raw = self._pen().bounce(letter, letter.owner, kind)
        self._post(raw, letter.sender, letter.owner)
        return raw

    def reader(self, who: str, client: str = "", address: str = "", *, elsewhere: bool = False) -> Reader:
        person = self.person(who)
        key = client or (person.second_client if elsewhere else person.client)
        if key not in CLIENTS:
            raise BadInput(f"client is one of {', '.join(CLIENTS)}")
        return Reader(who, CLIENTS[key], address or self._address(who, CLIENTS[key], elsewhere=elsewhere))

    def _address(self, who: str, client: Client, *, elsewhere: bool = False) -> str:
        person = self.person(who)
        key = client.line or (person.second_line if elsewhere else person.line)
        return line_address(key, crc32(who.encode()), six=crc32(who.encode()[::-1]) % 4 == 0)

    def _picture(self, reader: Reader, url: str, fresh: bool) -> Request:
        with self._lock:
            known = (reader.client.key, url) in self._kept_images
            again = fresh or not known or self._chance.random() < reader.client.refetch
            self._kept_images.add((reader.client.key, url))
        if again:
            return self.fetcher.image(reader, url)
        kept = Request(self._now(), reader.who, reader.client.key, reader.address, "GET", url, skipped="kept by the proxy")
        self._record(kept)
        return kept

    # By themselves

    def _expect(self, letter: Letter, steps: list[Step], pace: float) -> None:
        for step in steps:
            seconds = step.after if step.machine else step.after * pace
            self.schedule.after(seconds, partial(self._do, letter, step), since=letter.delivered_at)

    def _do(self, letter: Letter, step: Step) -> None:
        match step.verb:
            case "open":
                self.open(letter, elsewhere=step.elsewhere)
            case "click":
                self.click(letter, int(step.with_what), elsewhere=step.elsewhere)
            case "scan":
                self.scan(letter, step.with_what)
            case "preview":
                self.preview(letter, 1, step.with_what)
            case "forward":
                self.forward(letter, step.with_what)
            case "reply":
                self.reply(letter)
            case "auto-reply":
                self.auto_reply(letter, step.with_what)
            case "bounce":
                self.bounce(letter, step.with_what)

    def _keep(self, owner: str, raw: bytes, sender: str) -> Letter:
        with self._lock:
            letter = read_letter(f"{next(self._counter):05d}", owner, raw, sender, self._now())
            self._letters[letter.id] = letter
            self._mailboxes.setdefault(owner, []).append(letter.id)
            return letter

    def _post(self, raw: bytes, to: str, sender: str) -> None:
        """Into the sandbox's mailboxes; between two people outside it just lies there, so that nobody chats for ever."""
        try:
            self._receive(raw, to)
        except NotFound:
            self._keep(to.lower(), raw, sender)

    def _pen(self) -> Pen:
        return Pen(self._now(), self._new_id)

    def _new_id(self) -> str:
        with self._lock:
            number = next(self._counter)
        return hashlib.sha256(f"{self._seed}/{number}".encode()).hexdigest()[:24]

    def _record(self, request: Request) -> None:
        with self._lock:
            self._log.append(request)


def _nth(items: tuple[T, ...], ordinal: int, what: str) -> T:
    if not 1 <= ordinal <= len(items):
        raise NotFound(f"The letter has {len(items)} of these; there is no {what} {ordinal}.")
    return items[ordinal - 1]
