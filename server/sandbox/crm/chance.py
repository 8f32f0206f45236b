"""Chance that can be asked again: the same numbers always give the same draw, so nothing has to be kept."""

from collections.abc import Sequence
from typing import TypeVar

Thing = TypeVar("Thing")
_MASK = (1 << 64) - 1


def draw(*numbers: int) -> int:
    """64 bits."""
    mixed = 0x9E3779B97F4A7C15
    for number in numbers:
        mixed = ((mixed ^ number) * 0xBF58476D1CE4E5B9) & _MASK
        mixed ^= mixed >> 29
        mixed = (mixed * 0x94D049BB133111EB) & _MASK
        mixed ^= mixed >> 32
    return mixed


def pick(things: Sequence[Thing], *numbers: int) -> Thing:
    return things[draw(*numbers) % len(things)]
