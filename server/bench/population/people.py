"""Who reads: with which program, from where."""

from dataclasses import dataclass, replace
from random import Random

from server.bench.population import lines
from server.bench.population.lines import Line, pick
from server.bench.population.mail import Asker, address, client, some
from server.sandbox.recipients.clients import Client

_ANDROID_APP = replace(client("chrome-android"), agent="okhttp/4.12.0", page_headers=(), image_headers=())
_EDGE = replace(client("chrome-windows"), agent=f"{client('chrome-windows').agent} Edg/141.0.0.0")
_OUTLOOK_IPHONE = replace(client("apple-mail"), agent="Outlook-iOS/709.2189947.prod.iphone (3.24.0)")


@dataclass(frozen=True, slots=True)
class Program:
    """How a person reads mail: what fetches the picture (None: nothing does while reading), and what opens links."""

    who: str
    share: float
    picture: Client | None
    browser: Client


# Shares of people at work; consumers use Apple Mail more and Outlook less.
_PROGRAMS = (
    Program("Gmail", 34, client("gmail"), client("chrome-windows")),
    Program("Outlook", 22, client("outlook"), _EDGE),
    Program("Outlook in the browser", 10, _EDGE, _EDGE),
    Program("Apple Mail with its privacy proxy", 17, None, client("safari-iphone")),
    Program("Apple Mail", 4, client("apple-mail"), client("safari-iphone")),
    Program("Outlook on a phone", 4, _OUTLOOK_IPHONE, client("safari-iphone")),
    Program("Yahoo", 3, client("yahoo"), client("chrome-android")),
    Program("Thunderbird", 3, client("thunderbird"), client("firefox-mac")),
    Program("an app on a phone", 2, _ANDROID_APP, client("chrome-android")),
    Program("a browser that asks not to be tracked", 1, client("private-browser"), client("private-browser")),
)
# Where people sit. A cloud desktop stands in the network of one who scans.
_SITES: tuple[tuple[str, float, tuple[Line, ...]], ...] = (
    ("", 60, lines.HOMES),
    ("", 20, lines.PHONES),
    ("at a company", 9, lines.COMPANIES),
    ("behind a web gateway", 5, lines.GATEWAYS),
    ("behind a VPN", 3, lines.EXITS),
    ("on a cloud desktop", 1, lines.MICROSOFT),
)
_ON_DESKTOPS = ("Gmail", "Outlook", "Outlook in the browser", "Thunderbird")
# Apple's relay carries Safari alone; a browser that a mail vendor runs apart, for safety, leaves from that vendor's network.
_RELAYED, _ISOLATED = 0.15, 0.01


@dataclass(frozen=True, slots=True)
class Person:
    """`elsewhere`: how and over which line the browser goes out, when not as everything else does."""

    program: Program
    site: str
    line: Line
    addresses: tuple[str, ...]
    elsewhere: tuple[str, Line] | None

    def device(self, fetches: Client) -> Asker:
        site, line = self.site, self.line
        if self.elsewhere is not None and fetches is self.program.browser:
            site, line = self.elsewhere
        return Asker(f"person {site}" if site else f"person, {self.program.who}", True, fetches, line, self.addresses)


def new_person(chance: Random) -> Person:
    program = chance.choices(_PROGRAMS, [one.share for one in _PROGRAMS])[0]
    sites = _SITES if program.who in _ON_DESKTOPS else _SITES[:-1]
    site, _, networks = chance.choices(sites, [share for _, share, _ in sites])[0]
    addresses = tuple(address(chance) for _ in range(1 + some(chance, 0.3)))  # IPv4, and for some IPv6
    return Person(program, site, pick(networks, chance), addresses, _elsewhere(program, chance))


def _elsewhere(program: Program, chance: Random) -> tuple[str, Line] | None:
    if program.browser is client("safari-iphone") and some(chance, _RELAYED):
        return "behind Apple's relay", pick(lines.RELAYS, chance)
    if some(chance, _ISOLATED):
        return "in an isolating browser", pick(lines.MIMECAST, chance)
    return None
