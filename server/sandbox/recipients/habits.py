"""What a person does with one letter, and when. Pure: chance is an argument."""

import random
from dataclasses import dataclass
from typing import Literal

from .clients import CLIENTS
from .people import Person

Verb = Literal["open", "click", "forward", "reply", "auto-reply", "bounce", "scan", "preview"]

# A click right after a scanner's visit cannot be told from it: people there take their time.
_SCANNED = 26.0
_SLOWER = 20.0  # how much later a slow reader does everything


@dataclass(frozen=True)
class Step:
    """`after`: seconds after delivery at pace 1. A machine keeps its own time: its steps are never stretched."""

    after: float
    verb: Verb
    with_what: str = ""
    machine: bool = False
    elsewhere: bool = False  # from the person's second place, with the second device


def plan(person: Person, chance: random.Random, *, links: int) -> list[Step]:
    """In order of time. A letter that bounces is never read."""
    if person.bounce:
        return [Step(chance.uniform(3, 6), "bounce", person.bounce)]
    steps = [_visit(key, chance) for key in person.scanners]
    if person.auto_reply:
        steps.append(Step(chance.uniform(2, 4), "auto-reply", person.auto_reply))
    steps += _reading(person, chance, links)
    return sorted(steps, key=lambda step: step.after)


def _visit(key: str, chance: random.Random) -> Step:
    client = CLIENTS[key]
    return Step(chance.uniform(client.early, client.late), "scan", key, machine=client.nature != "privacy-proxy")


def _reading(person: Person, chance: random.Random, links: int) -> list[Step]:
    slower = _SLOWER if person.slow else 1.0
    opens = _opens(person, chance)
    steps = [Step(at * slower, "open", elsewhere=person.moves and count % 2 == 1) for count, at in enumerate(opens)]
    first = (opens[0] if opens else 8.0) * slower
    clicking = first + 4 * slower
    if person.scanners:
        clicking = max(clicking, _SCANNED)
    for count in range(person.clicks if links else 0):
        after = clicking + (9 * count + chance.uniform(0, 4)) * slower
        steps.append(Step(after, "click", str(chance.randint(1, links))))
    if person.forwards_to:
        steps.append(Step(first + chance.uniform(6, 12) * slower, "forward", person.forwards_to))
    if person.previewer and links:
        steps.append(Step(first + chance.uniform(3, 6) * slower, "preview", person.previewer))
    if person.replies:
        steps.append(Step(first + chance.uniform(12, 25) * slower, "reply"))
    return steps


def _opens(person: Person, chance: random.Random) -> list[float]:
    times, at = [], chance.uniform(6.0, 8.5)
    for _ in range(person.opens):
        times.append(at)
        at += chance.uniform(14, 30)
    return times
