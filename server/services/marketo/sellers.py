"""Whose leads are whose where no Salesforce says it: Marketo's sales persons, found among our users by address."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from server.connectors.marketo import Marketo
from server.storage import users
from server.storage.database import Database

_KEPT = timedelta(hours=1)


class Sellers:
    def __init__(self, database: Database, marketo: Marketo, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._marketo = marketo
        self._clock = clock
        self._addresses: dict[str, tuple[datetime, str]] = {}

    def users(self, workspace_id: str, ids: Collection[str]) -> Mapping[str, str | None]:
        """Users by Marketo's ids of sales persons; None for those who are no user here."""
        now = self._clock()
        asked = [one for one in sorted(ids) if one not in self._addresses or self._addresses[one][0] <= now]
        if asked:
            rows = self._marketo.sales_persons("externalSalesPersonId", asked)
            told = {str(row.get("externalSalesPersonId")): str(row.get("email") or "").lower() for row in rows}
            self._addresses |= {one: (now + _KEPT, told.get(one, "")) for one in asked}
        active = self._database.read(users.active, workspace_id)
        by_address = {user.address.lower(): user.id for user in active}
        return {one: by_address.get(self._addresses[one][1]) for one in ids}
