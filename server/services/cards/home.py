"""The first card: three parts read side by side, and how far the rep had looked before."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from server.cards import envelopes, inputs
from server.cards.home import A_PAGE, MOST_LINES, MOST_TARGETS, MOST_TODOS, WHEN_INPUT, home_card
from server.cards.widgets import Json
from server.domain.mailboxes import Connection
from server.domain.overview import Engagement, News, Overview, Ranked, Ranking, Tab, Todo, Todos
from server.domain.tasks import Priority, TaskType, When
from server.domain.users import User
from server.services.cards.parts import Parts
from server.services.cards.stage import Deed, Pressed, Stage, Where
from server.services.mailbox import Mailboxes
from server.services.targets import Targets
from server.services.worklist import Worklist
from server.storage import feed as stored
from server.storage.database import Database, Transaction

IN = "home"
_MOST_NEWS = 1000


class HomeCards:
    def __init__(
        self,
        stage: Stage,
        database: Database,
        mailboxes: Mailboxes,
        worklist: Worklist,
        targets: Targets,
        parts: Parts,
        clock: Callable[[], datetime],
    ) -> None:
        self._stage = stage
        self._database = database
        self._mailboxes = mailboxes
        self._worklist = worklist
        self._targets = targets
        self._parts = parts
        self._clock = clock
        stage.draws(IN, self._draw)
        self.deeds: dict[str, Deed] = {"tab": self._tab, "choose-when": self._choose_when}

    def where(self, user: User, tab: Tab) -> Where:
        """Where this visit begins; from now on what comes is new."""
        position, at = self._database.write(_visit, user, self._clock())
        return {"in": IN, "tab": tab.value, "position": position, "since": at.isoformat() if at else None}

    def _tab(self, pressed: Pressed) -> Json:
        chosen = {"tab": pressed.facts["tab"], "after": pressed.facts.get("after")}
        return envelopes.updated(self._draw(pressed.at(**chosen)))

    def _choose_when(self, pressed: Pressed) -> Json:
        chosen = inputs.text(pressed.inputs, WHEN_INPUT)
        when = chosen if chosen in set(When) else When.TODAY.value
        return envelopes.updated(self._draw(pressed.at(when=when, after=None)))

    def _draw(self, pressed: Pressed) -> Json:
        tab = Tab(pressed.where["tab"])
        asked: dict[Tab, Callable[[], Any]] = {
            Tab.ENGAGEMENT: lambda: self._engagement(pressed, tab),
            Tab.TASKS: lambda: self._tasks(pressed, tab),
            Tab.TARGETS: lambda: self._ranking(pressed, tab),
        }
        shown = {name: read for name, read in asked.items() if tab in (Tab.OVERVIEW, name)}
        found = self._parts.gathered({Tab.OVERVIEW: lambda: self._mailboxes.state(pressed.user).state, **shown})
        overview = Overview(
            tab=tab,
            connection=found.get(Tab.OVERVIEW, Connection.OK),
            engagement=found.get(Tab.ENGAGEMENT),
            tasks=found.get(Tab.TASKS),
            targets=found.get(Tab.TARGETS),
            slow=frozenset(shown) - frozenset(found),
        )
        return home_card(overview, pressed.words, self._stage.acting(pressed, above=0), self._stage.site)

    # The parts

    def _engagement(self, pressed: Pressed, tab: Tab) -> Engagement:
        whole = tab is Tab.ENGAGEMENT
        after = _read_page(pressed.where.get("after")) if whole else None
        return self._database.read(_engagement, pressed.user, pressed.where, after, A_PAGE if whole else MOST_LINES)

    def _tasks(self, pressed: Pressed, tab: Tab) -> Todos:
        whole = tab is Tab.TASKS
        when = When(pressed.where.get("when") or When.TODAY) if whole else When.TODAY
        after = pressed.where.get("after") if whole else None
        page = self._worklist.page(pressed.user, when, after=after, limit=A_PAGE if whole else MOST_TODOS)
        todos = tuple(_todo(one) for one in page["items"])
        return Todos((*self._just_done(pressed), *todos), when, page["next"])

    def _just_done(self, pressed: Pressed) -> tuple[Todo, ...]:
        """With its box ticked, so that unticking takes it back."""
        return (_todo(self._worklist.task(pressed.user, pressed.just_done)),) if pressed.just_done else ()

    def _ranking(self, pressed: Pressed, tab: Tab) -> Ranking:
        whole = tab is Tab.TARGETS
        first = int(pressed.where.get("after") or 0) if whole else 0
        most = A_PAGE if whole else MOST_TARGETS
        items = self._targets.list(pressed.user)["items"]
        return Ranking(tuple(_ranked(one) for one in items[first : first + most]), first, len(items) > first + most)


def _visit(tx: Transaction, user: User, now: datetime) -> tuple[int, datetime | None]:
    head = stored.head(tx, user.id)
    if head.position != head.seen_position or head.seen_at is None or (now - head.seen_at).total_seconds() > 1:
        stored.remember_seen(tx, user.id, head.position, now)
    return head.seen_position or 0, head.seen_at


def _engagement(tx: Transaction, user: User, where: Where, before: tuple[datetime, str] | None, most: int) -> Engagement:
    found = stored.latest(tx, user.id, before, None, hidden=False, message_id=None, limit=most + 1)
    since, position = where.get("since"), where["position"]
    counts = stored.kinds_since(tx, user.id, position, _MOST_NEWS) if since else {}
    page = [placed.line for placed in found[:most]]
    return Engagement(
        lines=tuple(page),
        news=News(datetime.fromisoformat(since) if since else None, counts),
        new=frozenset(placed.line.id for placed in found if since and placed.position > position),
        more=f"{page[-1].at.isoformat()} {page[-1].id}" if len(found) > most else None,
    )


def _read_page(after: str | None) -> tuple[datetime, str] | None:
    if not after:
        return None
    at, _, line_id = after.partition(" ")
    return datetime.fromisoformat(at), line_id


def _todo(task: Mapping[str, Any]) -> Todo:
    person = task["person"] or {}
    return Todo(
        id=task["id"],
        name=task["name"],
        type=TaskType(task["type"]),
        priority=Priority(task["priority"]),
        due_on=date.fromisoformat(task["due_on"]),
        done=task["completed_at"] is not None,
        person=person.get("name") or person.get("address") or "",
    )


def _ranked(item: Mapping[str, Any]) -> Ranked:
    person, moment = item["person"], item["moment"]
    return Ranked(
        person_id=person["id"],
        name=person["name"],
        address=person["address"] or "",
        account=person["account"],
        phone=person["phone"],
        do_not_call=person["do_not_call"],
        score=item["score"],
        rise=item["rise"],
        stars=item.get("stars"),
        flames=item.get("flames"),
        moment=moment["description"] if moment else "",
    )
