"""What happens by itself: every so often somebody of the market does something, always the same for the same seed."""

import random
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from flask import current_app

from server.errors import Conflict, NotFound
from server.sandbox.agenda import Agenda, Appointment
from server.sandbox.crm import activity as kinds
from server.sandbox.crm import words
from server.sandbox.crm.crm import Crm
from server.sandbox.crm.happenings import Happenings
from server.sandbox.crm.person import LEAD, Person, plain

_TRIES = 20
_FAVOURED = 0.6  # how often it is somebody who is known by name


class Life:
    """Stands still until `pace` is set. `favourites` are picked more often, and are never merged, deleted or handed over."""

    def __init__(self, crm: Crm, agenda: Agenda, seed: int = 1) -> None:
        self._crm, self._agenda = crm, agenda
        self._happen = Happenings(crm)
        self._chance = random.Random(seed)
        self._lock = threading.Lock()
        self._every: timedelta | None = None
        self._next: Appointment | None = None
        self.favourites: list[int] = []
        self._deeds: dict[Callable[[], None], int] = {
            self._moment: 30,
            self._browse: 24,
            self._mail: 14,
            self._form: 10,
            self._cool_down: 4,
            self._task: 4,
            self._new: 4,
            self._owner: 4,
            self._title: 3,
            self._convert: 2,
            self._merge: 1,
            self._delete: 1,
        }

    @property
    def crm(self) -> Crm:
        return self._crm

    @property
    def every(self) -> timedelta | None:
        return self._every

    def pace(self, every: timedelta | None) -> None:
        """One thing every so often, by the sandbox's clock, which brings one, not many, when moved ahead. None: nothing."""
        with self._lock:
            if self._next is not None:
                self._next.cancel()
            self._every = every
            self._plan()

    def let(self, times: int = 1) -> None:
        """So many things happen now."""
        for _ in range(times):
            [deed] = self._chance.choices(list(self._deeds), list(self._deeds.values()))
            with self._crm.lock, suppress(Conflict):
                deed()

    def _plan(self) -> None:
        self._next = self._agenda.at(self._crm.now() + self._every, self._go_on) if self._every else None

    def _go_on(self) -> None:
        self.let()
        with self._lock:
            self._plan()

    def _anybody(self) -> Person:
        if self.favourites and self._chance.random() < _FAVOURED:
            return self._crm.people.known(self._chance.choice(self.favourites))
        return self._stranger()

    def _stranger(self, kind: str | None = None) -> Person:
        """Somebody who may change hands or vanish. Conflict when nobody is found."""
        people = self._crm.people
        for _ in range(_TRIES):
            person = people.known(self._chance.randint(1, people.last))
            there = person.gone_at is None and person.deleted_at is None and person.in_marketo
            if there and person.number not in self.favourites and (kind is None or person.kind == kind):
                return person
        raise Conflict("nobody is left")

    def _moment(self) -> None:
        self._happen.moment(self._anybody(), *self._chance.choice(words.MOMENTS))

    def _browse(self) -> None:
        self._happen.browse(self._anybody())

    def _form(self) -> None:
        person = self._anybody()
        self._happen.browse(person, form=True)
        self._happen.score(person, self._crm.score(person) + 5, "Fast growing interest", min(3, person.urgency + 1))

    def _mail(self) -> None:
        person = self._anybody()
        self._happen.activity(person, kinds.OPEN)
        if self._chance.random() < 0.4:
            self._happen.activity(person, kinds.CLICK_MAIL)
            self._happen.score(person, self._crm.score(person) + 3, "Clicked a link in a mail")

    def _cool_down(self) -> None:
        person = self._anybody()
        self._happen.score(person, max(0, self._crm.score(person) - 10), "No activity", max(0, person.urgency - 1))

    def _task(self) -> None:
        """A rep changes a task in Salesforce."""
        tasks = [task for task in self._crm.tasks if not task.deleted and not task.closed]
        if tasks:
            task = self._chance.choice(tasks)
            self._crm.tasks.change(task.id, self._crm.now(), status=self._chance.choice(("In Progress", "Completed")))

    def _new(self) -> None:
        first, last = self._chance.choice(words.FIRST), self._chance.choice(words.LAST)
        company = f"{self._chance.choice(words.COMPANIES)} {self._chance.choice(words.TRADES)}"
        address = plain(f"{first}.{last}@{company.replace(' ', '-')}.example")
        reps = self._crm.people.reps
        if reps and not self._crm.people.by_email(address):
            self._happen.appear(address, f"{first} {last}", company, owner=self._chance.choice(reps).id, score=10)

    def _owner(self) -> None:
        person, reps = self._stranger(), self._crm.people.reps
        if person.kind and reps:
            self._happen.hand_over(person, self._chance.choice(reps).id)

    def _title(self) -> None:
        self._happen.change(self._stranger(), {"title": self._chance.choice(words.TITLES)})

    def _convert(self) -> None:
        self._happen.convert(self._stranger(LEAD))

    def _merge(self) -> None:
        loser = self._stranger()
        winner = self._stranger(loser.kind)
        if loser.number != winner.number:
            self._happen.merge(loser, winner)

    def _delete(self) -> None:
        self._happen.delete(self._stranger())


def here() -> Life:
    """NotFound where the sandbox has no Marketo and no Salesforce."""
    found = current_app.extensions.get("life")
    if not isinstance(found, Life):
        raise NotFound("this sandbox has no market")
    return found
