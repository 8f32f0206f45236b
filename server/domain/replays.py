"""What became of stored hits when they were classed again by other rules."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from server.domain.engagement import Class, Verdict

Move = tuple[Class, Class, str]
"""From, to, and the code of the reason that decides now."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Messages of one workspace, and with a hit since then; None: all of them."""

    workspace_id: str | None = None
    since: datetime | None = None


@dataclass(slots=True)
class Tally:
    """`lines` of feeds that changed. A hit that keeps its class for another reason is a move from a class to itself."""

    messages: int = 0
    hits: int = 0
    lines: int = 0
    moves: Counter[Move] = field(default_factory=Counter)

    @property
    def moved(self) -> int:
        return sum(count for (before, after, _), count in self.moves.items() if before is not after)

    @property
    def reasoned(self) -> int:
        """How many keep their class for other reasons."""
        return self.moves.total() - self.moved

    def add(self, other: "Tally") -> None:
        self.messages += other.messages
        self.hits += other.hits
        self.lines += other.lines
        self.moves += other.moves

    def to_json(self) -> dict[str, Any]:
        told = {"messages": self.messages, "hits": self.hits, "moved": self.moved, "reasoned": self.reasoned}
        return {**told, "lines": self.lines, "moves": [_move_json(*move) for move in self.by_class()]}

    def by_class(self) -> list[tuple[Class, Class, Counter[str]]]:
        """Where hits went, the most first, and why."""
        found: dict[tuple[Class, Class], Counter[str]] = {}
        for (before, after, code), count in self.moves.items():
            found.setdefault((before, after), Counter())[code] += count
        return sorted(
            ((before, after, codes) for (before, after), codes in found.items()),
            key=lambda move: (move[0] is move[1], -move[2].total(), move[0], move[1]),
        )


def counted(moves: Iterable[tuple[Verdict, Verdict]]) -> Counter[Move]:
    return Counter((before.klass, after.klass, next(iter(after.codes), "")) for before, after in moves)


def _move_json(before: Class, after: Class, codes: Counter[str]) -> dict[str, Any]:
    return {"from": before.value, "to": after.value, "hits": codes.total(), "reasons": dict(codes.most_common())}
