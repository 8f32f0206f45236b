"""What an admin decides about marketing's side of the product."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


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


def rss_of(stored: Mapping[str, Any] | None) -> Rss:
    told = (stored or {}).get("rss")
    return Rss(bool(told["on"]), frozenset(ContactField(one) for one in told["fields"])) if told else Rss()
