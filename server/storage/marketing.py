"""What admins decided about marketing's side of the product."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select, update

from server.domain.marketing import Rss, rss_of
from server.storage.tables import workspaces


def choices(tx: Connection, workspace_id: str) -> Mapping[str, Any]:
    """By name; what nobody decided is left out."""
    found: Mapping[str, Any] | None = tx.execute(
        select(workspaces.c.marketing).where(workspaces.c.id == workspace_id)
    ).scalar_one()
    return found or {}


def choose(tx: Connection, workspace_id: str, chosen: Mapping[str, Any]) -> None:
    """What is left out stays as it was."""
    before = tx.execute(select(workspaces.c.marketing).where(workspaces.c.id == workspace_id).with_for_update()).scalar_one()
    tx.execute(update(workspaces).where(workspaces.c.id == workspace_id).values(marketing={**(before or {}), **chosen}))


def rss(tx: Connection, workspace_id: str) -> Rss:
    return rss_of(choices(tx, workspace_id))
