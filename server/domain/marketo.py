"""How Marketo writes things down: times, names of attributes, its day."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

_CENTRAL = ZoneInfo("America/Chicago")
_DOUBLED = re.compile(r"(.)\1+")

_KNOWN_NAMES = """
    date, description, source, change value, new value, old value, reason, priority, urgency, relative score,
    relative urgency, webpage url, query parameters, referrer url, client ip address, user agent, webpage id,
    personalized url, search engine, search query, form fields, link, link id, mailing id, campaign run id,
    choice number, step id, test variant, device, platform, is mobile device, is bot activity, bot activity pattern,
    is predictive, source type, form name, list name, lead source, sfdc type, created date, lead id, merge ids,
    master updated, merged in sales, merge source, campaign, old owner name, new owner name, remove from crm
"""


def moment(text: str) -> datetime:
    """`2026-11-21T09:00:00Z` or `…+0000`; UTC when it names no zone. ValueError when it is no time."""
    at = datetime.fromisoformat(text.strip())
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def timestamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day_ends(now: datetime) -> datetime:
    """When the day's quota begins anew: midnight in the US Central zone."""
    here = now.astimezone(_CENTRAL)
    tomorrow = (here + timedelta(days=1)).date()
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=_CENTRAL).astimezone(UTC)


def folded_name(name: str) -> str:
    """Lower case, blanks squeezed; letters doubled by mistake (`Descriptioon`) taken back where the name is a known one."""
    plain = " ".join(name.lower().split())
    return _ALIASES.get(_undoubled(plain), plain)


def attributes(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """By folded name. Of two that fold alike the first with a value counts; what has none is left out."""
    found: dict[str, str] = {}
    for row in rows:
        value = row.get("value")
        if value is not None and value != "":
            found.setdefault(folded_name(str(row.get("name") or row.get("apiName") or "")), _text(value))
    return found


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _undoubled(name: str) -> str:
    return _DOUBLED.sub(r"\1", name)


_ALIASES = {_undoubled(name): name for name in (" ".join(part.split()) for part in _KNOWN_NAMES.split(","))}
