"""Marketing's moments of a rep's own people and watch list: pages of them, and the same for feed readers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.domain.leadfeed import WHOLE, Narrowed
from server.domain.people import Person
from server.domain.ranks import NO_REGARD
from server.domain.subscriptions import Kind
from server.domain.syndication import SETTLED, Item, contacts, modified
from server.domain.users import User
from server.errors import NotFound
from server.services.feed import MOST_A_PAGE, Feed, cursor_of, page_after, read_page
from server.services.outside import Systems
from server.storage import feed as stored_feed
from server.storage import leadfeed as storage
from server.storage import marketing, ranks
from server.storage import people as stored_people
from server.storage import subscriptions as stored_subscriptions
from server.storage.database import Database, Transaction
from server.storage.feed import Placed

MOST_ENTRIES = 50
"""Of one answer to a feed reader."""


@dataclass(frozen=True, slots=True)
class Issue:
    """What a feed reader gets: the newest moments, and when anything of them last changed. Everything from before `settled` is
    in it; what happened since may still be on its way into the database."""

    items: list[Item]
    updated: datetime
    settled: datetime


class LeadFeed:
    """Pages are JSON-ready, in the shapes of the API."""

    def __init__(self, database: Database, feed: Feed, systems: Callable[[], Systems], clock: Callable[[], datetime]) -> None:
        self._database = database
        self._feed = feed
        self._systems = systems
        self._clock = clock

    def page(self, user: User, before: str | None = None, narrowed: Narrowed = WHOLE, limit: int = 50) -> dict[str, Any]:
        """{"items", "cursor", "next"}, newest first."""
        start = read_page(before) if before else None
        return self._database.read(self._page, user, start, narrowed, max(1, min(limit, MOST_A_PAGE)))

    def item(self, user: User, item_id: str) -> dict[str, Any]:
        """One line of it; NotFound when it does not stand in this user's."""
        return self._database.read(self._item, user, item_id)

    def issue(self, user: User, since: datetime) -> Issue:
        """For feed readers, newest first; `since` when their address is known."""
        now = self._clock()
        items = self._database.read(self._entries, user)
        updated = modified(items, since, now)
        return Issue(items, updated, min(updated, now - SETTLED))

    def _page(
        self, tx: Transaction, user: User, before: tuple[datetime, str] | None, narrowed: Narrowed, limit: int
    ) -> dict[str, Any]:
        # The head first: an item that arrives in between is then shown twice by its id, never missed.
        head = stored_feed.head(tx, user.id)
        found = storage.lines(tx, user.id, before, narrowed, limit + 1)
        page = found[:limit]
        return {
            "items": self._items(tx, user, page),
            "cursor": cursor_of(head.position),
            "next": page_after(page[-1].line) if len(found) > limit else None,
        }

    def _item(self, tx: Transaction, user: User, item_id: str) -> dict[str, Any]:
        found = storage.line(tx, user.id, item_id)
        if found is None:
            raise NotFound("no such item")
        return self._items(tx, user, [found])[0]

    def _items(self, tx: Transaction, user: User, page: Sequence[Placed]) -> list[dict[str, Any]]:
        people = stored_people.by_ids(tx, user.workspace_id, {placed.line.person_id or "" for placed in page})
        meant = stored_subscriptions.of_users(tx, user.workspace_id, [user.id])
        bells = {one.value: one.id for one in meant if one.kind is Kind.PERSON}
        return [
            {
                **item,
                "star": item["who"]["best_bet"],
                "subscription": bells.get(placed.line.person_id or ""),
                "links": self.links(people.get(placed.line.person_id or "")),
            }
            for item, placed in zip(self._feed.items(tx, user, page), page, strict=True)
        ]

    def links(self, person: Person | None) -> dict[str, str | None]:
        """Where the person is to be seen in the systems they come from."""
        systems = self._systems()
        marketo, salesforce = systems.marketo, systems.salesforce
        lead = person.marketo_id if person else None
        record = person.salesforce_id if person else None
        return {
            "marketo": f"{marketo}/leadDatabase/loadLeadDetail?leadId={lead}" if marketo and lead else None,
            "salesforce": f"{salesforce}/{record}" if salesforce and record else None,
        }

    def _entries(self, tx: Transaction, user: User) -> list[Item]:
        rows = storage.entries(tx, user.id, MOST_ENTRIES)
        allowed = marketing.rss(tx, user.workspace_id).fields
        people = stored_people.by_ids(tx, user.workspace_id, {row.person_id for row in rows})
        regards = ranks.regards(tx, user.workspace_id, user.id, people.keys(), self._clock())
        made = []
        for row in rows:
            person = people[row.person_id]
            made.append(
                Item(
                    id=row.id,
                    person_id=person.id,
                    person=person.name or person.address or "",
                    account=person.account,
                    type=row.type,
                    description=row.description,
                    at=row.at,
                    star=regards.get(person.id, NO_REGARD).best_bet,
                    do_not_call=person.do_not_call,
                    contacts=contacts(person.address, person.phones, person.postal, person.website, allowed),
                    changed_at=max(row.recorded_at, row.updated_at or row.recorded_at),
                )
            )
        return made
