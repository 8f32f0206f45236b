"""What must be true of the database once everything is at rest, read from the tables themselves."""

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from server.services import engagement
from server.storage import spool
from server.storage.database import Database, Transaction
from server.storage.tables import arrivals, copies, engagements, feed_heads, feed_items, hits, mails, messages
from tests.rounds.screen import Version

Lines = dict[str, dict[str, Any]]
"""The columns of each line of a feed, by its id."""

HIDDEN = ("machine", "unknown")


def is_at_rest(database: Database, data_dir: Path) -> bool:
    """Nothing that was answered still waits to be told of: neither in the inbox nor in a spool file."""
    waiting = database.read(lambda tx: tx.execute(select(func.count()).select_from(arrivals)).scalar_one())
    return not waiting and not spool.extent(data_dir / "spool").size


def stored_hits(database: Database, name: str) -> Counter[str]:
    """How often each of the user agents that hold `name` is stored."""
    rows = database.read(
        lambda tx: tx.execute(select(hits.c.user_agent).where(hits.c.user_agent.contains(name))).scalars().all()
    )
    return Counter(rows)


def bound(database: Database, message_ids: Collection[str]) -> dict[str, list[str]]:
    """{id of a sent message: Gmail's ids of its copies}."""
    query = select(messages.c.id, copies.c.gmail_id).outerjoin(copies, copies.c.message_id == messages.c.id)
    found: dict[str, list[str]] = defaultdict(list)
    query = query.where(messages.c.id.in_(message_ids), messages.c.state == "sent")
    for message_id, gmail_id in database.read(lambda tx: tx.execute(query).all()):
        found[message_id].append(gmail_id)
    return dict(found)


def answers(database: Database) -> Counter[str]:
    """How often each answer's Message-ID is stored."""
    return Counter(database.read(lambda tx: tx.execute(select(mails.c.rfc_message_id)).scalars().all()))


def feed_faults(database: Database) -> list[str]:
    return database.read(_feed_faults) + database.write(_anew)


def _feed_faults(tx: Transaction) -> list[str]:
    """Lines are what the engagements say, and each line stands at a place of its own below its viewer's head."""
    expected, stored = _expected(tx), tx.execute(select(feed_items)).all()
    lines = {line.group_key: line for line in stored if line.message_id and not line.removed}
    faults = [f"no line: {key}" for key in expected.keys() - lines.keys()]
    faults += [f"a line of nothing: {key}" for key in lines.keys() - expected.keys()]
    for key in expected.keys() & lines.keys():
        line = lines[key]
        told = (line.count, line._mapping["class"], line.first_at, line.at)
        if told != expected[key]:
            faults.append(f"{key}: {told} instead of {expected[key]}")
    heads = {row.user_id: row.position for row in tx.execute(select(feed_heads)).all()}
    places = Counter((line.user_id, line.position) for line in stored)
    faults += [f"{times} lines at {place}" for place, times in places.items() if times > 1]
    return faults + [f"above the head: {line.id}" for line in stored if line.position > heads.get(line.user_id, 0)]


def _expected(tx: Transaction) -> dict[str, tuple[int, str, datetime, datetime]]:
    """Count, class, first and last time of each line, by key."""
    groups: dict[str, list[Any]] = defaultdict(list)
    for row in tx.execute(select(engagements)).all():
        klass = row._mapping["class"]
        if row.kind not in ("view", "click"):
            groups[f"{row.message_id}:{row.kind}:{row.id}"].append(row)
        elif klass != "own":
            side = "hidden" if klass in HIDDEN else "shown"
            groups[f"{row.message_id}:{row.kind}:{row.link or 0}:{row.recipient}:{side}"].append(row)
    found = {}
    for key, rows in groups.items():
        last = max(rows, key=lambda row: (row.at, row.id))
        found[key] = len(rows), last._mapping["class"], min(row.at for row in rows), last.at
    return found


def _anew(tx: Transaction) -> list[str]:
    """Classing everything again and making every line anew changes nothing."""
    before = _lines(tx)
    engagement.rejudge(tx, list(tx.execute(select(messages.c.id)).scalars()), datetime.now(UTC))
    after = _lines(tx)
    return [
        f"made anew, line {line_id} is another: {_between(before, after, line_id)}"
        for line_id in before.keys() | after.keys()
        if before.get(line_id) != after.get(line_id)
    ]


def _between(before: Lines, after: Lines, line_id: str) -> str:
    was, became = before.get(line_id, {}), after.get(line_id, {})
    return ", ".join(f"{name} {was.get(name)} → {became.get(name)}" for name in became if was.get(name) != became[name])


def _lines(tx: Transaction) -> Lines:
    rows = tx.execute(select(feed_items)).mappings().all()
    flat = ({**row, **row["facts"]} for row in rows)
    return {row["id"]: {name: value for name, value in row.items() if name not in ("id", "position", "facts")} for row in flat}


def whole_feed(database: Database, user_id: str) -> dict[str, Version]:
    """Every line of this viewer's as it stands."""
    rows = database.read(lambda tx: tx.execute(select(feed_items).where(feed_items.c.user_id == user_id)).all())
    return {
        row.id: (
            row.position,
            row.kind,
            row._mapping["class"],
            row.count,
            row.removed,
            row.at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        )
        for row in rows
    }
