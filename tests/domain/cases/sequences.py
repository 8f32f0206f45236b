"""Several requests for one mail, one line in sequences.txt: who comes when with what from where, and what each is taken for.

A request reads `name seconds agent network`, then what it needs of `#link`, `@address`, `~recipient`, `HEAD`, `tap` (the
browser says a tap began it), `ahead` (it says it is a prefetch) and `own`. `scan 60+3 chrome aws #1-5` stands for the
requests scan-1 to scan-5, evenly over 3 s. What is wanted reads `name class first-reason`; `scan` speaks for all of its.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.domain.engagement import Hit, MessageFacts
from tests.domain import clients
from tests.domain.clients import a_hit, a_message


@dataclass(frozen=True)
class Sequence:
    """`delivered`: seconds after sending, None when not known."""

    name: str
    requests: str
    told: str
    links: int = 5
    delivered: float | None = None
    hidden: int = 0

    @property
    def message(self) -> MessageFacts:
        hidden = frozenset({self.hidden} if self.hidden else ())
        return a_message(self.links, delivered=self.delivered, hidden_links=hidden)

    @property
    def hits(self) -> list[Hit]:
        return [hit for request in self.requests.split(";") for hit in _hits(request.split())]

    @property
    def wanted(self) -> dict[str, str]:
        told = {words[0]: " ".join(words[1:]) for words in map(str.split, self.told.split(";"))}
        return {hit.id: told.get(hit.id) or told[hit.id.rpartition("-")[0]] for hit in self.hits}


def _hits(words: list[str]) -> list[Hit]:
    name, when, agent, network, *rest = words
    start, _, length = when.partition("+")
    links = [int(number) for word in rest if word[0] == "#" for number in word[1:].split("-")]
    facts = {key: value for word in rest if word[0] != "#" for key, value in _fact(word).items()}
    whole = range(links[0], links[1] + 1) if len(links) == 2 else None
    if whole is None:
        return [_hit(name, float(start), agent, network, links[0] if links else None, facts)]
    step = float(length) / (len(whole) - 1)
    return [
        _hit(f"{name}-{link}", float(start) + place * step, agent, network, link, facts) for place, link in enumerate(whole)
    ]


def _hit(name: str, at: float, agent: str, network: str, link: int | None, facts: dict[str, Any]) -> Hit:
    return a_hit(name, at, getattr(clients, agent.upper()), network, link=link, **facts)


def _fact(word: str) -> dict[str, Any]:
    if word[0] in "@~":
        return {"address": word[1:]} if word[0] == "@" else {"recipient": int(word[1:])}
    return {
        "HEAD": {"method": "HEAD"},
        "own": {"own": True},
        "tap": {"headers": {"Sec-Fetch-User": "?1"}},
        "ahead": {"headers": {"Sec-Purpose": "prefetch"}},
    }[word]


def _read(line: str) -> Sequence:
    name, requests, told, *facts = (part.strip() for part in line.split("|"))
    pairs = dict(word.split("=") for word in facts[0].split()) if facts else {}
    delivered = float(pairs["delivered"]) if "delivered" in pairs else None
    return Sequence(name, requests, told, int(pairs.get("links", 5)), delivered, int(pairs.get("hidden", 0)))


_LINES = Path(__file__).with_suffix(".txt").read_text("utf-8").splitlines()
SEQUENCES = [_read(line) for line in _LINES if line and not line.startswith("#")]
