"""People: by filter, by id, and which fields there are."""

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from flask import Response

from server.sandbox.crm.crm import Crm
from server.sandbox.crm.identifiers import full, number_in
from server.sandbox.crm.people import number_of
from server.sandbox.crm.person import Person
from server.sandbox.marketo.envelope import Refusal, succeeded
from server.sandbox.marketo.fields import ELSEWHERE, FIELDS, USUAL, Field
from server.sandbox.marketo.routes import Call, endpoint

_MOST_VALUES, _MOST_MATCHES = 300, 1000
_READ = "Read-Only Lead"


@endpoint("leads.list", "/leads.json", _READ)
def leads(call: Call) -> Response:
    kind = call.needed("filterType")
    values = call.words("filterValues", _MOST_VALUES)
    if not values:
        raise Refusal("701", "filterValues cannot be blank")
    fields = _asked(call)
    found = list(islice(_matching(call.crm, kind, values), _MOST_MATCHES + 1))
    if len(found) > _MOST_MATCHES:
        raise Refusal("1003", "Too many results match the filter")
    start, size = _start(call.given.get("nextPageToken", "")), call.batch_size()
    rows = [_row(call.crm, person, fields) for person in found[start : start + size]]
    if start + size < len(found):
        return succeeded(result=rows, nextPageToken=_token(start + size), moreResult=True)
    return succeeded(result=rows)


@endpoint("leads.get", "/lead/<id>.json", _READ)
def lead(call: Call, id: str) -> Response:
    fields = _asked(call)
    person = _there(call.crm, number_of(int(id))) if id.isdigit() else None
    if person is None:
        raise Refusal("1004", f"Lead with id '{id}' not found")
    return succeeded(result=[_row(call.crm, person, fields)])


@endpoint("leads.describe", "/leads/describe.json", _READ)
def describe(_call: Call) -> Response:
    return succeeded(result=[_described(number, field) for number, field in enumerate(FIELDS.values(), 2)])


@endpoint("leads.describe2", "/leads/describe2.json", _READ)
def describe2(_call: Call) -> Response:
    searchable = [[field.name] for field in FIELDS.values() if field.searchable] + [[name] for name in ELSEWHERE]
    fields = [
        {"name": field.name, "displayName": field.shown, "dataType": field.type, "updateable": not field.read_only}
        | {"crmManaged": False}
        | ({} if field.length is None else {"length": field.length})
        for field in FIELDS.values()
    ]
    return succeeded(result=[{"name": "API Lead", "searchableFields": searchable, "fields": fields}])


@endpoint("salespersons.list", "/salespersons.json", "Read-Only Sales Person")
def sales_persons(call: Call) -> Response:
    kind, values = call.needed("filterType"), call.words("filterValues", _MOST_VALUES)
    if kind not in ("id", "email", "externalSalesPersonId"):
        raise Refusal("1003", f"Invalid filterType '{kind}'")
    if not values:
        raise Refusal("701", "filterValues cannot be blank")
    wanted = {value.lower() for value in values}
    rows = [_sales_person(rep.number, rep.id, rep.email, rep.name) for rep in call.crm.people.reps if rep.active]
    return succeeded(result=[row for row in rows if str(row[kind]).lower() in wanted])


def _asked(call: Call) -> Sequence[Field]:
    names = call.words("fields", len(FIELDS) * 2) or list(USUAL)
    for name in names:
        if name not in FIELDS:
            raise Refusal("1006", f"Field '{name}' not found")
    return [FIELDS[name] for name in dict.fromkeys(("id", *names))]


def _matching(crm: Crm, kind: str, values: Sequence[str]) -> Iterator[Person]:
    """People who are there, in the order of their ids."""
    if kind not in ELSEWHERE and (kind not in FIELDS or not FIELDS[kind].searchable):
        raise Refusal("1003", f"Invalid filterType '{kind}'")
    wanted = {full(value).lower() for value in values}
    for number in _candidates(crm, kind, values):
        person = _there(crm, number)
        if person is not None and kind in FIELDS and str(FIELDS[kind].read(crm, person)).lower() in wanted:
            yield person


def _candidates(crm: Crm, kind: str, values: Sequence[str]) -> Iterable[int]:
    if kind in ELSEWHERE:
        return ()
    if kind == "id":
        return sorted({number_of(int(value)) for value in values if value.isdigit()})
    if kind == "email":
        return sorted({number for value in values for number in crm.people.by_email(value)})
    if kind in ("sfdcLeadId", "sfdcContactId"):
        record = kind.removeprefix("sfdc").removesuffix("Id")
        return sorted({number_in(value, record) or 0 for value in values})
    if kind == "sfdcAccountId":
        accounts = sorted({number_in(value, "Account") or 0 for value in values})
        return (person.number for account in accounts for person in crm.people.members(account))
    return crm.people.numbers()


def _there(crm: Crm, number: int) -> Person | None:
    person = crm.people.get(number)
    return person if person is not None and person.in_marketo and person.gone_at is None else None


def _row(crm: Crm, person: Person, fields: Sequence[Field]) -> Mapping[str, object]:
    return {field.name: field.read(crm, person) for field in fields}


def _described(number: int, field: Field) -> Mapping[str, object]:
    length = {} if field.length is None else {"length": field.length}
    shown = {"id": number, "displayName": field.shown, "dataType": field.type, **length}
    return shown | {"rest": {"name": field.name, "readOnly": field.read_only}}


def _sales_person(number: int, id: str, email: str, name: str) -> dict[str, object]:
    first, _, last = name.rpartition(" ")
    return {"id": number, "externalSalesPersonId": id, "email": email, "firstName": first, "lastName": last}


def _token(start: int) -> str:
    return base64.b32encode(f"leads{start}".encode()).decode()


def _start(token: str) -> int:
    try:
        told = base64.b32decode(token).decode()
    except ValueError:
        told = "?"
    if token and not (told.startswith("leads") and told[5:].isdigit()):
        raise Refusal("1003", "Invalid nextPageToken")
    return int(told[5:]) if token else 0
