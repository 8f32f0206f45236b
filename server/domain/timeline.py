"""What happened with one person, of all kinds in one order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from server.domain.people import folded


class Kind(StrEnum):
    MAIL = "mail"
    MARKETING = "marketing"
    TASK = "task"


@dataclass(frozen=True, slots=True)
class Asked:
    """`kinds`: none means all; `terms`: words that all stand in an entry, by `domain.people.terms`; `machine`: machine traffic
    too."""

    kinds: frozenset[Kind] = frozenset()
    terms: tuple[str, ...] = ()
    machine: bool = False

    def wants(self, kind: Kind) -> bool:
        return not self.kinds or kind in self.kinds


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened; `texts` is what a search looks through."""

    kind: Kind
    at: datetime
    id: str
    thing: object = field(compare=False)
    texts: tuple[str, ...] = ()

    def has(self, terms: Sequence[str]) -> bool:
        text = "\n".join(folded(one) for one in self.texts)
        return all(term in text for term in terms)


@dataclass(frozen=True, slots=True)
class Part:
    """A page of entries; `end`: where the next one goes on, None at the end of everything."""

    entries: tuple[Entry, ...]
    end: Entry | None


def part(entries: Iterable[Entry], asked: Asked, scanned: int, limit: int) -> Part:
    """Of entries read as `scanned` + 1 of each kind, those asked for, newest first; a search goes on where it stopped."""
    inorder = sorted(entries, key=lambda one: (one.at, one.id), reverse=True)
    looked = inorder[:scanned]
    found = [one for one in looked if one.has(asked.terms)]
    if len(found) > limit:
        return Part(tuple(found[:limit]), found[limit - 1])
    return Part(tuple(found), looked[-1] if len(inorder) > scanned else None)
