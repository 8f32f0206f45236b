"""Finding people: pages of them by name, and how many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, and_, exists, false, func, literal, or_, select, tuple_

from server.domain.consent import State
from server.domain.directory import Wanted, Whose
from server.domain.people import Person
from server.storage.narrowing import accounts
from server.storage.people import WORKSPACE, whole
from server.storage.tables import consents, feed_items, people, person_addresses, watch_list

_STRICTER = {
    State.WITHDRAWN: (),
    State.DENIED: (State.WITHDRAWN,),
    State.GRANTED: (State.WITHDRAWN, State.DENIED),
    State.UNKNOWN: (State.WITHDRAWN, State.DENIED, State.GRANTED),
}
"""Of several addresses the strictest word counts, as by `domain.consent.strictest`."""


@dataclass(frozen=True, slots=True)
class Seeker:
    """Who looks. `knows_all`: what marketing knows of somebody is theirs to see though they neither own nor watch them."""

    workspace_id: str
    user_id: str
    knows_all: bool = False


def page(tx: Connection, seeker: Seeker, wanted: Wanted, after: tuple[str, str] | None, limit: int) -> list[tuple[Person, str]]:
    """By name, each with the name it is sorted by. Index ix_people_by_name; of a rep's own, ix_people_of_owner."""
    asked = _found(tx, seeker, wanted)
    if after is not None:
        asked = asked.where(tuple_(people.c.sort_name, people.c.id) > tuple_(literal(after[0]), literal(after[1])))
    # Found by the index alone: reading whole rows to look through them takes ten times as long.
    found = asked.order_by(people.c.sort_name, people.c.id).limit(limit).subquery()
    whole_rows = select(people).where(people.c.id.in_(select(found.c.id)))
    rows = tx.execute(whole_rows.order_by(people.c.sort_name, people.c.id)).all()
    return list(zip(whole(tx, rows), [row.sort_name for row in rows], strict=True))


def count(tx: Connection, seeker: Seeker, wanted: Wanted, most: int) -> int:
    found = _found(tx, seeker, wanted).limit(most).subquery()
    return int(tx.execute(select(func.count()).select_from(found)).scalar_one())


def _found(tx: Connection, seeker: Seeker, wanted: Wanted) -> Select[Any]:
    everybody = wanted.whose is None and wanted.engaged_since is None
    workspace = people.c.workspace_id == seeker.workspace_id if everybody else seeker.workspace_id == WORKSPACE
    asked = select(people.c.id).where(workspace, *_words(wanted))
    if wanted.account is not None:
        asked = asked.where(people.c.account.in_(accounts(tx, seeker.workspace_id, wanted.account)))
    own, watched = people.c.owner_id == seeker.user_id, _watched(seeker)
    if wanted.whose is not None:
        asked = asked.where(own if wanted.whose is Whose.MINE else watched)
    if wanted.score is not None:
        # Who may not know a score must not find out by asking for it.
        asked = asked.where(people.c.score >= wanted.score, *(() if seeker.knows_all else (or_(own, watched),)))
    if wanted.consent is not None:
        asked = asked.where(_said(wanted.consent))
    if wanted.engaged_since is not None:
        asked = asked.where(people.c.id.in_(_engaged(seeker, wanted)))
    return asked


def _words(wanted: Wanted) -> Sequence[Any]:
    said = [people.c.found_by.contains(term, autoescape=True) for term in wanted.terms]
    if wanted.linkedin is not None:
        said.append(people.c.linkedin == wanted.linkedin)
    return said


def _watched(seeker: Seeker) -> Any:
    return people.c.id.in_(select(watch_list.c.person_id).where(watch_list.c.user_id == seeker.user_id))


def _said(state: State) -> Any:
    """The state itself, and nothing stricter."""
    this = false() if state is State.UNKNOWN else _some([state])
    stricter = _STRICTER[state]
    none_stricter = ~_some(stricter) if stricter else literal(True)
    return none_stricter if state is State.UNKNOWN else and_(this, none_stricter)


def _some(states: Sequence[State]) -> Any:
    of_address = and_(
        consents.c.workspace_id == person_addresses.c.workspace_id, consents.c.address == person_addresses.c.address
    )
    return exists().where(
        person_addresses.c.person_id == people.c.id, of_address, consents.c.state.in_([state.value for state in states])
    )


def _engaged(seeker: Seeker, wanted: Wanted) -> Any:
    """Those the lines of the viewer's own feeds name: nobody who only may have read a mail that several got. Index
    ix_feed_items_shown."""
    named = feed_items.c.facts[("who", "person", "id")].as_string()
    return select(named).where(
        feed_items.c.user_id == seeker.user_id,
        feed_items.c.at >= wanted.engaged_since,
        ~feed_items.c.hidden,
        ~feed_items.c.removed,
        named.is_not(None),
    )
