"""The numbered list of what changed in one mailbox."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

KEPT = timedelta(days=7)


class Change(StrEnum):
    """Named as the API's historyTypes."""

    MESSAGE_ADDED = "messageAdded"
    MESSAGE_DELETED = "messageDeleted"
    LABEL_ADDED = "labelAdded"
    LABEL_REMOVED = "labelRemoved"


@dataclass(frozen=True)
class Record:
    """`labels` is what the message carried after the change; `changed` the labels added or removed by it."""

    id: int
    at: datetime
    change: Change
    message_id: str
    thread_id: str
    labels: tuple[str, ...]
    changed: tuple[str, ...] = ()


class History:
    """Ids grow, with gaps as in Gmail. `floor`: ids below it are answered 404."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self.records: list[Record] = []
        self.latest = random.randrange(100_000, 900_000)
        self.floor = 0
        self.lag = timedelta(0)
        self.empty_pages = 0

    def next_id(self) -> int:
        self.latest += self._random.randrange(1, 60)
        return self.latest

    def add(self, record: Record) -> None:
        self.records.append(record)

    def since(self, start: int, now: datetime) -> list[Record] | None:
        """None when `start` is too old to be answered. Records younger than the index lag are not seen yet."""
        self._forget_before(now - KEPT)
        if start < self.floor:
            return None
        return [record for record in self.records if record.id > start and record.at <= now - self.lag]

    def visible(self, now: datetime) -> int:
        """The newest id the index knows."""
        hidden = [record.id for record in self.records if record.at > now - self.lag]
        return hidden[0] - 1 if hidden else self.latest

    def expire(self, before: int | None = None) -> None:
        """Forget everything below an id, by default everything up to now."""
        self.floor = self.latest if before is None else before
        self.records = [record for record in self.records if record.id > self.floor]

    def _forget_before(self, moment: datetime) -> None:
        old = [record.id for record in self.records if record.at < moment]
        if old:
            self.floor = max(self.floor, old[-1])
            self.records = self.records[len(old) :]
