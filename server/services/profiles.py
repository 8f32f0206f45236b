"""All that is known about one person, for one viewer: details, what happened, what is to do."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from server.domain.feed import Line
from server.domain.moments import Audience, Moment, line_of
from server.domain.people import Person
from server.domain.tasks import Task
from server.domain.timeline import Asked, Entry, Kind, part
from server.domain.users import User
from server.errors import NotFound
from server.services.feed import Feed, page_at, read_page
from server.services.leadfeed import LeadFeed
from server.services.person import may_decide, may_know, regards, time_text, told
from server.services.worklist import Worklist
from server.storage import people as stored_people
from server.storage import timeline as stored
from server.storage import tracking
from server.storage import worklist as stored_tasks
from server.storage.database import Database, Transaction
from server.storage.feed import Placed
from server.storage.timeline import Before

MOST_A_PAGE = 100
MOST_TASKS = 50
_SEARCHED = 400


class Profiles:
    """Answers are JSON-ready. Of engagement and tasks the viewer's own; marketing's part for owner, watchers and admins."""

    def __init__(
        self, database: Database, feed: Feed, lead_feed: LeadFeed, worklist: Worklist, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._feed = feed
        self._lead_feed = lead_feed
        self._worklist = worklist
        self._clock = clock

    def details(self, user: User, person_id: str) -> dict[str, Any]:
        """As lists tell a person, and what only their own page tells."""
        return self._database.read(self._details, user, person_id)

    def timeline(self, user: User, person_id: str, asked: Asked, before: str | None = None, limit: int = 40) -> dict[str, Any]:
        """`{"items": [{"kind", "at", "item", "task"}], "next": cursor | None, "machine": hits left out}`, newest first; the
        last is told with the first page."""
        start = read_page(before) if before else None
        return self._database.read(self._timeline, user, person_id, asked, start, max(1, min(limit, MOST_A_PAGE)))

    def tasks(self, user: User, person_id: str) -> list[dict[str, Any]]:
        """What the user has to do about them, by due day."""
        return self._database.read(self._tasks, user, person_id)

    def _details(self, tx: Transaction, user: User, person_id: str) -> dict[str, Any]:
        person = _person(tx, user, person_id)
        return {
            **told(tx, user, [person], self._clock())[0],
            "kind": person.salesforce_type,
            "website": person.website,
            "postal": person.postal,
            "links": self._lead_feed.links(person),
            "muted": person.id in stored_tasks.muted(tx, user.id, [person.id]),
            "may_decide": may_decide(user, person),
            "owned_elsewhere": person.salesforce_id is not None,
            "knows_marketing": self._knows_marketing(tx, user, person),
            "created_at": time_text(person.created_at),
        }

    def _timeline(
        self, tx: Transaction, user: User, person_id: str, asked: Asked, before: Before, limit: int
    ) -> dict[str, Any]:
        person = _person(tx, user, person_id)
        hides = tracking.hides_machines(tx, user.workspace_id)
        asked = replace(asked, machine=False) if hides else asked
        scanned = _SEARCHED if asked.terms else limit
        page = part(self._entries(tx, user, person, asked, before, scanned + 1), asked, scanned, limit)
        leaves_out = before is None and not asked.machine and not hides and asked.wants(Kind.MAIL)
        return {
            "items": self._told(tx, user, page.entries),
            "next": page_at(page.end.at, page.end.id) if page.end else None,
            "machine": stored.machine_hits(tx, user.id, person.id) if leaves_out else None,
        }

    def _entries(self, tx: Transaction, user: User, person: Person, asked: Asked, before: Before, limit: int) -> list[Entry]:
        found: list[Entry] = []
        if asked.wants(Kind.MAIL):
            lines = stored.mail_lines(tx, user.id, person.id, before, asked.machine, limit)
            found += [Entry(Kind.MAIL, one.line.at, one.line.id, one, _texts(one.line)) for one in lines]
        if asked.wants(Kind.MARKETING) and self._knows_marketing(tx, user, person):
            found += self._moments(tx, user, person, before, limit)
        if asked.wants(Kind.TASK):
            tasks = stored.tasks_of(tx, user.id, person.id, before, limit)
            found += [
                Entry(Kind.TASK, one.completed_at or one.created_at, one.id, one, (one.name, one.details)) for one in tasks
            ]
        return found

    def _moments(self, tx: Transaction, user: User, person: Person, before: Before, limit: int) -> Iterable[Entry]:
        """Also those from before the viewer followed the person: their feed does not hold them."""
        found = stored.moments_of(tx, user.workspace_id, person.id, before, limit)
        lines = stored.line_ids(tx, user.id, [one.id for one in found])
        for one in found:
            line = lines.get(one.id) or _line(one, user, person)
            yield Entry(Kind.MARKETING, one.at, one.id, Placed(line, 0), (one.description, one.source or ""))

    def _told(self, tx: Transaction, user: User, entries: Iterable[Entry]) -> list[dict[str, Any]]:
        page = list(entries)
        items = self._feed.items(tx, user, [one.thing for one in page if isinstance(one.thing, Placed)])
        tasks = self._worklist.told(tx, user, [one.thing for one in page if isinstance(one.thing, Task)])
        told_of = {item["id"]: item for item in (*items, *tasks)}
        return [_json(one, told_of) for one in page]

    def _tasks(self, tx: Transaction, user: User, person_id: str) -> list[dict[str, Any]]:
        person = _person(tx, user, person_id)
        return self._worklist.told(tx, user, stored_tasks.of_people(tx, user.id, [person.id], MOST_TASKS))

    def _knows_marketing(self, tx: Transaction, user: User, person: Person) -> bool:
        return may_know(user, regards(tx, user, [person], self._clock())[person.id])


def _person(tx: Transaction, user: User, person_id: str) -> Person:
    person = stored_people.get(tx, user.workspace_id, person_id)
    if person is None:
        raise NotFound("no such person")
    return person


def _line(moment: Moment, user: User, person: Person) -> Line:
    return line_of(moment.id, moment, user.id, person, Audience(person.owner_id))


def _texts(line: Line) -> tuple[str, ...]:
    link, detail = line.facts.get("link") or {}, line.facts.get("detail") or {}
    return (line.facts["message"]["subject"], link.get("text", ""), link.get("url", ""), str(detail.get("text") or ""))


def _json(entry: Entry, told_of: dict[str, dict[str, Any]]) -> dict[str, Any]:
    thing = entry.thing
    told_as = told_of[thing.line.id if isinstance(thing, Placed) else entry.id]
    is_task = entry.kind is Kind.TASK
    return {
        "kind": entry.kind.value,
        "at": time_text(entry.at),
        "item": None if is_task else told_as,
        "task": told_as if is_task else None,
    }
