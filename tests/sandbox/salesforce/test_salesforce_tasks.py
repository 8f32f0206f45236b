"""Tasks of Salesforce, and its refusals."""

from typing import Any

import pytest
import requests

from server.sandbox.salesforce.refusal import KINDS
from tests.fixtures_crm import BRAM, NORA, CrmSandbox, crm, crm_kept

__all__ = ["crm", "crm_kept"]


def create(crm: CrmSandbox, **values: Any) -> requests.Response:
    return crm.salesforce_call("POST", "sobjects/Task", json=values)


def made(crm: CrmSandbox, **values: Any) -> str:
    answer = create(crm, **values)
    assert answer.status_code == 201, answer.text
    assert answer.json() == {"id": answer.json()["id"], "success": True, "errors": []}
    return str(answer.json()["id"])


def task(crm: CrmSandbox, id: str, *, deleted: bool = False) -> dict[str, Any]:
    fields = "Subject, Status, Priority, ActivityDate, Description, OwnerId, WhoId, WhatId, IsClosed, IsDeleted, SystemModstamp"
    [row] = crm.query(f"SELECT {fields} FROM Task WHERE Id = '{id}'", deleted=deleted)["records"]
    return dict(row)


def code(answer: requests.Response) -> tuple[int, str]:
    [error] = answer.json()
    return answer.status_code, str(error["errorCode"])


def test_a_task_is_made_changed_and_deleted(crm: CrmSandbox) -> None:
    bram, lead = crm.crm.people.rep(BRAM).id, crm.person(1001)["lead_id"]
    id = made(crm, Subject="Call", OwnerId=bram, WhoId=lead, ActivityDate="2026-11-24", Priority="High")
    told = task(crm, id)
    assert (told["Subject"], told["Status"], told["Priority"]) == ("Call", "Not Started", "High")
    assert (told["ActivityDate"], told["OwnerId"], told["WhoId"], told["IsClosed"]) == ("2026-11-24", bram, lead, False)
    crm.advance(90)
    answer = crm.salesforce_call("PATCH", f"sobjects/Task/{id}", json={"Status": "Completed", "ActivityDate": None})
    assert (answer.status_code, answer.content) == (204, b"")
    told = task(crm, id)
    assert (told["IsClosed"], told["ActivityDate"], told["SystemModstamp"]) == (True, None, "2026-11-21T09:01:30.000+0000")
    assert crm.salesforce_call("DELETE", f"sobjects/Task/{id[:15]}").status_code == 204
    assert task(crm, id, deleted=True)["IsDeleted"]
    for verb in ("GET", "PATCH", "DELETE"):
        assert code(crm.salesforce_call(verb, f"sobjects/Task/{id}", json={})) == (404, "ENTITY_IS_DELETED")


def test_a_rep_changes_a_task_in_salesforce(crm: CrmSandbox) -> None:
    told = {"owner": NORA, "subject": "Call", "who": "1003", "due": "2026-11-24", "priority": "Low"}
    id = crm.control("POST", "crm/tasks", told)["id"]
    crm.control("PUT", f"crm/tasks/{id}", {"status": "In Progress"})
    found = crm.salesforce_call("GET", f"sobjects/Task/{id}", params={"fields": "Status,Priority,WhoId"}).json()
    assert (found["Status"], found["Priority"], found["WhoId"][:3]) == ("In Progress", "Low", "003")
    crm.control("DELETE", f"crm/tasks/{id}")
    assert [one["deleted"] for one in crm.control("GET", "crm/tasks")["tasks"]] == [True]


def test_the_picklists_are_described(crm: CrmSandbox) -> None:
    fields = {field["name"]: field for field in crm.salesforce_call("GET", "sobjects/Task/describe").json()["fields"]}
    assert "In Progress" in [choice["value"] for choice in fields["Status"]["picklistValues"]]
    assert (fields["Subject"]["length"], fields["IsClosed"]["updateable"]) == (255, False)


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"Subject": "x" * 256}, (400, "STRING_TOO_LONG")),
        ({"Description": "x" * 32_001}, (400, "STRING_TOO_LONG")),
        ({"Subject": "two\nlines"}, (400, "FIELD_INTEGRITY_EXCEPTION")),
        ({"Status": "Complete"}, (400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST")),
        ({"Priority": "high"}, (400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST")),
        ({"Status": None}, (400, "REQUIRED_FIELD_MISSING")),
        ({"ActivityDate": "2026-11-24T00:00:00Z"}, (400, "JSON_PARSER_ERROR")),
        ({"ActivityDate": "24.11.2026"}, (400, "JSON_PARSER_ERROR")),
        ({"Subject": 7}, (400, "JSON_PARSER_ERROR")),
        ({"OwnerId": "00G5g0000000001EAA"}, (400, "MALFORMED_ID")),
        ({"OwnerId": "0055g0000000001ABC"}, (400, "MALFORMED_ID")),
        ({"OwnerId": "0055g0000000009"}, (400, "INACTIVE_OWNER_OR_USER")),
        ({"WhoId": "0055g0000000001AAA"}, (400, "MALFORMED_ID")),
        ({"WhoId": "00Q5g0000009999"}, (400, "INVALID_CROSS_REFERENCE_KEY")),
        ({"WhatId": "0035g0000000003AAA"}, (400, "MALFORMED_ID")),
        ({"WhoId": "00Q5g0000000001", "WhatId": "0015g0000000001"}, (400, "FIELD_INTEGRITY_EXCEPTION")),
        ({"ShoeSize": "43"}, (400, "INVALID_FIELD")),
        ({"IsClosed": True}, (400, "INVALID_FIELD_FOR_INSERT_UPDATE")),
    ],
)
def test_a_wrong_task_is_refused(crm_kept: CrmSandbox, values: dict[str, Any], refusal: tuple[int, str]) -> None:
    assert code(create(crm_kept, **values)) == refusal
    assert crm_kept.control("GET", "crm/tasks") == {"tasks": []}


def test_a_contacts_task_may_name_its_account(crm: CrmSandbox) -> None:
    contact = crm.query("SELECT Id, AccountId FROM Contact LIMIT 1")["records"][0]
    id = made(crm, Subject="x" * 255, WhoId=contact["Id"], WhatId=contact["AccountId"])
    told = crm.query(f"SELECT Who.Name, Who.Type, What.Type FROM Task WHERE Id = '{id}'")["records"][0]
    assert (told["Who"]["Type"], told["What"]["Type"]) == ("Contact", "Account")
    lead = crm.person(1001)["lead_id"]
    patched = crm.salesforce_call("PATCH", f"sobjects/Task/{id}", json={"WhoId": lead})
    assert code(patched) == (400, "FIELD_INTEGRITY_EXCEPTION")


def test_paths_methods_versions_and_bodies_are_checked(crm_kept: CrmSandbox) -> None:
    assert code(crm_kept.salesforce_call("PUT", "query")) == (405, "METHOD_NOT_ALLOWED")
    assert code(crm_kept.salesforce_call("POST", "sobjects/Task", data="{}")) == (415, "UNSUPPORTED_MEDIA_TYPE")
    as_json = {"Content-Type": "application/json"}
    assert code(crm_kept.salesforce_call("POST", "sobjects/Task", data="{", headers=as_json)) == (400, "JSON_PARSER_ERROR")
    assert code(crm_kept.salesforce_call("POST", "sobjects/Lead", json={})) == (403, "INSUFFICIENT_ACCESS")
    assert code(crm_kept.salesforce_call("GET", "sobjects/Shoe/1")) == (404, "NOT_FOUND")
    assert code(crm_kept.salesforce_call("GET", "sobjects/Task/00T5g0000000099AAA")) == (404, "NOT_FOUND")
    assert code(crm_kept.salesforce_call("GET", "nothing/here")) == (404, "NOT_FOUND")
    headers = {"Authorization": f"Bearer {crm_kept.salesforce.open_session(crm_kept.crm.people.reps[0])}"}
    for version in ("v5.0", "v99.0", "62.0"):
        answer = requests.get(f"{crm_kept.url}/services/data/{version}/limits", headers=headers, timeout=10)
        assert code(answer) == (404, "NOT_FOUND")


def test_long_addresses_and_headers_are_refused(crm_kept: CrmSandbox) -> None:
    soql = "SELECT Id FROM Lead WHERE Email IN ('" + "','".join(["x" * 60] * 270) + "')"
    assert crm_kept.salesforce_call("GET", "query", params={"q": soql}).status_code == 414
    assert crm_kept.salesforce_call("GET", "limits", headers={"X-Long": "x" * 16_400}).status_code == 431


def test_each_answer_tells_the_use_and_the_day_has_an_end(crm: CrmSandbox) -> None:
    crm.control("PUT", "salesforce/limits", {"daily": 2})
    told = [crm.salesforce_call("GET", "limits").headers["Sforce-Limit-Info"] for _ in range(2)]
    assert told == ["api-usage=1/2", "api-usage=2/2"]
    refused = crm.salesforce_call("GET", "limits")
    assert code(refused) == (403, "REQUEST_LIMIT_EXCEEDED")
    assert refused.headers["Sforce-Limit-Info"] == "api-usage=2/2"
    crm.advance(86_400)
    assert crm.salesforce_call("GET", "limits").json() == {"DailyApiRequests": {"Max": 2, "Remaining": 1}}


def test_every_refusal_comes_on_request(crm_kept: CrmSandbox) -> None:
    for kind in KINDS:
        status, _, name = kind.partition("-")
        crm_kept.fail_salesforce("query*", kind)
        assert code(crm_kept.salesforce_call("GET", "query", params={"q": "SELECT Id FROM User"})) == (int(status), name)
    crm_kept.fail_salesforce("query", "503-html")
    assert crm_kept.salesforce_call("GET", "query").headers["Content-Type"].startswith("text/html")
    crm_kept.control("DELETE", "salesforce/failures")
    crm_kept.fail_salesforce("oauth.token", "500-html")
    assert requests.post(f"{crm_kept.url}/services/oauth2/token", timeout=10).status_code == 500
