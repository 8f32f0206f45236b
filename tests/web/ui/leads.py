"""What marketing knows of the people of facts.py: moments, who is watched, subscriptions, best bets."""

from datetime import datetime
from typing import Any

from tests.web.ui.facts import (
    AISSATOU,
    BRAM,
    HIROSHI,
    HUONG,
    LUCIA,
    NORA,
    RAJESH,
    SOREN,
    TOMASZ,
    YICHUN,
    Fact,
    at,
    item,
    person,
    short,
    stamp,
)

MAEVE = person("Maeve O’Sullivan", "maeve@shannon.example", phone="+353100110022")
MEHMET = person("Mehmet Yıldız", "mehmet@bogaz.example", phone="+902120011002", unsubscribed=True)
LEILANI = person("Leilani Kahananui", "leilani@pacific.example")
MARKETO = "https://app.marketo.example/leadDatabase/loadLeadDetail?leadId="
SALESFORCE = "https://fjordline.my.salesforce.example/"
CAMPAIGNS = [
    {"id": 31, "name": "Pilot invitation", "program": "Pilots 2026"},
    {"id": 32, "name": "Newsletter, monthly", "program": None},
]


def links(who: Fact) -> Fact:
    return {"marketo": f"{MARKETO}{len(who['name'])}", "salesforce": f"{SALESFORCE}00Q{len(who['name'])}"}


def moment(number: int, type: str, when: datetime, who: Fact, account: str, description: str, **more: Any) -> Fact:
    """Of an own person, unless `feeds` leaves out `live`."""
    told = item(number, "moment", when, who, account, "", device=None) | {"mark": "mktg", "message": None}
    told["moment"] = {"id": f"mo{number}", "type": type, "description": description, "source": None}
    ranks = {name: more.pop(name) for name in ("stars", "flames", "best_bet", "watched") if name in more}
    return told | {"feeds": ["live", "lead"], "who": told["who"] | ranks} | more


def moments() -> list[Fact]:
    """The mock page's. Two of them stand in the Live Feed of the afternoon too, the older ones are left to the Lead Feed."""
    best: Fact = {"stars": 3, "flames": 3, "best_bet": True}
    lead = ["lead"]
    return [
        moment(86, "web", at(13, 21), HIROSHI, "Tanabe Express", "Visited Fleet savings calculator, twice", **best),
        moment(85, "email", at(13, 2), HUONG, "Sông Hồng Logistics", "Opened Autumn newsletter", feeds=lead, watched=True),
        moment(
            84, "milestone", at(10, 35), YICHUN, "Formosa Freight", "Attended Webinar: Route planning at scale",
            stars=2, flames=3, best_bet=True,
        ),
        moment(83, "email", at(9, 4), AISSATOU, "Baobab Énergie", "Opened Buyer’s guide to route planning", feeds=lead,
               watched=True, stars=3, flames=2, best_bet=True),
        moment(70, "web", at(18, 47, 18), MAEVE, "Shannon Haulage", "Downloaded API notes for tachograph data", feeds=lead,
               watched=True),
        moment(69, "milestone", at(15, 10, 18), MEHMET, "Boğaz Nakliyat", "Reached Sales-ready, score 45", feeds=lead,
               watched=True),
        moment(68, "email", at(8, 55, 18), SOREN, "Nordhavn Logistik", "Clicked “Two depots, one plan”", feeds=lead,
               watched=True),
    ]  # fmt: skip


def led(told: Fact, subscriptions: list[Fact]) -> Fact:
    """A line as the page of the Lead Feed tells it."""
    who = told["who"]["person"]
    stands = next((one["id"] for one in subscriptions if one["kind"] == "person" and one["value"] == who["id"]), None)
    return told | {"star": told["who"]["best_bet"], "subscription": stands, "links": links(who)}


def last(type: str, description: str, when: datetime) -> Fact:
    return {"type": type, "description": description, "at": stamp(when)}


def watched_one(who: Fact, account: str, told: Fact | None = None, **more: Any) -> Fact:
    usual = {"own": False, "stars": None, "flames": None, "best_bet": False, "consent": "unknown", "moment": told}
    return usual | {"person": short(who, account), "since": stamp(at(8, 0, 2))} | more


def watched() -> list[Fact]:
    return [
        watched_one(HUONG, "Sông Hồng Logistics", last("email", "Opened Autumn newsletter", at(13, 2)), stars=2, flames=0),
        watched_one(MAEVE, "Shannon Haulage", last("web", "Downloaded API notes", at(18, 47, 18)), stars=2, flames=1),
        watched_one(MEHMET, "Boğaz Nakliyat", last("milestone", "Reached Sales-ready", at(15, 10, 18)), consent="granted"),
        watched_one(LEILANI, "Pacific Parcel"),
    ]


def subscription(number: int, kind: str, value: str, *to: Fact, by: Fact = NORA, who: Fact | None = None) -> Fact:
    return {
        "id": f"s{number}",
        "kind": kind,
        "value": value,
        "person": short(who) if who else None,
        "by": by,
        "receivers": [one | {"refused": False} for one in to],
        "created_at": stamp(at(8, 0, 2)),
    }


def subscriptions() -> list[Fact]:
    return [
        subscription(1, "person", HIROSHI["id"], NORA, who=HIROSHI),
        subscription(2, "account", "Formosa Freight", NORA, BRAM),
        subscription(3, "description", "pricing", NORA),
    ]


def shared() -> list[Fact]:
    return [subscription(4, "type", "milestone", NORA, by=BRAM)]


def bet(
    who: Fact,
    account: str,
    title: str,
    score: int,
    urgency: int,
    stars: int,
    flames: int,
    told: Fact | None = None,
    **more: Any,
) -> Fact:
    usual = {
        "person": short(who, account) | {"title": title},
        "kind": "lead",
        "score": score,
        "urgency": urgency,
        "stars": stars,
        "flames": flames,
        "priority": stars + flames,
        "best_bet": stars + flames >= 4,
        "watched": False,
        "opportunities": 0,
        "in_marketo": True,
        "moment": told,
        "hidden_until": None,
        "links": links(who),
    }
    return usual | more


def best_bets() -> list[Fact]:
    contact: Fact = {"kind": "contact"}
    asked = last("milestone", "Asked for the pilot plan", at(14, 31))
    return [
        bet(HIROSHI, "Tanabe Express", "Operations director", 92, 14, 3, 3,
            last("web", "Used the savings calculator twice", at(14, 21))),
        bet(LUCIA, "Transportes del Ebro", "Head of transport", 88, 6, 3, 3, asked, **contact, opportunities=1),
        bet(YICHUN, "Formosa Freight", "採購經理", 74, 9, 2, 3,
            last("milestone", "Attended Route planning at scale", at(10, 30))),
        bet(AISSATOU, "Baobab Énergie", "Fleet director", 81, 11, 3, 2,
            last("email", "Opened the buyer’s guide", at(9, 4)), **contact, watched=True),
        bet(RAJESH, "Kaveri Cold Chain", "Chief information officer", 77, 3, 2, 2,
            last("web", "Asked for the security pack", at(16, 0, 18)), **contact, opportunities=2),
        bet(HUONG, "Sông Hồng Logistics", "Logistics manager", 69, 2, 2, 1, last("web", "Visited pricing", at(9, 0, 18))),
        bet(MAEVE, "Shannon Haulage", "Transport planner", 64, 5, 2, 1,
            last("web", "Downloaded the API notes", at(18, 47, 18)), **contact),
        bet(SOREN, "Nordhavn Logistik", "Driftschef", 58, 1, 1, 1, None, **contact, in_marketo=False),
        bet(TOMASZ, "Wisła Cargo", "Security lead", 56, -3, 1, 1, last("web", "Read the security pages", at(8, 0, 18)),
            **contact),
        bet(MEHMET, "Boğaz Nakliyat", "Filo müdürü", 47, 2, 1, 0, last("email", "Clicked the newsletter", at(8, 0, 17))),
        bet(LEILANI, "Pacific Parcel", "Dispatcher", 44, 0, 1, 0, None, hidden_until=stamp(at(8, 0, 28))),
    ]  # fmt: skip


def many_bets(count: int) -> list[Fact]:
    """The same people over and over, each under an id of their own."""
    shown = [one for one in best_bets() if not one["hidden_until"]]
    return [
        one
        | {
            "person": one["person"] | {"id": f"p{number}", "name": f"{one['person']['name']} {number}"},
            "score": 10_000 - number,
        }
        for number in range(count)
        for one in [shown[number % len(shown)]]
    ]
