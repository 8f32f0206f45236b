"""The words for what reaches us: hits, what they turned out to mean, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Self


class Kind(StrEnum):
    VIEW = "view"
    CLICK = "click"
    REPLY = "reply"
    BOUNCE = "bounce"
    AUTO_REPLY = "auto-reply"
    MOMENT = "moment"


class Class(StrEnum):
    HUMAN = "human"
    PROXY_HUMAN = "proxy-human"
    MACHINE = "machine"
    OWN = "own"
    UNKNOWN = "unknown"


class NetworkKind(StrEnum):
    SCANNER = "scanner"  # a mail security vendor's own machines
    HOSTING = "hosting"  # data centres and VPN exits
    PROXY = "proxy"  # Google's and Yahoo's own networks, where their image proxies stand
    RELAY = "relay"  # what Apple's privacy relay leaves from, other customers of those networks too
    MICROSOFT = "microsoft"  # scanners, image fetchers and cloud desktops alike
    GATEWAY = "gateway"  # web gateways of companies: people and scans leave by the same door
    HOME = "home"
    BUSINESS = "business"
    MOBILE = "mobile"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reason:
    """`code` names a rule; `values` are JSON-able facts for its sentence, such as {"seconds": 0.4}."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def to_json(self) -> dict[str, Any]:
        return {"code": self.code, **self.values}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(str(data["code"]), {name: value for name, value in data.items() if name != "code"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reasons` is never empty; the first one decided."""

    klass: Class
    reasons: tuple[Reason, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(reason.code for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Place:
    """`country` is an ISO 3166 code; `city` is set only with precision "city"."""

    precision: Literal["city", "country"]
    city: str | None
    country: str


@dataclass(frozen=True, slots=True)
class Network:
    asn: int | None
    organisation: str | None
    kind: NetworkKind


@dataclass(frozen=True, slots=True)
class Hit:
    """One raw request. `recipient` 0 means a body shared by several; `link` is 1-based, None for a view.

    `place` is as precise as the data allows; what may be shown is `location.shown`.
    """

    id: str
    message_id: str
    kind: Kind
    at: datetime
    method: str
    user_agent: str
    signs: frozenset[str]
    network: Network | None
    place: Place | None
    address_hash: str
    recipient: int
    link: int | None
    own_device: bool


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """`sent_at` None: not bound yet, every hit is the sender's preview. `links` counts all tracked links, hidden ones too."""

    id: str
    sent_at: datetime | None
    delivered_at: datetime | None = None
    links: int = 0
    hidden_links: frozenset[int] = frozenset()
    owner_address_hashes: frozenset[str] = frozenset()


_SPECULATION = frozenset({"purpose", "sec-purpose", "x-purpose", "x-moz"})


def header_signs(headers: Mapping[str, str]) -> frozenset[str]:
    """What a request's headers say about it: any of prefetch, prerender, preview, dnt, gpc, gesture.

    `gesture` is a browser's word that a person's tap or key began a navigation. Names may come in any case, or
    as WSGI spells them (HTTP_SEC_GPC).
    """
    signs: set[str] = set()
    for name, value in headers.items():
        header = name.lower().replace("_", "-").removeprefix("http-")
        if header in _SPECULATION:
            lowered = value.lower()
            signs.update(sign for sign in ("prefetch", "prerender", "preview") if sign in lowered)
        elif header == "dnt" and value.strip() == "1":
            signs.add("dnt")
        elif header == "sec-gpc" and value.strip() == "1":
            signs.add("gpc")
        elif header == "sec-fetch-user" and value.strip() == "?1":
            signs.add("gesture")
    return frozenset(signs)
