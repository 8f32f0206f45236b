"""What a measure gives."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """`goal` reads like ">= 1.2"; empty and `ok` None where there is none."""

    name: str
    value: float
    unit: str
    goal: str = ""
    ok: bool | None = None


def at_least(name: str, value: float, goal: float, unit: str = "×") -> Row:
    return Row(name, round(value, 3), unit, f">= {goal:g}", value >= goal)


def at_most(name: str, value: float, goal: float, unit: str) -> Row:
    return Row(name, round(value, 3), unit, f"<= {goal:g}", value <= goal)


def told(name: str, value: float, unit: str) -> Row:
    return Row(name, round(value, 3), unit)


def left_out(name: str, why: str) -> Row:
    return Row(f"{name}: left out, {why}", 0, "")
