"""Words, times and places in the reader's language and zone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from babel import Locale
from babel.dates import format_skeleton

from server import i18n
from server.cards.markup import plain

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_MONTH = timedelta(days=27)
_BETWEEN_SCRIPTS = re.compile(
    r"(?<=[\u3400-\u9fff])(?=[A-Za-z\u00c0-\u024f\d])|(?<=[A-Za-z\u00c0-\u024f\d])(?=[\u3400-\u9fff])"
)


@dataclass(frozen=True, slots=True)
class Words:
    """`now` is when the card is made: its times grow no older on screen."""

    locale: str
    zone: tzinfo
    now: datetime

    def __call__(self, key: str, /, count: int = 0, **values: object) -> str:
        return i18n.text(self.locale, f"card.{key}", count=count, **values)

    def has(self, key: str) -> bool:
        return f"card.{key}" in i18n.catalogue("en")

    def clock(self, at: datetime) -> str:
        return at.astimezone(self.zone).strftime("%H:%M")

    def as_of(self) -> str:
        return self("as-of", time=self.clock(self.now))

    def since(self, at: datetime) -> str:
        """To stand after "since": "14:20", "Wed 19 14:20"."""
        day = at.astimezone(self.zone).date()
        return self.clock(at) if day == self._today() else f"{self.day(day)} {self.clock(at)}"

    def moment(self, at: datetime) -> str:
        """Day and time: "Today 14:20", "Wed 19 14:20"."""
        return f"{self.due(at.astimezone(self.zone).date())} {self.clock(at)}"

    def short(self, at: datetime) -> str:
        """As in the feed: "now", "2 min", "12:41", "Wed 19", "19 Aug"."""
        age = self.now - at
        if age < _MINUTE:
            return self("now")
        if age < _HOUR:
            return self("minutes", count=age // _MINUTE)
        if at.astimezone(self.zone).date() == self._today():
            return self.clock(at)
        return self.day(at.astimezone(self.zone).date())

    def ago(self, at: datetime) -> str:
        """To stand in a sentence: "just now", "2 min ago", "at 12:41", "on Wed 19"."""
        age = self.now - at
        if age < _MINUTE:
            return self("ago-now")
        if age < _HOUR:
            return self("ago-minutes", count=age // _MINUTE)
        if at.astimezone(self.zone).date() == self._today():
            return self("ago-time", time=self.clock(at))
        return self("ago-day", day=self.day(at.astimezone(self.zone).date()))

    def day(self, day: date) -> str:
        """A weekday alone would mislead once the month doesn't go without saying."""
        if abs(day - self._today()) < _MONTH:
            return self("weekday", weekday=self._dated(day, "EEE").removesuffix("."), day=day.day)
        return self._dated(day, "MMMd" if day.year == self._today().year else "yMMMd")

    def due(self, day: date) -> str:
        today = self._today()
        near = {today: "today", today + timedelta(days=1): "tomorrow", today - timedelta(days=1): "yesterday"}
        return self(near[day]) if day in near else self.day(day)

    def rank(self, stars: int | None, flames: int | None) -> str:
        """In words, since a card reads out no repeated glyphs; empty where nothing was worked out."""
        counted = (("stars", stars), ("flames", flames))
        return self("list-comma").join(self(key, count=count) for key, count in counted if count is not None)

    def place(self, place: Mapping[str, Any] | None) -> str:
        """Never without its caveat; empty when nothing is known."""
        if not place:
            return ""
        country = i18n.babel_locale(self.locale).territories.get(place["country"], plain(str(place["country"]), 10))
        if place["precision"] == "city" and place["city"]:
            return self.spaced(self("place-city", city=plain(place["city"], 60), country=country))
        return self.spaced(self("place-country", country=country))

    def _today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def _dated(self, day: date, skeleton: str) -> str:
        # English with the day before the month, as on the other screens.
        locale = Locale("en", "GB") if self.locale == "en" else i18n.babel_locale(self.locale)
        return format_skeleton(skeleton, day, locale=locale)

    def spaced(self, text: str) -> str:
        """Chinese sets a space between its own and Latin letters."""
        return _BETWEEN_SCRIPTS.sub(" ", text) if self.locale == "zh-TW" else text
