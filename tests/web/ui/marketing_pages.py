"""Pages around the Lead Feed as a server would give them: for a rep with an address, and for an admin."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask
from werkzeug.datastructures import MultiDict

from server.domain.mailserver import SECURITIES, MailServer
from server.domain.marketing import MOST_HIDE_DAYS, ContactField, Rss, choices_of
from server.services.configuration import Entry
from server.services.subscriptions import Stop
from server.settings import Settings, rules
from server.web.admin.connections import PAGES, Hits, Step
from server.web.admin.services import GOOGLE, MAIL, MARKETO, SALESFORCE

Page = Callable[..., str]

SERVICES = ("google", "marketo", "salesforce", "mail")
NORA, BRAM = "nora@fjordline.example", "bram@fjordline.example"
ADMIN = {"set-up": "/admin", "rss": "/admin/rss", "ranks": "/admin/ranks"}

NAMES = {"rss": "RSS 2.0", "atom": "Atom", "json": "JSON Feed"}
URLS = {form: f"https://livefeed.fjordline.example/feeds/k7Qm3xVbT0pZcLrWd2sNfHy8uAe4Gj1o/lead-feed.{form}" for form in NAMES}


def add(app: Flask, framed: Page, letter: Page) -> None:
    for place in SERVICES:
        shown = service(place)
        app.add_url_rule(f"/admin/{place}", f"admin-{place}", partial(framed, "admin/service.html", **shown))
    for name, path in ADMIN.items():
        app.add_url_rule(path, f"admin-{name}", partial(framed, f"admin/{name}.html", **admin({})))
    wrong = {"stars": "rising", "days": "days", "field": "field"}
    app.add_url_rule("/admin/ranks/wrong", "admin-wrong", lambda: framed("admin/ranks.html", **admin(wrong)))
    told = address(URLS, on=True)
    app.add_url_rule("/lead-feed", "lead-feed", lambda: framed("lead-feed.html", **told, read_at="21 November 2026, 14:20"))
    app.add_url_rule("/lead-feed/rss", "feed-address", lambda: framed("feed-address.html", **address(URLS, on=True)))
    app.add_url_rule("/lead-feed/rss/none", "no-address", lambda: framed("feed-address.html", **address(None, on=False)))
    app.add_url_rule("/stop/<kind>", "stop", lambda kind: letter("stop-alerts.html", stop=stops()[kind]))


def service(place: str) -> dict[str, Any]:
    """A page where services are set up: one works, one is refused, one secret is the environment's."""
    entries = {name: Entry(name, value, bool(value)) for name, value in rules(Settings()).usual.items()}
    entries["marketo_client_secret"] = Entry("marketo_client_secret", "", is_set=True, fixed=True)
    entries["gmail_topic"] = Entry("gmail_topic", "projects/fjordline/topics/gmail", True, changed_by="Nora Lindqvist")
    words = "Pushes arrive, but with another audience than expected."
    users = [
        {"id": "1", "name": "Nora Lindqvist", "address": NORA, "salesforce_id": "0055g0000000001AAA", "by_hand": False},
        {"id": "2", "name": "Bram de Wit", "address": BRAM, "salesforce_id": None, "by_hand": True},
    ]
    return admin({}) | {
        "place": place,
        "sections": [one for one in (*GOOGLE, MARKETO, SALESFORCE, MAIL) if PAGES[one.service] == f"/admin/{place}"],
        "entries": entries,
        "of": {
            "google": connection("google", "ok", "4129.apps.example"),
            "push": connection(
                "push", "refused", "projects/fjordline/topics/gmail", detail="https://else.example", words=words
            ),
            "addon": connection("addon", "off", None),
            "marketo": connection("marketo", "ok", "https://123-abc-456.mktorest.com"),
            "salesforce": connection("salesforce", "new", "https://login.salesforce.com"),
            "smtp": connection("smtp", "off", None),
        },
        "wrong": {"mail_from": "a mail address"} if place == "mail" else {},
        "operates": True,
        "tried": "push",
        "saved": "",
        "copies": {"google": (("redirect", "https://livefeed.fjordline.example/auth/google/callback"),)},
        "server": MailServer("smtp.fjordline.example", "", "starttls", "feed"),
        "securities": SECURITIES,
        "gmail": "none",
        "users": users if place == "salesforce" else None,
    }


def steps() -> list[Step]:
    done = {"google": "4129….apps.example", "join": "fjordline.example", "push": "projects/fjordline/topics/gmail"}
    names = ("google", "join", "push", "tracking", "marketo", "salesforce", "smtp", "addon")
    return [Step(name, name in done, done.get(name, "https://123-abc-456.mktorest.com"), "/admin/google") for name in names]


def admin(wrong: dict[str, str]) -> dict[str, Any]:
    rss = Rss(True, frozenset({ContactField.EMAIL, ContactField.PHONE, ContactField.COMPANY_URL}))
    return {
        "choices": choices_of({"rss": rss.to_json()}),
        "contact_fields": list(ContactField),
        "hits": Hits(waiting=True, refused=False, text="3 views and clicks wait to come into the feed."),
        "most_days": MOST_HIDE_DAYS,
        "wrong": wrong,
        "version": "1.0.0",
        "typed": MultiDict([("stars", "40"), ("stars", "40"), ("days", "0")]) if wrong else MultiDict(),
        "saved": "" if wrong else "rss",
        "steps": steps(),
        "following": "tracking",
        "done": 3,
        "pages": PAGES,
        "connections": [
            connection("marketo", "ok", "https://123-abc-456.mktorest.com", quota={"used": 4120, "limit": 50000}),
            connection("salesforce", "refused", "https://login.salesforce.com", detail="the key or the user is refused"),
            connection("smtp", "off", None),
            connection("webpush", "ok", "fcm.googleapis.com"),
        ],
    }


def connection(service: str, state: str, address: str | None, **more: Any) -> dict[str, Any]:
    shown = {
        "succeeded_at_shown": "21 November 2026, 13:20",
        "failed_at_shown": "",
        "detail": "",
        "words": more.get("detail", ""),
        "quota": None,
        "progress": None,
    }
    if state == "refused":
        shown |= {"failed_at_shown": "21 November 2026, 14:02"}
    if state == "off":
        shown["succeeded_at_shown"] = ""
    return {"service": service, "state": state, "address": address, **shown, **more}


def address(urls: dict[str, str] | None, *, on: bool) -> dict[str, Any]:
    told = {"on": on, "urls": urls, "reader": "Newsboat"}
    times = {"created_at": "2 November 2026, 09:12", "read_at": "21 November 2026, 14:20"}
    return {"address": told, "shown": times, "names": NAMES, "feeds": []}


def stops() -> dict[str, Stop | None]:
    nora, elias = {"id": "n", "name": "Nora Lindqvist"}, {"id": "e", "name": "Elias Brandt"}
    told: list[dict[str, Any]] = [
        {"kind": "person", "value": "p", "person": {"name": "Hiroshi Tanabe", "address": None}, "by": nora},
        {"kind": "account", "value": "Formosa Freight", "person": None, "by": elias},
        {"kind": "type", "value": "milestone", "person": None, "by": nora},
        {"kind": "description", "value": "pricing", "person": None, "by": nora},
    ]

    def stop(on: bool) -> Stop:
        return Stop("n", "nora@fjordline.example", None, [{**one, "on": on} for one in told])

    return {"on": stop(True), "off": stop(False), "bad": None}
