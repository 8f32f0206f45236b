"""What people do with a mail: read it, again, follow a link or two, paste one, pass the mail on."""

from random import Random

from server.bench.population import lines
from server.bench.population.lines import pick
from server.bench.population.machines import Guard, echo, preview
from server.bench.population.mail import Asker, Mail, address, seconds, some
from server.bench.population.people import Person, new_person

_READS, _SEES_PICTURES_IN_OUTLOOK, _CLICKS, _FORWARDS, _PASTES = 0.6, 0.5, 0.3, 0.04, 0.03


def read(mail: Mail, person: Person, guard: Guard | None, chance: Random) -> None:
    if not some(chance, _READS):
        return
    opened = mail.delivered + _waits(chance)
    _look(mail, person, opened, chance)
    again = opened
    while some(chance, 0.35):
        again += seconds(chance, 3_600, 2)
        if person.program.picture is None or some(chance, person.program.picture.refetch):
            _look(mail, person, again, chance)
    if some(chance, _CLICKS):
        _click(mail, person, guard, opened + seconds(chance, 15, 0.9), chance)
    if some(chance, _FORWARDS):
        _look(mail, new_person(chance), opened + seconds(chance, 3_600, 1.5), chance)
    if some(chance, _PASTES):
        preview(mail, opened + seconds(chance, 120, 1), chance)


def _waits(chance: Random) -> float:
    """A quarter of all opens fall into the first hour, half into six, three quarters into a day; and some people sit there."""
    return seconds(chance, 40, 1) if some(chance, 0.15) else seconds(chance, 5 * 3_600, 2.39)


def _look(mail: Mail, person: Person, at: float, chance: Random) -> None:
    program = person.program
    if program.picture is None or (program.who == "Outlook" and not some(chance, _SEES_PICTURES_IN_OUTLOOK)):
        return
    device = person.device(program.picture)
    if program.picture.nature == "proxy":
        network = lines.GOOGLE if program.who == "Gmail" else lines.YAHOO
        device = Asker(f"person, {program.who}", True, program.picture, pick(network, chance), (address(chance),))
    mail.ask(device, at, chance)


def _click(mail: Mail, person: Person, guard: Guard | None, at: float, chance: Random) -> None:
    wanted = chance.choices((1, 2, 3), (76, 17, 7))[0]
    for link in chance.sample(range(1, mail.links + 1), min(wanted, mail.links)):
        mail.ask(person.device(person.program.browser), at, chance, link)
        if guard is not None:
            echo(mail, guard, at, link, chance)
        if some(chance, 0.03):
            mail.ask(person.device(person.program.browser), at + chance.uniform(0.1, 0.5), chance, link)
        in_tabs = some(chance, 0.25)
        at += chance.uniform(0.8, 4) if in_tabs else seconds(chance, 25, 1)
