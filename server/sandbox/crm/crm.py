"""The company: its people, what they did, its tasks and opportunities, and one lock around all of it."""

import threading
from collections.abc import Iterable
from datetime import datetime

from server.sandbox.clock import Clock
from server.sandbox.crm.activity import History
from server.sandbox.crm.opportunities import Opportunities
from server.sandbox.crm.people import People
from server.sandbox.crm.person import Person
from server.sandbox.crm.reps import Rep
from server.sandbox.crm.stream import Stream
from server.sandbox.crm.tasks import Tasks


class Crm:
    """`people` and `activities` of before the sandbox was born exist by formula: a million costs no memory.

    `reps` as (address, name). Hold `lock` while reading or changing.
    """

    def __init__(
        self,
        clock: Clock,
        reps: Iterable[tuple[str, str]] = (),
        *,
        seed: int = 1,
        people: int = 40,
        activities: int = 0,
        born: datetime | None = None,
    ) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.born = (born or clock.now()).replace(microsecond=0)
        known = [Rep(number, email.lower(), name) for number, (email, name) in enumerate(reps, 1)]
        self.people = People(seed, people, known, self.born)
        self.stream = Stream(History(seed, people, activities, self.born))
        self.tasks = Tasks()
        self.opportunities = Opportunities(self.people)

    def now(self) -> datetime:
        return self.clock.now()

    def score(self, person: Person) -> int:
        return self.stream.history.score(person.number) + person.score

    def survivor(self, number: int) -> int:
        """Who a merged person became."""
        person = self.people.known(number)
        return self.survivor(person.merged_into) if person.merged_into else number
