"""What people did, page by page."""

import base64
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Response

from server.sandbox.crm import activity as kinds
from server.sandbox.crm.activity import Activity, Key, micros
from server.sandbox.crm.chance import draw
from server.sandbox.crm.crm import Crm
from server.sandbox.crm.people import marketo_id, number_of
from server.sandbox.marketo.activity_types import TYPES
from server.sandbox.marketo.envelope import Refusal, succeeded
from server.sandbox.marketo.fields import BY_ATTRIBUTE, FIELDS
from server.sandbox.marketo.lists import members_of
from server.sandbox.marketo.routes import Call, endpoint

_READ = "Read-Only Activity"
_MOST_TYPES, _MOST_LEADS = 10, 30
_MISSPELT = {"Description": "Descriptioon", "Client IP Address": "Client IP Adddress"}
Json = dict[str, object]


@dataclass(frozen=True)
class Place:
    """Where a reader stands. `waited`: the empty page that comes here was given already."""

    key: Key
    waited: bool = False


@endpoint("activities.pagingtoken", "/activities/pagingtoken.json", _READ)
def paging_token(call: Call) -> Response:
    since = _moment(call.needed("sinceDatetime"))
    return succeeded(nextPageToken=_token(Place((micros(since), -1))))


@endpoint("activities.list", "/activities.json", _READ)
def activities(call: Call) -> Response:
    types = set(call.numbers("activityTypeIds", _MOST_TYPES))
    if not types:
        raise Refusal("701", "activityTypeIds cannot be blank")
    strange = types - set(TYPES)
    if strange:
        raise Refusal("1003", f"Invalid activityTypeId '{min(strange)}'")
    if call.words("assetIds", 100) and len(types) != 1:
        raise Refusal("1003", "assetIds need exactly one activityTypeId")
    assets, people = set(call.numbers("assetIds", 100)), _wanted_people(call)

    def wanted(activity: Activity, number: int) -> bool:
        return (
            activity.type_id in types and (not assets or activity.primary_id in assets) and (people is None or people(number))
        )

    return _page(call, wanted, _row)


@endpoint("activities.types", "/activities/types.json", _READ)
def activity_types(_call: Call) -> Response:
    rows = []
    for type in TYPES.values():
        primary = {"primaryAttribute": {"name": type.primary[0], "dataType": type.primary[1]}} if type.primary else {}
        attributes = [{"name": name, "dataType": "string"} for name in type.attributes]
        rows.append({"id": type.id, "name": type.name, "description": type.name, **primary, "attributes": attributes})
    return succeeded(result=rows)


@endpoint("activities.leadchanges", "/activities/leadchanges.json", _READ)
def lead_changes(call: Call) -> Response:
    names = set(call.words("fields", len(FIELDS)))
    if not names:
        raise Refusal("701", "fields cannot be blank")
    for name in names:
        if name not in FIELDS:
            raise Refusal("1006", f"Field '{name}' not found")
    people = _wanted_people(call)

    def wanted(activity: Activity, number: int) -> bool:
        return (
            activity.type_id in (kinds.NEW, kinds.CHANGE)
            and (activity.type_id == kinds.NEW or any(BY_ATTRIBUTE[told[0]].name in names for told in activity.fields))
            and (people is None or people(number))
        )

    return _page(call, wanted, _change_row)


@endpoint("activities.deletedleads", "/activities/deletedleads.json", _READ)
def deleted_leads(call: Call) -> Response:
    return _page(call, lambda activity, _: activity.type_id == kinds.DELETE, _row, deleted=True)


def _page(
    call: Call,
    wanted: Callable[[Activity, int], bool],
    row: Callable[[Call, Activity, int], Json],
    *,
    deleted: bool = False,
) -> Response:
    """Perhaps short, perhaps empty; the token goes on from the last row that was looked at."""
    place, size, moods = _place(call.needed("nextPageToken")), call.batch_size(), call.marketo.moods
    now = call.crm.now()
    coming = call.crm.stream.after(place.key, now)
    chance = draw(*place.key)
    if _one_in(moods.empty_every, chance) and not place.waited and next(coming, None) is not None:
        return _answer(call, [], Place(place.key, True), True)
    most = size // 3 + 1 if _one_in(moods.short_every, chance >> 20) else size
    rows: list[Json] = []
    looked, key = 0, place.key
    while len(rows) < most and looked < moods.look_at:
        activity = next(coming, None)
        if activity is None:
            return _answer(call, rows, Place(key), False)
        looked, key = looked + 1, activity.key
        number = _owner_of(call.crm, activity, deleted)
        if number is not None and now - activity.at <= TYPES[activity.type_id].kept and wanted(activity, number):
            rows.append(row(call, activity, number))
    return _answer(call, rows, Place(key), next(coming, None) is not None)


def _answer(call: Call, rows: list[Json], place: Place, more: bool) -> Response:
    told: Json = {"nextPageToken": _token(place), "moreResult": more}
    if call.marketo.moods.warnings:
        as_object = call.marketo.moods.warnings == "objects"
        told["warnings"] = [{"code": 1080, "message": "Slow answer"} if as_object else "Slow answer"]
    return succeeded(result=rows, **told)


def _owner_of(crm: Crm, activity: Activity, deleted: bool) -> int | None:
    """Whose it is today: what a merged person did is its survivor's, what a deleted one did is no longer told."""
    kept = crm.people.kept.get(activity.number)
    if kept is None or deleted:
        return activity.number
    number = crm.survivor(activity.number) if kept.merged_into else activity.number
    person = crm.people.known(number)
    return number if person.in_marketo and person.gone_at is None else None


def _row(call: Call, activity: Activity, number: int) -> Json:
    row: Json = {"marketoGUID": activity.guid, "leadId": marketo_id(number)}
    if activity.id is not None:
        row["id"] = activity.id
    row |= {"activityDate": _date(activity), "activityTypeId": activity.type_id}
    if activity.campaign is not None:
        row["campaignId"] = activity.campaign
    if activity.primary_id is not None:
        row["primaryAttributeValueId"] = activity.primary_id
    if activity.primary is not None:
        row["primaryAttributeValue"] = activity.primary
    row["attributes"] = list(_attributes(activity, call.marketo.moods.misspelt_every))
    return row


def _change_row(_call: Call, activity: Activity, number: int) -> Json:
    names = set(_call.words("fields", len(FIELDS)))
    fields = [
        {"id": list(FIELDS).index(field.name) + 2, "name": field.name, "newValue": new, "oldValue": old}
        for attribute, old, new in activity.fields
        if (field := BY_ATTRIBUTE[attribute]).name in names
    ]
    attributes = [{"name": name, "value": value} for name, value in activity.attributes.items()]
    row: Json = {"marketoGUID": activity.guid, "leadId": marketo_id(number), "activityDate": _date(activity)}
    if activity.id is not None:
        row["id"] = activity.id
    return row | {"activityTypeId": activity.type_id, "fields": fields, "attributes": attributes}


def _attributes(activity: Activity, misspelt_every: int) -> Iterator[Mapping[str, object]]:
    """Empty ones are left out."""
    misspelt = _one_in(misspelt_every, int(activity.guid[:8], 16))
    for name, value in activity.attributes.items():
        if value != "":
            yield {"name": _MISSPELT.get(name, name) if misspelt else name, "value": value}
    for attribute, old, new in activity.fields:
        yield {"name": "New Value", "value": _text(new)}
        yield {"name": "Old Value", "value": _text(old)}
        yield {"name": "Reason", "value": f"Changed {BY_ATTRIBUTE[attribute].shown}"}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _date(activity: Activity) -> str:
    """Both ways of writing the zone occur."""
    return activity.at.strftime("%Y-%m-%dT%H:%M:%S") + ("Z" if int(activity.guid[-1], 16) % 2 else "+0000")


def _wanted_people(call: Call) -> Callable[[int], bool] | None:
    numbers = {number_of(id) for id in call.numbers("leadIds", _MOST_LEADS)}
    lists = call.numbers("listId", 1)
    if not numbers and not lists:
        return None
    member = members_of(call.crm, lists[0]) if lists else lambda _: True
    return lambda number: (not numbers or number in numbers) and member(number)


def _moment(text: str) -> datetime:
    # A "+" that was not encoded arrives as a space.
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal("704", f"Invalid date '{text}'") from None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _token(place: Place) -> str:
    told = f"{place.key[0]}.{place.key[1]}.{int(place.waited)}"
    # 41 characters are padded with "=", so that whoever does not encode it, or strips it, is found out.
    whole = f"{told}.{zlib.crc32(told.encode()):08x}".ljust(41, "_")
    return base64.b32encode(whole.encode()).decode()


def _place(token: str) -> Place:
    try:
        told, _, guard = base64.b32decode(token).decode().rstrip("_").rpartition(".")
        if f"{zlib.crc32(told.encode()):08x}" != guard:
            raise ValueError
        at, order, waited = (int(part) for part in told.split("."))
    except ValueError:
        raise Refusal("1003", "Invalid nextPageToken") from None
    return Place((at, order), bool(waited))


def _one_in(every: int, chance: int) -> bool:
    return every > 0 and chance % every == 0
