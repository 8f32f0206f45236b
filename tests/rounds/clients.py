"""People's mail programs under load: each asks for pixels and links, and remembers which answers it got in full."""

import http.client
import random
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import urlsplit

from server.sandbox import places
from tests.journeys.installation import until
from tests.scene import CHROME

LINES = ("lyon", "geneva", "hamburg", "munich", "warsaw", "zaragoza")
PAUSE = 0.02
"""Seconds, at most, between two requests of one client."""


@dataclass
class Ledger:
    """What was asked for, by the user agent that is each request's own name. `answered` is a part of `sent`."""

    sent: set[str] = field(default_factory=set)
    answered: set[str] = field(default_factory=set)

    def faults(self, stored: Counter[str]) -> list[str]:
        """What `stored`, how often each user agent is in the database, has too little or too much."""
        told = [(name, stored[name]) for name in sorted(self.sent | stored.keys())]
        lost = [f"lost: {name}" for name, times in told if not times and name in self.answered]
        return lost + [f"{times} times: {name}" for name, times in told if times > (name in self.sent)]


class Clients:
    """They act until the end of `with`, at whatever stands in `targets`; a server that is away is asked again."""

    def __init__(self, port: int, targets: Sequence[str], name: str, seed: int) -> None:
        self.targets = list(targets)
        self.ledger = Ledger()
        self._port = port
        self._name = name
        self._seed = seed
        self._numbers = count(1)
        self._stopping = threading.Event()

    @contextmanager
    def acting(self, number: int) -> Iterator[None]:
        threads = [threading.Thread(target=self._act, args=(self._seed + at,)) for at in range(number)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            for thread in threads:
                thread.join(30)

    def wait_for(self, more: int) -> None:
        """Until so many more answers came."""
        wanted = len(self.ledger.answered) + more
        until(lambda: len(self.ledger.answered) >= wanted, f"{more} answers", 120)

    def _act(self, seed: int) -> None:
        chance = random.Random(seed)
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=15)
        while not self._stopping.wait(PAUSE * chance.random()):
            try:
                self._ask(connection, chance)
            except (OSError, http.client.HTTPException):
                connection.close()
        connection.close()

    def _ask(self, connection: http.client.HTTPConnection, chance: random.Random) -> None:
        name = f"{CHROME} {self._name}/{next(self._numbers)}"
        target = urlsplit(chance.choice(self.targets))
        address = places.address(chance.choice(LINES), chance.randrange(8))
        if connection.sock is None:
            connection.connect()  # what never left is not sent
        self.ledger.sent.add(name)
        connection.request("GET", target.path, headers={"User-Agent": name, "X-Forwarded-For": address})
        answer = connection.getresponse()
        answer.read()
        assert answer.status in (200, 302), answer.status
        self.ledger.answered.add(name)


def all_of(ledgers: Iterable[Ledger]) -> Ledger:
    whole = Ledger()
    for one in ledgers:
        whole.sent |= one.sent
        whole.answered |= one.answered
    return whole
