"""One installation that is killed again and again while people act, and what it must know each time it has come to rest."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes

import psutil

from server.errors import OutsideError
from server.sandbox.companion import Companion, Mailto
from server.sandbox.letter import write_letter
from server.sandbox.pages.bodies import plain
from server.sandbox.recipients.letter import Letter
from server.sandbox.stories import REPS
from server.storage import users
from server.storage.database import Database
from tests.journeys.installation import Installation, Stage, until
from tests.rounds import truth
from tests.rounds.clients import Clients, Ledger, all_of
from tests.rounds.postgresql import PostgreSQL
from tests.rounds.screen import Screen

LINKS = ("https://www.fjordline.example/pilot", "https://www.fjordline.example/prices")
LONGEST_LEASE = 330.0
"""Seconds until what a killed worker had in hand is somebody else's."""
PAUSE = 0.5
"""Seconds, at most, between two changes of a mailbox."""


@dataclass(frozen=True)
class Mail:
    """Prepared in the product, not yet sent."""

    rep: str
    to: str
    message_id: str
    raw: bytes


@dataclass
class Rounds:
    """What was done to the installation so far, and who looks on. All but the machine's timing follows from `seed`."""

    stage: Stage
    database: Database
    seed: int
    postgresql: PostgreSQL | None = None
    number: int = 0
    ledgers: list[Ledger] = field(default_factory=list)
    sent: dict[str, str] = field(default_factory=dict)
    replied: list[str] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    screens: dict[str, Screen] = field(default_factory=dict)

    def round(self, victim: str, *, answers: int, readers: int, gmail_meanwhile: bool = True) -> str:
        """Kill `victim` once `readers` got a random number of answers, `answers` at most, bring back what doesn't come by
        itself, and look for faults. `gmail_meanwhile`: mailboxes change all the time, else only while the victim is away.

        Returns what happened in one line.
        """
        self.number += 1
        chance = random.Random(f"{self.seed}/{self.number}")
        mails = self._prepared(4)
        self._send(mails.pop(), letters=True)
        self._send(mails.pop(), letters=True)
        clients = Clients(self.stage.product.port, self._targets(), f"round-{self.number}", self.seed + 100 * self.number)
        self.ledgers.append(clients.ledger)
        if not gmail_meanwhile:
            self._settle()
        with clients.acting(readers), _beside(lambda: self._gmail(mails, chance) if gmail_meanwhile else None):
            clients.wait_for(chance.randint(answers // 4, answers))
            threading.Event().wait(0.05 * chance.random())
            killed = time.monotonic()
            self._kill(victim, chance, mails if not gmail_meanwhile else [])
            back = time.monotonic() - killed
            clients.wait_for(chance.randint(1, answers // 4))
        hits, mailboxes = self._settle()
        faults = self.faults()
        assert not faults, f"round {self.number}, {victim} killed: {len(faults)} faults\n" + "\n".join(faults[:20])
        told = f"round {self.number}, {victim} killed: {len(clients.ledger.answered)} of {len(clients.ledger.sent)} answered, "
        return told + f"back after {back:.1f} s, all hits known {hits:.1f} s later, all mail {mailboxes:.1f} s"

    def faults(self) -> list[str]:
        found = all_of(self.ledgers).faults(truth.stored_hits(self.database, "round-"))
        found += [f"{times} times: {mail}" for mail in self.replied if (times := truth.answers(self.database)[mail]) != 1]
        for message_id, gmail_ids in truth.bound(self.database, self.sent).items():
            if gmail_ids != [self.sent[message_id]]:
                found.append(f"{message_id} is bound to {gmail_ids} instead of {self.sent[message_id]}")
        found += truth.feed_faults(self.database)
        for user_id, screen in self.screens.items():
            found += screen.told.faults
            missing = screen.told.missing_at_last(lambda user_id=user_id: truth.whole_feed(self.database, user_id))
            found += [f"unseen by {user_id}: {one}" for one in missing]
        return found

    def _prepared(self, count: int) -> list[Mail]:
        made = []
        for at in range(count):
            rep, name = REPS[at % len(REPS)]
            made.append(_prepare(self.stage.sandbox.companions.of(rep), name, f"reader{at}@round{self.number}.example", at))
        return made

    def _send(self, mail: Mail, *, letters: bool = False) -> None:
        sent = self.stage.sandbox.world.send(mail.rep, mail.raw)
        self.sent[mail.message_id] = sent.id
        if letters:
            self.letters.append(self.stage.letter(mail.to))

    def _targets(self) -> list[str]:
        """Pixels and links of this round's mails: what was sent earlier has enough of them."""
        return [url for letter in self.letters[-2:] for url in (*letter.images, *(link.url for link in letter.links))]

    def _gmail(self, mails: list[Mail], chance: random.Random) -> None:
        """Nobody's mail waits for the product: it is sent and answered while it is up, down or coming."""
        never = threading.Event()
        for mail in mails:
            never.wait(chance.random() * PAUSE)
            self._send(mail)
            never.wait(chance.random() * PAUSE)
            self._reply(chance)

    def _reply(self, chance: random.Random) -> None:
        raw = self.stage.sandbox.people.reply(chance.choice(self.letters[-2:]))
        self.replied.append(str(message_from_bytes(raw)["Message-ID"]))

    def _kill(self, victim: str, chance: random.Random, mails: list[Mail]) -> None:
        product = self.stage.product
        match victim:
            case "all":
                product.kill()
                self._gmail(mails, chance)
                product.start()
            case "all, twice":
                product.kill()
                _killed_while_starting(product, chance)
                product.start()
            case "web" | "worker":
                _kill_child(product, victim)
                self._gmail(mails, chance)
                self._ready()
            case "postgresql":
                assert self.postgresql is not None
                self.postgresql.kill()
                threading.Event().wait(4 * chance.random())
                self.postgresql.start()
                self._ready()

    def _ready(self) -> None:
        until(self.stage.product._is_ready, "the product is back", 120)

    def _settle(self) -> tuple[float, float]:
        """Seconds until the last hit was in the feed, and until the last change of a mailbox was."""
        begun, home = time.monotonic(), self.stage.product.home
        until(lambda: truth.is_at_rest(self.database, home), "nothing waits in the inbox or the spool", 120)
        hits = time.monotonic() - begun
        until(lambda: self.sent.keys() == truth.bound(self.database, self.sent).keys(), "mails are bound", LONGEST_LEASE)
        until(lambda: set(self.replied) <= truth.answers(self.database).keys(), "answers are known", LONGEST_LEASE)
        return hits, time.monotonic() - begun


@contextmanager
def rounds(stage: Stage, database: Database, seed: int, postgresql: PostgreSQL | None = None) -> Iterator[Rounds]:
    """Both reps have signed in, and each has a screen that looks on from the first item."""
    made = Rounds(stage, database, seed, postgresql)
    with ExitStack() as stack:
        for rep, _ in REPS:
            companion = stage.sandbox.companions.of(rep)
            companion.sign_in()
            user = database.read(users.by_address, rep)
            assert user is not None
            made.screens[user.id] = screen = _screen(stage.product, companion)
            stack.enter_context(screen.watching())
        yield made


def _screen(product: Installation, companion: Companion) -> Screen:
    def address(cursor: str) -> str:
        ticket = companion.api("POST", "/api/v1/tickets", {"after": cursor})["ticket"]
        return f"ws://localhost:{product.port}/ws/feed?ticket={ticket}&after={cursor}"

    return Screen(address, product.url)


def _prepare(companion: Companion, name: str, to: str, number: int) -> Mail:
    html = f'<p>Here is <a href="{LINKS[0]}">the plan</a> and <a href="{LINKS[1]}">what it costs</a>.</p>'
    subject = f"Plan {number} for {to}"
    tracked = companion.track(subject, [Mailto("Reader", to)], html)
    if tracked.problem:
        raise OutsideError("product", tracked.problem)
    raw = write_letter((name, companion.account), [f"Reader <{to}>"], subject, html=tracked.html, text=plain(html))
    return Mail(companion.account, to, tracked.message_id, raw)


def _killed_while_starting(product: Installation, chance: random.Random) -> None:
    """A start that doesn't come to its end."""
    starting = threading.Thread(target=_started_in_vain, args=(product,))
    before = product.process
    starting.start()
    until(lambda: product.process is not before, "it is started")
    threading.Event().wait(4 * chance.random())
    product.kill()
    starting.join(60)


def _started_in_vain(product: Installation) -> None:
    try:
        product.start()
    except AssertionError:
        return  # it ended, as it should


def _kill_child(product: Installation, which: str) -> None:
    assert product.process is not None
    children = psutil.Process(product.process.pid).children()
    victims = [one for one in children if ("server.serving" in one.cmdline()) == (which == "web")]
    assert victims, f"no {which} runs"
    for one in victims:
        one.kill()


@contextmanager
def _beside(act: Callable[[], None]) -> Iterator[None]:
    thread = threading.Thread(target=act)
    thread.start()
    try:
        yield
    finally:
        thread.join(60)
