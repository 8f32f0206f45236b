"""Single records: read any, write tasks."""

from collections.abc import Mapping
from datetime import date

from flask import request

from server.errors import NotFound
from server.sandbox.crm.identifiers import full, number_in
from server.sandbox.crm.tasks import Task
from server.sandbox.salesforce.refusal import Refusal
from server.sandbox.salesforce.routes import Call, endpoint, sent_json
from server.sandbox.salesforce.soql.plan import planned
from server.sandbox.salesforce.soql.run import shown
from server.sandbox.salesforce.soql.syntax import Query
from server.sandbox.salesforce.tables import TABLES, Column, Table, named

Json = dict[str, object]
_KEPT_AS = {
    "OwnerId": "owner",
    "WhoId": "who",
    "WhatId": "what",
    "Subject": "subject",
    "Status": "status",
    "Priority": "priority",
    "ActivityDate": "due",
    "Description": "description",
    "Type": "kind",
}


@endpoint("sobjects.create", "/sobjects/<name>", "POST")
def create(call: Call, name: str) -> tuple[Json, int]:
    _only_tasks(_table(name))
    values = _values(call, sent_json())
    owner = str(values.pop("owner", "") or call.crm.people.reps[0].id)
    _check_about(str(values.get("who") or ""), str(values.get("what") or ""))
    task = call.crm.tasks.add(owner, call.crm.now(), **values)
    return {"id": task.id, "success": True, "errors": []}, 201


@endpoint("sobjects.record", "/sobjects/<name>/<id>", "GET", "PATCH", "DELETE")
def one(call: Call, name: str, id: str) -> Json | None:
    table = _table(name)
    if id == "describe":
        return _described(table)
    if request.method == "GET":
        return _read(call, table, id)
    _only_tasks(table)
    task = _task(call, id)
    if request.method == "DELETE":
        call.crm.tasks.change(task.id, call.crm.now(), deleted=True)
    else:
        values = _values(call, sent_json())
        _check_about(str(values.get("who", task.who) or ""), str(values.get("what", task.what) or ""))
        call.crm.tasks.change(task.id, call.crm.now(), **values)
    return None


@endpoint("limits", "/limits", "GET")
def limits(call: Call) -> Json:
    return {"DailyApiRequests": {"Max": call.org.daily, "Remaining": call.org.daily - call.org.used()}}


def _read(call: Call, table: Table, id: str) -> Json:
    names = request.args.get("fields", "")
    fields = tuple(names.split(",")) if names else tuple(column.name for column in table.columns.values())
    plan = planned(Query(fields, table.name))
    number = number_in(full(id), table.name)
    record = table.record(call.crm, number) if number else None
    if record is None:
        raise Refusal(404, "NOT_FOUND")
    if table.deleted(record):
        raise Refusal(404, "ENTITY_IS_DELETED")
    return shown(call.crm, plan, record, call.version)


def _table(name: str) -> Table:
    found = TABLES.get(name.lower())
    if found is None:
        raise Refusal(404, "NOT_FOUND")
    return found


def _only_tasks(table: Table) -> None:
    if table.name != "Task":
        raise Refusal(403, "INSUFFICIENT_ACCESS", f"this app may not write {table.name}")


def _task(call: Call, id: str) -> Task:
    try:
        task = call.crm.tasks.get(id)
    except NotFound:
        raise Refusal(404, "NOT_FOUND", "Provided external ID field does not exist or is not accessible: " + id) from None
    if task.deleted:
        raise Refusal(404, "ENTITY_IS_DELETED")
    return task


def _values(call: Call, sent: Mapping[str, object]) -> dict[str, object]:
    """By the names tasks are kept under, each checked."""
    columns = TABLES["task"].columns
    values: dict[str, object] = {}
    for name, value in sent.items():
        if name == "attributes":
            continue
        column = columns.get(name.lower())
        if column is None:
            raise Refusal(400, "INVALID_FIELD", f"No such column '{name}' on sobject of type Task")
        if not column.writable:
            message = f"Unable to create/update fields: {name}. Please check the security settings of this field"
            raise Refusal(400, "INVALID_FIELD_FOR_INSERT_UPDATE", message, [name])
        values[_KEPT_AS[column.name]] = _checked(call, column, value)
    return values


def _checked(call: Call, column: Column, value: object) -> object:
    if value is None or value == "":
        return _emptied(column)
    if not isinstance(value, str):
        raise Refusal(400, "JSON_PARSER_ERROR", f"Cannot deserialize instance of {column.type} from value {value}")
    if column.type == "reference":
        return _referred(call, column, value)
    if column.type == "date":
        return _day(value)
    if column.choices and value not in column.choices:
        message = f"{column.name}: bad value for restricted picklist field: {value}"
        raise Refusal(400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, [column.name])
    if column.length and len(value) > column.length:
        message = f"{column.name}: data value too large: {value[:40]}… (max length={column.length})"
        raise Refusal(400, "STRING_TOO_LONG", message, [column.name])
    if column.name == "Subject" and ("\n" in value or "\r" in value):
        raise Refusal(400, "FIELD_INTEGRITY_EXCEPTION", "Subject: a line break is not allowed", ["Subject"])
    return value


def _emptied(column: Column) -> object:
    if column.name in ("Status", "Priority", "OwnerId"):
        raise Refusal(400, "REQUIRED_FIELD_MISSING", f"Required fields are missing: [{column.name}]", [column.name])
    return "" if column.type == "reference" else None


def _referred(call: Call, column: Column, value: str) -> str:
    id = full(value)
    kinds = {"OwnerId": ("User",), "WhoId": ("Lead", "Contact"), "WhatId": ("Account", "Opportunity")}[column.name]
    if len(id) != 18 or not any(number_in(id, kind) for kind in kinds):
        raise Refusal(400, "MALFORMED_ID", f"{column.name}: id value of incorrect type: {value}", [column.name])
    if column.name == "OwnerId":
        rep = next((rep for rep in call.crm.people.reps if rep.id == id), None)
        if rep is None or not rep.active:
            raise Refusal(400, "INACTIVE_OWNER_OR_USER", "operation performed with inactive user", [column.name])
    elif not _is_there(call, id):
        raise Refusal(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [column.name])
    return id


def _is_there(call: Call, id: str) -> bool:
    person = call.crm.people.get(number_in(id, "Lead") or number_in(id, "Contact") or 0)
    return named(call.crm, id) is not None and (person is None or person.deleted_at is None)


def _check_about(who: str, what: str) -> None:
    if what and number_in(who, "Lead"):
        message = "When the name is a lead, related to must be empty"
        raise Refusal(400, "FIELD_INTEGRITY_EXCEPTION", message, ["WhatId"])


def _day(value: str) -> date:
    try:
        if len(value) != 10:
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        message = f"Cannot deserialize instance of date from VALUE_STRING value {value}"
        raise Refusal(400, "JSON_PARSER_ERROR", message) from None


def _described(table: Table) -> Json:
    fields = [
        {"name": column.name, "type": column.type, "length": column.length, "updateable": column.writable}
        | {"picklistValues": [{"value": choice, "active": True} for choice in column.choices]}
        for column in table.columns.values()
    ]
    return {"name": table.name, "queryable": True, "updateable": table.name == "Task", "fields": fields}
