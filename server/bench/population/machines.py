"""What the machines do: gateways that look before and at the click, prefetches, privacy proxies, virus guards, previews."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from server.bench.population import lines
from server.bench.population.lines import Line, pick
from server.bench.population.mail import Asker, Mail, address, client, seconds, some
from server.bench.population.people import Person
from server.sandbox.recipients.clients import Client

_BROWSER = client("safe-links")
_FULL_BROWSER = replace(_BROWSER, page_headers=client("chrome-windows").page_headers)
_NAMELESS = replace(_BROWSER, agent="")
_OUTLOOK = replace(_BROWSER, agent=client("outlook").agent)
_SCRIPT = replace(_BROWSER, agent="python-requests/2.32.3")


@dataclass(frozen=True, slots=True)
class Guard:
    """A gateway. `clients` are what it may come as; `own_line`: it stands in the recipient's own network."""

    who: str
    share: float
    lines: tuple[Line, ...]
    clients: tuple[Client, ...]
    own_line: bool = False
    echoes: float = 0.0
    """How often it looks again at the moment of a click."""


_GUARDS = (
    Guard("Microsoft Safe Links", 42, lines.MICROSOFT, (_BROWSER, _FULL_BROWSER, _NAMELESS), echoes=0.35),
    Guard("Proofpoint", 14, lines.PROOFPOINT, (client("proofpoint"), _FULL_BROWSER), echoes=0.3),
    Guard("Mimecast", 11, lines.MIMECAST, (client("mimecast"), _FULL_BROWSER), echoes=0.2),
    Guard("Barracuda", 9, lines.BARRACUDA, (client("barracuda"), _BROWSER)),
    Guard("Cisco", 4, lines.CISCO, (_BROWSER,)),
    Guard("Cloudflare", 3, lines.CLOUDFLARE, (_FULL_BROWSER,)),
    Guard("a scanner on rented machines", 12, lines.RENTED, (client("cloud-scanner"), _FULL_BROWSER, _SCRIPT)),
    Guard("a scanner in the company's own network", 5, (), (_BROWSER, _FULL_BROWSER, _NAMELESS), own_line=True),
)
_GUARDED, _LOOKS = 0.55, 0.65
"""People at work behind a gateway; mails that it looks into from outside."""


def guard_of(person: Person, chance: Random) -> Guard | None:
    if not some(chance, _GUARDED):
        return None
    return chance.choices(_GUARDS, [guard.share for guard in _GUARDS])[0]


def visit(mail: Mail, person: Person, guard: Guard | None, chance: Random) -> None:
    """Everything that comes by itself."""
    if guard is not None and some(chance, _LOOKS):
        _scan(mail, _asker(guard, person, chance), mail.arrived + _starts(chance), chance)
        if some(chance, 0.02):
            _scan(mail, _asker(guard, person, chance), mail.arrived + chance.uniform(1, 24) * 3_600, chance)
    if person.program.picture is None and some(chance, 0.95):
        _fetch(mail, "Apple's privacy proxy", client("apple-privacy"), lines.RELAYS, seconds(chance, 600, 1.6), chance)
    if person.program.who == "Gmail" and some(chance, 0.04):
        _fetch(mail, "Gmail's prefetch", client("gmail-prefetch"), lines.GOOGLE, chance.uniform(1, 30), chance)
    if some(chance, 0.01):
        _fetch(mail, "an archive's script", _SCRIPT, lines.RENTED, seconds(chance, 60, 1.5), chance)
    if person.program.who in ("Outlook", "Thunderbird") and some(chance, 0.03):
        at_home = Asker("a virus guard on the desktop", False, _BROWSER, person.line, person.addresses[:1])
        _scan(mail, at_home, mail.delivered + seconds(chance, 20, 1.2), chance)


def echo(mail: Mail, guard: Guard, at: float, link: int, chance: Random) -> None:
    """The gateway looks where the person goes, at the moment they go there."""
    if not some(chance, guard.echoes):
        return
    machine = Asker(
        f"{guard.who}, at the click",
        False,
        chance.choice((_OUTLOOK, *guard.clients) if guard.lines is lines.MICROSOFT else guard.clients),
        pick(guard.lines, chance),
        (address(chance),),
    )
    offset = chance.uniform(-0.3, 0.8) if some(chance, 0.7) else chance.uniform(0.8, 8)
    mail.ask(machine, max(at + offset, 0.1), chance, link)


def preview(mail: Mail, at: float, chance: Random) -> None:
    """Somebody pasted a link into a chat."""
    key, networks = chance.choice((("slack", lines.RENTED[:1]), ("whatsapp", lines.META)))
    machine = Asker("a link's preview", False, client(key), pick(networks, chance), (address(chance),))
    mail.ask(machine, at, chance, chance.randint(1, mail.links))


def _asker(guard: Guard, person: Person, chance: Random) -> Asker:
    if guard.own_line:
        return Asker(guard.who, False, chance.choice(guard.clients), person.line, person.addresses[:1])
    addresses = tuple(address(chance) for _ in range(6 if some(chance, 0.4) else 1))
    return Asker(guard.who, False, chance.choice(guard.clients), pick(guard.lines, chance), addresses)


def _starts(chance: Random) -> float:
    """Half look while they hold the mail back; of the others two thirds within a minute, most within five, few in hours."""
    if some(chance, 0.5):
        return chance.uniform(0.3, 15)
    spans: Sequence[tuple[float, float]] = ((5, 20), (20, 60), (60, 300), (300, 1_800), (3_600, 86_400))
    return chance.uniform(*chance.choices(spans, (27, 664, 283, 19, 7))[0])


def _scan(mail: Mail, machine: Asker, at: float, chance: Random) -> None:
    if machine.client.images and some(chance, 0.6):
        mail.ask(machine, at, chance)
    methods = ("HEAD", "GET") if machine.client.head_first else ("GET",)
    pause = chance.uniform(5, 30) if some(chance, 0.08) else chance.uniform(0.02, 1.0)
    for link in _looked_at(mail, chance) if machine.client.links else ():
        for method in methods:
            at += chance.uniform(0.5, 1.5) * pause
            mail.ask(machine, at, chance, link, method)


def _looked_at(mail: Mail, chance: Random) -> Sequence[int]:
    everything = range(1, mail.links + 1)
    return everything if some(chance, 0.7) else chance.sample(everything, min(mail.links, chance.randint(1, 3)))


def _fetch(mail: Mail, who: str, what: Client, networks: tuple[Line, ...], after: float, chance: Random) -> None:
    mail.ask(Asker(who, False, what, pick(networks, chance), (address(chance),)), mail.delivered + after, chance)
