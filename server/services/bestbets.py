"""A rep's best bets: the list, hiding somebody for a while, and one thing done about many people at once."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from server.connectors.errors import Rejected
from server.connectors.marketo import Campaign, Marketo
from server.domain.bestbets import Asked, Order, kind_of
from server.domain.marketing import hide_days_of
from server.domain.people import Person
from server.domain.ranks import NO_REGARD, Regard
from server.domain.users import User
from server.errors import BadInput, Conflict, NotAllowed, NotFound
from server.services.person import time_text, told_moment, told_short
from server.services.watching import WatchList
from server.services.worklist import Wish, Worklist
from server.storage import bestbets as storage
from server.storage import marketing, ranks
from server.storage import moments as stored_moments
from server.storage import people as stored_people
from server.storage.database import Database, Transaction

MOST_A_PAGE = 200
MOST_AT_ONCE = 100
"""People one thing is done about: as many as Marketo takes in one call."""

_CAMPAIGNS_KEPT = timedelta(minutes=5)

Links = Callable[[Person | None], Mapping[str, str | None]]


class BestBets:
    """Answers are JSON-ready, in the shapes of the API. `links`: where a person is to be seen in other systems."""

    def __init__(
        self,
        database: Database,
        marketo: Callable[[], Marketo | None],
        watch_list: WatchList,
        worklist: Worklist,
        links: Links,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._marketo = marketo
        self._watch_list = watch_list
        self._worklist = worklist
        self._links = links
        self._clock = clock
        self._campaigns: tuple[Marketo, datetime, list[Campaign]] | None = None

    def page(self, user: User, asked: Asked, before: str | None = None, limit: int = 50) -> dict[str, Any]:
        """{"items", "next", "counts" on the first page, "hide_days"}."""
        start = _opened(before, asked.order) if before else None
        return self._database.read(self._page, user, asked, start, max(1, min(limit, MOST_A_PAGE)))

    def hide(self, user: User, person_id: str, days: int | None = None) -> datetime:
        """Until when; the admin's number of days where none is said. NotAllowed for whoever does not own them."""
        return self._database.write(self._hide, user, person_id, days)

    def unhide(self, user: User, person_id: str) -> None:
        self._database.write(self._unhide, user, person_id)

    # Many at once ---------------------------------------------------------------------

    def watch(self, user: User, person_ids: Sequence[str]) -> list[dict[str, str]]:
        """What came of each: done, not-found, full."""
        return [_tried(one, partial(self._watch_list.watch, user, one)) for one in _bounded(person_ids)]

    def task(self, user: User, person_ids: Sequence[str], wish: Wish) -> list[dict[str, str]]:
        """One task each."""
        return [_tried(one, partial(self._worklist.add, user, replace(wish, person_id=one))) for one in _bounded(person_ids)]

    def campaigns(self, user: User) -> list[dict[str, Any]]:
        """Those of Marketo that one may add people to: in force, with a trigger for requests. Conflict without a Marketo."""
        found = [{"id": one.id, "name": one.name, "program": one.program} for one in self._offered()]
        return sorted(found, key=lambda one: str(one["name"]).casefold())

    def add_to_campaign(self, user: User, campaign_id: int, person_ids: Sequence[str]) -> list[dict[str, str]]:
        """What came of each: done, not-found, not-yours, not-in-marketo, refused. OutsideError when Marketo is away."""
        marketo = self._connected()
        if campaign_id not in {one.id for one in self._offered()}:
            raise NotFound("no such campaign")
        ids = _bounded(person_ids)
        outcomes, leads = self._database.read(self._leads, user, ids)
        refused = _asked(marketo, campaign_id, list(leads))
        outcomes |= {person_id: "refused" if lead in refused else "done" for lead, person_id in leads.items()}
        return [{"person": one, "outcome": outcomes[one]} for one in ids]

    # Units of work ----------------------------------------------------------------------

    def _page(self, tx: Transaction, user: User, asked: Asked, after: list[Any] | None, limit: int) -> dict[str, Any]:
        now = self._clock()
        people, following = storage.page(tx, user.workspace_id, user.id, asked, after, now, limit)
        ids = [person.id for person in people]
        regards, last = ranks.regards(tx, user.workspace_id, user.id, ids, now), stored_moments.last_of(tx, ids)
        return {
            "items": [self._item(one, regards.get(one.id, NO_REGARD), last) for one in people],
            "next": _sealed(following, asked.order) if following else None,
            "counts": None if after else storage.counts(tx, user.id, now),
            "hide_days": hide_days_of(marketing.choices(tx, user.workspace_id)),
        }

    def _item(self, person: Person, regard: Regard, last: Mapping[str, Any]) -> dict[str, Any]:
        moment = last.get(person.id)
        return {
            "person": told_short(person),
            "kind": kind_of(person),
            "score": person.standing.score,
            "urgency": person.rank.urgency,
            "stars": regard.stars,
            "flames": regard.flames,
            "priority": person.rank.priority,
            "best_bet": regard.best_bet,
            "watched": regard.watched,
            "opportunities": person.opportunities,
            "in_marketo": person.marketo_id is not None,
            "moment": told_moment(moment) if moment else None,
            "hidden_until": time_text(person.rank.hidden_until) if _is_later(person.rank.hidden_until, self._clock()) else None,
            "links": dict(self._links(person)),
        }

    def _hide(self, tx: Transaction, user: User, person_id: str, days: int | None) -> datetime:
        _must_own(tx, user, person_id)
        chosen = days if days is not None else hide_days_of(marketing.choices(tx, user.workspace_id))
        until = self._clock() + timedelta(days=chosen)
        storage.hide(tx, user.workspace_id, person_id, until)
        return until

    def _unhide(self, tx: Transaction, user: User, person_id: str) -> None:
        _must_own(tx, user, person_id)
        storage.hide(tx, user.workspace_id, person_id, None)

    def _leads(self, tx: Transaction, user: User, person_ids: Sequence[str]) -> tuple[dict[str, str], dict[int, str]]:
        """Why some can't be added, by person; the others by Marketo's id."""
        people = stored_people.by_ids(tx, user.workspace_id, person_ids)
        regards = ranks.regards(tx, user.workspace_id, user.id, person_ids, self._clock())
        outcomes: dict[str, str] = {}
        leads: dict[int, str] = {}
        for one in person_ids:
            regard = regards.get(one, NO_REGARD)
            lead = people[one].marketo_id if one in people else None
            if one not in people:
                outcomes[one] = "not-found"
            elif not regard.own and not regard.watched:
                outcomes[one] = "not-yours"
            elif lead is None:
                outcomes[one] = "not-in-marketo"
            else:
                leads[lead] = one
        return outcomes, leads

    def _offered(self) -> list[Campaign]:
        marketo, now = self._connected(), self._clock()
        if self._campaigns is None or self._campaigns[0] is not marketo or self._campaigns[1] <= now:
            self._campaigns = marketo, now + _CAMPAIGNS_KEPT, [one for one in marketo.campaigns() if one.active]
        return self._campaigns[2]

    def _connected(self) -> Marketo:
        marketo = self._marketo()
        if marketo is None:
            raise Conflict("no Marketo is connected")
        return marketo


def _asked(marketo: Marketo, campaign_id: int, leads: list[int]) -> set[int]:
    """Which of them Marketo refused: it takes all of a call or none, so halves are tried until it is known who it was."""
    if not leads:
        return set()
    try:
        marketo.trigger(campaign_id, leads, {})
    except Rejected:
        if len(leads) == 1:
            return set(leads)
        half = len(leads) // 2
        return _asked(marketo, campaign_id, leads[:half]) | _asked(marketo, campaign_id, leads[half:])
    return set()


def _tried(person_id: str, work: Callable[[], object]) -> dict[str, str]:
    try:
        work()
    except (NotFound, BadInput):
        return {"person": person_id, "outcome": "not-found"}
    except Conflict:
        return {"person": person_id, "outcome": "full"}
    return {"person": person_id, "outcome": "done"}


def _bounded(person_ids: Collection[str]) -> list[str]:
    if not 0 < len(person_ids) <= MOST_AT_ONCE:
        raise BadInput("too many at once", {"people": f"one to {MOST_AT_ONCE}"})
    return list(dict.fromkeys(person_ids))


def _must_own(tx: Transaction, user: User, person_id: str) -> None:
    person = stored_people.locked(tx, user.workspace_id, [person_id]).get(person_id)
    if person is None:
        raise NotFound("no such person")
    if person.owner_id != user.id:
        raise NotAllowed("only who owns somebody may hide them")


def _is_later(at: datetime | None, now: datetime) -> bool:
    return at is not None and at > now


def _sealed(place: Iterable[Any], order: Order) -> str:
    return urlsafe_b64encode(json.dumps([order.value, *place], ensure_ascii=False).encode()).decode()


def _listed(read: object) -> list[Any]:
    if not isinstance(read, list) or not read:
        raise ValueError
    return read


def _opened(cursor: str, order: Order) -> list[Any]:
    try:
        named, *place = _listed(json.loads(urlsafe_b64decode(cursor)))
        texts = 2 if order is Order.NAME else 1
        numbers = {Order.NAME: 0, Order.SCORE: 1}.get(order, 2)
        kinds = [int] * numbers + [str] * texts
        if named != order.value or [type(one) for one in place] != kinds or any("\0" in str(one) for one in place):
            raise ValueError
        if any(isinstance(one, int) and abs(one) > 2**31 for one in place):
            raise ValueError
        return place
    except (ValueError, TypeError):
        raise BadInput("not a cursor of this list", {"before": "a `next` of this list, in the same order"}) from None
