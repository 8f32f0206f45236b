"""All activities in the order in which they are listed: those by formula, then what happened since."""

import bisect
import heapq
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from server.sandbox.crm.activity import Activity, History, Key, micros
from server.sandbox.crm.chance import draw


class Stream:
    """The caller holds the company's lock."""

    def __init__(self, history: History) -> None:
        self.history = history
        self._kept: list[Activity] = []
        self._keys: list[Key] = []
        self._order = itertools.count(1)
        self._repeated = 0

    def __len__(self) -> int:
        return self.history.total + len(self._kept)

    @property
    def distinct(self) -> int:
        """How many different ones there are."""
        return self.history.distinct + len(self._kept) - self._repeated

    def add(
        self,
        number: int,
        type_id: int,
        content: tuple[str | None, int | None, Mapping[str, str]],
        now: datetime,
        *,
        at: datetime | None = None,
        behind: bool = False,
        campaign: int | None = None,
        fields: tuple[tuple[str, object, object], ...] = (),
    ) -> Activity:
        """`at` earlier than `now`: a late row. `behind`: listed in the place of its time, where readers may have passed."""
        order, happened = next(self._order), at or now
        primary, primary_id, attributes = content
        activity = Activity(
            (micros(happened if behind else now), order),
            number,
            happened,
            type_id,
            primary,
            primary_id,
            attributes,
            f"{draw(self.history.seed, order, 41):016x}{draw(self.history.seed, order, 42):016x}",
            None if order % 5 == 0 else (1 << 41) + order // 2,
            campaign,
            fields,
        )
        return self._insert(activity)

    def again(self, activity: Activity, now: datetime) -> Activity:
        """The same row listed once more."""
        self._repeated += 1
        return self._insert(replace(activity, key=(micros(now), next(self._order))))

    def after(self, key: Key, until: datetime) -> Iterator[Activity]:
        """Everything listed after `key` up to `until`, in order."""
        last = micros(until)
        for activity in self._merged(key):
            if activity.key[0] > last:
                return
            yield activity

    def newest(self, most: int, number: int | None = None) -> list[Activity]:
        """What happened since the sandbox was born, newest first; of one person when asked."""
        found = (activity for activity in reversed(self._kept) if number in (None, activity.number))
        return list(itertools.islice(found, most))

    def _insert(self, activity: Activity) -> Activity:
        at = bisect.bisect(self._keys, activity.key)
        self._keys.insert(at, activity.key)
        self._kept.insert(at, activity)
        return activity

    def _merged(self, key: Key) -> Iterator[Activity]:
        first = bisect.bisect_right(self._keys, key)
        kept = itertools.islice(self._kept, first, None)
        return heapq.merge(self._past(key), kept, key=lambda activity: activity.key)

    def _past(self, key: Key) -> Iterator[Activity]:
        k = self._place(key)
        return (self.history.activity(each) for each in range(k, self.history.total))

    def _place(self, key: Key) -> int:
        """The first by formula that comes after `key`."""
        history = self.history
        return bisect.bisect_right(_Times(history), key, hi=history.total)


class _Times:
    """The keys by formula, as something to look up in."""

    def __init__(self, history: History) -> None:
        self._history = history

    def __len__(self) -> int:
        return self._history.total

    def __getitem__(self, k: int) -> Key:
        return (micros(self._history.time(k)), 0)
