"""Answers against the published description, loosened where real answers differ from it: `result`, `errors`, `warnings` and an
activity's `id` may be absent, an attribute's value is no object.
"""

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from tests.fixtures_crm import CrmSandbox, running_crm

Schema = dict[str, Any]
TEXT: Schema = {"type": "string", "minLength": 1}
WHOLE: Schema = {"type": "integer"}
DATE: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d{4})$"}


def an(properties: Schema, *optional: str) -> Schema:
    """An object with these and no others."""
    needed = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": needed, "additionalProperties": False}


def answer(result: Schema | None) -> Schema:
    around = {"requestId": {"type": "string", "pattern": "^[0-9a-f]+#[0-9a-f]+$"}, "success": {"const": True}}
    around |= {"nextPageToken": TEXT, "moreResult": {"type": "boolean"}, "warnings": {"type": "array"}}
    told = {} if result is None else {"result": {"type": "array", "items": result}}
    return an(around | told, "nextPageToken", "moreResult", "warnings")


ATTRIBUTE = an({"name": TEXT, "value": {"type": ["string", "number"]}, "apiName": TEXT}, "apiName")
KEPT = {"marketoGUID": {"type": "string", "minLength": 1, "maxLength": 128}, "id": WHOLE, "leadId": WHOLE}
KEPT |= {"activityDate": DATE, "activityTypeId": WHOLE, "campaignId": WHOLE}
ACTIVITY = an(
    KEPT
    | {"primaryAttributeValueId": WHOLE, "primaryAttributeValue": TEXT, "attributes": {"type": "array", "items": ATTRIBUTE}},
    *("id", "campaignId", "primaryAttributeValueId", "primaryAttributeValue"),
)
CHANGED = an({"id": WHOLE, "name": TEXT, "newValue": {}, "oldValue": {}})
CHANGE = an(
    KEPT | {"fields": {"type": "array", "items": CHANGED}, "attributes": {"type": "array", "items": ATTRIBUTE}},
    *("id", "campaignId"),
)
TYPED = an({"name": TEXT, "dataType": TEXT})
TYPE = an(
    {"id": WHOLE, "name": TEXT, "description": TEXT, "apiName": TEXT, "primaryAttribute": TYPED}
    | {"attributes": {"type": "array", "items": TYPED}},
    *("apiName", "primaryAttribute"),
)
FIELD = an(
    {"id": WHOLE, "displayName": TEXT, "dataType": TEXT, "length": WHOLE}
    | {"rest": an({"name": TEXT, "readOnly": {"type": "boolean"}}), "soap": {"type": "object"}},
    *("length", "soap"),
)
CAMPAIGN = an(
    {"id": WHOLE, "name": TEXT, "description": TEXT, "type": {"enum": ["batch", "trigger"]}, "active": {"type": "boolean"}}
    | {"programName": TEXT, "programId": WHOLE, "workspaceName": TEXT, "createdAt": DATE, "updatedAt": DATE},
    *("description", "programId", "programName", "workspaceName"),
)
USAGE = an(
    {"date": {"type": "string", "format": "date"}, "total": WHOLE}
    | {"users": {"type": "array", "items": an({"userId": TEXT, "count": WHOLE})}}
)
LEAD: Schema = {"type": "object", "required": ["id"], "properties": {"id": WHOLE}}


@pytest.mark.parametrize(
    ("path", "query", "result"),
    [
        ("activities/pagingtoken.json", {"sinceDatetime": "2026-11-21T08:00:00Z"}, None),
        ("activities.json", {"nextPageToken": "", "activityTypeIds": "1,2,3,6,7,10,11,22,46"}, ACTIVITY),
        ("activities.json", {"nextPageToken": "", "activityTypeIds": "12,13,23,32"}, ACTIVITY),
        ("activities/deletedleads.json", {"nextPageToken": ""}, ACTIVITY),
        ("activities/leadchanges.json", {"nextPageToken": "", "fields": "title,email"}, CHANGE),
        ("activities/types.json", {}, TYPE),
        ("leads.json", {"filterType": "id", "filterValues": "1001,1002"}, LEAD),
        ("lead/1004.json", {"fields": "email"}, LEAD),
        ("leads/describe.json", {}, FIELD),
        ("campaigns.json", {}, CAMPAIGN),
        ("stats/usage.json", {}, USAGE),
        ("stats/usage/last7days.json", {}, USAGE),
    ],
)
def test_an_answer_has_the_shape_that_is_described(
    lively: CrmSandbox, path: str, query: dict[str, str], result: Schema | None
) -> None:
    token = lively.ask("activities/pagingtoken.json", sinceDatetime="2026-11-21T08:00:00Z")["nextPageToken"]
    told = lively.ask(path, **{**query, **({"nextPageToken": token} if "nextPageToken" in query else {})})
    jsonschema.validate(told, answer(result))
    assert result is None or told["result"]


@pytest.fixture(scope="module")
def lively() -> Iterator[CrmSandbox]:
    """Everything happened here already."""
    with running_crm() as crm:
        people = [crm.crm.people.find(str(id)) for id in range(1001, 1008)]
        for person in people:
            crm.happen.browse(person, form=True)
            crm.happen.change(person, {"title": "CEO"})
        for type_id in (3, 6, 10, 11):
            crm.happen.activity(people[3], type_id)
        crm.happen.merge(people[0], people[1])
        crm.happen.delete(people[2])
        crm.happen.hand_over(people[4], crm.crm.people.reps[0].id)
        crm.control("PUT", "marketo/moods", {"empty_every": 0, "short_every": 0})
        yield crm
