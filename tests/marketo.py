"""A Marketo of a few lines, with the surface of `server.connectors.marketo.Marketo`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from server.connectors.errors import Rejected
from server.connectors.marketo import Activity, Campaign, Page, Usage
from server.domain.leads import FIELDS

NEW, CHANGE, SCORE, MERGE, DELETE, MOMENT = 12, 13, 22, 32, 37, 46


@dataclass
class FakeMarketo:
    """`log` is in the order of listing: (place, row). `trouble` is raised by the next calls, one each."""

    page_size: int = 300
    log: list[tuple[float, Activity]] = field(default_factory=list)
    people: dict[int, dict[str, Any]] = field(default_factory=dict)
    sellers: dict[str, str] = field(default_factory=dict)
    trouble: list[Exception] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    empty_first: bool = False
    known_fields: frozenset[str] = frozenset(FIELDS)
    asked: list[tuple[int, list[int]]] = field(default_factory=list)

    # What happens there

    def lead(self, lead_id: int, email: str, **more: Any) -> int:
        self.people[lead_id] = {"id": lead_id, "email": email, **more}
        return lead_id

    def row(
        self,
        lead_id: int,
        type_id: int,
        at: datetime,
        primary: str | None = None,
        guid: str | None = None,
        behind: float = 0.0,
        **attributes: object,
    ) -> Activity:
        """`behind`: listed before so many of the last rows, where a chain of pages has passed."""
        place = (self.log[-1][0] if self.log else 0.0) + 1 - behind
        named = {name.replace("_", " "): str(value) for name, value in attributes.items()}
        made = Activity(guid or f"{type_id}-{lead_id}-{len(self.log)}", lead_id, at, type_id, primary, named)
        self.log.append((place, made))
        self.log.sort(key=lambda one: one[0])
        return made

    def moment(self, lead_id: int, at: datetime, text: str, kind: str = "Web", **more: Any) -> Activity:
        return self.row(lead_id, MOMENT, at, kind, description=text, source="Flow step", **more)

    def score(self, lead_id: int, at: datetime, old: int | None, new: int, field: str = "Lead Score", **more: Any) -> Activity:
        before = {} if old is None else {"old_value": old}
        return self.row(lead_id, SCORE, at, field, new_value=new, **before, **more)

    def merge(self, loser: int, winner: int, at: datetime) -> None:
        """What the loser did is listed as the winner's from now on."""
        self.people.pop(loser, None)
        self.log = [
            (place, Activity(row.guid, winner if row.lead_id == loser else row.lead_id, *_rest(row))) for place, row in self.log
        ]
        self.row(winner, MERGE, at, str(winner), merge_ids=f"[{loser}]")

    def delete(self, lead_id: int, at: datetime) -> None:
        self.people.pop(lead_id, None)
        self.row(lead_id, DELETE, at)

    def change(self, lead_id: int, at: datetime, **values: Any) -> None:
        self.people[lead_id].update(values)
        for name in values:
            self.row(lead_id, CHANGE, at, name)

    # What is asked of it

    def paging_token(self, since: datetime) -> str:
        self._called("token")
        return f"since {since.isoformat()}"

    def activities(self, token: str, types: Sequence[int]) -> Page:
        self._called("activities")
        return self._page(token, types)

    def deleted_leads(self, token: str) -> Page:
        self._called("deleted")
        return self._page(token, [DELETE])

    def lead_changes(self, token: str, fields: Sequence[str]) -> Page:
        self._called("changes")
        return self._page(token, [NEW, CHANGE])

    def leads(self, filter_type: str, values: Sequence[str | int], fields: Sequence[str]) -> list[Mapping[str, Any]]:
        self._called("leads")
        assert filter_type == "id"
        assert set(fields) <= self.known_fields
        found = (self.people.get(int(one)) for one in values)
        return [{name: one.get(name) for name in {"id", *fields}} for one in found if one]

    def fields(self) -> frozenset[str]:
        return self.known_fields

    def sales_persons(self, filter_type: str, values: Sequence[str]) -> list[Mapping[str, Any]]:
        self._called("sellers")
        return [{"externalSalesPersonId": one, "email": self.sellers[one]} for one in values if one in self.sellers]

    def campaigns(self) -> list[Campaign]:
        self._called("campaigns")
        return [
            Campaign(1, "Send the brochure", "trigger", True, "Sales", "Default"),
            Campaign(2, "Old", "trigger", False, None, None),
        ]

    def trigger(self, campaign_id: int, lead_ids: Sequence[int], tokens: Mapping[str, str]) -> None:
        self._called("trigger")
        self.asked.append((campaign_id, list(lead_ids)))

    def usage(self) -> Usage:
        return Usage(len(self.calls), 50_000, {})

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if self.trouble:
            raise self.trouble.pop(0)

    def _page(self, token: str, types: Sequence[int]) -> Page:
        if self.empty_first and not token.startswith("waited "):
            return Page((), f"waited {token}", True)
        token = token.removeprefix("waited ")
        after, since = 0.0, None
        if token.startswith("since "):
            since = datetime.fromisoformat(token.removeprefix("since "))
        elif token.startswith("after "):
            after = float(token.removeprefix("after "))
        else:
            raise Rejected("marketo", "1003 Invalid nextPageToken", number="1003")
        coming = [
            (place, row)
            for place, row in self.log
            if row.type_id in types and place > after and (since is None or row.at >= since)
        ]
        page = coming[: self.page_size]
        last = page[-1][0] if page else None
        following = f"after {last}" if last is not None else token
        return Page(tuple(row for _, row in page), following, len(coming) > len(page))


def _rest(row: Activity) -> tuple[Any, ...]:
    return row.at, row.type_id, row.primary, row.attributes
