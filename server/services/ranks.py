"""How people rank: values at once when a score changes, and once a night where stars and flames begin."""

from collections.abc import Callable, Collection
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from server.domain.ranks import LATELY, Brackets, Tiers, brackets_of, is_due, ranked, tiers, tiers_json, tiers_of, urgency
from server.storage import people
from server.storage import ranks as storage
from server.storage.database import Database, Transaction

_PEOPLE_AT_A_TIME = 1_000


class Ranks:
    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def find_tiers(self) -> None:
        """In every workspace whose night began since they were last found, or whose admin chose otherwise."""
        now = self._clock()
        for workspace_id, zone in self._database.read(storage.zones).items():
            marketing, stored = self._database.read(storage.chosen, workspace_id)
            brackets = brackets_of(marketing)
            if is_due(stored, brackets, now, _zone(zone)):
                self._find(workspace_id, brackets, now)

    def _find(self, workspace_id: str, brackets: Brackets, now: datetime) -> None:
        """In small parts, as others write meanwhile."""
        self._age(workspace_id, now)
        found = self._database.read(_tiers, workspace_id, brackets)
        # Kept before anybody is placed by them: a score that changes meanwhile is placed by the new ones too.
        self._database.write(storage.keep_tiers, workspace_id, tiers_json(found, brackets, now, done=False))
        while self._database.write(storage.place, workspace_id, found, _PEOPLE_AT_A_TIME) == _PEOPLE_AT_A_TIME:
            pass
        self._database.write(storage.keep_tiers, workspace_id, tiers_json(found, brackets, now, done=True))

    def _age(self, workspace_id: str, now: datetime) -> None:
        """What rose lately rises no longer some day, though nothing happens."""
        last = ""
        while part := self._database.read(storage.stirred, workspace_id, last, _PEOPLE_AT_A_TIME):
            self._database.write(_renew_locked, workspace_id, part, now)
            last = part[-1]


def renew(tx: Transaction, workspace_id: str, person_ids: Collection[str], now: datetime) -> None:
    """These people's values by their scores now, and by the tiers there are. The people must be locked."""
    marketing, stored = storage.chosen(tx, workspace_id)
    begin = tiers_of(stored, brackets_of(marketing))
    lately = storage.changes_since(tx, person_ids, now - LATELY)
    scores = storage.scores(tx, person_ids)
    storage.stand(tx, {one: ranked(score, urgency(score, lately.get(one, ())), begin) for one, score in scores.items()})


def _renew_locked(tx: Transaction, workspace_id: str, person_ids: Collection[str], now: datetime) -> None:
    people.lock(tx, workspace_id, person_ids)
    renew(tx, workspace_id, person_ids, now)


def _tiers(tx: Transaction, workspace_id: str, brackets: Brackets) -> Tiers:
    return tiers(brackets, *storage.counts(tx, workspace_id))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
