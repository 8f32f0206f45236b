"""The console's pages as a server would give them: people, tracking, privacy, the audit log."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from werkzeug.datastructures import MultiDict

from server.domain.consent import UNTIL_DECIDED, Rule
from server.domain.engagement import Network, NetworkKind
from server.domain.members import Holding, Part
from server.domain.places import Data, DataFile
from server.domain.users import Domain, Role, User, Workspace

Page = Callable[..., str]

DAY = datetime(2026, 11, 4, tzinfo=UTC)
NORA = User("u-nora", "w", "nora@fjordline.example", "Nora Lindqvist", frozenset(Role), "a")
BRAM = User("u-bram", "w", "bram@fjordline.example", "Bram de Wit", frozenset({Role.REP}), "b")
IDA = User(
    "u-ida",
    "w",
    "ida.sorensen@fjordline-asia.example",
    "ida.sorensen@fjordline-asia.example",
    frozenset({Role.REP, Role.ADMIN}),
    "c",
)
ELIAS = User("u-elias", "w", "elias@fjordline.example", "Elias Brandt", frozenset({Role.REP}), "d")
WORKSPACE = Workspace("w", "Fjordline Software", None, (Domain("fjordline.example"), Domain("fjordline-asia.example", False)))


def add(app: Flask, framed: Page) -> None:
    def rule(path: str, template: str, **told: Any) -> None:
        common = {"version": "1.0.0", "wrong": {}, "typed": MultiDict(), "saved": ""}
        app.add_url_rule(path, path, lambda: framed(f"admin/{template}.html", **{**common, **told}))

    rule("/admin/people", "people", **people(), saved="domains")
    wrong = {"domain": "everybodys", "address": "taken", "roles": "none", "name": "name"}
    rule("/admin/people/wrong", "people", **people(), wrong=wrong, typed=MultiDict({"domain": "gmail.com"}))
    rule("/admin/people/u-bram", "person", **person("in", Holding(14, 212, 9, 3)))
    rule("/admin/people/u-elias", "person", **person("out", Holding(elsewhere=3)), saved="let-go")
    rule("/admin/tracking", "tracking", **tracking())
    rule("/admin/tracking/asked", "tracking", **{**tracking(), **answers()}, wrong={"data-asn": "other-kind"})
    rule("/admin/privacy", "privacy", **policy(None))
    rule("/admin/privacy/preview", "privacy", **policy(preview()), wrong={"country": "country", "contact": "address"})
    rule("/admin/audit", "audit", **audit())
    rule("/admin/audit/none", "audit", **{**audit(), "entries": [], "filtered": True})


def people() -> dict[str, Any]:
    seen = "21 November 2026, 13:20"
    members = [
        member(NORA, "in", "ok", seen),
        member(BRAM, "in", "reconnect-needed", seen),
        member(IDA, "invited", "none", ""),
        member(ELIAS, "out", "none", seen),
    ]
    return {
        "workspace": WORKSPACE,
        "members": members,
        "counted": 3,
        "roles": list(Role),
        "sign_in_url": "https://livefeed.fjordline.example",
    }


def member(user: User, place: str, gmail: str, seen_at: str) -> dict[str, Any]:
    roles = [role.value for role in Role if role in user.roles]
    times = {"since": "2 November 2026, 09:12", "seen_at": seen_at}
    return {"user": user, "place": place, "gmail": gmail, "roles": roles, **times}


def person(place: str, holding: Holding) -> dict[str, Any]:
    return {
        "member": member(BRAM if place == "in" else ELIAS, place, "ok", ""),
        "holding": holding,
        "heirs": [NORA, IDA],
        "parts": [(part.value, holding.of(part)) for part in Part],
        "roles": list(Role),
        "fixed": {Role.OPERATOR},
        "may_let_go": True,
    }


def tracking() -> dict[str, Any]:
    city = DataFile(Data.CITY, "ok", False, "", "GeoLite2-City", DAY, 61_000_000, cities=False)
    asn = DataFile(Data.ASN, "missing", True, "/srv/data/asn.mmdb")
    return {
        "machines": "log",
        "files": [
            {"file": city, "built": "4 November 2026", "megabytes": 61},
            {"file": asn, "built": "", "megabytes": 0},
        ],
        "may_upload": True,
        "own_address": "203.0.113.7",
        "tracking_url": "https://t.fjordline.example",
        "remarks": ["shared"],
    }


def answers() -> dict[str, Any]:
    network = Network(64500, "Example Home", NetworkKind.HOME)
    return {
        "machines": "hide",
        "files": [{"file": DataFile(Data.ASN, "none"), "built": "", "megabytes": 0}],
        "look": {"trouble": None, "milliseconds": 41, "until": "2 February 2027"},
        "found": {"address": "203.0.113.7", "place": {"city": "Lyon", "country": "France"}, "network": network},
        "remarks": ["plain"],
    }


def policy(shown: dict[str, Any] | None) -> dict[str, Any]:
    held = replace(UNTIL_DECIDED, domains={"partner.example": Rule.ALWAYS}, contact="privacy@fjordline.example")
    held = replace(held, countries={**held.countries, "TW": Rule.NOTICE})
    return {
        "policy": held,
        "rules": [rule.value for rule in Rule],
        "entries": [row("EEA", "only-with-consent"), row("TW", "notice-and-opt-out"), row("partner.example", "always")],
        "countries": [("EEA", "European Economic Area"), ("FR", "France"), ("TW", "Taiwan")],
        "asked": {"address": "aissatou@dialloetfils.example" if shown else "", "country": "FR", "state": "granted"},
        "preview": shown,
    }


def row(words: str, rule: str) -> dict[str, str]:
    return {"scope": "domains" if "." in words else "countries", "name": words, "words": words, "rule": rule}


def preview() -> dict[str, Any]:
    words = {"text": "Cet e-mail indique à Nora Lindqvist quand il est ouvert.", "link": "Désactiver", "lang": "fr"}
    return {
        "address": "aissatou@dialloetfils.example",
        "allowed": True,
        "why": "By the rule for France: With a notice",
        "notice": words,
    }


def audit() -> dict[str, Any]:
    rows = [
        ("Handed over", "elias@fjordline.example", [("to", "bram@fjordline.example"), ("tasks", "14")]),
        ("Changed the privacy policy", "", [("before", "default: always"), ("now", "default: only-with-consent")]),
        ("Invited", "ida.sorensen@fjordline-asia.example", [("roles", "admin, rep")]),
    ]
    entries_ = [
        {"at": "21 November 2026, 14:20", "iso": "2026-11-21T14:20:00Z", "actor": NORA.address, "what": what, "subject": about}
        | {"details": details}
        for what, about, details in rows
    ]
    return {
        "entries": entries_,
        "actors": [NORA.address],
        "areas": [("people", "People, roles and domains"), ("privacy", "Privacy")],
        "filter": {"who": NORA.address, "area": "", "from": "2026-11-01", "until": ""},
        "filtered": True,
        "older": "before=1",
    }
