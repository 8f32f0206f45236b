"""Mails as they fare outside, simulated in memory: who asks for their picture and links, when, from where, and who it truly
was. A person engaged, or a machine did, by what is simulated; nothing here asks the product's rules.

What people and machines do, how often and how fast, is written from public descriptions, named in docs/classification.md.
Agents and headers are those of the sandbox's clients.
"""

from collections.abc import Iterator
from random import Random

from server.bench.population.machines import guard_of, visit
from server.bench.population.mail import Asked, Mail, new_mail
from server.bench.population.people import new_person
from server.bench.population.reading import read

__all__ = ["Asked", "Mail", "mails"]


def mails(count: int, seed: int = 8) -> Iterator[Mail]:
    for number in range(count):
        chance = Random(seed * 1_000_003 + number)  # noqa: S311  a population that can be repeated
        person = new_person(chance)
        guard = guard_of(person, chance)
        mail = new_mail(number, chance, guarded=guard is not None)
        visit(mail, person, guard, chance)
        read(mail, person, guard, chance)
        yield mail
