"""Texts in the three languages of the product, from one catalogue: `locales/<locale>.json`.

A value is a text with `{name}` places, or its plural forms by CLDR category, chosen by `count`.
"""

import json
from datetime import date, datetime, tzinfo
from functools import cache
from pathlib import Path

from babel import Locale, negotiate_locale
from babel.dates import format_date, format_datetime

LOCALES = ("en", "fr", "zh-TW")
_FOLDER = Path(__file__).parent / "locales"
_NEAREST = {tag: "zh-TW" for tag in ("zh", "zh-hant", "zh-hant-hk", "zh-hant-mo", "zh-hant-tw", "zh-hk", "zh-mo")}

Entry = str | dict[str, str]


@cache
def catalogue(locale: str) -> dict[str, Entry]:
    entries: dict[str, Entry] = json.loads((_FOLDER / f"{locale}.json").read_text("utf-8"))
    return entries


@cache
def babel_locale(locale: str) -> Locale:
    return Locale.parse("zh_Hant_TW" if locale == "zh-TW" else locale)


def text(locale: str, key: str, /, count: int = 0, **values: object) -> str:
    """The text of `key`; KeyError when no catalogue has it, English when only the locale's lacks it."""
    entry = catalogue(locale).get(key) or catalogue("en")[key]
    if isinstance(entry, dict):
        form = babel_locale(locale).plural_form(count)
        entry = entry.get(form) or entry["other"]
    return entry.format(count=count, **values)


def country(locale: str, code: str) -> str:
    """Its name, by ISO code."""
    return str(babel_locale(locale).territories.get(code, code))


def best_locale(accept_language: str) -> str:
    """The locale of ours a browser's Accept-Language header likes best; English when none."""
    wanted = [tag for _, tag in sorted(_weighted(accept_language), key=lambda pair: -pair[0])]
    nearest = [_NEAREST.get(tag.lower(), tag) for tag in wanted]
    return negotiate_locale(nearest, LOCALES, sep="-") or "en"


def html_lang(locale: str) -> str:
    """As fonts and screen readers want it."""
    return "zh-Hant-TW" if locale == "zh-TW" else locale


def _weighted(accept_language: str) -> list[tuple[float, str]]:
    pairs = []
    for part in accept_language.split(",")[:20]:
        tag, _, parameters = part.strip().partition(";")
        try:
            weight = float(parameters.strip().removeprefix("q=")) if parameters else 1.0
        except ValueError:
            weight = 0.0
        if tag and weight > 0:
            pairs.append((weight, tag.strip()))
    return pairs


def long_day(day: date, locale: str) -> str:
    """ "Friday 20 November", as a heading: the year goes without saying."""
    named = format_date(day, "M月d日 EEEE" if locale == "zh-TW" else "EEEE d MMMM", locale=babel_locale(locale))
    return named[:1].upper() + named[1:]


def long_time(at: datetime, zone: tzinfo, locale: str) -> str:
    return format_datetime(at, "long", tzinfo=zone, locale=babel_locale(locale))


def short_time(at: datetime, zone: tzinfo, locale: str) -> str:
    """Day, hour and minute, as it stands in a table."""
    day = format_date(at.astimezone(zone), "medium", locale=babel_locale(locale))
    return f"{day} {at.astimezone(zone):%H:%M}"


def long_date(at: datetime, zone: tzinfo, locale: str) -> str:
    return format_date(at.astimezone(zone), "long", locale=babel_locale(locale))
