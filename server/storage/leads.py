"""Marketo's leads and the people they are."""

from collections.abc import Collection, Mapping

from sqlalchemy import select, update

from server.storage.database import Transaction
from server.storage.tables import marketo_merges, people, score_changes
from server.storage.upsert import insert


def alias(tx: Transaction, workspace_id: str, winners: Mapping[int, int]) -> None:
    """From now on what Marketo tells of a loser counts for its winner; a chain of merges leads to its end."""
    ours = marketo_merges.c.workspace_id == workspace_id
    for loser, winner in winners.items():
        last = resolved(tx, workspace_id, [winner])[winner]
        if last == loser:
            continue  # two that stand for each other: the first word counts
        statement = insert(tx, marketo_merges).values(workspace_id=workspace_id, loser=loser, winner=last)
        tx.execute(statement.on_conflict_do_update(index_elements=["workspace_id", "loser"], set_={"winner": last}))
        tx.execute(update(marketo_merges).where(ours, marketo_merges.c.winner == loser).values(winner=last))


def resolved(tx: Transaction, workspace_id: str, lead_ids: Collection[int]) -> dict[int, int]:
    """The lead each of these stands for: itself, where it was not merged away."""
    asked = select(marketo_merges.c.loser, marketo_merges.c.winner).where(
        marketo_merges.c.workspace_id == workspace_id, marketo_merges.c.loser.in_(list(lead_ids))
    )
    found = {row.loser: row.winner for row in tx.execute(asked)}
    return {one: found.get(one, one) for one in lead_ids}


def people_of(tx: Transaction, workspace_id: str, lead_ids: Collection[int]) -> dict[int, str]:
    """The person of each lead, by the lead; those not known are left out."""
    asked = select(people.c.marketo_id, people.c.id).where(
        people.c.workspace_id == workspace_id, people.c.marketo_id.in_(list(lead_ids))
    )
    return {row.marketo_id: row.id for row in tx.execute(asked)}


def unscored(tx: Transaction, workspace_id: str, most: int) -> dict[int, str]:
    """People by their leads, of whom no score is known yet."""
    asked = select(people.c.marketo_id, people.c.id).where(
        people.c.workspace_id == workspace_id, people.c.marketo_id.is_not(None), people.c.score.is_(None)
    )
    return {row.marketo_id: row.id for row in tx.execute(asked.order_by(people.c.marketo_id).limit(most))}


def known_scores(tx: Transaction, workspace_id: str, guids: Collection[str]) -> set[str]:
    """Which of these activities brought a change of score before."""
    asked = select(score_changes.c.guid).where(
        score_changes.c.workspace_id == workspace_id, score_changes.c.guid.in_(list(guids))
    )
    return {guid for guid in tx.execute(asked).scalars() if guid is not None}
