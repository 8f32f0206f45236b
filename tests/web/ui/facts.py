"""What the pretend server tells the screens: one afternoon of a rep, in the API's own words."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from server.domain.preferences import Preferences, written

NOON = datetime(2026, 11, 19, 14, 32, tzinfo=UTC)
Fact = dict[str, Any]

GEOGRAPHY: dict[str, Fact] = {
    "Lyon": {"precision": "city", "city": "Lyon", "country": "FR"},
    "Geneva": {"precision": "city", "city": "Geneva", "country": "CH"},
    "Poland": {"precision": "country", "city": None, "country": "PL"},
    "France": {"precision": "country", "city": None, "country": "FR"},
}


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def person(name: str, address: str, **more: Any) -> Fact:
    """`account` and `title` are not told on lines of the feed."""
    return {
        "id": address,
        "name": name,
        "address": address,
        "phone": None,
        "linkedin": None,
        "do_not_call": False,
        "unsubscribed": False,
        "known": True,
        "muted": False,
    } | more


def short(who: Fact, account: str | None = None) -> Fact:
    """A person as tasks and targets tell them."""
    told = {name: value for name, value in who.items() if name not in ("known", "muted")}
    return told | {"title": None, "account": account}


def item(number: int, kind: str, at: datetime, who: Fact | list[Fact], account: str, subject: str, **more: Any) -> Fact:
    """`number` makes the ids. Several people in `who`: any of them may it have been."""
    possible = who if isinstance(who, list) else []
    return {
        "id": f"{number:06d}",
        "cursor": f"c{number:06d}",
        "mark": "mail",
        "kind": kind,
        "class": "human",
        "hidden": False,
        "removed": False,
        "count": 1,
        "first_at": stamp(at),
        "at": stamp(at),
        "message": {
            "id": f"m-{subject[:8].lower().replace(' ', '-')}",
            "subject": subject,
            "thread_url": f"https://mail.google.com/mail/u/?authuser=nora@fjordline.example#all/{number:x}",
            "archived": False,
            "muted": False,
        },
        "moment": None,
        "who": {
            "person": None if possible else who,
            "account": account,
            "of": len(possible) or 1,
            "possible": possible,
            "watched": False,
            "stars": None,
            "flames": None,
            "best_bet": False,
        },
        "feeds": ["live"],
        "link": None,
        "place": None,
        "device": {"client": "Chrome", "system": "Windows"},
        "forwarded": None,
        "detail": None,
    } | more


AISSATOU = person(
    "Aïssatou Diallo",
    "aissatou.diallo@baobab.example",
    phone="+33428004117",
    linkedin="https://www.linkedin.com/in/aissatou-diallo",
)
LUCIA = person("Lucía Fernández Ortega", "lucia.fernandez@ebro.example", phone="+34976001122", do_not_call=True)
TOMASZ = person("Tomasz Wójcik", "tomasz.wojcik@wisla.example", unsubscribed=True)
HUONG = person("Nguyễn Thị Hương", "huong@songhong.example", phone="+842438001100")
YICHUN = person("陳怡君", "yichun.chen@formosa.example", linkedin="https://www.linkedin.com/in/yichun")
SOREN = person("Søren Kjeldsen", "soren@nordhavn.example", phone="+4533001100")
RAJESH = person("Rajesh Iyer", "iyer@kaveri.example", phone="+914428001100")
HIROSHI = person("Hiroshi Tanabe", "tanabe@tanabe.example", phone="+81300110022")
CLAIRE = person("Claire Dubois", "claire@dubois.example", known=False)
KAVERI = [
    {"name": name, "address": f"{name.split()[-1].lower()}@kaveri.example"}
    for name in ("Rajesh Iyer", "Meera Nair", "Suresh Pillai")
]


def at(hours: int, minutes: int, day: int = 19) -> datetime:
    return datetime(2026, 11, day, hours, minutes, 8, tzinfo=UTC)


def afternoon() -> list[Fact]:
    """The lines of the mock page that exist so far, and some older ones."""
    forwarded = {"reasons": [{"code": "places", "count": 2}, {"code": "devices", "count": 4}]}
    return [
        item(90, "reply", at(14, 30), LUCIA, "Transportes del Ebro", "Pilot plan, two depots", device=None),
        item(
            89,
            "view",
            at(14, 29),
            AISSATOU,
            "Baobab Énergie",
            "Pricing for 40 vehicles",
            count=5,
            first_at=stamp(at(17, 22, 18)),
            place=GEOGRAPHY["Lyon"],
            forwarded=forwarded,
        ),
        item(
            88,
            "auto-reply",
            at(14, 21),
            CLAIRE,
            "Dubois et Fils",
            "Back on Monday 24 November",
            device=None,
        ),
        item(
            80,
            "click",
            at(12, 41),
            TOMASZ,
            "Wisła Cargo",
            "Security answers",
            place=GEOGRAPHY["Poland"],
            link={"ordinal": 1, "url": "https://fjordline.example/security.pdf", "text": "Security questionnaire.pdf"},
        ),
        item(79, "view", at(11, 58), KAVERI, "Kaveri Cold Chain", "Answers to your security questions"),
        item(
            78,
            "view",
            at(10, 30),
            YICHUN,
            "Formosa Freight",
            "Route planning at scale",
            device={"client": "Gmail", "system": None},
        ),
        item(
            77,
            "bounce",
            at(9, 12),
            person("Jakub Novák", "jakub@moravia.example"),
            "Moravia Fleet",
            "Hello from Fjordline",
            device=None,
            detail={
                "text": "The mailbox is over its quota",
                "code": "5.2.2",
                "address": "jakub@moravia.example",
                "state": "failed",
            },
        ),
        item(
            60,
            "view",
            at(16, 5, 18),
            person("Maeve O’Sullivan", "maeve@shannon.example"),
            "Shannon Haulage",
            "Route data from Monday’s call",
        ),
        item(
            59,
            "click",
            at(15, 2, 18),
            person("Rajesh Iyer", "iyer@kaveri.example"),
            "Kaveri Cold Chain",
            "Security answers",
            count=3,
            link={"ordinal": 2, "url": "https://fjordline.example/pack", "text": "Security pack"},
        ),
        item(
            40,
            "view",
            at(9, 40, 16),
            person("Amara Okafor", "amara@lagos.example"),
            "Lagos Lines",
            "Pricing for 12 vehicles",
            place=GEOGRAPHY["France"],
        ),
    ]


def machines() -> list[Fact]:
    return [
        item(
            76,
            "view",
            at(8, 40),
            person("Amara Okafor", "amara@lagos.example"),
            "Lagos Lines",
            "Pricing for 12 vehicles",
            **{"class": "machine"},
            hidden=True,
            count=2,
            device=None,
            reasons=[{"code": "all-links", "seconds": 0.4, "count": 2}],
        ),
        item(
            75,
            "view",
            at(8, 12),
            TOMASZ,
            "Wisła Cargo",
            "Security answers",
            **{"class": "unknown"},
            hidden=True,
            device=None,
            reasons=[{"code": "ua-none"}],
        ),
    ]


def older(count: int) -> list[Fact]:
    """A long history for scrolling: one view every three hours before the afternoon."""
    start = at(8, 0, 16)
    return [
        item(
            39 - n if n < 39 else 0,
            "view",
            start - timedelta(hours=3 * n),
            AISSATOU,
            "Baobab Énergie",
            f"Offer number {count - n}",
        )
        | {"id": f"{count - n:05d}-old"}
        for n in range(count)
    ]


def hit(number: int, when: datetime, cls: str, *reasons: Fact, **more: Any) -> Fact:
    return {
        "id": f"h{number}",
        "kind": "view",
        "at": stamp(when),
        "class": cls,
        "reasons": list(reasons),
        "link": None,
        "recipient": None,
        "place": None,
        "device": None,
        "method": "GET",
    } | more


def pricing() -> Fact:
    """The message of the mock page, with every kind of hit."""
    links = [
        {"ordinal": 1, "url": "https://fjordline.example/pricing", "text": "pricing"},
        {"ordinal": 2, "url": "https://fjordline.example/terms", "text": "terms"},
    ]
    chrome = {"client": "Chrome", "system": "Windows"}
    scanner = {"client": "Mail scanner", "system": None}
    mac = {"client": "Chrome", "system": "Mac"}
    sent = datetime(2026, 11, 17, 15, 40, 5, tzinfo=UTC)
    hits = [
        hit(1, at(14, 30), "human", {"code": "ua-browser"}, place=GEOGRAPHY["Lyon"], device=chrome),
        hit(
            2,
            at(14, 12),
            "human",
            {"code": "ua-mail"},
            {"code": "net-home"},
            place=GEOGRAPHY["Geneva"],
            device={"client": "Apple Mail", "system": "iPhone"},
        ),
        hit(3, at(13, 5), "human", {"code": "ua-browser"}, place=GEOGRAPHY["Lyon"], device=chrome),
        hit(4, at(8, 51), "proxy-human", {"code": "gmail-proxy-open"}, device={"client": "Gmail", "system": None}),
        hit(
            5,
            at(17, 22, 18),
            "human",
            {"code": "after-view", "seconds": 9},
            kind="click",
            link=links[0],
            place=GEOGRAPHY["France"],
            device={"client": "Firefox", "system": "Mac"},
        ),
        hit(
            6,
            at(17, 21, 18),
            "human",
            {"code": "ua-mail"},
            place=GEOGRAPHY["France"],
            device={"client": "Thunderbird", "system": "Mac"},
        ),
        hit(7, at(16, 5, 17), "unknown", {"code": "ua-none"}, {"code": "net-home"}, place=GEOGRAPHY["France"]),
        hit(
            8,
            sent + timedelta(seconds=4),
            "machine",
            {"code": "all-links", "seconds": 0.4, "count": 2},
            {"code": "net-hosting"},
            kind="click",
            link=links[1],
            device=scanner,
        ),
        hit(
            9,
            sent + timedelta(seconds=4),
            "machine",
            {"code": "all-links", "seconds": 0.4, "count": 2},
            {"code": "net-hosting"},
            kind="click",
            link=links[0],
            device=scanner,
        ),
        hit(
            10,
            sent + timedelta(seconds=2),
            "machine",
            {"code": "too-soon", "seconds": 2},
            {"code": "method-head", "method": "HEAD"},
            device=scanner,
            method="HEAD",
        ),
        hit(11, at(13, 58), "own", {"code": "own-session"}, device=mac),
        hit(12, sent + timedelta(seconds=75), "own", {"code": "own-network"}, device=mac),
    ]
    counts = {"views": 5, "clicks": 1, "machine": 3, "unknown": 1, "own": 2}
    made = summary("m-pricing-", "Pricing for 40 vehicles", sent, [AISSATOU], **counts)
    return made | {
        "recipients": [recipient | {"account": "Baobab Énergie"} for recipient in made["recipients"]],
        "links": links,
        "forwarded": {"reasons": [{"code": "places", "count": 2}, {"code": "devices", "count": 4}]},
        "apple": False,
        "muted": False,
        "hits": hits,
        "mails": [],
    }


def summary(id: str, subject: str, sent: datetime, to: list[Fact], tracked: bool = True, **counts: int) -> Fact:
    nothing = {"views": 0, "clicks": 0, "replies": 0, "machine": 0, "unknown": 0, "own": 0, "bounces": 0}
    recipients = [
        {
            "name": who["name"],
            "address": who["address"],
            "kind": "to",
            "person_id": who.get("id"),
            "personal": len(to) == 1,
            "bounced": None,
            "replied_at": None,
        }
        for who in to
    ]
    return {
        "id": id,
        "subject": subject,
        "state": "sent",
        "tracked": tracked,
        "sent_at": stamp(sent),
        "archived": False,
        "thread_url": "https://mail.google.com/mail/u/?authuser=nora@fjordline.example#all/18c1",
        "recipients": recipients,
        "counts": nothing | counts,
    }


def quiet_message(id: str = "m-quiet") -> Fact:
    """Untouched by anybody, with a bounce, an Apple reader and no links."""
    base = summary(id, "Hello from Fjordline", at(9, 0), [*KAVERI], bounces=1, replies=1)
    mails = [
        {"id": "in1", "kind": "reply", "at": stamp(at(11, 2)), "from": KAVERI[0], "detail": None},
        {
            "id": "in2",
            "kind": "bounce",
            "at": stamp(at(9, 1)),
            "from": {"name": "", "address": "mailer-daemon@kaveri.example"},
            "detail": {"text": "Over quota", "code": "5.2.2", "address": KAVERI[2]["address"], "state": "failed"},
        },
    ]
    return base | {"links": [], "forwarded": None, "apple": True, "muted": False, "hits": [], "mails": mails, "archived": True}


def messages() -> list[Fact]:
    listed = {key: value for key, value in pricing().items() if key in summary("", "", NOON, [])}
    return [
        summary("m-1", "Pilot plan, two depots", at(13, 20), [LUCIA], views=2, replies=1),
        listed,
        summary("m-2", "Answers to your security questions", at(10, 12, 18), KAVERI, views=1),
        summary("m-3", "Hello from Fjordline", at(9, 10, 18), [person("Jakub Novák", "jakub@moravia.example")], bounces=1),
        summary("m-4", "Sent from my phone", at(8, 1, 17), [TOMASZ], tracked=False),
        summary("m-5", "Old offer", at(8, 1, 3), [AISSATOU], views=12, clicks=4) | {"archived": True},
    ]


PUSH_KEY = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"


def notice(**more: Any) -> Fact:
    page = "http://localhost/messages/m"
    told = {"id": "n1", "kind": "day", "title": "2 tasks due", "text": "Call Brightwave", "page": page, "url": page}
    return {**told, "phone": None, "draft": None, "actions": [], **more}


def me(locale: str = "en", gmail: str = "ok") -> Fact:
    return {
        "id": "u1",
        "name": "Nora Lindqvist",
        "address": "nora@fjordline.example",
        "roles": ["rep", "admin", "operator"],
        "workspace": {"id": "w1", "name": "Fjordline Software"},
        "locale": locale,
        "time_zone": "UTC",
        "api_version": 1,
        "tags": ["t1"],
        "tracking_url": "https://t.fjordline.example",
        "gmail": {"state": gmail, "since": None, "looked_at": stamp(at(13, 1)), "detail": "", "connect_url": "/auth/gmail"},
        "notifications": {"kinds": {}, "quiet": {"on": True, "start": "20:00", "end": "07:30"}, "again_after": 3},
        "preferences": written(Preferences()),
    }


def today() -> Fact:
    """The day of the lines in `feed`, and a month with weekends."""
    counts = [(0, 0, 0, 0) if day % 7 in (1, 2) else (9 + day * 7 % 13, day * 5 % 6, day % 3, day * 3 % 5) for day in range(29)]
    kinds = ("view", "click", "reply", "moment")
    figures = dict(zip(kinds, ((19, 7), (5, 4), (2, 2), (6, 5)), strict=True))
    days = [dict(zip(kinds, counted, strict=True)) for counted in (*counts, tuple(count for count, _ in figures.values()))]
    return {
        "day": TODAY,
        "figures": {kind: {"count": count, "people": people} for kind, (count, people) in figures.items()},
        "machine": 14,
        "rises": 18,
        "latest": {
            "kind": "reply",
            "at": stamp(at(14, 30)),
            "name": LUCIA["name"],
            "of": 1,
            "subject": "Pilot plan",
        },
        "tasks": {"overdue": 1, "today": 3},
        "targets": 18,
        "days": [{"day": str(date.fromisoformat(TODAY) - timedelta(days=29 - place)), **day} for place, day in enumerate(days)],
    }


def devices() -> list[Fact]:
    """The browser that looks on, and an extension elsewhere."""
    known = {"signed_in_at": stamp(at(9, 0, 1)), "used_at": stamp(at(14, 30))}
    return [
        {"id": "d1", "kind": "web", "device": {"client": "Chrome", "system": "Windows"}, "current": True, **known},
        {"id": "d2", "kind": "extension", "device": {"client": "Chrome", "system": "macOS"}, "current": False, **known},
    ]


def task(
    number: int, name: str, due_on: str, type: str = "custom", who: Fact | None = None, account: str | None = None, **more: Any
) -> Fact:
    return {
        "id": f"t{number:04d}",
        "name": name,
        "type": type,
        "priority": "normal",
        "due_on": due_on,
        "overdue": due_on < TODAY and not more.get("completed_at"),
        "details": "",
        "person": short(who, account) if who else None,
        "message_id": None,
        "assignee": NORA,
        "changed": {"by": None, "at": stamp(at(9, 0))},
        "completed_at": None,
        "version": 1,
        "salesforce": None,
    } | more


TODAY = "2026-11-19"
NORA = {"id": "u1", "name": "Nora Lindqvist"}
BRAM = {"id": "u2", "name": "Bram de Wit"}


def tasks() -> list[Fact]:
    """The tasks of the mock page."""
    high: Fact = {"priority": "high"}
    return [
        task(1, "Ask about the depot in Zaragoza", "2026-11-18", "call", LUCIA, "Transportes del Ebro", **high),
        task(
            2,
            "Send the revised price for 40 vehicles",
            TODAY,
            "email",
            AISSATOU,
            "Baobab Énergie",
            details="She asked for 40 instead of 25.",
            **high,
        ),
        task(3, "Walk through security answers", TODAY, "call", RAJESH, "Kaveri Cold Chain"),
        task(4, "Connect after the webinar", TODAY, "inmail", YICHUN, "Formosa Freight"),
        task(5, "Confirm pilot start date", TODAY, "email", SOREN, "Nordhavn Logistik", completed_at=stamp(at(11, 20))),
        task(6, "First call: cold chain routes", "2026-11-20", "call", HUONG, "Sông Hồng Logistics"),
        task(7, "Prepare the demo data set", "2026-11-20"),
        task(
            8,
            "Follow up on the tender",
            "2026-11-20",
            "email",
            person("Fatima al-Harbi", "fatima@najd.example"),
            "Najd Distribution",
        ),
        task(9, "Pilot kick-off", "2026-11-23", "call", SOREN, "Nordhavn Logistik"),
        task(10, "Renew the frame contract", "2027-02-12", "custom", TOMASZ, "Wisła Cargo"),
    ]


def suggestions() -> list[Fact]:
    def one(number: int, rule: str, type: str, name: str, why: str, who: Fact, account: str) -> Fact:
        told = {"id": f"s{number}", "rule": rule, "type": type, "name": name, "why": why, "message_id": None}
        return told | {"person": short(who, account), "at": stamp(at(14, number))}

    return [
        one(1, "clicked", "call", "Call Tomasz Wiśniewski", "Clicked “pricing” 2 times", TOMASZ, "Wisła Cargo"),
        one(2, "silent", "email", "Follow up: Hello", "Viewed “Hello”, but no reply in 6 days", HUONG, "Sông Hồng Logistics"),
    ]


def target(score: int, rise: int, when: datetime, who: Fact, account: str, **more: Any) -> Fact:
    told = {"person": short(who, account), "score": score, "rise": rise, "rose_at": stamp(when), "moment": None}
    return told | {"stars": None, "flames": None} | more


def targets() -> list[Fact]:
    used = {"type": "web", "description": "Used the savings calculator twice", "at": stamp(at(14, 12))}
    asked = {"type": "milestone", "description": "Asked for the pilot plan", "at": stamp(at(14, 31))}
    return [
        target(92, 14, at(14, 12), HIROSHI, "Tanabe Express", stars=3, flames=3, moment=used),
        target(88, 6, at(14, 31), LUCIA, "Transportes del Ebro", stars=3, flames=2, moment=asked),
        target(81, 11, at(9, 2), AISSATOU, "Baobab Énergie", stars=3, flames=2),
        target(77, 3, at(9, 2, 18), RAJESH, "Kaveri Cold Chain", stars=2, flames=1),
        target(74, 9, at(9, 2, 17), YICHUN, "Formosa Freight", stars=2, flames=3),
        target(69, 2, at(9, 2, 3), HUONG, "Sông Hồng Logistics", stars=2, flames=0),
        target(58, 1, datetime(2026, 9, 20, 10, 0, tzinfo=UTC), SOREN, "Nordhavn Logistik"),
    ]
