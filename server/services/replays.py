"""All stored hits classed again after a change of rules, a few messages at a time, while everything goes on."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.domain.replays import Scope, Tally, counted
from server.services import engagement
from server.storage import replays as stored
from server.storage.database import Database

MESSAGES, HITS = 50, 400
"""At most so much in one transaction; a message is never parted."""

Wake = Callable[[Iterable[str]], None]


@dataclass(frozen=True, slots=True)
class Step:
    """`reached` is the id of the last message of these: a later run goes on behind it."""

    reached: str
    tally: Tally


class Replays:
    def __init__(self, database: Database, wake: Wake, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._wake = wake
        self._clock = clock

    def workspace(self, name: str) -> str | None:
        return self._database.read(stored.workspace, name)

    def extent(self, scope: Scope, after: str = "") -> tuple[int, int]:
        """(messages, hits) there are to look at."""
        return self._database.read(stored.extent, scope, after)

    def run(self, scope: Scope, after: str = "", *, dry: bool = False) -> Iterator[Step]:
        """Each step is stored when it is given, and its screens awake. Twice is as good as once; `dry` stores nothing."""
        while found := self._database.read(stored.behind, scope, after, MESSAGES):
            part = _bounded(found)
            after = part[-1][0]
            told = self._replay([message_id for message_id, _ in part], dry)
            hits = sum(count for _, count in part)
            yield Step(after, Tally(len(part), hits, told.lines, counted(told.moves)))

    def _replay(self, message_ids: Sequence[str], dry: bool) -> engagement.Replayed:
        """Most messages stay as they are: only those that would change are locked, and then looked at again."""
        ahead = self._database.read(engagement.foresee, message_ids)
        if dry or not ahead.message_ids:
            return ahead
        done = self._database.write(engagement.replay, ahead.message_ids, self._clock())
        self._wake(done.users)
        return done


def _bounded(found: Sequence[tuple[str, int]]) -> Sequence[tuple[str, int]]:
    total = 0
    for place, (_, hits) in enumerate(found):
        total += hits
        if total > HITS:
            return found[: max(1, place)]
    return found
