"""Marketo's REST API: what we ask of it, as it is documented."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from server.connectors.bearer import Bearer, Grant
from server.connectors.errors import Away, Rejected, TooMany
from server.connectors.http import Request, Transport
from server.connectors.marketo_answers import judge, judge_token, noted_warnings
from server.domain import marketo as written

CALLS, WINDOW, AT_ONCE = 50, 20.0, 5
"""Half of what Marketo allows the whole company: 100 calls in 20 s, 10 at once."""

_PERMISSIONS = {
    "activities": "Read-Only Activity",
    "salespersons": "Read-Only Sales Person",
    "campaigns": "Execute Campaign",
    "lead": "Read-Only Lead",
}

VALUES_A_CALL = 300
LEADS_A_TRIGGER = 100
_PAGING_TOKEN_TIMEOUT = 300.0
_LONGEST_QUERY = 6_000
_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Activity:
    """`attributes` by folded name (`domain.marketo.folded_name`); empty ones are left out, as Marketo does."""

    guid: str
    lead_id: int
    at: datetime
    type_id: int
    primary: str | None
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """May be short or empty while there is `more`. `token` is where the next one begins."""

    rows: tuple[Activity, ...]
    token: str
    more: bool


@dataclass(frozen=True, slots=True)
class Campaign:
    id: int
    name: str
    type: str
    active: bool
    program: str | None
    workspace: str | None


@dataclass(frozen=True, slots=True)
class Usage:
    """Calls since midnight US Central, of the whole company; `users` by API user."""

    used: int
    limit: int
    users: Mapping[str, int]


class Marketo:
    """`url` is the instance's (https://123-ABC-456.mktorest.com); `daily_calls` what the subscription allows."""

    def __init__(self, url: str, client_id: str, client_secret: str, transport: Transport, daily_calls: int = 50_000) -> None:
        self._url = url.rstrip("/")
        self._client = (client_id.strip(), client_secret.strip())
        self._transport = transport
        self._daily_calls = daily_calls
        self._clock = transport.clock
        self._bearer = Bearer(transport, self._ask_for_token)
        self._types: tuple[datetime, Mapping[int, str]] | None = None
        self._fields: tuple[datetime, frozenset[str]] | None = None

    # Activities -----------------------------------------------------------------

    def paging_token(self, since: datetime) -> str:
        query = {"sinceDatetime": written.timestamp(since)}
        answer = self._get("/rest/v1/activities/pagingtoken.json", query, timeout=_PAGING_TOKEN_TIMEOUT)
        return str(answer["nextPageToken"])

    def activities(self, token: str, types: Sequence[int]) -> Page:
        """At most ten types a call, by Marketo's rule."""
        query = {"nextPageToken": token, "activityTypeIds": ",".join(map(str, types))}
        return _page(self._get("/rest/v1/activities.json", query), token, _plain)

    def deleted_leads(self, token: str) -> Page:
        return _page(self._get("/rest/v1/activities/deletedleads.json", {"nextPageToken": token}), token, _plain)

    def lead_changes(self, token: str, fields: Sequence[str]) -> Page:
        """An activity for each field that changed: `primary` names it, `attributes` hold `new value` and `old value`."""
        query = {"nextPageToken": token, "fields": ",".join(fields)}
        return _page(self._get("/rest/v1/activities/leadchanges.json", query), token, _by_field)

    def activity_types(self) -> Mapping[int, str]:
        """Names by id; kept for a day."""
        if self._types is None or self._types[0] <= self._clock():
            names = {int(row["id"]): str(row["name"]) for row in self._result("activities/types.json")}
            self._types = self._clock() + _KEPT, names
        return self._types[1]

    # People -----------------------------------------------------------------------

    def leads(self, filter_type: str, values: Sequence[str | int], fields: Sequence[str]) -> list[Mapping[str, Any]]:
        """Everybody with one of the `values`. TooMany when a single value meets more than Marketo lists."""
        found: list[Mapping[str, Any]] = []
        for start in range(0, len(values), VALUES_A_CALL):
            found += self._leads(filter_type, [str(one) for one in values[start : start + VALUES_A_CALL]], fields)
        return found

    def _leads(self, filter_type: str, values: Sequence[str], fields: Sequence[str]) -> list[Mapping[str, Any]]:
        query = {"filterType": filter_type, "filterValues": ",".join(values), "fields": ",".join(fields)}
        try:
            return [row for row in self._every("leads.json", query) if "id" in row]
        except TooMany:
            if len(values) == 1:
                raise
        half = len(values) // 2
        return [*self._leads(filter_type, values[:half], fields), *self._leads(filter_type, values[half:], fields)]

    def fields(self) -> frozenset[str]:
        """Which fields a lead has over REST; kept for a day."""
        if self._fields is None or self._fields[0] <= self._clock():
            self._fields = self._clock() + _KEPT, frozenset(_rest_names(self._result("leads/describe.json")))
        return self._fields[1]

    def sales_persons(self, filter_type: str, values: Sequence[str]) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = []
        for start in range(0, len(values), VALUES_A_CALL):
            part = ",".join(values[start : start + VALUES_A_CALL])
            rows = self._every("salespersons.json", {"filterType": filter_type, "filterValues": part})
            found += [row for row in rows if row.get("status") != "skipped"]
        return found

    # Campaigns --------------------------------------------------------------------

    def campaigns(self) -> list[Campaign]:
        """Those that can be asked for by an API: a trigger, in force or not."""
        return [_campaign(row) for row in self._every("campaigns.json", {"isTriggerable": "true"})]

    def trigger(self, campaign_id: int, lead_ids: Sequence[int], tokens: Mapping[str, str]) -> None:
        """Away with `maybe_done`: Marketo may have begun it. More than 100 people go in several calls."""
        named = [
            {"name": name if name.startswith("{{") else f"{{{{{name}}}}}", "value": value} for name, value in tokens.items()
        ]
        for start in range(0, len(lead_ids), LEADS_A_TRIGGER):
            leads = [{"id": lead_id} for lead_id in lead_ids[start : start + LEADS_A_TRIGGER]]
            body = {"input": {"leads": leads, **({"tokens": named} if named else {})}}
            self._call(Request("POST", f"/rest/v1/campaigns/{campaign_id}/trigger.json", body=body, repeatable=False))

    # The day's calls --------------------------------------------------------------

    def usage(self) -> Usage:
        rows = self._result("stats/usage.json")
        used = sum(int(row.get("total") or 0) for row in rows)
        users = {str(one["userId"]): int(one["count"]) for row in rows for one in row.get("users") or ()}
        return Usage(used, self._daily_calls, users)

    # How it is asked --------------------------------------------------------------

    def _result(self, path: str) -> list[Mapping[str, Any]]:
        return list(self._get(f"/rest/v1/{path}", {}).get("result") or ())

    def _every(self, path: str, query: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
        """All pages of a list."""
        token = None
        while True:
            answer = self._get(f"/rest/v1/{path}", {**query, **({"nextPageToken": token} if token else {})})
            yield from answer.get("result") or ()
            following = answer.get("nextPageToken")
            if not following or following == token:
                return
            token = str(following)

    def _get(self, path: str, query: Mapping[str, str], timeout: float = 30.0) -> Mapping[str, Any]:
        plain = Request("GET", path, query=query, timeout=timeout)
        as_form = Request("POST", path, query={"_method": "GET"}, form=query, timeout=timeout)
        if len(urlencode(query)) > _LONGEST_QUERY:
            return self._call(as_form)
        try:
            return self._call(plain)
        except Rejected as error:
            if error.number != "414":
                raise
        return self._call(as_form)

    def _call(self, request: Request) -> Mapping[str, Any]:
        answer = self._bearer.send(request, lambda answer: judge(answer, self._clock(), _permission(request.url)))
        told: Mapping[str, Any] = answer.json()
        noted_warnings(told)
        return told

    def _ask_for_token(self) -> Grant:
        # As a form: what stands in an address stands in logs too.
        form = {"grant_type": "client_credentials", "client_id": self._client[0], "client_secret": self._client[1]}
        asked_at = self._clock()
        told = self._transport.send(Request("POST", f"{self._url}/identity/oauth/token", form=form), judge_token).json()
        life = timedelta(seconds=float(told.get("expires_in") or 0))
        return Grant(str(told["access_token"]), self._url, asked_at + life)


def _permission(path: str) -> str:
    """What the API user's role needs for this, as Marketo names it."""
    return next((name for part, name in _PERMISSIONS.items() if path.startswith(f"/rest/v1/{part}")), "")


# What it answers --------------------------------------------------------------------


def _page(answer: Mapping[str, Any], token: str, read: Callable[[Mapping[str, Any]], Iterable[Activity]]) -> Page:
    following = answer.get("nextPageToken")
    more = bool(answer.get("moreResult"))
    if more and not following:
        raise Away("marketo", "more was announced, but not where")
    rows = tuple(activity for row in answer.get("result") or () for activity in read(row))
    return Page(rows, str(following or token), more)


def _plain(row: Mapping[str, Any]) -> Iterable[Activity]:
    yield _activity(row, _guid(row), row.get("primaryAttributeValue"), written.attributes(row.get("attributes") or ()))


def _by_field(row: Mapping[str, Any]) -> Iterable[Activity]:
    """A row may tell of several fields; each gets a name of its own that stays the same when the row comes again."""
    common, guid = written.attributes(row.get("attributes") or ()), _guid(row)
    fields = row.get("fields") or ()
    for field in fields:
        values = {"new value": field.get("newValue"), "old value": field.get("oldValue")}
        told = written.attributes([{"name": name, "value": value} for name, value in values.items()])
        own = guid if len(fields) == 1 else f"{guid}/{field.get('name')}"
        yield _activity(row, own, field.get("name"), {**common, **told})
    if not fields:
        yield _activity(row, guid, row.get("primaryAttributeValue"), common)


def _activity(row: Mapping[str, Any], guid: str, primary: object, attributes: Mapping[str, str]) -> Activity:
    named = None if primary in (None, "") else str(primary)
    at = written.moment(str(row["activityDate"]))
    return Activity(guid, int(row["leadId"]), at, int(row["activityTypeId"]), named, attributes)


def _guid(row: Mapping[str, Any]) -> str:
    """Marketo's own; else one made of what the row says. Never its `id`, which may be missing and is not unique."""
    if row.get("marketoGUID"):
        return str(row["marketoGUID"])
    told = [str(row.get(name)) for name in ("leadId", "activityDate", "activityTypeId", "primaryAttributeValue", "attributes")]
    return "made-" + hashlib.sha256("\n".join(told).encode()).hexdigest()[:40]


def _rest_names(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for row in rows:
        name = (row.get("rest") or {}).get("name")
        if name:
            yield str(name)


def _campaign(row: Mapping[str, Any]) -> Campaign:
    program, workspace = row.get("programName"), row.get("workspaceName")
    return Campaign(int(row["id"]), str(row["name"]), str(row.get("type") or ""), bool(row.get("active")), program, workspace)
