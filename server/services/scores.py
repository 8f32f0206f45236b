"""What somebody tells about scores is kept, with its history, in the transaction of the caller."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from server.domain.people import Person
from server.domain.scores import Change, Standing, Telling, after, revised
from server.services import ranks
from server.storage import scores as stored
from server.storage.database import Transaction


def keep(
    tx: Transaction, people: Mapping[str, Person], told: Mapping[str, Sequence[Telling]], now: datetime
) -> dict[str, Standing]:
    """How these people, all of one workspace, stand afterwards. They must be locked; `told` by person id, in order of time."""
    standings: dict[str, Standing] = {}
    changes: list[tuple[str, Change]] = []
    for person_id in sorted(told):
        standings[person_id], new = _kept(tx, people[person_id], told[person_id])
        changes += [(person_id, one) for one in new]
    if not standings:
        return standings
    workspace_id = next(iter(people.values())).workspace_id
    stored.record(tx, workspace_id, changes)
    stored.stand(tx, workspace_id, standings)
    ranks.renew(tx, workspace_id, standings, now)
    return standings


def _kept(tx: Transaction, person: Person, told: Sequence[Telling]) -> tuple[Standing, list[Change]]:
    standing, fresh = person.standing, list[Change]()
    for one in told:
        if standing.scored_at is None or one.at >= standing.scored_at:
            standing, change = after(standing, one)
            fresh += [change] if change else []
        else:
            history = stored.history(tx, person.workspace_id, person.id) + fresh
            standing, whole = revised(standing, history, one)
            stored.forget(tx, person.workspace_id, person.id)
            fresh = list(whole)
    return standing, fresh
