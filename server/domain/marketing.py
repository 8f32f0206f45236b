"""What an admin decides about marketing's side of the product. As stored in a workspace's `marketing`, by these names:
"rss" {"on", "fields"}, "ranks" (see `ranks`), "hide_days", "salesforce_tasks"."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from server.domain.ranks import TIERS, Brackets, brackets_of
from server.domain.scores import HIGHEST, LOWEST

HIDE_DAYS = 14
MOST_HIDE_DAYS = 365
_LONGEST_FIELD = 100


class ContactField(StrEnum):
    """What a feed reader may be told of a person besides their name and account."""

    EMAIL = "email"
    PHONE = "phone"
    MOBILE = "mobile"
    FAX = "fax"
    COMPANY_ADDRESS = "company-address"
    COMPANY_URL = "company-url"


@dataclass(frozen=True, slots=True)
class Rss:
    """Off until an admin turns it on; then every contact field is told that they do not switch off."""

    on: bool = False
    fields: frozenset[ContactField] = frozenset(ContactField)

    def to_json(self) -> dict[str, Any]:
        return {"on": self.on, "fields": sorted(self.fields)}


@dataclass(frozen=True, slots=True)
class Choices:
    """`hide_days`: how long a best bet stays hidden. `salesforce_tasks`: tasks go there and come from there."""

    rss: Rss
    ranks: Brackets
    hide_days: int
    salesforce_tasks: bool


def choices_of(stored: Mapping[str, Any] | None) -> Choices:
    return Choices(rss_of(stored), brackets_of(stored), hide_days_of(stored), syncs_tasks(stored))


def rss_of(stored: Mapping[str, Any] | None) -> Rss:
    told = (stored or {}).get("rss")
    return Rss(bool(told["on"]), frozenset(ContactField(one) for one in told["fields"])) if told else Rss()


def hide_days_of(stored: Mapping[str, Any] | None) -> int:
    return int((stored or {}).get("hide_days", HIDE_DAYS))


def syncs_tasks(stored: Mapping[str, Any] | None) -> bool:
    """Not before an admin wants it, as in the products it is known from."""
    return bool((stored or {}).get("salesforce_tasks", False))


def brackets_json(brackets: Brackets) -> dict[str, Any]:
    stars, flames = list(brackets.stars), list(brackets.flames)
    return {"method": brackets.method, "stars": stars, "flames": flames, "field": brackets.field}


def wrong_brackets(brackets: Brackets) -> dict[str, str]:
    """By name of what is wrong with it: `rising`, `percent`, `score`, `field`; empty when all is well."""
    lowest, highest, scale = (0, 100, "percent") if brackets.method == "dynamic" else (LOWEST, HIGHEST, "score")
    wrong: dict[str, str] = {}
    for name, starts in (("stars", brackets.stars), ("flames", brackets.flames)):
        if len(starts) != TIERS or any(one >= other for one, other in pairwise(starts)):
            wrong[name] = "rising"
        elif starts[0] < lowest or starts[-1] > highest:
            wrong[name] = scale
    if not 0 < len(brackets.field.strip()) <= _LONGEST_FIELD:
        wrong["field"] = "field"
    return wrong
