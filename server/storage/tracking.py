"""What admins decided about machine traffic."""

from sqlalchemy import Connection, bindparam, select, update

from server.domain.tracking import Machines, machines_of
from server.storage.tables import workspaces

# Made once: every page of a feed asks for it.
_TRACKING = select(workspaces.c.tracking).where(workspaces.c.id == bindparam("workspace"))


def machines(tx: Connection, workspace_id: str) -> Machines:
    return machines_of(tx.execute(_TRACKING, {"workspace": workspace_id}).scalar())


def hides_machines(tx: Connection, workspace_id: str) -> bool:
    return machines(tx, workspace_id) is Machines.HIDE


def choose_machines(tx: Connection, workspace_id: str, chosen: Machines) -> None:
    tx.execute(update(workspaces).where(workspaces.c.id == workspace_id).values(tracking={"machines": chosen.value}))
