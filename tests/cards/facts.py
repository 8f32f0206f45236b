"""What a card can be told, with everything sensible; a test names only what matters."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from server.cards.actions import Actions
from server.cards.site import Site
from server.cards.words import Words
from server.domain.consent import State
from server.domain.context import Choice, Context, Counted, Somebody, Thread
from server.domain.engagement import Class, Kind
from server.domain.feed import Line
from server.domain.overview import Engagement, News, Overview, Ranked, Ranking, Todo, Todos
from server.domain.tasks import Priority, Task, TaskType

NOW = datetime(2026, 11, 21, 13, 32, tzinfo=UTC)
OSLO = ZoneInfo("Europe/Oslo")
LYON = {"precision": "city", "city": "Lyon", "country": "FR"}
AISSATOU = Somebody(
    address="aissatou@baobab.example",
    name="Aïssatou Diallo",
    id="p1",
    known=True,
    title="Fleet director",
    account="Baobab Énergie",
    phone="+33478000000",
    linkedin="https://www.linkedin.com/in/aissatou",
    score=81,
    rise=11,
    consent=State.GRANTED,
)
THREAD = Thread(
    message_ids=("m1",),
    subject="Pricing for 40 vehicles",
    tracked=True,
    archived=False,
    counted=Counted(
        views=5,
        clicks=1,
        replies=0,
        machine=3,
        own=2,
        last_view=NOW - timedelta(minutes=2),
        last_click=NOW - timedelta(days=2),
    ),
)
TASK = Task(
    id="t1",
    workspace_id="w",
    user_id="u",
    created_by="u",
    name="Ask about the depot in Lyon",
    type=TaskType.CALL,
    priority=Priority.NORMAL,
    due_on=date(2026, 11, 20),
    details="",
    person_id="p1",
    message_id=None,
    version=1,
    completed_at=None,
    deleted_at=None,
    created_at=NOW,
    updated_at=NOW,
)


def seal(name: str, facts: Mapping[str, Any]) -> str:
    return f"{name} {sorted(facts.items())}"


def actions(**around: Any) -> Actions:
    at = {"in": "context", "thread": "18c0ffee", "addresses": [], "chosen": AISSATOU.address, **around}
    return Actions(lambda name: f"https://feed.example/addon/action/{name}", seal, {"at": at, "above": 0})


SITE = Site("https://feed.example")


def words(locale: str = "en") -> Words:
    return Words(locale, OSLO, NOW)


def a_line(kind: Kind = Kind.VIEW, *, count: int = 1, minutes: float = 2, **facts: Any) -> Line:
    known = {
        "who": {
            "person": {"id": "p1", "name": "Aïssatou", "address": AISSATOU.address},
            "account": None,
            "of": 1,
            "possible": [],
        },
        "message": {"subject": "Pricing for 40 vehicles", "thread_id": "18c0ffee", "archived": False},
        "link": None,
        "place": None,
        "device": None,
        "forwarded": None,
        "detail": None,
    }
    at = NOW - timedelta(minutes=minutes)
    return Line("l1", "w", "u", "k", "m1", kind, Class.HUMAN, False, False, count, at, at, {**known, **facts})


def a_moment(kind: str = "web", **facts: Any) -> Line:
    """As marketing's lines are kept: of a person, without a message."""
    moment = {"id": "x1", "type": kind, "description": "Used the savings calculator twice", "source": "Marketo"}
    known = {"who": a_line().facts["who"], "moment": moment, **facts}
    at = NOW - timedelta(minutes=40)
    return replace(a_line(Kind.MOMENT), id="l9", message_id=None, first_at=at, at=at, facts=known)  # type: ignore[arg-type]


def a_todo(**changes: Any) -> Todo:
    whole = Todo("t1", "Ask about the depot", TaskType.CALL, Priority.NORMAL, date(2026, 11, 20), person="Aïssatou Diallo")
    return replace(whole, **changes)


def a_target(**changes: Any) -> Ranked:
    whole = Ranked(
        person_id="p2",
        name="Hiroshi Tanabe",
        address="h@tanabe.example",
        account="Tanabe Express",
        phone="+81312345678",
        score=92,
        rise=14,
        stars=3,
        flames=1,
        moment="Used the savings calculator twice",
    )
    return replace(whole, **changes)


def an_overview(**changes: Any) -> Overview:
    seen = replace(a_line(count=5, place=LYON, forwarded={"reasons": []}), id="l0")
    whole = Overview(
        engagement=Engagement(
            lines=(seen, replace(a_line(Kind.REPLY, minutes=75), id="l2"), a_moment()),
            news=News(NOW - timedelta(hours=4, minutes=52), {Kind.VIEW: 2, Kind.REPLY: 1}),
            new=frozenset({"l0"}),
            more="2026-11-21T11:00:00+00:00 l2",
        ),
        tasks=Todos((a_todo(), a_todo(id="t2", name="Send the offer", priority=Priority.HIGH, due_on=NOW.date(), person=""))),
        targets=Ranking((a_target(), a_target(person_id="p3", phone=None, stars=None, flames=None, rise=None, moment=""))),
    )
    return replace(whole, **changes)


def a_task(**changes: Any) -> Task:
    return replace(TASK, **changes)


def a_context(**changes: Any) -> Context:
    whole = Context(
        choices=(Choice(AISSATOU.address, AISSATOU.name),),
        thread=THREAD,
        somebody=AISSATOU,
        lines=(
            a_line(count=5, place={"precision": "city", "city": "Lyon", "country": "FR"}, forwarded={"reasons": []}),
            a_line(Kind.CLICK, minutes=2880, link={"ordinal": 1, "url": "https://fjordline.example/p", "text": "pricing page"}),
        ),
        tasks=(TASK,),
        in_thread=True,
    )
    return replace(whole, **changes)
