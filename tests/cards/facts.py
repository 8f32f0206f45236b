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
from server.domain.tasks import Priority, Task, TaskType

NOW = datetime(2026, 11, 21, 13, 32, tzinfo=UTC)
OSLO = ZoneInfo("Europe/Oslo")
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
