"""What a measure gives."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """`goal` reads like ">= 1.2"; empty and `ok` None where there is none. `value` None: it could not be measured here.
    `note` is for people: sizes, or why it was left out."""

    name: str
    value: float | None
    unit: str
    goal: str = ""
    ok: bool | None = None
    note: str = ""

    def to_json(self) -> dict[str, object]:
        return {"name": self.name, "value": self.value, "unit": self.unit, "goal": self.goal, "ok": self.ok}


def at_least(name: str, value: float, goal: float, unit: str = "×", note: str = "") -> Row:
    return Row(name, round(value, 3), unit, f">= {goal:g}", value >= goal, note)


def at_most(name: str, value: float, goal: float, unit: str, note: str = "") -> Row:
    return Row(name, round(value, 3), unit, f"<= {goal:g}", value <= goal, note)


def told(name: str, value: float, unit: str, note: str = "") -> Row:
    return Row(name, round(value, 3), unit, note=note)


def left_out(name: str, why: str) -> Row:
    return Row(name, None, "", note=f"left out: {why}")


def middle_and_late(times: list[float]) -> tuple[float, float]:
    """p50 and p99."""
    ordered = sorted(times)
    return ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]
