"""Words of a mail that differ by reader: {person.first}, {account}, or {person.first|there} where nothing may be known."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

NAMES = ("person.first", "person.last", "person.name", "person.title", "account", "my.first", "my.name", "my.address")
OF_READER = frozenset(NAMES[:5])

_PLACE = re.compile(r"\{((?:person|my)\.[a-z]+|account)(?:\|([^{}|<>]*))?\}")
_BEFORE_NAMES = frozenset({"dr", "dr.", "prof", "prof.", "mr", "mr.", "mrs", "mrs.", "ms", "ms.", "m.", "mme", "herr", "frau"})


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a mail is for, as far as we know them."""

    name: str = ""
    title: str | None = None
    account: str | None = None


def values(reader: Reader | None, my_name: str, my_address: str) -> dict[str, str]:
    """What is known. `reader` None: a mail that several people share."""
    mine = {"my.first": first_name(my_name), "my.name": my_name, "my.address": my_address}
    if reader is None:
        return _known(mine)
    theirs = {
        "person.first": first_name(reader.name),
        "person.last": last_name(reader.name),
        "person.name": " ".join(reader.name.split()),
        "person.title": reader.title or "",
        "account": reader.account or "",
    }
    return _known({**theirs, **mine})


def used(*texts: str) -> frozenset[str]:
    return frozenset(found[1] for text in texts for found in _PLACE.finditer(text))


def missing(known: Mapping[str, str], *texts: str) -> tuple[str, ...]:
    """Placeholders that would stay empty, in the order in which they are met; so do those that there are not."""
    empty = (found[1] for text in texts for found in _PLACE.finditer(text) if found[2] is None and not known.get(found[1]))
    return tuple(dict.fromkeys(empty))


def filled(text: str, known: Mapping[str, str], *, html: bool) -> str:
    """What is unknown becomes its other word, else nothing."""

    def value(found: re.Match[str]) -> str:
        word = known.get(found[1])
        if not word:
            return found[2] or ""
        return escape(word) if html else word

    return _PLACE.sub(value, text)


def first_name(name: str) -> str:
    """A name in one piece, as Chinese ones are written, is left whole."""
    if "," in name:
        family, _, given = name.partition(",")
        return first_name(given) or family.strip()
    words = [word for word in name.split() if word.lower() not in _BEFORE_NAMES]
    return words[0] if words else ""


def last_name(name: str) -> str:
    if "," in name:
        return name.partition(",")[0].strip()
    words = [word for word in name.split() if word.lower() not in _BEFORE_NAMES]
    return " ".join(words[1:])


def _known(found: Mapping[str, str]) -> dict[str, str]:
    return {name: word.strip() for name, word in found.items() if word.strip()}


def together(readers: Iterable[Reader]) -> Reader | None:
    """Whom the one mail of all of them may speak to by name: nobody, when they are several."""
    found = list(readers)
    return found[0] if len(found) == 1 else None
