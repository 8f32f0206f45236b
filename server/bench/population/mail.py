"""One mail, and every request for its picture and links with who truly made it."""

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from server.bench.population.lines import Line
from server.domain.engagement import Hit, Kind, MessageFacts, header_signs
from server.domain.networks import network
from server.sandbox.recipients.clients import CLIENTS, Client

SENT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
# A rep's mail to one person: few links, one or two of them in the signature.
_LINKS = ((1, 25), (2, 20), (3, 20), (4, 12), (5, 8), (7, 8), (10, 7))


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. `who` names the kind of client that truly made it."""

    hit: Hit
    person: bool
    who: str


@dataclass(frozen=True, slots=True)
class Asker:
    """A device of a person, or a machine. With several addresses each request comes from one of them."""

    who: str
    person: bool
    client: Client
    line: Line
    addresses: tuple[str, ...]


@dataclass(slots=True)
class Mail:
    """`arrived` and `delivered`: seconds from sending till the gateway took it, and till it lay in the mailbox."""

    number: int
    links: int
    arrived: float
    delivered: float
    delivery_known: bool
    asked: list[Asked] = field(default_factory=list)

    @property
    def facts(self) -> MessageFacts:
        at = SENT + timedelta(seconds=self.delivered) if self.delivery_known else None
        return MessageFacts(str(self.number), SENT, at, self.links)

    def ask(self, asker: Asker, at: float, chance: Random, link: int | None = None, method: str = "GET") -> None:
        """The picture, or a link; `at` in seconds after sending."""
        headers = asker.client.page_headers if link else asker.client.image_headers
        hit = Hit(
            id=f"{self.number}-{len(self.asked)}",
            message_id=str(self.number),
            kind=Kind.CLICK if link else Kind.VIEW,
            at=SENT + timedelta(seconds=at),
            method=method,
            user_agent=asker.client.agent,
            signs=header_signs(dict(headers)),
            network=network(asker.line.asn, asker.line.organisation),
            place=None,
            address_hash=chance.choice(asker.addresses),
            recipient=1,
            link=link,
            own_device=False,
        )
        self.asked.append(Asked(hit, asker.person, asker.who))


def new_mail(number: int, chance: Random, *, guarded: bool) -> Mail:
    """`guarded`: a gateway holds it back while it looks at it."""
    arrived = chance.uniform(0.4, 3.0)
    if some(chance, 0.03):
        arrived += chance.uniform(60, 900)  # greylisted
    hold = chance.uniform(0.5, 45) if guarded else chance.uniform(0.1, 1.0)
    links = chance.choices([count for count, _ in _LINKS], [share for _, share in _LINKS])[0]
    return Mail(number, links, arrived, arrived + hold, some(chance, 0.5))


def client(key: str) -> Client:
    return CLIENTS[key]


def address(chance: Random) -> str:
    return f"{chance.getrandbits(64):016x}"


def some(chance: Random, share: float) -> bool:
    return chance.random() < share


def seconds(chance: Random, middle: float, sigma: float) -> float:
    """A span as people and queues take it: half are shorter than `middle`."""
    return chance.lognormvariate(math.log(middle), sigma)
