"""What marketing tells of people of a team, and who watches them."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert

from server.domain.moments import Moment, Type
from server.domain.users import User
from server.services import moments
from server.services.feed import Feed
from server.storage.tables import watch_list
from server.tokens import new_id
from tests.team import Team


class Marketing:
    def __init__(self, team: Team) -> None:
        self.team = team
        self.feed = Feed(team.database, "https://mail.google.com", team.clock)

    def moment(
        self,
        person: dict[str, Any],
        text: str = "Visited the price list",
        *,
        kind: str = "web",
        ago: timedelta = timedelta(),
        guid: str | None = None,
    ) -> Moment:
        name = guid or new_id()
        at: datetime = self.team.now - ago
        return Moment(new_id(), self.team.workspace_id, person["id"], name, Type(kind), text, "Flow step", at)

    def record(self, *told: Moment) -> set[str]:
        return self.team.database.write(moments.record, told, self.team.now)

    def happens(self, person: dict[str, Any], text: str = "Visited the price list", **more: Any) -> set[str]:
        return self.record(self.moment(person, text, **more))

    def watch(self, user: User, person: dict[str, Any]) -> set[str]:
        row = {"user_id": user.id, "person_id": person["id"], "workspace_id": user.workspace_id, "created_at": self.team.now}

        def work(tx: Any) -> set[str]:
            tx.execute(insert(watch_list).values(**row))
            return moments.rehome(tx, user.workspace_id, [person["id"]], self.team.now)

        return self.team.database.write(work)

    def unwatch(self, user: User, person: dict[str, Any]) -> set[str]:
        watched = (watch_list.c.user_id == user.id, watch_list.c.person_id == person["id"])

        def work(tx: Any) -> set[str]:
            tx.execute(delete(watch_list).where(*watched))
            return moments.rehome(tx, user.workspace_id, [person["id"]], self.team.now)

        return self.team.database.write(work)

    def told(self, user: User, feed: str = "live") -> list[str]:
        """What the newest moments of a feed say."""
        items = self.feed.latest(user, feed=feed, limit=200)["items"]  # type: ignore[arg-type]
        return [item["moment"]["description"] for item in items]
