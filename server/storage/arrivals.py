"""The inbox: hits that are durable, so that their answers could leave, and have yet to be taken into the feed.

A row holds a batch, one hit a line: what keeps its sender waiting costs one small insert, however many share it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import delete, func, insert, select, update

from server.storage.database import Transaction
from server.storage.tables import arrivals

_ADD = insert(arrivals)
_OLDEST = select(arrivals.c.position, arrivals.c.size).where(~arrivals.c.refused).order_by(arrivals.c.position)
_FREE = _OLDEST.with_for_update(skip_locked=True)
_TAKE = delete(arrivals).returning(arrivals.c.position, arrivals.c.lines)
_ROWS = select(arrivals.c.lines, arrivals.c.size).where(~arrivals.c.refused)
_OLDEST_ROW = _ROWS.order_by(arrivals.c.position).limit(1)
_NEWEST_ROWS = _ROWS.order_by(arrivals.c.position.desc()).limit(4)
_MOST_ROWS = 100


class Backlog(NamedTuple):
    """Hits. `oldest` is the first line that waits."""

    waiting: int
    refused: int
    oldest: str | None


def add(tx: Transaction, lines: Sequence[str], *, refused: bool = False) -> None:
    """One that lies there already lies there twice then; whoever takes them knows them by their ids."""
    tx.execute(_ADD, {"size": len(lines), "lines": "\n".join(lines), "refused": refused})


def take(tx: Transaction, most: int) -> list[str]:
    """The oldest ones leave the inbox for this transaction, whole rows, so perhaps some more than `most`. Those that another
    one is taking are not waited for."""
    wanted, found = [], 0
    for position, size in tx.execute(_FREE.limit(min(most, _MOST_ROWS))).all():
        if found < most:
            wanted.append(position)
            found += size
    if not wanted:
        return []
    taken = tx.execute(_TAKE.where(arrivals.c.position.in_(wanted))).all()
    return [line for row in sorted(taken, key=lambda row: row.position) for line in row.lines.split("\n")]


def readmit(tx: Transaction) -> int:
    """Try again what was refused. How many rows that are."""
    return tx.execute(update(arrivals).where(arrivals.c.refused).values(refused=False)).rowcount


def oldest(tx: Transaction) -> str | None:
    return _first(tx.execute(_OLDEST_ROW).scalar())


def newest(tx: Transaction) -> tuple[str | None, float]:
    """The first line of the newest row, and how many lines the last rows had on average."""
    rows = tx.execute(_NEWEST_ROWS).all()
    return (_first(rows[0].lines), sum(row.size for row in rows) / len(rows)) if rows else (None, 0.0)


def _first(lines: str | None) -> str | None:
    return lines.partition("\n")[0] if lines else None


def backlog(tx: Transaction) -> Backlog:
    sizes = dict(tx.execute(select(arrivals.c.refused, func.sum(arrivals.c.size)).group_by(arrivals.c.refused)).all())
    return Backlog(int(sizes.get(False, 0)), int(sizes.get(True, 0)), oldest(tx))
