"""The whole product as an operator starts it, beside a sandbox that this process holds in its hands."""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from server.cli.demo import CLIENT_ID, CLIENT_SECRET, EXTENSION_ID, environment
from server.cli.demo import REP as NORA
from server.sandbox import places
from server.sandbox.companion import Companion
from server.sandbox.demo import Demo, Options, playing
from server.sandbox.recipients.letter import Letter
from server.sandbox.world import World
from tests.fixtures_sandbox import Sandbox

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
_CHANCE = random.SystemRandom()


def until(look: Callable[[], T | None], what: str, seconds: float = 60.0) -> T:
    """Wait for something another process brings about; what `look` found once it is true."""
    deadline, never = time.monotonic() + seconds, threading.Event()
    while not (found := look()):
        assert time.monotonic() < deadline, f"never came: {what}"
        never.wait(0.05)
    return found


def adjacent_ports() -> int:
    """A free port whose next one, the sandbox's, is free too. The system gives none of these away by itself, so that they are
    still free a moment later; and other processes of a test run, whose chance is seeded alike, are led elsewhere."""
    for _ in range(50):
        port = _CHANCE.randrange(12_000, 32_000, 2)
        with socket.socket() as first, socket.socket() as second:
            try:
                first.bind(("127.0.0.1", port))
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
    raise AssertionError("no two free ports side by side")


@dataclass
class Installation:
    """`livefeed serve` in a process of its own, in the folder `home`. What it says goes into `said`, where that is given."""

    home: Path
    port: int
    environment: Mapping[str, str]
    words: tuple[str, ...] = ()
    said: Path | None = None
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "server.cli", "serve", "--port", str(self.port), *self.words]
        clean = {name: value for name, value in os.environ.items() if not name.startswith("LIVEFEED_")}
        given = {**clean, **self.environment, "PYTHONPATH": str(ROOT)}
        with self.said.open("wb") if self.said else nullcontext() as said:
            self.process = subprocess.Popen(command, cwd=self.home, env=given, start_new_session=True, stderr=said)
        until(self._is_ready, "the product is ready", seconds=120)

    def kill(self) -> None:
        """kill -9 of everything at once: the server, its web processes, its worker."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)

    def _is_ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, "the product ended by itself"
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


@dataclass
class Stage:
    product: Installation
    sandbox: Demo
    google: Sandbox

    @property
    def sandbox_url(self) -> str:
        return self.google.url

    @property
    def nora(self) -> Companion:
        return self.sandbox.companions.of(NORA)

    def feed(self, **query: str) -> list[dict[str, Any]]:
        words = "&".join(f"{name}={value}" for name, value in {"limit": "200", **query}.items())
        items: list[dict[str, Any]] = self.nora.api("GET", f"/api/v1/feed?{words}")["items"]
        return items

    def letter(self, address: str, subject: str = "") -> Letter:
        """The newest letter of somebody outside, once it has come."""
        people = self.sandbox.people
        return until(
            lambda: next((one for one in people.letters(address) if subject in one.subject), None), f"a letter for {address}"
        )

    def line(self, kind: str, subject: str) -> dict[str, Any]:
        """The line of the feed for this kind of engagement with the message, once it is there."""

        def look() -> dict[str, Any] | None:
            return next((item for item in self.feed(kind=kind) if item["message"]["subject"] == subject), None)

        return until(look, f"a {kind} of {subject}")


@contextmanager
def stage(
    home: Path, *words: str, mailbox: Path | None = None, unset: Collection[str] = (), **settings: str
) -> Iterator[Stage]:
    """`words` go to `livefeed serve`, `settings` are more LIVEFEED_ variables; those that begin with one of `unset` are left
    out, and what the product says is kept."""
    port = adjacent_ports()
    places.write(home)
    more = {f"LIVEFEED_{name.upper()}": value for name, value in settings.items()}
    prefixes = tuple(f"LIVEFEED_{name}" for name in unset)
    given = environment(port, home, home / "livefeed.db") | more
    kept = {name: value for name, value in given.items() if not prefixes or not name.startswith(prefixes)}
    product = Installation(home, port, kept, words, home / "said.txt" if unset else None)
    options = Options(
        product_url=product.url,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        extension_id=EXTENSION_ID,
        port=port + 1,
        pace=None,
        mailbox=mailbox,
        push_url=f"{product.url}/webhooks/gmail",
    )
    world = World(seed=1)
    # Gmail's clock is late: what is read now was sent a while ago, and nobody reads too soon to be human.
    world.clock.advance(timedelta(minutes=-5))
    with playing(world, options, threading.Event()) as (sandbox, running):
        try:
            product.start()
            yield Stage(product, sandbox, Sandbox(running.url, running.google))
        finally:
            product.end()
