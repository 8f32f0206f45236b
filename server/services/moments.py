"""Moments take their place in the feeds of those who own or watch the person, in the transaction of the caller.

Every function returns the ids of the users whose screens must wake once the transaction is committed. Locks are taken in one
order: the people by their ids, then the heads of all feeds concerned by the ids of their users. Who may see a person and which
moments there are is read only then.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from server.domain.feed import Line
from server.domain.moments import (
    BROUGHT_FOR,
    MOST_BROUGHT,
    Audience,
    Moment,
    forgotten,
    left,
    line_of,
    shown_anew,
)
from server.domain.people import Person
from server.services import alerts, engagement
from server.storage import feed as lines
from server.storage import moments as storage
from server.storage import people as stored_people
from server.storage.database import Transaction
from server.tokens import new_id


def record(tx: Transaction, moments: Sequence[Moment], now: datetime) -> set[str]:
    """Moments of people of one workspace. One that is known by its guid, or of somebody unknown, brings nothing."""
    if not moments:
        return set()
    workspace_id = moments[0].workspace_id
    people = stored_people.locked(tx, workspace_id, {one.person_id for one in moments})
    fresh = storage.add(tx, [one for one in _once(moments) if one.person_id in people], now)
    audiences = storage.audiences(tx, {one.person_id for one in fresh})
    heads = _heads(tx, workspace_id, audiences.values())
    new = [
        line_of(new_id(), one, viewer, people[one.person_id], audiences[one.person_id])
        for one in fresh
        for viewer in sorted(audiences[one.person_id].viewers)
    ]
    lines.put(tx, heads, new, [])
    alerts.raise_for(tx, fresh, now)
    return {line.user_id for line in new}


def rehome(tx: Transaction, workspace_id: str, person_ids: Collection[str], now: datetime) -> set[str]:
    """After a change of owner, of who watches, or of the people themselves: lines leave whoever may not see them any more, the
    newest moments come to whoever may now, and all others tell the person as they are."""
    people = stored_people.locked(tx, workspace_id, person_ids)
    audiences = storage.audiences(tx, people)
    heads = _heads(tx, workspace_id, audiences.values(), storage.holders(tx, people))
    stored: dict[tuple[str, str], Line] = {}
    for line in lines.lines_about(tx, people):
        stored[line.user_id, line.moment_id or ""] = line
    wanted = _wanted(people, audiences, stored, storage.newest(tx, people, now - BROUGHT_FOR, MOST_BROUGHT))
    new = [line for at, line in wanted.items() if at not in stored]
    changed = [wanted.get(at) or left(line) for at, line in stored.items()]
    changed = [line for line in changed if not line.same_as(stored[line.user_id, line.moment_id or ""])]
    lines.put(tx, heads, new, changed)
    return {line.user_id for line in (*new, *changed)}


def show(
    tx: Transaction, workspace_id: str, person_ids: Collection[str], message_ids: Collection[str], now: datetime
) -> set[str]:
    """People who changed, on every line that names them: those of these messages and those of their moments."""
    hold(tx, workspace_id, person_ids, message_ids)
    return engagement.refresh(tx, message_ids, now) | rehome(tx, workspace_id, person_ids, now)


def hold(tx: Transaction, workspace_id: str, person_ids: Collection[str], message_ids: Collection[str] = ()) -> None:
    """Take all locks that changing these people will need, at once: who takes them one after the other may wait in a circle."""
    stored_people.lock(tx, workspace_id, person_ids)
    _heads(tx, workspace_id, storage.audiences(tx, person_ids).values(), _concerned(tx, person_ids, message_ids))


def withdraw(tx: Transaction, workspace_id: str, person_ids: Collection[str], message_ids: Collection[str] = ()) -> set[str]:
    """Before people are deleted: their moments leave every feed. The lines of `message_ids` are the caller's to tell anew."""
    people = stored_people.locked(tx, workspace_id, person_ids)
    heads = _heads(tx, workspace_id, (), _concerned(tx, people, message_ids))
    gone = [forgotten(line) for line in lines.lines_about(tx, people)]
    lines.put(tx, heads, [], gone)
    return {line.user_id for line in gone}


def _wanted(
    people: Mapping[str, Person],
    audiences: Mapping[str, Audience],
    stored: Mapping[tuple[str, str], Line],
    newest: Iterable[Moment],
) -> dict[tuple[str, str], Line]:
    """The lines that shall stand, by viewer and moment: those that do and may, and the newest moments for everybody."""
    wanted: dict[tuple[str, str], Line] = {}
    for at, line in stored.items():
        audience = audiences[line.person_id or ""]
        if not line.removed and line.user_id in audience.viewers:
            wanted[at] = shown_anew(line, people[line.person_id or ""], audience)
    for moment in newest:
        audience = audiences[moment.person_id]
        for viewer in sorted(audience.viewers):
            at = viewer, moment.id
            if at not in wanted:
                line_id = stored[at].id if at in stored else new_id()
                wanted[at] = line_of(line_id, moment, viewer, people[moment.person_id], audience)
    return wanted


def _once(moments: Sequence[Moment]) -> list[Moment]:
    by_guid: dict[str, Moment] = {}
    for one in moments:
        by_guid.setdefault(one.guid, one)
    return list(by_guid.values())


def _concerned(tx: Transaction, person_ids: Collection[str], message_ids: Collection[str]) -> set[str]:
    return storage.holders(tx, person_ids) | lines.owners(tx, message_ids)


def _heads(tx: Transaction, workspace_id: str, audiences: Iterable[Audience], others: Collection[str] = ()) -> dict[str, int]:
    viewers = {viewer for audience in audiences for viewer in audience.viewers} | set(others)
    return lines.lock(tx, dict.fromkeys(viewers, workspace_id))
