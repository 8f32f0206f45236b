"""Who the recipients are: a cast with names, people chosen by the first word of an address, and for every other address a
person drawn from it by the seed, so that any address a newcomer types does something plausible.
"""

import random
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Person:
    """`line` and `second_line` are keys of places.LINES; `client` and `second_client` keys of clients.CLIENTS.

    `opens`: how many times the mail is opened; `clicks`: how many times a link is followed; `scanners`: what looks at the
    mail before its reader does. `auto_reply` and `bounce` name shapes of answers.py; empty: none.
    """

    address: str
    name: str
    company: str = ""
    language: str = "en"
    client: str = "chrome-windows"
    line: str = "denver"
    second_client: str = "chrome-android"
    second_line: str = "boston-mobile"
    scanners: tuple[str, ...] = ()
    opens: int = 1
    clicks: int = 0
    moves: bool = False  # reads again from the second place
    forwards_to: str = ""
    replies: bool = False
    replies_from: str = ""
    auto_reply: str = ""
    bounce: str = ""
    previewer: str = ""
    slow: bool = False


CAST: tuple[Person, ...] = (
    Person(
        "aissatou.diallo@baobab.example",
        "Aïssatou Diallo",
        "Baobab Énergie",
        "fr",
        line="lyon",
        second_client="apple-mail",
        second_line="geneva",
        opens=3,
        clicks=1,
        moves=True,
        forwards_to="marc.lefevre@baobab.example",
    ),
    Person("marc.lefevre@baobab.example", "Marc Lefèvre", "Baobab Énergie", "fr", "firefox-mac", "paris-mobile", clicks=1),
    Person(
        "lucia.fernandez@ebro.example",
        "Lucía Fernández Ortega",
        "Transportes del Ebro",
        "es",
        "gmail",
        "zaragoza",
        opens=2,
        replies=True,
    ),
    Person(
        "tomasz.wojcik@wisla.example",
        "Tomasz Wójcik",
        "Wisła Cargo",
        "pl",
        "outlook",
        "warsaw-company",
        scanners=("mimecast",),
        opens=2,
        clicks=1,
    ),
    Person(
        "hiroshi.tanabe@tanabe.example",
        "Hiroshi Tanabe",
        "Tanabe Express",
        "ja",
        "apple-mail",
        "osaka",
        scanners=("apple-privacy",),
    ),
    Person("r.iyer@kaveri.example", "Revathi Iyer", "Kaveri Cold Chain", "en", "gmail", "kochi", opens=2, clicks=1),
    Person("m.nair@kaveri.example", "Manu Nair", "Kaveri Cold Chain", "en", "yahoo", "kochi"),
    Person("s.pillai@kaveri.example", "Sindhu Pillai", "Kaveri Cold Chain", "en", "chrome-android", "kochi", opens=0),
    Person("yichun.chen@formosa.example", "陳怡君", "Formosa Freight", "zh-TW", "gmail", "taipei", opens=2, clicks=1),
    Person(
        "zhihao.lin@yuanyang.example",
        "林志豪",
        "遠洋物流",
        "zh-TW",
        "chrome-windows",
        "kaohsiung",
        replies=True,
        replies_from="lin.zhihao@yuanyang.example",
    ),
    Person("jakub.novak@moravia.example", "Jakub Novák", "Moravia Fleet", "cs", "outlook", "brno", bounce="full"),
    Person(
        "katrin.brandt@nordlicht.example",
        "Katrin Brandt",
        "Nordlicht Spedition",
        "de",
        "outlook",
        "hamburg",
        scanners=("safe-links",),
        auto_reply="vacation",
    ),
    Person(
        "emily.carter@ridgeway.example",
        "Emily Carter",
        "Ridgeway Haulage",
        "en",
        "safari-iphone",
        "boston-mobile",
        "chrome-windows",
        "denver",
        scanners=("proofpoint",),
        opens=3,
        clicks=1,
        moves=True,
    ),
    Person("lena.vogt@nordlicht.example", "Lena Vogt", "Nordlicht Spedition", "de", "thunderbird", "munich", opens=2, clicks=1),
)

# What a person does whose address starts with one of these words, whatever the domain.
_READER = Person("", "", opens=2, clicks=1)
SPECIAL: dict[str, Person] = {
    "bounce": replace(_READER, bounce="hard"),
    "full": replace(_READER, bounce="full"),
    "delayed": replace(_READER, bounce="delayed"),
    "slow": replace(_READER, slow=True),
    "nobody": replace(_READER, opens=0, clicks=0),
    "scanner": replace(_READER, scanners=("proofpoint", "barracuda", "mimecast"), opens=0, clicks=0),
    "safelinks": replace(_READER, client="outlook", scanners=("safe-links",)),
    "apple": replace(_READER, client="apple-mail", scanners=("apple-privacy",), opens=0, clicks=0),
    "gmail": replace(_READER, client="gmail", line="lyon", opens=3),
    "prefetch": replace(_READER, client="gmail", scanners=("gmail-prefetch",), opens=0, clicks=0),
    "yahoo": replace(_READER, client="yahoo"),
    "outlook": replace(_READER, client="outlook", line="hamburg"),
    "thunderbird": replace(_READER, client="thunderbird", line="munich"),
    "private": replace(_READER, client="private-browser", line="munich"),
    "forward": replace(
        _READER, line="lyon", second_line="geneva", forwards_to="colleague@forwarded.example", opens=2, clicks=0
    ),
    "colleague": replace(_READER, client="firefox-mac", line="warsaw", clicks=0),
    "slack": replace(_READER, previewer="slack", clicks=0),
    "whatsapp": replace(_READER, previewer="whatsapp", clicks=0),
    "reply": replace(_READER, replies=True),
    "alias": replace(_READER, replies=True, replies_from="assistant@reply.example"),
    "autoreply": replace(_READER, auto_reply="vacation", opens=0, clicks=0),
}

_NAMED = {person.address: person for person in CAST}
_LINES = ("lyon", "hamburg", "munich", "warsaw", "zaragoza", "brno", "taipei", "kaohsiung", "osaka", "denver")
_CLIENTS = ("gmail", "gmail", "gmail", "chrome-windows", "outlook", "apple-mail", "chrome-android", "firefox-mac", "yahoo")
_SCANNERS: tuple[tuple[str, ...], ...] = ((), (), (), ("proofpoint",), ("mimecast",), ("safe-links",))
_TEMPERS: tuple[tuple[int, dict[str, object]], ...] = (
    (40, {"opens": 2, "clicks": 1}),
    (20, {"opens": 3, "moves": True}),
    (20, {"opens": 1, "clicks": 1, "replies": True}),
    (8, {"opens": 2, "clicks": 1, "second_line": "geneva", "forwards_to": "colleague@{domain}"}),
    (6, {"opens": 1, "auto_reply": "vacation"}),
    (3, {"opens": 0}),
    (3, {"opens": 0, "bounce": "hard"}),
)


def person_at(address: str, seed: int) -> Person:
    """The same address and seed always give the same person."""
    address = address.strip().lower()
    if address in _NAMED:
        return _NAMED[address]
    local, _, domain = address.partition("@")
    first = local.split("+")[0].split(".")[0]
    name = " ".join(word.capitalize() for word in local.replace("_", ".").replace("+", ".").split(".") if word)
    if first in SPECIAL:
        return replace(SPECIAL[first], address=address, name=name or address)
    return _drawn(address, name or address, domain, random.Random(f"{seed}/{address}"))


def _drawn(address: str, name: str, domain: str, chance: random.Random) -> Person:
    temper = chance.choices([traits for _, traits in _TEMPERS], [weight for weight, _ in _TEMPERS])[0]
    traits = {key: value.format(domain=domain) if isinstance(value, str) else value for key, value in temper.items()}
    person = Person(
        address,
        name,
        client=chance.choice(_CLIENTS),
        line=chance.choice(_LINES),
        second_client=chance.choice(("safari-iphone", "chrome-android")),
        scanners=chance.choice(_SCANNERS),
    )
    return replace(person, **traits)  # type: ignore[arg-type]
