"""Mails that reps write again and again: their own, and those they share with the workspace."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from server.storage.tables import templates


@dataclass(frozen=True, slots=True)
class Template:
    """`body` is HTML. `version` grows with every change."""

    id: str
    workspace_id: str
    user_id: str
    shared: bool
    name: str
    subject: str
    body: str
    version: int
    updated_at: datetime


_SEEN = (
    select(templates)
    .where(
        templates.c.workspace_id == bindparam("workspace"),
        or_(templates.c.user_id == bindparam("user"), templates.c.shared.is_(True)),
    )
    .order_by(templates.c.name, templates.c.id)
)


def seen_by(tx: Connection, workspace_id: str, user_id: str) -> list[Template]:
    """Own and shared ones, by name."""
    return [_template(row) for row in tx.execute(_SEEN, {"workspace": workspace_id, "user": user_id})]


def own(tx: Connection, user_id: str, template_id: str) -> Template | None:
    row = tx.execute(select(templates).where(templates.c.id == template_id, templates.c.user_id == user_id)).one_or_none()
    return _template(row) if row else None


def count(tx: Connection, user_id: str) -> int:
    return int(tx.execute(select(func.count()).where(templates.c.user_id == user_id)).scalar_one())


def add(tx: Connection, made: Template, now: datetime) -> bool:
    """False when this user has one of that name."""
    values = {name: getattr(made, name) for name in ("id", "workspace_id", "user_id", "shared", "name", "subject", "body")}
    return _unless_named(tx, insert(templates).values(**values, version=1, created_at=now, updated_at=now)) is not None


def change(tx: Connection, found: Template, values: Mapping[str, Any], now: datetime) -> bool | None:
    """False when it changed meanwhile; None when this user has another of that name."""
    as_found = (templates.c.id == found.id, templates.c.version == found.version)
    done = _unless_named(tx, update(templates).where(*as_found).values(**values, version=found.version + 1, updated_at=now))
    return None if done is None else bool(done)


def remove(tx: Connection, user_id: str, template_id: str) -> bool:
    held = (templates.c.id == template_id, templates.c.user_id == user_id)
    return bool(tx.execute(delete(templates).where(*held)).rowcount)


def _unless_named(tx: Connection, statement: Any) -> int | None:
    try:
        with tx.begin_nested():
            return int(tx.execute(statement).rowcount)
    except IntegrityError:
        return None


def _template(row: Row[Any]) -> Template:
    return Template(
        row.id,
        row.workspace_id,
        row.user_id,
        row.shared,
        row.name,
        row.subject,
        row.body,
        row.version,
        row.updated_at,
    )
