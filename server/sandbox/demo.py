"""The demo: the sandbox beside a product, with reps who send and people outside who act. Every row the product gets comes
from a request or a mail; nothing here touches its database.
"""

import random
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask

from server.errors import LivefeedError, OutsideError
from server.logs import logger

from . import mailbox_file
from .addon_host import AddonHost
from .app import Running, create_sandbox, life_of, running
from .companion import Companion, Companions, Mailto, Product
from .keys import Keys
from .letter import write_letter
from .market import EVERY, market, prospects
from .oauth.clients import Client
from .pages import pages
from .pages.bodies import plain
from .push import PushSettings
from .recipients.control import control
from .recipients.letter import Letter
from .recipients.population import Recipients
from .stories import FIRST_MAILS, NORA, REPS, StoryMail
from .world import World

log = logger(__name__)

TRICKLE_SECONDS = 600.0
_PATIENCE = 180.0  # seconds for the product to get ready
_ATTEMPTS, _PAUSE = 60, 2.0


@dataclass(frozen=True)
class Options:
    """`pace` None: quiet recipients, who act only when told, and reps who send only by hand. `push_url` empty: no push.
    `tracking_host`: where pixels and links live, when that is another host than the product's.
    """

    product_url: str
    client_id: str
    client_secret: str
    extension_id: str
    host: str = "127.0.0.1"
    port: int = 8081
    seed: int = 1
    pace: float | None = 1.0
    mailbox: Path | None = None
    push_url: str = ""
    tracking_host: str = ""


@dataclass(frozen=True)
class Demo:
    world: World
    people: Recipients
    companions: Companions
    app: Flask


def build(world: World, options: Options) -> Demo:
    for address, name in REPS:
        world.add_account(address, name, signature=_signature(name))
    hosts = frozenset({urlsplit(options.product_url).hostname or "", options.tracking_host}) - {""}
    people = Recipients(world.clock.now, world.receive, seed=options.seed, pace=options.pace, product_hosts=hosts)
    world.on_delivery(people.on_delivery)
    companions = Companions(Product(options.product_url.rstrip("/"), options.extension_id))
    keys = Keys()
    addon = AddonHost(world, keys, options.product_url)
    crm = market(world.clock, options.seed)
    app = create_sandbox(
        world,
        control(people),
        pages(world, people, companions, addon),
        clients=[_client(options)],
        push=PushSettings(endpoint=options.push_url),
        keys=keys,
        crm=crm,
    )
    life_of(app).favourites = prospects(crm)
    return Demo(world, people, companions, app)


def _signature(name: str) -> str:
    return f'<div><b>{name}</b><br>Fjordline Fleet Software<br><a href="https://fjordline.example">fjordline.example</a></div>'


@contextmanager
def playing(world: World, options: Options, stop: threading.Event) -> Iterator[tuple[Demo, Running]]:
    """The sandbox runs while inside; the story is told on a thread of its own until `stop` is set."""
    demo = build(world, options)
    story = threading.Thread(target=Story(demo, options, stop).tell, name="story", daemon=True)
    with running(demo.app, options.host, options.port) as sandbox:
        demo.people.schedule.start()
        life_of(demo.app).pace(EVERY if options.pace is not None else None)
        story.start()
        try:
            yield demo, sandbox
        finally:
            stop.set()
            demo.people.schedule.stop()
            story.join(30)


def play(world: World, options: Options) -> None:
    """Until interrupted."""
    stop = threading.Event()
    with playing(world, options, stop) as (_, sandbox):
        log.info("the sandbox runs", url=sandbox.url)
        try:
            while not stop.wait(1):
                pass
        except KeyboardInterrupt:
            stop.set()


class Story:
    """Nora's day: she signs in, sends a handful of mails, and for ten minutes somebody always does something."""

    def __init__(self, demo: Demo, options: Options, stop: threading.Event) -> None:
        self._demo = demo
        self._options = options
        self._stop = stop
        self._chance = random.Random(options.seed)
        self._nora = demo.companions.of(NORA)

    def tell(self) -> None:
        try:
            if (self._options.pace is not None or self._options.mailbox) and self._sign_in():
                self._send_first()
                self._send_mailbox()
                self._trickle()
        except Exception:
            log.exception("the story broke off")

    def _sign_in(self) -> bool:
        if not wait_ready(self._options.product_url, _PATIENCE, self._stop):
            log.error("the product did not get ready", url=self._options.product_url)
            return False
        # The product may need a moment more, for instance until its first admin signed in.
        for attempt in range(_ATTEMPTS):
            try:
                self._nora.sign_in()
                return True
            except LivefeedError as error:
                log.warning("the rep could not sign in", problem=error.detail, attempt=attempt + 1)
                if self._stop.wait(_PAUSE):
                    break
        return False

    def _send_first(self) -> None:
        for mail in FIRST_MAILS if self._options.pace is not None else ():
            if self._stop.is_set():
                return
            send_through_product(self._nora, mail) if mail.by_product else send_by_hand(self._demo.world, self._nora, mail)

    def _send_mailbox(self) -> None:
        if self._options.mailbox is None:
            return
        sender = (self._demo.world.mailbox(NORA).account.name, NORA)
        outcome = mailbox_file.play(self._options.mailbox, sender, self._nora.send_raw, _progress)
        log.info("the mailbox file is sent", sent=outcome.sent, skipped=len(outcome.skipped))

    def _trickle(self) -> None:
        end = time.monotonic() + TRICKLE_SECONDS
        while self._options.pace is not None and time.monotonic() < end:
            if self._stop.wait(self._chance.uniform(20, 40)):
                return
            try:
                self._happen()
            except LivefeedError as error:
                log.warning("a happening failed", problem=error.detail)

    def _happen(self) -> None:
        people = self._demo.people
        letters = [letter for letter in self._letters() if letter.links and not people.person(letter.owner).bounce]
        if not letters:
            return
        letter = self._chance.choice(letters)
        deeds: tuple[Callable[[], object], ...] = (
            lambda: people.open(letter, fresh=True),
            lambda: people.open(letter, fresh=True, elsewhere=True),
            lambda: people.click(letter, self._chance.randint(1, len(letter.links))),
            lambda: people.click(letter, self._chance.randint(1, len(letter.links))),
            lambda: people.forward(letter, f"colleague@{letter.owner.partition('@')[2]}"),
            lambda: people.reply(letter),
        )
        self._chance.choices(deeds, (5, 2, 4, 4, 1, 2))[0]()

    def _letters(self) -> list[Letter]:
        people = self._demo.people
        found = [letter for address in people.addresses() for letter in people.letters(address)]
        return [letter for letter in found if letter.sender == NORA]


def send_by_hand(world: World, companion: Companion, mail: StoryMail) -> None:
    """As from Gmail with the extension: prepared, then sent by Gmail itself."""
    tracked = companion.track(mail.subject, [Mailto(name, address) for name, address in mail.to], mail.html)
    if tracked.problem:
        log.warning("a mail of the story goes out untracked", problem=tracked.problem)
    account = world.mailbox(companion.account).account
    to = [f"{name} <{address}>" for name, address in mail.to]
    html = f'<div dir="ltr">{tracked.html}</div>'
    world.send(
        account.address, write_letter((account.name, account.address), to, mail.subject, html=html, text=plain(mail.html))
    )


def send_through_product(companion: Companion, mail: StoryMail) -> None:
    people = [{"name": name, "address": address} for name, address in mail.to]
    body = {"subject": mail.subject, "to": people, "cc": [], "bcc": [], "links": []}
    try:
        prepared = companion.api("POST", "/api/v1/messages", body)
        companion.api("POST", f"/api/v1/messages/{prepared['id']}/send", {"html": mail.html, "text": plain(mail.html)})
    except OutsideError as error:
        log.warning("the product did not send a mail of the story", problem=error.detail)


def wait_ready(product_url: str, patience: float, stop: threading.Event) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + patience
    while time.monotonic() < end and not stop.is_set():
        try:
            with opener.open(f"{product_url.rstrip('/')}/readyz", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            stop.wait(0.2)
    return False


def _client(options: Options) -> Client:
    base = options.product_url.rstrip("/")
    callbacks = (f"{base}/auth/google/callback", f"{base}/auth/gmail/callback")
    return Client(options.client_id, options.client_secret, callbacks, "Live Feed")


def _progress(done: int, total: int) -> None:
    width = 30 * done // max(total, 1)
    sys.stderr.write(f"\rsending {'█' * width}{'·' * (30 - width)} {done}/{total}" + ("\n" if done == total else ""))
    sys.stderr.flush()
